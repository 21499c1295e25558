"""What would change the outcome: each change does what it announces, and none is larger than it must be."""

from __future__ import annotations

from typing import Any

import pytest
from dialogue_driver import COMPANY, READY
from hypothesis import given, settings
from interview_answers import facts

from bot.advice.decision import Bounds, decide, outcome
from bot.advice.flips import MOST, flips, probe_values
from bot.advice.model import Change, Verdict
from bot.interview.loader import shipped_interview
from bot.interview.model import NUMERIC, Facts, Kind

INTERVIEW = shipped_interview()
KNOWN: dict[str, Any] = COMPANY | READY


def changes(known: Facts, bounds: Bounds | None = None) -> tuple[Change, ...]:
    return flips(INTERVIEW, known, decide(INTERVIEW, known, bounds), bounds)


def holds(known: Facts, found: tuple[Change, ...], bounds: Bounds | None = None) -> None:
    now = outcome(INTERVIEW, known, bounds)
    assert len(found) <= MOST
    for change in found:
        left = {field: ends for field, ends in (bounds or {}).items() if field not in change.answers}
        verdict, target, location = outcome(INTERVIEW, {**known, **change.answers}, left)
        assert (change.verdict, change.location) == (verdict, location)
        assert change.target == (target if verdict is Verdict.NOT_READY else None)
        assert (verdict, target, location) != now
        assert 1 <= len(change.answers) <= 2
        assert all(known.get(field) != value for field, value in change.answers.items())
        for field in change.answers if len(change.answers) == 2 else ():
            alone = outcome(INTERVIEW, {**known, field: change.answers[field]}, left)
            assert alone == now or alone != (verdict, target, location), "one answer would have been enough"
    told = [(c.verdict, c.target, c.location, *c.answers) for c in found]
    assert len(told) == len(set(told))


@given(facts(INTERVIEW))
@settings(max_examples=20)
def test_each_change_gives_what_it_announces(known: Facts) -> None:
    holds(known, changes(known))


@pytest.mark.parametrize("quote", [(10, 40), (-30, 60)])
def test_with_a_range_too(quote: tuple[float, float]) -> None:
    known = KNOWN | {"external_quote_vs_internal_pct": sum(quote) / 2}
    bounds = {"external_quote_vs_internal_pct": quote}
    found = changes(known, bounds)
    assert found
    holds(known, found, bounds)


def test_the_changes_of_a_flow_that_goes_outside() -> None:
    """Among them: what would keep it, what would delay it, what would take it elsewhere."""
    found = changes(KNOWN)
    assert {"in_house", "not_ready"} <= {c.verdict.value for c in found}
    assert {"onshore", "offshore"} & {c.location.value for c in found}
    assert all(len(c.answers) == 1 for c in found)


def test_one_answer_opens_the_last_gate() -> None:
    found = changes(KNOWN | {"process_documented": "no"})
    opened = {c.answers["process_documented"] for c in found if c.verdict is Verdict.FULL}
    assert opened
    assert opened <= {"yes", "partial"}


def test_what_is_kept_by_its_knowhow_leaves_without_it() -> None:
    [first, *others] = changes(KNOWN | {"unique_knowhow": True})
    assert first.answers == {"unique_knowhow": False}
    assert first.verdict is Verdict.FULL
    assert all("unique_knowhow" in c.answers and len(c.answers) == 2 for c in others)


def test_two_reasons_to_stay_take_two_changes() -> None:
    """Neither is decisive, since the other would do."""
    known = KNOWN | {"unique_knowhow": True, "flow_strategic": True}
    found = changes(known)
    assert found
    assert all(len(c.answers) == 2 for c in found)
    holds(known, found)


def test_the_same_answers_always_give_the_same_changes() -> None:
    assert changes(KNOWN) == changes(dict(reversed(list(KNOWN.items()))))


def test_values_tried_are_possible_answers() -> None:
    for question in INTERVIEW.questions:
        for value in probe_values(question):
            if question.kind in NUMERIC:
                assert isinstance(value, int | float)
                assert question.low is None or value >= question.low
                assert question.high is None or value <= question.high
            elif question.kind in (Kind.CHOICE, Kind.BOOLEAN):
                assert question.option(value)
            elif question.kind is Kind.CHOICES:
                assert isinstance(value, tuple)
                assert all(question.option(each) for each in value)
