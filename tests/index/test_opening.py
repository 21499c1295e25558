"""From settings to a retriever that answers, and its self-mending."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fresh_chroma import forget_chroma
from small_corpus import PRICES, write_article

from index.encoder import Encoder, HashingEncoder
from index.entries import Manifest, Surroundings
from index.errors import CorpusProblem, IndexProblem, StoreProblem
from index.opening import Library
from index.settings import IndexSettings
from index.store import EmbeddedStore, Neighbourhood, ServerStore

Open = Callable[[], Library]


@pytest.fixture
def library(corpus_dir: Path, tmp_path: Path) -> Open:
    """Each call is what another process would read from the same settings."""

    def library() -> Library:
        settings = IndexSettings(data_dir=tmp_path / "data", corpus_dir=corpus_dir, embedding_model="hashing")
        made = Library(settings)
        assert isinstance(made.encoder, HashingEncoder)
        made.encoder = HashingEncoder(32)
        return made

    return library


def test_making_one_reads_the_corpus_and_writes_nothing(library: Open, tmp_path: Path) -> None:
    made = library()
    assert len(made.corpus.passages) == 9
    assert [c.name for c in made.concepts] == ["offshore", "nearshore", "steering"]
    assert isinstance(made.store, EmbeddedStore)
    assert not (tmp_path / "data").exists()


def test_a_server_may_hold_the_index(corpus_dir: Path, tmp_path: Path) -> None:
    settings = IndexSettings(corpus_dir=corpus_dir, embedding_model="hashing", chroma_url="http://127.0.0.1:9")
    library = Library(settings)
    assert isinstance(library.store, ServerStore)
    assert library.build_name() is None
    with pytest.raises(StoreProblem, match="CHROMA_URL"):
        library.open(library.by_words())
    assert library.by_words().search("Madagascar", "fr").hits[0].passage.id == "places#offshore"


def test_a_missing_corpus_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(CorpusProblem, match="check CORPUS_DIR"):
        Library(IndexSettings(corpus_dir=tmp_path / "nowhere"))


def test_words_answer_before_anything_is_built(library: Open) -> None:
    by_words = library().by_words()
    assert by_words.vectors is None
    assert by_words.search("à l'autre bout du monde", "fr").hits[0].passage.id == "places#offshore"


def test_opening_builds_what_is_missing_and_answers(library: Open) -> None:
    made = library()
    assert made.stale() == "nothing built yet, or the manifest cannot be read"
    assert made.build_name() is None
    with pytest.raises(IndexProblem, match=r"no index in .*: run 'python -m index'"):
        made.published()
    told: list[tuple[int, int]] = []
    retriever = made.open(made.by_words(), lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 0
    assert retriever.search("Qu'est-ce que le nearshore ?", "fr").kinds is not None
    assert made.stale() is None
    assert made.build_name() == made.published().build


def test_opening_again_encodes_nothing(library: Open) -> None:
    made = library()
    made.open(made.by_words())
    again, told = library(), list[tuple[int, int]]()
    again.open(again.by_words(), lambda done, total: told.append((done, total)))
    assert told == []
    assert again.build_name() == made.build_name()


def test_a_changed_corpus_makes_the_index_stale_until_it_is_opened(library: Open, corpus_dir: Path) -> None:
    made = library()
    made.open(made.by_words())
    before = made.build_name()
    write_article(corpus_dir, "fr", "rates", PRICES["fr"])
    changed = library()
    assert changed.stale() == "built from another corpus, encoder or format"
    changed.open(changed.by_words())
    assert changed.stale() is None
    assert made.build_name() == changed.build_name() != before


@pytest.mark.parametrize("damage", ["gone", "emptied", "cut short"])
def test_a_damaged_index_is_stale_and_opening_mends_it(library: Open, damage: str) -> None:
    made = library()
    made.open(made.by_words())
    build = Path(made.store.where()) / made.published().build
    forget_chroma()
    if damage == "gone":
        shutil.rmtree(build)
    else:
        data = (build / "chroma.sqlite3").read_bytes()
        (build / "chroma.sqlite3").write_bytes(data[: len(data) // 2] if damage == "cut short" else b"")
    again = library()
    assert again.stale()
    retriever = again.open(again.by_words())
    assert retriever.search("Madagascar", "fr").kinds is not None
    assert again.build_name() != build.name


def test_entries_that_vanished_make_it_stale(library: Open) -> None:
    made = library()
    made.open(made.by_words())
    made.store.publish(replace(made.published(), entries=1))
    assert library().stale() == "it cannot be read, or entries are missing from it"


class Deaf(Neighbourhood):
    """Cannot be searched."""

    def __init__(self) -> None:
        pass

    def around(self, text: str, k: int) -> Surroundings:
        raise StoreProblem("deaf")


def test_an_index_that_opens_but_cannot_be_searched_is_built_anew(
    library: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = library()
    made.open(made.by_words())
    spoilt = made.published().build
    sound = EmbeddedStore.neighbourhood

    def neighbourhood(self: EmbeddedStore, manifest: Manifest, encoder: Encoder) -> Neighbourhood:
        return Deaf() if manifest.build == spoilt else sound(self, manifest, encoder)

    monkeypatch.setattr(EmbeddedStore, "neighbourhood", neighbourhood)
    again = library()
    retriever = again.open(again.by_words())
    assert retriever.search("Madagascar", "fr").kinds is not None
    assert again.published().build != spoilt
    assert "building it anew" in caplog.text


def test_what_cannot_be_mended_is_told(library: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmbeddedStore, "neighbourhood", lambda *_: Deaf())
    made = library()
    with pytest.raises(StoreProblem, match="deaf"):
        made.open(made.by_words())
