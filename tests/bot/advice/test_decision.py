"""Precedence, gates and the veto of costs: what may never happen, whatever people answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from interview_answers import facts, values

from bot.advice.decision import NO_GAIN, decide, outcome
from bot.advice.model import Location, Verdict
from bot.interview.loader import shipped_interview
from bot.interview.model import Facts, Truth

INTERVIEW = shipped_interview()

READY: dict[str, Any] = {
    "objective": ("quality", "peaks"),
    "objectives_defined": True,
    "priority": "balance",
    "location_constraint": "none",
    "pilot_capacity": 1,
    "time_horizon_months": 12,
    "process_documented": "yes",
    "baseline_kpis_known": True,
}
SIMPLE: dict[str, Any] = READY | {
    "flow_name": "Suivi de commande",
    "interaction_type": ("orders",),
    "channels": ("phone", "email"),
    "monthly_volume": 8_000,
    "aht_minutes": 5,
    "volume_certainty": "stable",
    "complexity": 1,
    "scripted": True,
    "regulated": "none",
    "brand_criticality": "low",
    "core_business": False,
    "flow_strategic": False,
    "unique_knowhow": False,
    "internal_skill_gap": False,
    "hours_needed": "Mon-Sat 08:00-20:00",
    "hours_covered_today": "Mon-Fri 09:00-18:00",
    "languages_needed": ("fr",),
    "languages_covered": ("fr",),
    "peak_factor": 3,
}


def _decided(**changes: Any) -> tuple[str, str, str]:
    known = {k: v for k, v in (SIMPLE | changes).items() if v is not None}
    decision = decide(INTERVIEW, known)
    return decision.verdict.value, decision.target.value, decision.location.value


@pytest.mark.parametrize(
    ("changes", "verdict", "target", "location"),
    [
        ({}, "full", "full", "nearshore"),
        ({"unique_knowhow": True}, "in_house", "in_house", "none"),
        ({"flow_strategic": True}, "in_house", "in_house", "none"),
        ({"monthly_volume": 50, "hours_needed": "24/7"}, "in_house", "in_house", "none"),
        ({"volume_certainty": "uncertain", "monthly_volume": 700}, "in_house", "in_house", "none"),
        ({"volume_certainty": "uncertain"}, "partial", "partial", "nearshore"),
        ({"regulated": "health"}, "partial", "partial", "onshore"),
        ({"regulated": "finance", "priority": "cost"}, "partial", "partial", "nearshore"),
        ({"regulated": None}, "partial", "partial", "nearshore"),
        ({"complexity": 2}, "partial", "partial", "nearshore"),
        ({"complexity": 3}, "partial", "partial", "onshore"),
        ({"complexity": 3, "internal_skill_gap": True}, "full", "full", "onshore"),
        ({"scripted": False}, "partial", "partial", "nearshore"),
        ({"priority": "cost"}, "full", "full", "offshore"),
        ({"priority": "cost", "brand_criticality": "medium"}, "full", "full", "nearshore"),
        ({"priority": "cost", "location_constraint": "eu_only"}, "full", "full", "nearshore"),
        ({"priority": "cost", "location_constraint": "france_only"}, "full", "full", "onshore"),
        ({"priority": "control"}, "full", "full", "onshore"),
        ({"brand_criticality": "high"}, "partial", "partial", "onshore"),
        ({"process_documented": "no"}, "not_ready", "full", "nearshore"),
        ({"process_documented": "partial"}, "full", "full", "nearshore"),
        ({"baseline_kpis_known": None}, "not_ready", "full", "nearshore"),
        ({"pilot_capacity": 0}, "not_ready", "full", "nearshore"),
        ({"time_horizon_months": 3}, "not_ready", "full", "nearshore"),
        ({"objective": ("cost",), "objectives_defined": False}, "not_ready", "full", "nearshore"),
        ({"already_outsourced": True, "contract_months_left": 14}, "not_ready", "full", "nearshore"),
        ({"already_outsourced": True, "exit_clause_known": True}, "full", "full", "nearshore"),
        ({"external_quote_vs_internal_pct": 20, "agents_fte": 8}, "in_house", "in_house", "none"),
        ({"external_quote_vs_internal_pct": -25, "agents_fte": 8}, "full", "full", "nearshore"),
        (
            {"scripted": False, "peak_factor": 1, "hours_needed": "Mon-Fri 09:00-18:00", "objective": ("quality",)},
            "in_house",
            "in_house",
            "none",
        ),
    ],
)
def test_what_one_answer_changes(changes: dict[str, Any], verdict: str, target: str, location: str) -> None:
    assert _decided(**changes) == (verdict, target, location)


def test_a_missing_skill_is_worth_its_price() -> None:
    """Costs veto only a reason that is economic alone."""
    assert _decided(internal_skill_gap=True, external_quote_vs_internal_pct=20, agents_fte=8)[0] == "full"


def test_the_veto_of_costs_is_told() -> None:
    decision = decide(INTERVIEW, SIMPLE | {"external_quote_vs_internal_pct": 20, "agents_fte": 8})
    [told] = [f for f in decision.findings if f.rule == NO_GAIN]
    assert told.truth is Truth.YES
    assert "external_quote_vs_internal_pct" in told.decided_by


def test_knowing_nothing_is_neither_a_no_nor_a_yes() -> None:
    decision = decide(INTERVIEW, {})
    assert decision.verdict is Verdict.NOT_READY
    assert decision.confidence < 0.2
    assert not any(gate.open for gate in decision.readiness.gates)


@given(facts(INTERVIEW))
def test_what_never_happens(known: Facts) -> None:
    decision = decide(INTERVIEW, known)
    location, constraint = decision.location, known.get("location_constraint")
    assert (decision.target is Verdict.IN_HOUSE) == (location is Location.NONE)
    if constraint == "france_only":
        assert location in (Location.ONSHORE, Location.NONE)
    if constraint == "eu_only" or known.get("regulated") in ("health", "finance"):
        assert location is not Location.OFFSHORE
    if known.get("regulated") in ("health", "finance", "other"):
        assert decision.target is not Verdict.FULL
    if known.get("unique_knowhow") is True:
        assert decision.verdict is Verdict.IN_HOUSE
    if decision.verdict in (Verdict.FULL, Verdict.PARTIAL):
        assert all(gate.open for gate in decision.readiness.gates)
        assert known.get("baseline_kpis_known") is True
    assert 0 <= decision.readiness.score <= 100
    assert 0 < decision.confidence < 1
    assert outcome(INTERVIEW, known) == (decision.verdict, decision.target, location)


@given(
    facts(INTERVIEW),
    st.sampled_from(["process_documented", "baseline_kpis_known", "pilot_capacity", "exit_clause_known"]),
)
def test_a_worse_gate_lowers_the_score(known: Facts, field: str) -> None:
    """As does one that is not known."""
    scale: dict[str, tuple[Any, ...]] = {
        "process_documented": ("yes", "partial", "no"),
        "baseline_kpis_known": (True, False),
        "pilot_capacity": (1, 0.2, 0),
        "exit_clause_known": (True, False),
    }
    contract = {"already_outsourced": True, "contract_months_left": 6} if field == "exit_clause_known" else {}
    scores = [decide(INTERVIEW, {**known, **contract, field: v}).readiness.score for v in scale[field]]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]
    unknown = {k: v for k, v in {**known, **contract}.items() if k != field}
    assert decide(INTERVIEW, unknown).readiness.score <= scores[-1]


@given(facts(INTERVIEW), st.data())
def test_knowing_more_never_lowers_confidence_while_nothing_else_changes(known: Facts, data: st.DataObject) -> None:
    absent = [q for q in INTERVIEW.questions if q.id not in known]
    assume(absent)
    question = data.draw(st.sampled_from(absent))
    more = {**known, question.id: data.draw(st.sampled_from(values(question)))}
    before, after = decide(INTERVIEW, known), decide(INTERVIEW, more)
    if (before.target, before.extent) == (after.target, after.extent):
        assert after.confidence >= before.confidence
