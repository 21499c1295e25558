"""The personas are well formed, pairs differ by one answer, and the bench counts what it says it counts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bench import personas
from bench.labels import normalise
from bench.personas import Concluded, Interviewed, Judged, Persona, given_by, hold_interview, read_personas
from bot.advice.model import Location, Verdict
from bot.dialogue.desk import Desk
from bot.interview.loader import shipped_interview

PERSONAS = read_personas()
BY_ID = {persona.id: persona for persona in PERSONAS}
VERDICTS, LOCATIONS = set(Verdict), set(Location)


def judged(persona: Persona, got: Concluded, forbidden: tuple[str, ...] = (), difference: str = "") -> Judged:
    return Judged(persona, got, (), forbidden, Interviewed(10, 50, difference))


def wanted(persona: Persona) -> Concluded:
    return Concluded(
        persona.prefer["verdict"], persona.prefer.get("target", persona.prefer["verdict"]), persona.prefer["location"]
    )


def test_there_are_enough_and_each_is_named_once() -> None:
    assert len(BY_ID) == len(PERSONAS) >= 25
    assert {persona.lang for persona in PERSONAS} == {"fr", "en"}
    assert sum(persona.pair is not None for persona in PERSONAS) >= 12
    assert {verdict for persona in PERSONAS for verdict in persona.accept["verdict"]} == VERDICTS


@pytest.mark.parametrize("persona", PERSONAS, ids=list(BY_ID))
def test_answers_are_answers_of_the_interview(persona: Persona) -> None:
    given = given_by(persona, shipped_interview())
    assert given.problems == ()
    assert given.unknown == ()


@pytest.mark.parametrize("persona", PERSONAS, ids=list(BY_ID))
def test_what_is_expected_can_be_concluded(persona: Persona) -> None:
    assert persona.accepts(wanted(persona))
    assert set(persona.accept["verdict"]) <= VERDICTS
    assert set(persona.accept["location"]) <= LOCATIONS
    assert ("not_ready" in persona.accept["verdict"]) == ("target" in persona.accept)
    assert ("in_house" in persona.accept["verdict"]) == ("none" in persona.accept["location"])
    assert persona.story.strip()
    assert persona.why.strip()


@pytest.mark.parametrize("persona", PERSONAS, ids=list(BY_ID))
def test_expressions_are_over_normalised_text(persona: Persona) -> None:
    for said in (*persona.mention, *persona.never):
        re.compile(said)
        assert normalise(said) == said


@pytest.mark.parametrize("persona", [p for p in PERSONAS if p.pair], ids=[p.id for p in PERSONAS if p.pair])
def test_a_pair_differs_by_one_answer_and_in_what_is_expected(persona: Persona) -> None:
    other = BY_ID[persona.pair or ""]
    fields = {*persona.answers, *other.answers}
    assert len([f for f in fields if persona.answers.get(f) != other.answers.get(f)]) == 1
    assert persona.lang == other.lang
    assert wanted(persona) != wanted(other)


def test_not_ready_is_acceptable_only_with_its_target() -> None:
    persona = BY_ID["no-baseline"]
    assert persona.accepts(Concluded("not_ready", "full", "nearshore"))
    assert not persona.accepts(Concluded("not_ready", "partial", "nearshore"))
    assert not persona.accepts(Concluded("full", "full", "nearshore"))
    assert not persona.accepts(Concluded("not_ready", "full", "onshore"))


def test_the_bench_passes_only_when_nothing_is_wrong() -> None:
    right = [judged(persona, wanted(persona)) for persona in PERSONAS]
    assert personas.passes(right)
    assert personas.complaints(right) == []
    first = right[0]
    for wrong in (
        replace(first, forbidden=("guaranteed",)),
        replace(first, interview=Interviewed(10, 50, "full ≠ partial")),
        replace(first, interview=Interviewed(50 * 60 * len(right), 50, "")),
        replace(first, got=right[1].got),
    ):
        assert not personas.passes([wrong, *right[1:]])
    assert not personas.passes([replace(one, got=Concluded("full", "full", "offshore")) for one in right])


def test_the_interview_asks_each_question_once_and_stops() -> None:
    desk = Desk(shipped_interview())
    answers = given_by(BY_ID["fifty-calls-round-the-clock"], desk.interview).answers
    held = hold_interview(desk.engine, answers)
    assert 0 < held.asked < held.of == len(desk.interview.questions)
    assert held.difference == ""
