"""Text to search terms: folding, elisions, stop words, stems and concepts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analyzer import STOP_WORDS, Analyzer, Term, fold, words
from index.lexicon import Concept

ANYTHING = st.text(st.characters(exclude_categories=[]) | st.sampled_from("a1.,/'’ éœŒß€"), max_size=200)
"""Surrogates and control characters too."""

OFFSHORE = Concept("offshore", "location", ("offshore", "à l’autre bout du monde"), ("offshore", "faraway country"))
COST = Concept("cost", "money", ("coût",), ("cost",))
HIDDEN_COST = Concept("hidden-cost", "money", ("coût caché",), ("hidden cost",))


def stems(terms: list[Term]) -> list[str]:
    return [t.stem for t in terms]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Éléphant’s", "elephant's"),
        ("CŒUR de métier", "coeur de metier"),
        ("ﬁn", "fin"),
        ("ＡＢ１", "ab1"),
        ("STRASSE ß", "strasse ß"),
        ("25\u00a0%", "25 %"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’équipe d'astreinte", ["equipe", "astreinte"]),
        ("jusqu’à 3,34 € et 24/7", ["a", "3,34", "€", "et", "24/7"]),
        ("the provider’s agents' desk", ["the", "provider", "agents", "desk"]),
        ("qu’est-ce que c’est", ["est", "ce", "que", "est"]),
        ("30 %, £5 $6", ["30", "%", "£", "5", "$", "6"]),
        ("e-mail", ["e", "mail"]),
        ("v1.2.3.", ["v1.2.3"]),
        ("🙂 日本 ﷽", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(ANYTHING)
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANYTHING)
def test_folding_ignores_how_the_keyboard_composed_the_accents(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(ANYTHING, st.sampled_from(["fr", "en"]))
def test_the_analyzer_never_raises(text: str, lang: str) -> None:
    analyzer = Analyzer(lang, (OFFSHORE, COST, HIDDEN_COST))
    for term in analyzer.terms(text):
        assert term.stem
        assert term.is_concept == term.stem.startswith("§")
        assert set(term.surface.split()) <= set(words(text))


@given(st.lists(st.sampled_from(["offshore", "coût", "caché", "équipe", "de", "42"]), max_size=8))
def test_terms_do_not_depend_on_case_accents_or_punctuation(typed: list[str]) -> None:
    analyzer = Analyzer("fr", (OFFSHORE, COST, HIDDEN_COST))
    loud = " … ".join(typed).upper().replace("Û", "U").replace("É", "E")
    assert stems(analyzer.terms(loud)) == stems(analyzer.terms(" ".join(typed)))


def test_every_stop_word_vanishes() -> None:
    analyzer = Analyzer("fr")
    assert {w: terms for w in STOP_WORDS["fr"] if (terms := analyzer.terms(w))} == {}


def test_question_words_are_stop_words() -> None:
    assert analyzer_stems("fr", "Pourquoi, comment et combien ?") == []
    assert analyzer_stems("en", "Why, how and how much?") == []


def analyzer_stems(lang: str, text: str) -> list[str]:
    return stems(Analyzer(lang).terms(text))


def test_plurals_and_conjugations_share_a_stem() -> None:
    french, english = Analyzer("fr"), Analyzer("en")
    assert french.stem("prestataires") == french.stem("prestataire")
    assert english.stem("outsourcing") == english.stem("outsourced")


def test_a_term_remembers_the_word_it_was_read_from() -> None:
    terms = Analyzer("fr").terms("Les Prestataires étrangers")
    assert [t.surface for t in terms] == ["prestataires", "etrangers"]


def test_a_concept_follows_the_words_that_name_it() -> None:
    terms = Analyzer("fr", (OFFSHORE,)).terms("partir à l'autre bout du monde ?")
    assert terms[-1] == Term("§offshore", "a autre bout du monde")
    assert terms[-1].is_concept
    assert not terms[0].is_concept


def test_forms_of_the_other_language_are_understood_too() -> None:
    assert "§offshore" in stems(Analyzer("fr", (OFFSHORE,)).terms("une faraway country"))


def test_the_longest_form_wins() -> None:
    analyzer = Analyzer("fr", (COST, HIDDEN_COST))
    assert analyzer.longest_phrase == 2
    assert [s for s in stems(analyzer.terms("les coûts cachés et le coût")) if "§" in s] == ["§hidden-cost", "§cost"]


def test_a_form_under_two_concepts_belongs_to_the_first() -> None:
    again = Concept("expense", "money", ("coût",), ())
    assert stems(Analyzer("fr", (COST, again)).terms("coût"))[-1] == "§cost"


def test_kinds_are_by_concept() -> None:
    assert Analyzer("fr", (OFFSHORE, COST)).kinds == {"§offshore": "location", "§cost": "money"}


def test_a_form_without_a_word_names_nothing() -> None:
    blank = Concept("blank", "x", ("…", "🙂"), ())
    assert Analyzer("fr", (blank,)).terms("🙂 …") == []


def test_without_a_lexicon_there_is_no_concept() -> None:
    analyzer = Analyzer("en")
    assert analyzer.longest_phrase == 0
    assert stems(analyzer.terms("offshore costs")) == ["offshor", "cost"]
