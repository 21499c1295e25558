"""Kinds of questions told apart by the words they share."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.analyzer import Analyzer
from index.articles import read_corpus
from index.kinds import RIVALS, Kinds, KindsByWords


@pytest.fixture
def by_words(corpus_dir: Path) -> KindsByWords:
    corpus = read_corpus(corpus_dir)
    return KindsByWords(corpus.readable_in("fr"), corpus.themes, "fr", Analyzer("fr"))


def kinds_of(by_words: KindsByWords, question: str) -> Kinds:
    kinds = by_words.of([t.stem for t in Analyzer("fr").terms(question)], 1.0)
    assert kinds
    return kinds


def test_a_question_is_most_like_one_of_its_kind(by_words: KindsByWords) -> None:
    known = kinds_of(by_words, "Une heure de téléconseiller, combien ?")
    assert known.answerable[0] > known.beyond[0]
    unknown = kinds_of(by_words, "Quel temps pour ce week-end, la météo ?")
    assert unknown.beyond[0] > unknown.answerable[0]
    assert unknown.theme == "weather"


def test_they_come_best_first_and_ten_of_each(by_words: KindsByWords) -> None:
    for likeness in (kinds_of(by_words, "Une omelette au nearshore ?").answerable, kinds_of(by_words, "xyz").beyond):
        assert len(likeness) == RIVALS
        assert list(likeness) == sorted(likeness, reverse=True)


def test_without_a_word_in_common_there_is_no_theme(by_words: KindsByWords) -> None:
    kinds = kinds_of(by_words, "xyz")
    assert kinds == Kinds(0.0, (0.0,) * RIVALS, (0.0,) * RIVALS, None)


def test_a_corpus_that_names_nothing_beyond_it_tells_no_kinds(corpus_dir: Path) -> None:
    passages = read_corpus(corpus_dir).readable_in("fr")
    assert KindsByWords(passages, (), "fr", Analyzer("fr")).of(["tarif"], 1.0) is None
