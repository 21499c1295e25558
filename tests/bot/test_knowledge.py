"""The Faq behind the assistant: warming up, doing with words alone, and taking over a new build."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from small_corpus import PRICES, Section, write_article

from bot import knowledge as module
from bot.composition import build_knowledge
from bot.faq.faq import Faq
from bot.faq.outcome import Answer
from bot.knowledge import Knowledge, NotReady
from bot.settings import Settings
from index import opening
from index.articles import Corpus
from index.encoder import HashingEncoder
from index.errors import CorpusProblem, EncoderProblem, StoreProblem
from index.opening import Library
from index.retriever import HybridRetriever
from index.store import Neighbourhood


class Shelf:
    """A library that opens when it is told to, or not at all."""

    def __init__(self, corpus: Corpus, problem: Exception | None = None) -> None:
        self.corpus = corpus
        self.problem = problem
        self.build = "build-1"
        self.opened = 0
        self.closed = False
        self.may_open = threading.Event()
        self.may_open.set()

    def by_words(self) -> HybridRetriever:
        return HybridRetriever.over(self.corpus, ())

    def open(self, by_words: HybridRetriever, progress: Callable[[int, int], None]) -> HybridRetriever:
        self.opened += 1
        assert self.may_open.wait(30)
        progress(1, 2)
        if self.problem:
            raise self.problem
        return by_words.model_copy()

    def build_name(self) -> str | None:
        return self.build

    def reachable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def shelf(corpus: Corpus) -> Shelf:
    return Shelf(corpus)


def knowledge_of(shelf: Shelf | Exception) -> Knowledge:
    def open_library() -> Library:
        if isinstance(shelf, Exception):
            raise shelf
        return shelf  # type: ignore[return-value]

    return Knowledge(open_library, Faq)


def settings_of(tmp_path: Path, corpus_dir: Path, **changes: object) -> Settings:
    given = {"_env_file": None, "embedding_model": "hashing", "data_dir": tmp_path / "var", "corpus_dir": corpus_dir}
    return Settings(**(given | changes))  # type: ignore[arg-type]


def eventually(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_nothing_is_read_before_warming_up() -> None:
    knowledge = knowledge_of(CorpusProblem("must not be reached"))
    assert knowledge.vocabularies is None
    with pytest.raises(NotReady):
        knowledge.faq(timeout=0.01)


def test_warm_it_answers_and_knows_its_words(shelf: Shelf) -> None:
    knowledge = knowledge_of(shelf)
    seen: list[tuple[int, int]] = []
    knowledge.warm(lambda done, total: seen.append((done, total)))
    assert knowledge.faq() is knowledge.faq()
    assert knowledge.vocabularies is not None
    assert knowledge.vocabularies["fr"].knows("tarif")
    assert (seen, shelf.opened) == ([(1, 2)], 1)


def test_a_question_waits_for_the_models(shelf: Shelf) -> None:
    shelf.may_open.clear()
    knowledge = knowledge_of(shelf)
    knowledge.warm_in_background()
    with pytest.raises(NotReady):
        knowledge.faq(timeout=0.05)
    answers: list[Faq] = []
    waiting = threading.Thread(target=lambda: answers.append(knowledge.faq(timeout=30)))
    waiting.start()
    shelf.may_open.set()
    waiting.join(10)
    assert answers == [knowledge.faq()]


@pytest.mark.parametrize("problem", [EncoderProblem("no such model"), StoreProblem("no such server")])
def test_without_dense_search_words_alone_answer(
    shelf: Shelf, problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.problem = problem
    knowledge = knowledge_of(shelf)
    knowledge.warm()
    assert knowledge.faq()._retriever.vectors is None
    [told] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert str(problem) in told.getMessage()
    assert told.exc_info is None


def test_a_corpus_that_cannot_be_read_is_told_and_never_ready(caplog: pytest.LogCaptureFixture) -> None:
    knowledge = knowledge_of(CorpusProblem("corpus/fr/a.md: starts without front matter"))
    with pytest.raises(CorpusProblem):
        knowledge.warm()
    with pytest.raises(NotReady):
        knowledge.faq(timeout=30)
    again = knowledge_of(CorpusProblem("corpus/fr/a.md: starts without front matter"))
    again.warm_in_background()
    with pytest.raises(NotReady):
        again.faq(timeout=30)
    eventually(lambda: "cannot answer questions: corpus/fr/a.md" in caplog.text)
    assert "Traceback" not in caplog.text


def test_what_nobody_foresaw_is_logged_with_its_traceback(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    shelf.problem = RuntimeError("torch fell over")
    knowledge = knowledge_of(shelf)
    knowledge.warm_in_background()
    with pytest.raises(NotReady):
        knowledge.faq(timeout=30)
    eventually(lambda: "torch fell over" in caplog.text)
    assert "Traceback" in caplog.text


def test_a_new_build_is_taken_over_without_a_pause(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)
    knowledge = knowledge_of(shelf)
    knowledge.warm()
    before = knowledge.faq()
    shelf.may_open.clear()
    shelf.build = "build-2"
    assert knowledge.faq(timeout=0) is before, "the old one answers while the new one loads"
    shelf.may_open.set()
    eventually(lambda: knowledge.faq() is not before)


def test_the_same_build_or_none_is_not_loaded_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)
    knowledge = knowledge_of(shelf)
    knowledge.warm()
    for build in ("build-1", None, "build-1"):
        shelf.build = build  # type: ignore[assignment]
        knowledge.faq()
    assert shelf.opened == 1


def test_the_build_is_looked_at_now_and_then_only(shelf: Shelf) -> None:
    knowledge = knowledge_of(shelf)
    knowledge.warm()
    knowledge.faq()
    shelf.build = "build-2"
    for _ in range(50):
        knowledge.faq()
    time.sleep(0.05)
    assert shelf.opened == 1


def test_a_new_build_is_loaded_once_however_long_it_takes(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)
    knowledge = knowledge_of(shelf)
    knowledge.warm()
    shelf.may_open.clear()
    shelf.build = "build-2"
    for _ in range(5):
        knowledge.faq()
    eventually(lambda: shelf.opened > 1)
    time.sleep(0.1)
    shelf.may_open.set()
    assert shelf.opened == 2


def test_a_new_build_that_cannot_be_loaded_leaves_the_old_one(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)
    knowledge = knowledge_of(shelf)
    knowledge.warm()
    before = knowledge.faq()
    shelf.problem = RuntimeError("half written")
    shelf.build = "build-2"
    knowledge.faq()
    eventually(lambda: "half written" in caplog.text)
    assert knowledge.faq(timeout=0) is before


def test_a_store_that_hangs_keeps_nobody_waiting(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)
    knowledge = knowledge_of(shelf)
    knowledge.warm()
    hanging, asked = threading.Event(), threading.Event()

    def build_name() -> str:
        asked.set()
        assert hanging.wait(30)
        return "build-1"

    monkeypatch.setattr(shelf, "build_name", build_name)
    before = knowledge.faq()
    assert asked.wait(30)
    assert knowledge.faq() is before, "the question before is still looking"
    hanging.set()


def test_dense_search_that_was_out_of_reach_is_loaded_once_it_can_be(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)
    shelf.problem = StoreProblem("no such server")
    away = threading.Event()
    monkeypatch.setattr(shelf, "reachable", lambda: not away.is_set())
    monkeypatch.setattr(shelf, "build_name", lambda: None)
    away.set()
    knowledge = knowledge_of(shelf)
    knowledge.warm()
    for _ in range(5):
        knowledge.faq()
        time.sleep(0.02)
    assert (knowledge.reduced, shelf.opened) == (True, 1), "nothing is loaded while the store is out of reach"
    shelf.problem = None
    away.clear()
    eventually(lambda: knowledge.faq() and not knowledge.reduced)


def test_a_search_that_goes_on_failing_has_the_index_loaded_anew(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the server came back without its data."""

    class Failing(Neighbourhood):
        resting = True  # type: ignore[assignment]

        def __init__(self) -> None:
            pass

    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)
    whole = shelf.open
    monkeypatch.setattr(shelf, "open", lambda words, progress: whole(words, progress).with_vectors(Failing()))
    knowledge = knowledge_of(shelf)
    knowledge.warm()
    assert knowledge.reduced
    monkeypatch.setattr(shelf, "open", whole)
    eventually(lambda: knowledge.faq() and not knowledge.reduced)


