"""A model as one call gives the vectors of the model; what cannot be traced runs as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tiny_e5s1 import TinyWeights

from index import packaged
from index.encoder import SentenceEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TEXTS = ["le nearshore", "", "near " * 20, "a", "  le  le ", "日本 é"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("traced") / "tiny"
    packaged._write_folder(TinyWeights().to_bytes(), folder)
    return folder


@pytest.fixture
def model(folder: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu")


def encoder_of(folder: Path) -> SentenceEncoder:
    return SentenceEncoder(str(folder), lambda: "tiny")


def test_questions_and_documents_keep_their_vectors(folder: Path, model: SentenceTransformer) -> None:
    encoder = encoder_of(folder)
    assert len(encoder._model) == 1  # all modules in one
    questions = model.encode_query(TEXTS, normalize_embeddings=True)
    documents = model.encode_document(TEXTS, normalize_embeddings=True)
    np.testing.assert_allclose(encoder.embed_queries(TEXTS), questions, atol=5e-3)
    np.testing.assert_allclose(encoder.embed_documents(TEXTS), documents, atol=5e-3)


def test_alone_or_among_others_a_text_has_one_vector(folder: Path) -> None:
    encoder = encoder_of(folder)
    together = encoder.embed_queries(TEXTS)
    alone = np.concatenate([encoder.embed_queries([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, together, atol=5e-3)


def test_a_model_that_cannot_be_traced_runs_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("a loop that depends on the text")

    monkeypatch.setattr(torch.jit, "trace", refuse)
    plain = encoder_of(folder)
    assert len(plain._model) > 1
    assert plain.embed_query("le nearshore")


def test_a_trace_that_gives_other_vectors_is_not_used(
    model: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index import traced as tracing

    faithful = tracing._Ordered.forward

    def forgetful(self: Any, *tensors: Any) -> Any:
        return faithful(self, *tensors).roll(1, dims=1)

    monkeypatch.setattr(tracing._Ordered, "forward", forgetful)
    assert tracing.traced(model) is model
