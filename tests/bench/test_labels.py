"""The labelled questions, their halves, and how an answer is graded."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bench.labels import MAX_ANSWER_CHARS, Labelled, complete, found_facts, normalise, read

ANSWERABLE = [*read("questions.fr", "fr"), *read("questions.en", "en"), *read("followups")]
BEYOND = [*read("unanswerable"), *read("calibration")]


def test_normalises_accents_case_spaces_and_apostrophes() -> None:
    assert normalise("L’Œuvre  ÉTÉ\u202f30\u00a0%\n") == "l'oeuvre ete 30 % "


@pytest.mark.parametrize(("id", "half"), [("fr-001", "tune"), ("fr-002", "report"), ("un-160", "report")])
def test_odd_ids_tune_and_even_ids_report(id: str, half: str) -> None:
    assert Labelled(id, "fr", "?").half == half


def test_finds_each_fact_in_any_typography() -> None:
    facts = (r"\b30 ?%", "couts? caches?", "madagascar")
    assert found_facts("Jusqu’à 30\u202f% d’économies, hors coûts cachés.", facts) == [True, True, False]
    assert not complete("Jusqu’à 30\u202f% d’économies.", facts)
    assert complete("30 %, Coûts cachés, Madagascar", facts)


def test_reads_no_further_than_a_phone_screen_holds() -> None:
    padding = "x" * (MAX_ANSWER_CHARS - 5)
    assert complete(padding + " 30 %", (r"30 %",))
    assert not complete(padding + " ... 30 %", (r"30 %",))


def test_ids_are_unique_and_halves_equal() -> None:
    for name, lang in (("questions.fr", "fr"), ("questions.en", "en"), ("followups", None), ("unanswerable", None)):
        labelled = read(name, lang)
        assert len({q.id for q in labelled}) == len(labelled)
        halves = Counter(q.half for q in labelled)
        assert abs(halves["tune"] - halves["report"]) <= 1, name


def test_answerable_questions_need_facts_and_the_others_have_none() -> None:
    assert [q.id for q in ANSWERABLE if not q.facts] == []
    assert [q.id for q in BEYOND if q.facts] == []
    assert all(q.history for q in read("followups"))
    assert {q.lang for q in [*ANSWERABLE, *BEYOND]} == {"fr", "en"}


def test_facts_are_expressions_over_normalised_text() -> None:
    for q in ANSWERABLE:
        for fact in q.facts:
            re.compile(fact)
            literal = re.sub(r"\\[A-Z]", "", fact).replace("œ", "oe")
            assert normalise(literal) == literal, (q.id, fact)


def test_nothing_is_both_fitted_on_and_reported() -> None:
    fitted = {normalise(q.question) for q in read("calibration")}
    assert [q.id for q in read("unanswerable") if normalise(q.question) in fitted] == []