def test_the_library_before_the_last_is_closed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not the last: a question may be searching it."""
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)
    knowledge = knowledge_of(shelf)
    knowledge.warm()
    for number in (2, 3):
        assert not shelf.closed
        shelf.build, before = f"build-{number}", knowledge._faq
        eventually(lambda before=before: knowledge.faq() is not before)  # type: ignore[misc]
    assert shelf.closed


def test_the_real_composition_builds_answers_and_follows_the_corpus(
    tmp_path: Path, corpus_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 1.0)
    monkeypatch.setattr(opening, "load_encoder", lambda *_: HashingEncoder(32))  # small: the build takes no time
    settings = settings_of(tmp_path, corpus_dir)
    knowledge = build_knowledge(settings)
    knowledge.warm()
    before = knowledge.faq()
    assert isinstance(before.answer("Combien coûte une heure de téléconseiller ?", "fr"), Answer)
    assert before.passage("prices#night", "fr") is None
    night = Section("night", "La nuit", "La nuit, le tarif double.", ("Quel est le tarif de nuit ?",))
    write_article(corpus_dir, "fr", "prices", (*PRICES["fr"], night))
    Library(settings).update()
    eventually(lambda: knowledge.faq().passage("prices#night", "fr"))
    answer = knowledge.faq().answer("Quel est le tarif de nuit ?", "fr")
    assert isinstance(answer, Answer)
    assert answer.passages[0].id == "prices#night"


def test_a_chroma_server_that_is_away_leaves_the_words(tmp_path: Path, corpus_dir: Path) -> None:
    knowledge = build_knowledge(settings_of(tmp_path, corpus_dir, chroma_url="http://127.0.0.1:9"))
    knowledge.warm()
    assert knowledge.faq()._retriever.vectors is None
    assert knowledge.faq().passage("prices#hourly-rate", "fr")


def test_a_data_folder_that_cannot_be_written_leaves_the_words(tmp_path: Path, corpus_dir: Path) -> None:
    (tmp_path / "var").write_text("a file where a folder should be")
    knowledge = build_knowledge(settings_of(tmp_path, corpus_dir))
    knowledge.warm()
    assert knowledge.faq().passage("prices#hourly-rate", "fr")


def test_an_encoder_folder_that_is_not_there_leaves_the_words(tmp_path: Path, corpus_dir: Path) -> None:
    knowledge = build_knowledge(settings_of(tmp_path, corpus_dir, embedding_model="/no/such/folder"))
    knowledge.warm()
    assert knowledge.faq().passage("prices#hourly-rate", "fr")
