"""The utterances are well formed, and the bench counts what it says it counts."""

from __future__ import annotations

from typing import Any

import pytest

from bench.utterances import KINDS, Heard, Reading, Utterance, faults, hear, passes, read_utterances
from bot.interview.loader import shipped_interview
from bot.interview.understanding.figures import bounds

UTTERANCES = read_utterances()
INTERVIEW = shipped_interview()


def heard(*readings: Reading, **got: Any) -> Heard:
    return Heard(Utterance("monthly_volume", "fr", "3000", readings), got)


def test_every_question_and_every_kind_is_tried() -> None:
    assert {one.field for one in UTTERANCES} == {question.id for question in INTERVIEW.questions}
    assert {one.kind for one in UTTERANCES} == set(KINDS)
    assert {one.lang for one in UTTERANCES} == {"fr", "en"}
    assert len(UTTERANCES) >= 450


def test_none_is_written_twice() -> None:
    assert len({(one.field, one.lang, one.text) for one in UTTERANCES}) == len(UTTERANCES)


def test_a_right_value_is_one_that_may_be_kept() -> None:
    questions = {question.id: question for question in INTERVIEW.questions}
    for one in UTTERANCES:
        question = questions[one.field]
        for reading in one.readings:
            assert reading.kind in KINDS
            values = reading.value if isinstance(reading.value, list) else [reading.value]
            if reading.value is not None and question.options and not question.open:
                assert all(question.option(value) for value in values), one
            elif isinstance(reading.value, int | float) and not isinstance(reading.value, bool):
                low, high = bounds(question)
                assert low <= reading.value <= high, one
            if reading.kind == "value":
                assert any(
                    given is not None for given in (reading.value, reading.between, reading.contains, reading.hours)
                ), one


@pytest.mark.parametrize(
    ("reading", "got"),
    [
        (Reading("value", 3000), {"kind": "value", "value": 3000.0}),
        (Reading("value", 2500, range=(2000, 3000)), {"kind": "value", "value": 2500, "range": [2000, 3000]}),
        (Reading("value", between=(2000, 2200)), {"kind": "value", "value": 2167}),
        (Reading("value", contains="banque"), {"kind": "value", "value": "La Banque"}),
        (Reading("value", hours=45), {"kind": "value", "value": "Mon-Fri 09:00-18:00", "hours_per_week": 45.0}),
        (Reading("value", ["fr", "en"]), {"kind": "value", "value": ["fr", "en"]}),
        (Reading("command"), {"kind": "command", "command": "result"}),
        (Reading("unknown"), {"kind": "unknown"}),
    ],
)
def test_a_right_reading_is_understood(reading: Reading, got: dict[str, Any]) -> None:
    assert heard(reading, **got).understood


@pytest.mark.parametrize(
    ("reading", "got"),
    [
        (Reading("value", 3000), {"kind": "value", "value": 2900}),
        (Reading("value", 3000), {"kind": "unknown"}),
        (Reading("value", 2500, range=(2000, 3000)), {"kind": "value", "value": 2500}),
        (Reading("value", True), {"kind": "value", "value": 1}),
        (Reading("value", hours=45), {"kind": "value", "value": "24/7", "hours_per_week": 168.0}),
        (Reading("command", command="back"), {"kind": "command", "command": "cancel"}),
    ],
)
def test_a_wrong_reading_is_not(reading: Reading, got: dict[str, Any]) -> None:
    if reading.value is True:
        got = {**got, "value": "yes"}
    assert not heard(reading, **got).understood


def test_what_must_never_happen_is_counted() -> None:
    kept = {"kind": "value", "value": 3000}
    all_three = [heard(Reading(kind), **kept) for kind in ("invalid", "command", "digression")]
    assert list(faults(all_three).values()) == [1, 1, 1]
    assert not any(faults([heard(Reading("invalid"), Reading("value", 3000), **kept)]).values())
    assert not passes([heard(Reading("value", 3000), **kept)] * 99 + all_three[:1])
    assert passes([heard(Reading("value", 3000), **kept)])


def test_they_are_understood_as_well_as_we_hold_ourselves_to() -> None:
    assert passes(hear(UTTERANCES, INTERVIEW))


def test_an_utterance_goes_through_the_command_line_contract() -> None:
    told = hear([Utterance("monthly_volume", "fr", "3000", (Reading("value", 3000),))], INTERVIEW)
    assert told[0].understood
