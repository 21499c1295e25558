"""One flow's facts to its whole recommendation: pure, whole, and never a figure out of nothing."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from dialogue_driver import COMPANY, READY
from hypothesis import given, settings
from interview_answers import facts

from bot.advice.decision import decide
from bot.advice.model import Assumption, Location, Range, Recommendation, Verdict
from bot.advice.recommend import costs_of, recommend
from bot.interview.loader import shipped_interview
from bot.interview.model import Facts

INTERVIEW = shipped_interview()
KNOWN: dict[str, Any] = COMPANY | READY


def recommended(**changes: Any) -> Recommendation:
    known = {field: value for field, value in (KNOWN | changes).items() if value is not None}
    return recommend(INTERVIEW, known)


@given(facts(INTERVIEW))
@settings(max_examples=8)
def test_the_same_answers_give_the_same_advice_and_are_left_alone(known: Facts) -> None:
    before = copy.deepcopy(known)
    first = recommend(INTERVIEW, known)
    assert recommend(INTERVIEW, dict(reversed(list(known.items())))) == first
    assert known == before
    assert first.decision == decide(INTERVIEW, known)
    assert not set(first.missing) & set(known)


@given(facts(INTERVIEW))
@settings(max_examples=15)
def test_what_holds_of_every_recommendation(known: Facts) -> None:
    rec = recommend(INTERVIEW, known)
    decision, costs = rec.decision, rec.costs
    assert set(decision.open_fields) <= set(rec.missing)
    assert len(rec.missing) == len(set(rec.missing))
    if decision.target is not Verdict.PARTIAL:
        assert not decision.extent.get("extent")
    if not {"monthly_volume", "agents_fte"} & set(known):
        assert costs.internal_year is costs.external_year is costs.tco3_internal is costs.gain3 is None
    if costs.gain3 is not None:
        assert costs.tco3_internal is not None
        assert costs.tco3_external is not None
    if decision.target is Verdict.IN_HOUSE and decision.vetoed is None and costs.external_year is not None:
        assert costs.alternative, "what is not advised is told as such"
    ids = [item.id for item in (*rec.plan.risks, *rec.plan.kpis, *rec.plan.contract, *rec.plan.roadmap)]
    assert len(ids) == len(set(ids))


def test_nothing_known_gives_no_figure_and_no_verdict() -> None:
    rec = recommend(INTERVIEW, {})
    assert rec.decision.verdict is Verdict.NOT_READY
    assert rec.costs.internal_year is None
    assert rec.costs.external_year is None
    assert rec.costs.tco3_internal is None
    assert rec.costs.gain3 is None
    assert rec.costs.tornado == ()
    assert rec.missing
    assert rec.flow_name == ""


def test_the_part_that_leaves_is_not_priced_as_the_whole() -> None:
    full, partial = recommended(), recommended(complexity=2)
    assert (full.decision.target, partial.decision.target) == (Verdict.FULL, Verdict.PARTIAL)
    assert full.costs.internal_year == partial.costs.internal_year
    assert full.costs.external_year != partial.costs.external_year
    assert partial.costs.share_out is not None
    assert full.costs.share_out in (None, Range.exactly(1))
    assert partial.costs.share_out.high < 1
    assert partial.goes_out
    assert partial.stays
    assert {item.id for item in full.stays} < {item.id for item in partial.stays}


def test_what_costs_ruled_out_is_what_is_priced() -> None:
    """Beside « keep it » stands the outsourcing that would have cost more, with its own place and share."""
    kept = recommended(external_quote_vs_internal_pct=20, objective=("peaks",))
    assert kept.decision.verdict is Verdict.IN_HOUSE
    assert kept.decision.vetoed == (Verdict.FULL, Location.NEARSHORE, ())
    assert kept.costs.alternative
    assert kept.costs.quote_based
    assert kept.costs.priced_at is Location.NEARSHORE
    assert kept.costs.gain3 is not None
    assert kept.costs.gain3.high <= 0
    part = recommended(external_quote_vs_internal_pct=40, complexity=2)
    assert part.decision.vetoed is not None
    assert part.decision.vetoed[0] is Verdict.PARTIAL
    assert part.costs.share_out is not None
    assert part.costs.share_out.high < 1


def test_a_quote_that_costs_less_vetoes_nothing() -> None:
    rec = recommended(external_quote_vs_internal_pct=-25)
    assert rec.decision.vetoed is None
    assert rec.decision.verdict is Verdict.FULL
    assert not rec.costs.alternative


def test_details_change_no_total() -> None:
    decision = decide(INTERVIEW, KNOWN)
    whole, short = costs_of(KNOWN, decision), costs_of(KNOWN, decision, detail=False)
    assert (whole.tco3_internal, whole.tco3_external, whole.gain3) == (
        short.tco3_internal,
        short.tco3_external,
        short.gain3,
    )


def test_a_range_widens_what_rests_on_it() -> None:
    known = {field: value for field, value in KNOWN.items() if field != "agents_fte"}
    narrow = recommend(INTERVIEW, known).costs.internal_year
    wide = recommend(INTERVIEW, known, {"monthly_volume": (6_000, 10_000)}).costs.internal_year
    assert narrow is not None
    assert wide is not None
    assert wide.low < narrow.low
    assert wide.high > narrow.high


def test_what_decides_is_missing_before_what_only_costs() -> None:
    rec = recommended(unique_knowhow=None, agents_fte=None)
    assert rec.missing.index("unique_knowhow") < rec.missing.index("agents_fte")


def test_what_was_assumed_to_read_the_answers_is_told() -> None:
    note = Assumption("reading-x", {"fr": "x", "en": "x"}, Range.exactly(1), {"fr": "", "en": ""}, "monthly_volume")
    assert recommend(INTERVIEW, KNOWN, notes=[note]).notes == (note,)


@pytest.mark.parametrize("field", ["monthly_volume", "aht_minutes", "agents_fte", "peak_factor", "pilot_capacity"])
@pytest.mark.parametrize("end", ["low", "high"])
def test_the_ends_of_what_may_be_answered_are_taken(field: str, end: str) -> None:
    value = getattr(INTERVIEW.question(field), end)
    assert recommended(**{field: value}).decision.verdict in Verdict
