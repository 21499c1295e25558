"""BM25 over passages and their questions, and forgiven typos."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.analyzer import Analyzer
from index.articles import Corpus
from index.lexical import LexicalIndex
from index.lexicon import read_lexicon


@pytest.fixture
def french(corpus: Corpus, corpus_dir: Path) -> LexicalIndex:
    return LexicalIndex(corpus.readable_in("fr"), Analyzer("fr", read_lexicon(corpus_dir / "lexicon.yaml")))


def stems(index: LexicalIndex, question: str) -> list[str]:
    return [t.stem for t in index.terms(question)]


def best(index: LexicalIndex, question: str) -> str:
    scores = index.scores(stems(index, question))
    return index.passages[int(np.argmax(scores.text + scores.questions))].key


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("le décalage reste-t-il faible", "fr/places#nearshore"),
        ("Madagascar", "fr/places#offshore"),
        ("combien coûte une heure", "fr/prices#hourly-rate"),
        ("frais hors devis", "fr/prices#hidden-costs"),
        ("jewellery", "en/luxury#white-glove"),
    ],
)
def test_the_passage_that_says_it_comes_first(french: LexicalIndex, question: str, key: str) -> None:
    assert best(french, question) == key


def test_scores_are_by_passage_with_the_best_question_of_each(french: LexicalIndex) -> None:
    scores = french.scores(stems(french, "tarif horaire d'un prestataire"))
    at = [p.key for p in french.passages].index("fr/prices#hourly-rate")
    assert scores.text.shape == scores.questions.shape == scores.best_question.shape == (len(french.passages),)
    assert scores.best_question[at] == 1
    assert scores.questions[at] == max(scores.questions) > 0
    assert scores.text[at] == max(scores.text) > 0


def test_unknown_words_score_nothing(french: LexicalIndex) -> None:
    scores = french.scores(["xyzzy"])
    assert not scores.text.any()
    assert not scores.questions.any()


def test_a_heading_counts_for_more_than_a_text(corpus: Corpus) -> None:
    index = LexicalIndex(corpus.readable_in("en"), Analyzer("en"))
    keys = [p.key for p in index.passages]
    text = index.scores(stems(index, "hidden costs")).text
    assert keys[int(np.argmax(text))] == "en/prices#hidden-costs"


def test_rare_terms_weigh_more_and_unseen_ones_most(french: LexicalIndex) -> None:
    rare, common = french.analyzer.stem("madagascar"), french.analyzer.stem("equipe")
    assert 0 < french.idf(common) < french.idf(rare) < french.idf("xyzzy") == french.unseen_idf
    assert french.knows(rare)
    assert not french.knows("xyzzy")


def test_terms_of_a_passage_hold_its_questions_and_concepts(french: LexicalIndex) -> None:
    terms = french.terms_of_passage("fr/prices#hourly-rate")
    assert {french.analyzer.stem("teleconseiller"), french.analyzer.stem("facture")} <= terms
    assert "§steering" in french.terms_of_passage("fr/prices#hidden-costs")
    assert french.terms_of_passage("fr/nowhere#at-all") == frozenset()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("prestatere", "prestataire"),
        ("tarrif", "tarif"),
        ("teleconsieller", "téléconseiller"),
        ("nearshroe", "nearshore"),
        ("pilotgae", "pilotage"),
    ],
)
def test_a_slip_of_the_finger_is_mended(french: LexicalIndex, typed: str, meant: str) -> None:
    assert french.analyzer.terms(meant)[0].stem in stems(french, typed)


def test_a_mended_word_names_its_concept_too(french: LexicalIndex) -> None:
    assert "§steering" in stems(french, "le pilotgae")


@pytest.mark.parametrize("typed", ["tarot", "nuot", "12345", "hearshore", "x" * 5_000, "madagascarmadagascar"])
def test_what_is_no_slip_stays(french: LexicalIndex, typed: str) -> None:
    assert stems(french, typed) == [french.analyzer.stem(typed)]


def test_a_synonym_of_the_lexicon_finds_what_the_word_finds(french: LexicalIndex) -> None:
    assert best(french, "gouvernance") == "fr/prices#hidden-costs"
    assert best(french, "à l'autre bout du monde") == "fr/places#offshore"


def test_an_index_of_nothing_answers_with_nothing() -> None:
    index = LexicalIndex((), Analyzer("fr"))
    assert stems(index, "bonjour tarif") == [index.analyzer.stem("tarif")]
    assert index.scores(["tarif"]).text.shape == (0,)
    assert index.idf("tarif") == index.unseen_idf


def test_passages_without_a_question_are_searched_by_text(corpus: Corpus) -> None:
    passages = [p for p in corpus.readable_in("fr") if p.id == "places#nearshore"]
    silent = [type(p)(p.id, p.lang, p.article, p.heading, p.text, p.source) for p in passages]
    scores = LexicalIndex(silent, Analyzer("fr")).scores(["voisin"])
    assert scores.text[0] > 0
    assert (scores.questions[0], scores.best_question[0]) == (0, -1)
