"""Stores: one contract for the folder and the server, and what is particular to each."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.encoder import HashingEncoder
from index.entries import FORMAT, QUESTION, TEXT, Entry, Manifest, Near
from index.errors import IndexMissing, StoreProblem
from index.metric import Metric, Vectors
from index.scope import Scope
from index.store import EmbeddedStore, ServerStore, VectorStore, open_store

DIMENSION = 16
MANIFEST = Manifest(
    build="build-1",
    format=FORMAT,
    encoder="hashing:1",
    corpus="abc",
    passages={"fr/a#h": "123", "en/été#…": "456"},
    entries=3,
    created="2026-11-22T00:00:00+00:00",
    canary=0.987,
    scope=Scope((0.5, -1.25), 0.125),
)
ENCODER = HashingEncoder(DIMENSION)
IDENTITY = Metric(np.zeros(DIMENSION, dtype=np.float32), np.eye(DIMENSION, dtype=np.float32))
"""Leaves unit vectors as they are."""


def entries(count: int) -> list[Entry]:
    return [
        Entry(f"id{n:05}", f"fr/a#{n}", (TEXT, QUESTION)[n % 2], n % 7, f"texte {n} 🙂\n« été »") for n in range(count)
    ]


def random_vectors(count: int, seed: int = 0) -> Vectors:
    drawn = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    unit: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


def staged(store: VectorStore, build: str, count: int = 3, metric: Metric = IDENTITY) -> Vectors:
    """Stage a build of random vectors, which are returned; its raw vectors are theirs turned round."""
    vectors, all_entries = random_vectors(count), entries(count)
    raw = {e.id: -v for e, v in zip(all_entries, vectors, strict=True)}
    store.stage(build, all_entries, vectors, raw, metric)
    return vectors


def near(store: VectorStore, build: str, text: str, k: int) -> tuple[Near, ...]:
    """What lies around a text in that build, where no boundary was learnt."""
    around = store.neighbourhood(replace(MANIFEST, build=build, scope=None), ENCODER).around(text, k)
    assert around.margin == 0
    return around.near


def again(store: VectorStore) -> VectorStore:
    """Another object on the same place, as another process has."""
    return type(store)(Path(store.where()) if isinstance(store, EmbeddedStore) else store.where())  # type: ignore[call-arg, arg-type]


class TestEveryStore:
    """What the build and the retriever ask of a store."""

    def test_at_first_there_is_nothing(self, any_store: VectorStore) -> None:
        assert any_store.manifest() is None
        assert any_store.builds() == []
        any_store.discard("build-9")
        any_store.prune("build-9")

    def test_what_is_staged_can_be_counted_and_taken_over(self, any_store: VectorStore) -> None:
        vectors = staged(any_store, "build-1")
        assert any_store.builds() == ["build-1"]
        assert any_store.count("build-1") == 3
        found = any_store.raw("build-1", ["id00002", "id00000", "unknown"])
        assert set(found) == {"id00002", "id00000"}
        np.testing.assert_allclose(found["id00002"], -vectors[2], atol=1e-6)
        assert any_store.raw("build-1", []) == {}

    def test_the_metric_comes_back_as_it_was_staged(self, any_store: VectorStore) -> None:
        rows = np.random.default_rng(1).normal(size=(DIMENSION + 1, DIMENSION)).astype(np.float32)
        staged(any_store, "build-1", metric=Metric.of_rows(rows))
        np.testing.assert_allclose(again(any_store).metric("build-1").rows, rows, atol=1e-6)

    def test_more_entries_than_fit_one_request(self, any_store: VectorStore) -> None:
        staged(any_store, "build-1", count=1_050)
        assert any_store.count("build-1") == 1_050
        assert len(any_store.raw("build-1", [e.id for e in entries(1_050)])) == 1_050

    def test_the_nearest_come_first(self, any_store: VectorStore) -> None:
        vectors = staged(any_store, "build-1", count=50)
        asked = random_vectors(5, seed=1)
        exact = np.argsort(-(asked @ vectors.T), axis=1)[:, :4]
        assert any_store.nearest("build-1", asked, 4) == [[entries(50)[n].place for n in row] for row in exact]

    def test_a_neighbourhood_tells_owners_kinds_positions_and_cosines(self, any_store: VectorStore) -> None:
        vectors = staged(any_store, "build-1", count=50)
        found = near(any_store, "build-1", "le nearshore", 5)
        cosines = vectors @ np.asarray(ENCODER.embed_query("le nearshore"), dtype=np.float32)
        best = [entries(50)[n] for n in np.argsort(-cosines)[:5]]
        assert [(n.owner, n.kind, n.position) for n in found] == [(e.owner, e.kind, e.position) for e in best]
        assert [n.cosine for n in found] == pytest.approx(sorted(cosines, reverse=True)[:5], abs=1e-5)
        assert found[0].key == f"{best[0].owner}?{best[0].position}"

    def test_questions_are_asked_in_the_learnt_space(self, any_store: VectorStore) -> None:
        mirror = Metric(IDENTITY.mean, -IDENTITY.matrix)
        staged(any_store, "build-1", count=20)
        staged(any_store, "build-2", count=20, metric=mirror)
        plain, turned = (near(any_store, b, "le nearshore", 20) for b in ("build-1", "build-2"))
        assert [n.owner for n in plain] == [n.owner for n in reversed(turned)]

    def test_the_margin_is_taken_in_the_encoder_s_own_space(self, any_store: VectorStore) -> None:
        staged(any_store, "build-1", metric=Metric(IDENTITY.mean, -IDENTITY.matrix))
        vector = ENCODER.embed_query("le nearshore")
        manifest = replace(MANIFEST, scope=Scope(tuple(vector), 0.5))
        assert any_store.neighbourhood(manifest, ENCODER).around("le nearshore", 1).margin == pytest.approx(1.5)

    def test_asking_for_more_than_there_is_gives_all(self, any_store: VectorStore) -> None:
        staged(any_store, "build-1")
        assert len(near(any_store, "build-1", "x", 200)) == 3

    def test_a_build_is_served_only_once_published(self, any_store: VectorStore) -> None:
        staged(any_store, "build-1")
        assert any_store.manifest() is None
        any_store.publish(MANIFEST)
        staged(any_store, "build-2")
        assert any_store.manifest() == MANIFEST
        newer = replace(MANIFEST, build="build-2", passages={})
        any_store.publish(newer)
        assert any_store.manifest() == again(any_store).manifest() == newer

    def test_another_process_reads_what_this_one_wrote(self, any_store: VectorStore) -> None:
        staged(any_store, "build-1", count=20)
        any_store.publish(MANIFEST)
        other = again(any_store)
        assert other.count("build-1") == 20
        assert near(other, "build-1", "x", 1) == near(any_store, "build-1", "x", 1)

    def test_a_bot_keeps_reading_its_build_while_the_next_one_is_published(self, any_store: VectorStore) -> None:
        staged(any_store, "build-1", count=20)
        any_store.publish(MANIFEST)
        reading = again(any_store).neighbourhood(replace(MANIFEST, scope=None), ENCODER)
        before = reading.around("x", 3)
        staged(any_store, "build-2")
        any_store.publish(replace(MANIFEST, build="build-2"))
        any_store.prune("build-2", "build-1")
        assert reading.around("x", 3) == before

    def test_what_was_discarded_is_missing(self, any_store: VectorStore) -> None:
        staged(any_store, "build-1")
        staged(any_store, "build-2")
        any_store.discard("build-1")
        any_store.discard("build-1")
        assert any_store.builds() == ["build-2"]
        uses: list[Callable[[], object]] = [
            lambda: any_store.count("build-1"),
            lambda: any_store.raw("build-1", ["id00000"]),
            lambda: any_store.metric("build-1"),
            lambda: any_store.neighbourhood(MANIFEST, ENCODER),
        ]
        for use in uses:
            with pytest.raises(IndexMissing, match="run 'python -m index'"):
                use()
        assert any_store.count("build-2") == 3

    def test_old_builds_are_pruned_but_the_current_one_and_the_one_before(self, any_store: VectorStore) -> None:
        for n in (1, 2, 3, 4):
            staged(any_store, f"build-{n}", count=1)
        any_store.prune("build-4", "build-3")
        assert sorted(any_store.builds()) == ["build-3", "build-4"]

    def test_the_place_is_told(self, any_store: VectorStore) -> None:
        assert any_store.where().endswith("index") or any_store.where().startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"3", b"{}", b"\xff\xfe", b'{"build": "x"}', b"\x00" * 300],
    ids=lambda c: ascii(c[:8]),
)
def test_a_corrupt_manifest_is_no_manifest(store: EmbeddedStore, index_dir: Path, content: bytes) -> None:
    index_dir.mkdir(parents=True)
    (index_dir / "current.json").write_bytes(content)
    assert store.manifest() is None


@pytest.mark.parametrize("lost", [1, 10, 100])
def test_a_manifest_cut_short_is_no_manifest(store: EmbeddedStore, index_dir: Path, lost: int) -> None:
    staged(store, "build-1")
    store.publish(MANIFEST)
    whole = (index_dir / "current.json").read_bytes()
    (index_dir / "current.json").write_bytes(whole[:-lost])
    assert store.manifest() is None


def test_a_manifest_of_a_later_version_is_no_manifest(store: EmbeddedStore, index_dir: Path) -> None:
    index_dir.mkdir(parents=True)
    (index_dir / "current.json").write_text(json.dumps({**asdict(MANIFEST), "colour": "blue"}))
    assert store.manifest() is None


def test_publishing_leaves_nothing_beside_the_manifest(store: EmbeddedStore, index_dir: Path) -> None:
    staged(store, "build-1")
    store.publish(MANIFEST)
    assert sorted(p.name for p in index_dir.iterdir()) == ["build-1", "current.json"]
    assert (index_dir / "build-1").stat().st_mode & 0o077 == 0


FLOATS = st.floats(allow_nan=False)
TEXT_ANY = st.text(st.characters(exclude_categories=[]), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    manifest=st.builds(
        Manifest,
        build=TEXT_ANY,
        format=st.integers(),
        encoder=TEXT_ANY,
        corpus=TEXT_ANY,
        passages=st.dictionaries(TEXT_ANY, TEXT_ANY, max_size=5),
        entries=st.integers(),
        created=TEXT_ANY,
        canary=st.floats(allow_nan=False),
        scope=st.none() | st.builds(Scope, st.lists(FLOATS, max_size=4).map(tuple), FLOATS),
    )
)
def test_a_manifest_survives_the_round_trip(store: EmbeddedStore, index_dir: Path, manifest: Manifest) -> None:
    index_dir.mkdir(parents=True, exist_ok=True)
    store.publish(manifest)
    assert store.manifest() == manifest


def test_an_index_folder_that_cannot_be_made_is_told_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("in the way")
    with pytest.raises(StoreProblem, match=rf"cannot write the index to {tmp_path}/index .*check DATA_DIR"):
        staged(EmbeddedStore(tmp_path / "index"), "build-1")


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_folder_that_takes_no_build_is_told_with_its_setting(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreProblem, match=rf"\({os.strerror(code)}\): check DATA_DIR"):
        staged(store, "build-1")


@pytest.mark.parametrize("step", ["open", "replace", "fsync"])
def test_a_disk_full_at_publishing_keeps_the_old_manifest(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    staged(store, "build-1")
    store.publish(MANIFEST)
    with monkeypatch.context() as patch:
        patch.setattr(os if step == "fsync" else Path, step, refuse)
        with pytest.raises(StoreProblem, match=r"current\.json \(No space left on device\): check DATA_DIR"):
            store.publish(replace(MANIFEST, build="build-2"))
    assert store.manifest() == MANIFEST


def test_a_server_that_does_not_answer_is_told_with_its_setting() -> None:
    store = ServerStore("http://127.0.0.1:9")
    uses: list[Callable[[], object]] = [store.manifest, store.builds, lambda: store.count("build-1")]
    for use in uses:
        with pytest.raises(StoreProblem, match=r"CHROMA_URL=http://127\.0\.0\.1:9"):
            use()


def test_a_neighbourhood_on_the_server_that_is_gone_is_a_store_problem(empty_server: str) -> None:
    store = ServerStore(empty_server)
    staged(store, "build-1")
    reading = store.neighbourhood(MANIFEST, ENCODER)
    store.discard("build-1")
    with pytest.raises(StoreProblem):
        reading.around("x", 1)


def test_the_server_s_other_collections_are_left_alone(empty_server: str) -> None:
    import chromadb

    client = chromadb.HttpClient(host="127.0.0.1", port=int(empty_server.rpartition(":")[2]))
    client.create_collection("somebody-else", embedding_function=None)
    store = ServerStore(empty_server)
    for n in (1, 2, 3):
        staged(store, f"build-{n}", count=1)
    store.prune("build-3", "build-2")
    assert sorted(store.builds()) == ["build-2", "build-3"]
    assert "somebody-else" in {c.name for c in client.list_collections()}


def test_the_settings_choose_the_store(tmp_path: Path) -> None:
    assert isinstance(open_store("", tmp_path), EmbeddedStore)
    assert open_store("", tmp_path).where() == str(tmp_path / "index")
    assert isinstance(open_store("http://127.0.0.1:8000", tmp_path), ServerStore)
    assert not list(tmp_path.iterdir())


def test_a_neighbour_is_known_by_owner_and_position() -> None:
    assert Near("fr/a#h", QUESTION, 2, 0.5).key == "fr/a#h?2"
