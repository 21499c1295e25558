"""The metric learnt from the corpus: what scatters inside sections counts for less than what tells them apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from index.metric import Metric, Vectors, class_means, learn, unit

LOUD = 4
CLASSES = [f"section {n}" for n in range(12) for _ in range(10)]


def noisy_sections(seed: int = 0) -> tuple[Vectors, Vectors]:
    """Texts and questions of twelve sections: four directions of sixteen are loud and say nothing."""
    random = np.random.default_rng(seed)
    centres = np.repeat(random.normal(size=(12, 16)), 10, axis=0)
    noise = np.where(np.arange(16) < LOUD, 4.0, 0.5)
    texts, questions = (centres + random.normal(size=centres.shape) * noise for _ in range(2))
    return unit(texts.astype(np.float32)), unit(questions.astype(np.float32))


def right_first(texts: Vectors, questions: Vectors) -> float:
    """The share of questions whose nearest text is of their section."""
    nearest = np.argmax(questions @ texts.T, axis=1)
    return float(np.mean([CLASSES[n] == CLASSES[i] for i, n in enumerate(nearest)]))


def test_the_learnt_space_finds_more_of_the_right_sections() -> None:
    texts, questions = noisy_sections()
    metric = learn(texts, CLASSES)
    assert right_first(metric.apply(texts), metric.apply(questions)) > right_first(texts, questions) + 0.3


def test_what_scatters_within_sections_is_divided_out() -> None:
    texts, _ = noisy_sections()
    kept = np.abs(np.diag(learn(texts, CLASSES).matrix))
    assert max(kept[:LOUD]) < min(kept[LOUD:])


def test_learning_gives_the_same_metric_each_time() -> None:
    texts, _ = noisy_sections()
    np.testing.assert_array_equal(learn(texts, CLASSES).rows, learn(texts, CLASSES).rows)


def test_the_order_of_the_texts_does_not_matter() -> None:
    texts, _ = noisy_sections()
    order = np.random.default_rng(1).permutation(len(texts))
    shuffled = learn(texts[order], [CLASSES[i] for i in order])
    np.testing.assert_allclose(shuffled.rows, learn(texts, CLASSES).rows, atol=1e-4)


@pytest.mark.parametrize(
    ("vectors", "classes"),
    [
        (unit(np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)), list("abcde")),
        (np.tile(np.eye(1, 4, dtype=np.float32), (6, 1)), list("aabbcc")),
        (np.eye(1, 4, dtype=np.float32), ["a"]),
    ],
    ids=["one text each", "all the same", "one text"],
)
def test_where_nothing_scatters_the_space_is_kept_and_centred(vectors: Vectors, classes: list[str]) -> None:
    metric = learn(vectors, classes)
    np.testing.assert_array_equal(metric.matrix, np.eye(4, dtype=np.float32))
    np.testing.assert_allclose(metric.mean, vectors.mean(axis=0), atol=1e-6)
    assert np.isfinite(metric.apply(vectors)).all()


def test_a_metric_is_kept_as_rows_of_float32() -> None:
    texts, _ = noisy_sections()
    metric = learn(texts, CLASSES)
    assert (metric.rows.shape, metric.rows.dtype) == ((17, 16), np.float32)
    back = Metric.of_rows(metric.rows)
    np.testing.assert_array_equal(back.apply(texts), metric.apply(texts))


def test_means_are_by_class() -> None:
    vectors = np.array([[1, 0], [3, 2], [5, 5]], dtype=np.float32)
    np.testing.assert_array_equal(class_means(vectors, np.array([0, 0, 1])), [[2, 1], [5, 5]])


@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(1, 5), st.integers(1, 5)),
        elements=st.just(0.0) | st.floats(0.5, 2**20, width=32),
    )
)
def test_rows_become_unit_long_and_zeros_stay(vectors: Vectors) -> None:
    scaled = unit(vectors)
    lengths = np.linalg.norm(scaled, axis=1)
    nonzero = np.linalg.norm(vectors, axis=1) > 0
    assert lengths[nonzero] == pytest.approx(1, abs=1e-3)
    assert not scaled[~nonzero].any()
