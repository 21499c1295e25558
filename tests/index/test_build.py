"""Builds: only what changed is encoded, the old index serves until the new one is whole, and damage mends itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import filelock
import numpy as np
import pytest
from fresh_chroma import forget_chroma
from small_corpus import LUXURY, PRICES, write_article, write_small_corpus

from index import build
from index.articles import Corpus, read_corpus
from index.build import CANARY_FLOOR, Report, beyond_entries, canary, entries_of, is_current, update
from index.encoder import Encoder, HashingEncoder
from index.entries import BEYOND, FORMAT, QUESTION, SENTENCE, TEXT, Entry, Near
from index.errors import EncoderProblem, IndexProblem, StoreProblem
from index.metric import Metric, Vectors
from index.store import EmbeddedStore, VectorStore
from index.themes import Theme


class Counting(HashingEncoder):
    """Remembers what it was asked to encode."""

    def __init__(self, dimension: int = 32) -> None:
        super().__init__(dimension)
        self.encoded: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.encoded += texts
        return super().embed_documents(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return super().embed_queries(texts)


class Idle(HashingEncoder):
    """Must not be asked for anything."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        pytest.fail(f"encoded again: {texts}")

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        pytest.fail(f"encoded again: {texts}")


@dataclass
class Bench:
    """A corpus on disk, its index, and what has been encoded for it."""

    corpus_dir: Path
    store: VectorStore
    lock: Path
    encoder: Counting = field(default_factory=Counting)

    def update(self, encoder: Encoder | None = None, **options: bool) -> Report:
        self.encoder.encoded.clear()
        return update(read_corpus(self.corpus_dir), encoder or self.encoder, self.store, self.lock, **options)

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.corpus_dir / path
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def served(self) -> str:
        """The build being served, after checking that it answers."""
        manifest = self.store.manifest()
        assert manifest is not None
        assert any(n.owner.endswith("places#offshore") for n in self.near("Madagascar", 5))
        assert self.store.count(manifest.build) == manifest.entries
        return manifest.build

    def near(self, text: str, k: int) -> tuple[Near, ...]:
        """What lies around a text in the build being served."""
        manifest = self.store.manifest()
        assert manifest is not None
        return self.store.neighbourhood(manifest, HashingEncoder(32)).around(text, k).near


@pytest.fixture
def bench(corpus_dir: Path, store: EmbeddedStore, tmp_path: Path) -> Bench:
    return Bench(corpus_dir, store, tmp_path / "data" / "index.lock")


def passages_in(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.deleted, report.unchanged


def test_every_text_of_a_passage_leads_to_it(corpus: Corpus) -> None:
    passage = corpus.get("prices#hourly-rate", "fr")
    assert passage is not None
    entries = list(entries_of(passage))
    assert [(e.kind, e.position) for e in entries] == [
        (TEXT, 0),
        (QUESTION, 0),
        (QUESTION, 1),
        (SENTENCE, 0),
        (SENTENCE, 1),
    ]
    assert {e.owner for e in entries} == {"fr/prices#hourly-rate"}
    assert entries[0].text == f"Les prix. Le tarif horaire. {passage.text}"
    assert entries[2].text == "tarif horaire prestataire"
    assert entries[4].text == "Le tarif horaire. Le tarif monte la nuit."
    assert len({e.id for e in entries}) == 5


def test_examples_beyond_belong_to_their_theme(corpus: Corpus) -> None:
    assert [(e.owner, e.kind, e.position) for e in beyond_entries(corpus.themes[0])] == [
        ("fr/weather", BEYOND, 0),
        ("fr/weather", BEYOND, 1),
        ("en/weather", BEYOND, 0),
        ("en/weather", BEYOND, 1),
    ]


def test_an_entry_is_known_by_all_it_holds(corpus: Corpus) -> None:
    every = [e for p in corpus.passages for e in entries_of(p)]
    assert len({e.id for e in every}) == len(every)
    again = [e for p in corpus.passages for e in entries_of(p)]
    assert every == again


class TestUpdate:
    """What an update does and tells, on every kind of store."""

    @pytest.fixture(params=["any"])
    def bench(self, corpus_dir: Path, any_store: VectorStore, tmp_path: Path) -> Bench:
        return Bench(corpus_dir, any_store, tmp_path / "data" / "index.lock")

    def test_first_all_is_added_then_nothing_is_done(self, bench: Bench) -> None:
        first = bench.update()
        served = bench.served
        assert passages_in(first) == (9, 0, 0, 0)
        assert first.built
        assert first.encoded == len(bench.encoder.encoded) == len(set(bench.encoder.encoded))
        assert first.entries == bench.store.count(served)
        assert first.canary >= CANARY_FLOOR
        second = bench.update(Idle(32))
        assert (passages_in(second), second.built, second.encoded) == ((0, 0, 0, 9), False, 0)
        assert second.entries == first.entries
        assert bench.served == served
        assert bench.store.builds() == [served]

    def test_only_what_changed_is_encoded(self, bench: Bench) -> None:
        bench.update()
        bench.edit("fr/prices.md", "Le tarif monte la nuit.", "Le tarif monte le dimanche.")
        report = bench.update()
        assert passages_in(report) == (0, 1, 0, 8)
        assert report.encoded == 2
        assert len(bench.encoder.encoded) == 2
        assert all("dimanche" in text for text in bench.encoder.encoded)
        assert len(bench.store.builds()) == 2
        assert bench.served

    def test_added_updated_and_deleted_are_counted_together(self, bench: Bench) -> None:
        bench.update()
        for name in ("luxury.md", "luxury.questions.yaml"):
            (bench.corpus_dir / "en" / name).unlink()
        write_article(bench.corpus_dir, "fr", "luxury", (replace(LUXURY, heading="Le luxe"),))
        bench.edit("en/prices.questions.yaml", "agent's time", "agent")
        report = bench.update()
        assert passages_in(report) == (1, 1, 1, 7)
        assert len(bench.encoder.encoded) == report.encoded == 5
        assert "How much is an hour of an agent?" in bench.encoder.encoded
        assert bench.served


def test_deleting_encodes_nothing(bench: Bench) -> None:
    bench.update()
    for name in ("luxury.md", "luxury.questions.yaml"):
        (bench.corpus_dir / "en" / name).unlink()
    report = bench.update(Idle(32))
    assert passages_in(report) == (0, 0, 1, 8)
    assert bench.served


def test_a_changed_question_alone_is_encoded(bench: Bench) -> None:
    bench.update()
    bench.edit("fr/places.questions.yaml", "Faut-il partir à Madagascar ?", "Et Madagascar ?")
    assert passages_in(bench.update()) == (0, 1, 0, 8)
    assert bench.encoder.encoded == ["Et Madagascar\u00a0?"]


def test_an_example_beyond_added_is_encoded_though_no_passage_changed(bench: Bench) -> None:
    bench.update()
    bench.edit("beyond-other.yaml", '"weekend weather"]', '"weekend weather", "Is it windy?"]')
    report = bench.update()
    assert passages_in(report) == (0, 0, 0, 9)
    assert (report.built, bench.encoder.encoded) == (True, ["Is it windy?"])


def test_an_index_brought_up_to_date_is_the_one_a_rebuild_gives(bench: Bench, tmp_path: Path) -> None:
    bench.update()
    bench.edit("fr/places.md", "Madagascar est souvent choisi.", "Madagascar et Maurice sont souvent choisis.")
    bench.update()
    fresh = Bench(bench.corpus_dir, EmbeddedStore(tmp_path / "fresh"), tmp_path / "fresh.lock")
    fresh.update()
    corpus = read_corpus(bench.corpus_dir)
    ids = [e.id for p in corpus.passages for e in entries_of(p)]
    one, other = bench.store.raw(bench.served, ids), fresh.store.raw(fresh.served, ids)
    assert set(one) == set(other) == set(ids)
    for entry_id in ids:
        np.testing.assert_allclose(one[entry_id], other[entry_id], atol=1e-6)
    near, again = (b.near("Maurice", 5) for b in (bench, fresh))
    assert [n.cosine for n in near] == pytest.approx([n.cosine for n in again], abs=1e-4)


def test_a_rebuild_encodes_everything(bench: Bench) -> None:
    first = bench.update()
    again = bench.update(rebuild=True)
    assert (again.encoded, again.built) == (first.encoded, True)
    assert len(bench.store.builds()) == 2


def test_no_more_than_two_builds_are_kept(bench: Bench) -> None:
    for n in range(4):
        bench.edit("fr/prices.md", "Le tarif", f"Le tarif n° {n}" if n else "Le tarif  ")
        bench.update()
    assert len(bench.store.builds()) == 2
    assert bench.served == max(bench.store.builds())


def test_progress_is_told_to_the_end(bench: Bench) -> None:
    told: list[tuple[int, int]] = []
    report = update(
        read_corpus(bench.corpus_dir),
        bench.encoder,
        bench.store,
        bench.lock,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == sorted(told)
    assert told[-1] == (report.encoded, report.encoded)


def test_a_report_reads_as_a_sentence() -> None:
    report = Report(1, 2, 3, 4, 50, 6, 0.98765, 7.89, True)
    assert str(report) == (
        "index built: 1 added, 2 updated, 3 deleted, 4 unchanged passages; 50 entries, 6 encoded now, "
        "canary 0.988 (7.9 s)"
    )
    assert str(replace(report, built=False)).startswith("index up to date: 1 added")


def test_another_encoder_rebuilds_everything(bench: Bench) -> None:
    class Other(Counting):
        fingerprint = "hashing:other"

    first = bench.update()
    other = Other(64)
    report = bench.update(other)
    assert (passages_in(report), report.encoded) == ((0, 0, 0, 9), first.encoded)
    manifest = bench.store.manifest()
    assert manifest is not None
    assert manifest.encoder == "hashing:other"
    assert bench.store.metric(manifest.build).matrix.shape == (64, 64)


def test_another_format_rebuilds_everything(bench: Bench) -> None:
    first = bench.update()
    manifest = bench.store.manifest()
    assert manifest is not None
    assert is_current(manifest, read_corpus(bench.corpus_dir), bench.encoder)
    bench.store.publish(replace(manifest, format=FORMAT - 1))
    report = bench.update()
    assert (report.built, report.encoded) == (True, first.encoded)
    assert bench.update(Idle(32)).built is False


def test_a_section_alone_without_questions_is_indexed(tmp_path: Path, store: EmbeddedStore) -> None:
    write_article(tmp_path / "one", "fr", "prices", (replace(PRICES["fr"][0], questions=()),))
    report = update(read_corpus(tmp_path / "one"), Counting(), store, tmp_path / "lock")
    assert passages_in(report) == (1, 0, 0, 0)


class Interrupted(Exception):
    """Raised by a test in the middle of a build."""


class Faulty(EmbeddedStore):
    """Stops at one step of a build."""

    def __init__(self, root: Path, step: str, error: BaseException) -> None:
        super().__init__(root)
        self.step, self.error = step, error

    def stage(
        self, build: str, entries: Sequence[Entry], vectors: Vectors, raw: Mapping[str, Vectors], metric: Metric
    ) -> None:
        if self.step == "stage":
            half = len(entries) // 2
            super().stage(build, entries[:half], vectors[:half], raw, metric)
            raise self.error
        super().stage(build, entries, vectors, raw, metric)

    def nearest(self, build: str, vectors: Vectors, k: int) -> list[list[str]]:
        if self.step == "canary":
            raise self.error
        return super().nearest(build, vectors, k)

    def publish(self, manifest: object) -> None:
        raise self.error


@pytest.mark.parametrize(
    "error", [Interrupted(), KeyboardInterrupt(), StoreProblem("full")], ids=lambda e: type(e).__name__
)
@pytest.mark.parametrize("step", ["encode", "stage", "canary", "publish"])
def test_an_interrupted_build_leaves_the_old_one_serving(
    bench: Bench, index_dir: Path, step: str, error: BaseException
) -> None:
    class Broken(Counting):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise error

    bench.update()
    before = bench.served
    bench.edit("fr/prices.md", "25 €", "26 €")
    faulty = replace(bench, store=Faulty(index_dir, step, error))
    with pytest.raises(type(error)):
        faulty.update(Broken() if step == "encode" else None)
    assert bench.served == before
    assert bench.store.builds() == [before]
    report = bench.update()
    assert passages_in(report) == (0, 1, 0, 8)
    assert sorted(p.name for p in index_dir.iterdir()) == [before, bench.served, "current.json"]


def test_an_interrupted_first_build_leaves_nothing(bench: Bench, index_dir: Path) -> None:
    with pytest.raises(Interrupted):
        replace(bench, store=Faulty(index_dir, "canary", Interrupted())).update()
    assert bench.store.builds() == []
    assert bench.store.manifest() is None
    assert passages_in(bench.update()) == (9, 0, 0, 0)


KILLED_AT = ["encode", "stage", "canary", "publish", "rename"]
CHILD = """
import os, sys, time
from pathlib import Path
from index.articles import read_corpus
from index.build import update
from index.encoder import HashingEncoder
from index.store import EmbeddedStore

point, corpus, data = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])

def wait(*_, **__):
    print("here", flush=True)
    time.sleep(600)

class Encoder(HashingEncoder):
    if point == "encode":
        embed_documents = wait

class Store(EmbeddedStore):
    def stage(self, build, entries, vectors, raw, metric):
        half = len(entries) // 2 if point == "stage" else len(entries)
        super().stage(build, entries[:half], vectors[:half], raw, metric)
        if point == "stage":
            wait()
    if point == "canary":
        nearest = wait
    if point == "publish":
        publish = wait

if point == "rename":
    Path.replace = wait
report = update(read_corpus(corpus), Encoder(32), Store(data / "index"), data / "index.lock")
print(report.built, flush=True)
"""


def start(point: str, corpus_dir: Path, data_dir: Path) -> subprocess.Popen[str]:
    """A process that builds, and says so and waits at that point of the build."""
    command = [sys.executable, "-c", CHILD, point, str(corpus_dir), str(data_dir)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def bench_in(folder: Path) -> Bench:
    return Bench(folder / "corpus", EmbeddedStore(folder / "data" / "index"), folder / "data" / "index.lock")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """By point: a folder whose index was whole, and whose update was killed there."""
    folders = {point: tmp_path_factory.mktemp(point) for point in KILLED_AT}
    for folder in folders.values():
        write_small_corpus(folder / "corpus")
        bench_in(folder).update()
        bench_in(folder).edit("fr/prices.md", "25 €", "26 €")
    children = {point: start(point, folder / "corpus", folder / "data") for point, folder in folders.items()}
    for child in children.values():
        with child:
            assert child.stdout is not None
            said = child.stdout.readline()
            child.kill()
            assert said == "here\n", said + child.stdout.read()
    return folders


@pytest.mark.parametrize("point", KILLED_AT)
def test_a_killed_build_leaves_the_old_one_serving_and_the_next_one_mends(
    killed: Mapping[str, Path], point: str
) -> None:
    bench = bench_in(killed[point])
    before = bench.served
    assert before == min(bench.store.builds())
    assert passages_in(bench.update()) == (0, 1, 0, 8)
    assert bench.served > before
    assert len(bench.store.builds()) <= 2
    assert bench.update(Idle(32)).built is False
    for price, next_price in (("26 €", "27 €"), ("27 €", "28 €")):
        bench.edit("fr/prices.md", price, next_price)
        bench.update()
    whole = [bench.store.count(b) for b in bench.store.builds()]
    assert len(set(whole)) == 1
    assert not [p.name for p in (killed[point] / "data" / "index").iterdir() if p.suffix == ".new"]


def cut(path: Path, share: float) -> None:
    """Leave only the start of a file, as a disk that was full or a copy that was interrupted."""
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])


DAMAGES: dict[str, Callable[[Path, Path], object]] = {
    "current.json cut short": lambda root, build: (root / "current.json").write_text('{"build": "build-2'),
    "current.json empty": lambda root, build: (root / "current.json").write_bytes(b""),
    "current.json gone": lambda root, build: (root / "current.json").unlink(),
    "current.json names another build": lambda root, build: (root / "current.json").write_text(
        (root / "current.json").read_text().replace(build.name, "build-0")
    ),
    "chroma.sqlite3 gone": lambda root, build: (build / "chroma.sqlite3").unlink(),
    "chroma.sqlite3 empty": lambda root, build: (build / "chroma.sqlite3").write_bytes(b""),
    "chroma.sqlite3 not a database": lambda root, build: (build / "chroma.sqlite3").write_bytes(b"x" * 10_000),
    "chroma.sqlite3 half written": lambda root, build: cut(build / "chroma.sqlite3", 0.5),
    "chroma.sqlite3 nearly written": lambda root, build: cut(build / "chroma.sqlite3", 0.95),
    "build folder gone": lambda root, build: shutil.rmtree(build),
    "build folder empty": lambda root, build: (shutil.rmtree(build), build.mkdir()),
    "everything gone": lambda root, build: shutil.rmtree(root),
}


@pytest.mark.parametrize("changed", [False, True], ids=["same corpus", "corpus changed"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_mends_itself(bench: Bench, index_dir: Path, damage: str, changed: bool) -> None:
    bench.update()
    build = index_dir / bench.served
    forget_chroma()
    DAMAGES[damage](index_dir, build)
    if changed:
        bench.edit("fr/prices.md", "25 €", "26 €")
    mended = Bench(bench.corpus_dir, EmbeddedStore(index_dir), bench.lock)
    assert mended.update().built
    assert mended.served != build.name
    assert mended.update(Idle(32)).built is False


def test_entries_missing_from_a_build_are_noticed(bench: Bench) -> None:
    bench.update()
    manifest = bench.store.manifest()
    assert manifest is not None
    bench.store.publish(replace(manifest, entries=manifest.entries + 1))
    assert bench.update().built


def unit(vectors: Vectors) -> Vectors:
    scaled: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return scaled


class FixedAnswers(EmbeddedStore):
    """Answers each search with what the test says."""

    def __init__(self, answer: Callable[[int], list[str]]) -> None:
        self.answer = answer

    def nearest(self, build: str, vectors: Vectors, k: int) -> list[list[str]]:
        return [self.answer(n) for n in range(len(vectors))]


def test_the_canary_is_the_share_of_true_neighbours_found() -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32))
    ids = [f"id{n}" for n in range(20)]
    order = np.argsort(-(vectors @ vectors.T), axis=1)
    right = [[ids[n] for n in row[:10]] for row in order]
    wrong = [[ids[n] for n in row[10:]] for row in order]
    assert canary(FixedAnswers(lambda n: right[n]), "b", ids, vectors) == 1
    assert canary(FixedAnswers(lambda n: wrong[n]), "b", ids, vectors) == 0
    assert canary(FixedAnswers(lambda n: right[n][:5] + wrong[n][:5]), "b", ids, vectors) == 0.5
    assert canary(FixedAnswers(lambda n: right[n][:9]), "b", ids, vectors) == pytest.approx(0.9)
    assert canary(FixedAnswers(lambda n: ["of another build"] * 10), "b", ids, vectors) == 0


def test_the_canary_does_not_mind_which_of_equal_vectors_is_found() -> None:
    vectors = np.tile(unit(np.ones((1, 4), dtype=np.float32)), (30, 1))
    ids = [f"id{n}" for n in range(30)]
    assert canary(FixedAnswers(lambda n: ids[-10:]), "b", ids, vectors) == 1


def test_a_build_whose_search_is_broken_is_refused(bench: Bench, index_dir: Path) -> None:
    class Blind(EmbeddedStore):
        def nearest(self, build: str, vectors: Vectors, k: int) -> list[list[str]]:
            return [row[: k // 2] for row in super().nearest(build, vectors, k)]

    bench.update()
    before = bench.served
    bench.edit("fr/prices.md", "25 €", "26 €")
    with pytest.raises(StoreProblem, match=r"finds only 50% of the exact neighbours.*run 'python -m index'"):
        replace(bench, store=Blind(index_dir)).update()
    assert bench.served == before
    assert bench.store.builds() == [before]


def test_two_updates_at_once_build_once(bench: Bench, index_dir: Path) -> None:
    reports: list[Report] = []
    together = threading.Barrier(2)

    def run() -> None:
        mine = replace(bench, store=EmbeddedStore(index_dir), encoder=Counting())
        together.wait()
        reports.append(mine.update())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(r.built for r in reports) == [False, True]
    assert bench.store.builds() == [bench.served]


def test_two_processes_at_once_build_once(corpus_dir: Path, tmp_path: Path) -> None:
    children = [start("nowhere", corpus_dir, tmp_path / "data") for _ in range(2)]
    assert sorted(child.communicate(timeout=60)[0] for child in children) == ["False\n", "True\n"]
    bench = bench_in(tmp_path)
    assert bench.store.builds() == [bench.served]


def test_an_update_held_up_for_too_long_says_by_what(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.lock.parent.mkdir(parents=True)
    monkeypatch.setattr(build, "FileLock", lambda path, timeout: filelock.FileLock(path, timeout=0.05))
    with filelock.FileLock(bench.lock), pytest.raises(IndexProblem, match=f"has held {bench.lock} for ten minutes"):
        bench.update()
    assert bench.update().built


def test_an_encoder_that_cannot_be_had_is_told_as_it_is(bench: Bench) -> None:
    class Unreachable(HashingEncoder):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise EncoderProblem("pip could not fetch it")

    with pytest.raises(EncoderProblem, match="pip could not fetch it"):
        bench.update(Unreachable())
    assert bench.store.builds() == []


def test_a_data_folder_that_takes_no_index_is_told_with_its_setting(bench: Bench, index_dir: Path) -> None:
    index_dir.parent.mkdir(parents=True)
    index_dir.write_text("in the way")
    with pytest.raises(StoreProblem, match=rf"cannot write the index to {index_dir} .*: check DATA_DIR"):
        bench.update()


def test_without_a_theme_the_index_stands(bench: Bench) -> None:
    (bench.corpus_dir / "beyond-other.yaml").unlink()
    bench.update()
    manifest = bench.store.manifest()
    assert manifest is not None
    assert manifest.scope is None
    assert BEYOND not in {n.kind for n in bench.near("temps", 200)}
    assert list(beyond_entries(Theme("x", {}, {"fr": (), "en": ()}))) == []
