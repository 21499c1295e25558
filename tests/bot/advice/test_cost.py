"""Costs: worked examples, and what holds whatever is answered."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.assumptions import assumptions
from bot.advice.cost import costs
from bot.advice.model import CostLine, Costs, Location, Range, Verdict
from bot.interview.model import Facts

FLOW: Facts = {
    "monthly_volume": 8_000,
    "aht_minutes": 6,
    "agents_fte": 9,
    "loaded_cost_per_agent_eur_year": 40_000,
    "volume_certainty": "stable",
}


def full(facts: Facts, location: Location = Location.NEARSHORE, **options: Any) -> Costs:
    return costs(facts, target=Verdict.FULL, location=location, **options)


def partial(facts: Facts, *reasons: str, **options: Any) -> Costs:
    return costs(facts, target=Verdict.PARTIAL, location=Location.NEARSHORE, extent=reasons, **options)


def line(lines: tuple[CostLine, ...], name: str) -> CostLine:
    return next(one for one in lines if one.id == name)


def names(lines: tuple[CostLine, ...]) -> set[str]:
    return {one.id for one in lines}


def assumed(found: Costs) -> set[str]:
    return {one.id for one in found.assumptions}


def sure(figure: Range | None) -> Range:
    assert figure is not None
    return figure


# Worked examples


def test_a_team_whose_every_cost_is_given() -> None:
    facts = {
        **FLOW,
        **{"turnover_pct": 0, "absenteeism": 5, "overtime": 6_000, "management": 50_000},
        **{"training": 10_000, "licences": 12_000, "premises": 30_000},
    }
    found = full(facts)
    exact = {one.id: one.range.central for one in found.internal_lines if not one.assumed}
    assert exact == {
        **{"salaries": 360_000, "management": 50_000, "recruitment": 0, "training": 10_000, "licences": 12_000},
        **{"premises": 30_000, "turnover": 0, "absenteeism": 18_000, "overtime": 6_000},
    }
    growth = assumptions()["volume_change_stable"].range.central / 100
    assert sure(found.internal_year).central == pytest.approx(486_000 * (1 + growth))
    assert sure(found.tco3_internal).central == pytest.approx(3 * 486_000 * (1 + growth))


def test_the_providers_bill_is_hours_at_a_price() -> None:
    known = assumptions()
    hours = 8_000 * 6 / 60 * 12 / (known["provider_occupancy_pct"].range.central / 100)
    bill = line(full(FLOW).external_lines, "provider").range.central
    assert bill == pytest.approx(hours * known["price_nearshore"].range.central)


def test_a_quote_is_taken_against_todays_cost() -> None:
    found = full({**FLOW, "external_quote_vs_internal_pct": -20})
    today = sum(one.range.central for one in found.internal_lines if one.id != "volume_growth")
    assert line(found.external_lines, "provider").range.central == pytest.approx(0.8 * today)
    assert found.quote_based
    assert not assumed(found) & {"price_nearshore", "provider_minimum"}


def test_a_dearer_quote_gains_less() -> None:
    gains = [sure(full({**FLOW, "external_quote_vs_internal_pct": q}).gain3) for q in (-20, 0, 15)]
    assert gains[0].central > gains[1].central > gains[2].central
    assert gains[2].central < 0


def test_hours_not_covered_today_cost_in_house_what_they_take() -> None:
    facts = {**FLOW, "hours_covered_today": "Mon-Fri 09:00-18:00"}
    assert "extended_hours" not in names(full({**facts, "hours_needed": "Mon-Fri 09:00-18:00"}).internal_lines)
    wider = line(full({**facts, "hours_needed": "24/7"}).internal_lines, "extended_hours")
    # 123 h a week more: 123 x 52 / 12 / 134 = 3.98 people, a quarter dearer.
    assert wider.range.central == pytest.approx(123 * 52 / 12 / 134 * 40_000 * 1.25)


def test_round_the_clock_in_house_is_not_priced_as_the_work_of_fifty_contacts() -> None:
    found = full({"monthly_volume": 50, "aht_minutes": 5, "hours_needed": "24/7"})
    assert sure(found.internal_year).low > 5 * assumptions()["loaded_cost_per_agent_eur_year"].range.low


def test_peaks_cost_on_both_sides() -> None:
    peaks = {**FLOW, "peak_factor": 2.5, "peak_months": 3}
    flat, peaky = full(FLOW), full(peaks)
    for side in ("internal_lines", "external_lines"):
        assert sum(o.range.central for o in getattr(peaky, side)) > sum(o.range.central for o in getattr(flat, side))
    # 800 h x 1.5 x 3 months more, over a year of 12 months.
    part = partial(peaks, "peaks")
    assert sure(part.share_out).central == pytest.approx(4.5 / 16.5)
    kept = line(part.external_lines, "retained").range.central
    overtime = line(part.internal_lines, "overtime").range.central
    assert kept < sure(part.internal_year).central - overtime + 1


def test_only_the_hours_go_out_and_the_days_team_stays() -> None:
    facts = {**FLOW, "hours_covered_today": "Mon-Fri 09:00-18:00", "hours_needed": "24/7"}
    found = partial(facts, "hours")
    growth = 1 + assumptions()["volume_change_stable"].range.central / 100
    spared = line(found.internal_lines, "extended_hours").range.central * growth
    kept = line(found.external_lines, "retained").range.central
    assert kept == pytest.approx(sure(found.internal_year).central - spared)
    assert found.opportunity_hours is None
    assert "redeployment" not in names(found.once_lines)


# Nothing known, little known


@pytest.mark.parametrize("facts", [{}, {"aht_minutes": 6, "hours_needed": "24/7"}, {"agents_fte": 0}])
def test_no_euro_without_a_volume_and_without_a_team(facts: Facts) -> None:
    found = full({**facts, "loaded_cost_per_agent_eur_year": 40_000, "external_quote_vs_internal_pct": -20})
    euros = (found.internal_year, found.external_year, found.tco3_internal, found.tco3_external, found.gain3)
    assert euros == (None,) * 5
    assert found.internal_lines == found.external_lines == found.once_lines == found.tornado == ()
    assert not any("€" in one.unit["fr"] for one in found.assumptions)


def test_a_volume_alone_is_enough_with_a_wide_handling_time() -> None:
    found = full({"monthly_volume": 3_000})
    assert "aht_minutes" in assumed(found)
    assert sure(found.internal_year).high > 2 * sure(found.internal_year).low


def test_a_team_alone_is_enough() -> None:
    found = full({"agents_fte": 6})
    assert sure(found.internal_year).low > 6 * assumptions()["loaded_cost_per_agent_eur_year"].range.low
    assert "aht_minutes" not in assumed(found)
    assert found.break_even_volume is None


# Both sides of a flow that stays


def test_a_flow_that_stays_is_compared_with_all_of_it_going_nearshore() -> None:
    found = costs(FLOW, target=Verdict.IN_HOUSE, location=Location.NONE)
    assert found.alternative
    assert found.priced_at is Location.NEARSHORE
    assert found.external_year == full(FLOW).external_year
    assert sure(found.share_out) == Range.exactly(1)


def test_a_constraint_holds_for_the_alternative_too() -> None:
    kept = {**FLOW, "location_constraint": "france_only"}
    found = costs(kept, target=Verdict.IN_HOUSE, location=Location.NONE)
    assert found.priced_at is Location.ONSHORE


def test_where_no_price_is_worth_a_figure_only_the_inside_is_reckoned() -> None:
    both, inside = (costs(FLOW, target=Verdict.IN_HOUSE, location=Location.NONE, outside=o) for o in (True, False))
    assert inside.internal_year == both.internal_year
    assert inside.tco3_internal == both.tco3_internal
    assert (inside.external_year, inside.tco3_external, inside.gain3, inside.lost_customers) == (None,) * 4
    assert (inside.external_lines, inside.once_lines, inside.tornado, inside.break_even) == ((), (), (), {})
    assert {a.id for a in inside.assumptions} < {a.id for a in both.assumptions}
    assert not any(re.search("provider|prestataire", f"{a.label}") for a in inside.assumptions)


def test_the_nearer_the_dearer() -> None:
    near_to_far = [sure(full(FLOW, place).external_year).central for place in list(Location)[:3]]
    assert near_to_far == sorted(near_to_far, reverse=True)


# Assumptions


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("loaded_cost_per_agent_eur_year", 41_000),
        ("turnover_pct", 12),
        ("absenteeism", 6),
        ("overtime", 5_000),
        ("management", 40_000),
        ("training", 9_000),
        ("licences", 14_000),
        ("premises", 30_000),
        ("external_quote_vs_internal_pct", -10),
        ("margin_per_customer_eur_year", 90),
        ("aht_minutes", 5),
    ],
)
def test_a_figure_given_takes_the_place_of_its_assumption(field: str, value: float) -> None:
    facts = {"monthly_volume": 8_000, "customers": 20_000}
    standing_in = {name for name, one in assumptions().items() if one.field == field}
    assert standing_in & assumed(full(facts))
    assert not standing_in & assumed(full({**facts, field: value}))


def test_what_is_not_used_is_not_listed() -> None:
    listed = assumed(full(FLOW))
    assert not listed & {"price_onshore", "price_offshore", "customers_lost_pct", "share_hours_pct"}
    assert {"price_nearshore", "occupancy_pct", "exit_pct"} <= listed


def test_a_line_says_whether_it_rests_on_assumptions() -> None:
    lines = full(FLOW).internal_lines
    assert not line(lines, "salaries").assumed
    assert line(lines, "premises").assumed


def test_churn_is_priced_when_customers_are_known_and_never_invented_otherwise() -> None:
    assert "churn" not in names(full(FLOW).once_lines)
    churn = line(full({**FLOW, "customers": 20_000}).once_lines, "churn")
    assert churn.range.low == 0 < churn.range.central
    assert churn.assumed
    found = full({**FLOW, "margin_per_customer_eur_year": 100})
    assert found.lost_customers == pytest.approx(sure(found.gain3).central / 100)


# Whatever is answered

NUMBERS = {
    "monthly_volume": st.floats(0, 200_000),
    "aht_minutes": st.floats(0.5, 40),
    "agents_fte": st.floats(0, 300),
    "loaded_cost_per_agent_eur_year": st.floats(25_000, 80_000),
    "turnover_pct": st.floats(0, 100),
    "absenteeism": st.floats(0, 30),
    "overtime": st.floats(0, 50_000),
    "management": st.floats(0, 100_000),
    "training": st.floats(0, 50_000),
    "peak_factor": st.floats(1, 8),
    "peak_months": st.floats(0, 8),
    "external_quote_vs_internal_pct": st.floats(-60, 60),
    "customers": st.floats(0, 1_000_000),
    "margin_per_customer_eur_year": st.floats(0, 500),
}
WORDS = {
    "hours_needed": st.sampled_from(["24/7", "Mon-Fri 09:00-18:00", "Mon-Sat 08:00-20:00", "Mon-Sun 22:00-06:00"]),
    "hours_covered_today": st.sampled_from(["Mon-Fri 09:00-18:00", "Mon-Fri 10:00-16:00"]),
    "channels": st.sampled_from([("phone",), ("email",), ("chat", "email")]),
    "volume_certainty": st.sampled_from(["stable", "growing", "uncertain"]),
    "languages_needed": st.sampled_from([("fr",), ("fr", "en", "de")]),
    "already_outsourced": st.booleans(),
}
FACTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({}, optional={**NUMBERS, **WORDS})
REASONS = st.lists(
    st.sampled_from(["hours", "peaks", "languages", "regulated", "mixed", "identity", "uncertain"]), unique=True
)
CASES = st.one_of(
    st.just((Verdict.FULL, Location.ONSHORE, ())),
    st.just((Verdict.IN_HOUSE, Location.NONE, ())),
    st.tuples(st.just(Verdict.PARTIAL), st.just(Location.OFFSHORE), REASONS.map(tuple)),
)
Case = tuple[Verdict, Location, tuple[str, ...]]


def priced(facts: Facts, case: Case) -> Costs:
    target, location, extent = case
    return costs(facts, target=target, location=location, extent=extent, detail=False)


@given(facts=FACTS, case=CASES)
def test_ranges_add_up_and_nothing_is_forgotten(facts: Facts, case: Case) -> None:
    found = priced(facts, case)
    if found.internal_year is None:
        assert not facts.get("agents_fte")
        assert "monthly_volume" not in facts
        return
    for end in ("low", "central", "high"):
        internal, external, once = (
            sum(getattr(one.range, end) for one in lines)
            for lines in (found.internal_lines, found.external_lines, found.once_lines)
        )
        assert getattr(found.internal_year, end) == pytest.approx(internal)
        assert getattr(found.external_year, end) == pytest.approx(external)
        assert getattr(found.tco3_internal, end) == pytest.approx(3 * internal)
        assert getattr(found.tco3_external, end) == pytest.approx(3 * external + once)
    gain = sure(found.tco3_internal).central - sure(found.tco3_external).central
    assert sure(found.gain3).central == pytest.approx(gain, abs=1e-3)
    for lines, needed in (
        (found.external_lines, ("piloting", "audits")),
        (found.once_lines, ("preparation", "tender", "exit")),
    ):
        assert all(line(lines, name).range.low > 0 for name in needed)


@given(facts=FACTS, case=CASES)
def test_in_house_costs_at_least_the_headcount_at_its_loaded_cost(facts: Facts, case: Case) -> None:
    found = priced(facts, case)
    people, cost = facts.get("agents_fte"), facts.get("loaded_cost_per_agent_eur_year")
    if people and cost and found.internal_year:
        least = float(people) * float(cost)  # type: ignore[arg-type]
        assert found.internal_year.low >= least * (1 - 1e-9)
    if found.internal_year and found.staffing.headcount:
        cheapest = assumptions()["loaded_cost_per_agent_eur_year"].range
        loaded = Range.exactly(float(cost)) if cost else cheapest  # type: ignore[arg-type]
        assert found.internal_year.central >= found.staffing.headcount.central * loaded.central * (1 - 1e-9)


@given(facts=FACTS, volume=st.floats(1, 50_000), more=st.floats(1.01, 3), case=CASES)
def test_more_contacts_never_cost_less_on_either_side(facts: Facts, volume: float, more: float, case: Case) -> None:
    fewer, greater = (priced({**facts, "monthly_volume": v}, case) for v in (volume, volume * more))
    for side in ("internal_year", "external_year"):
        least, most = sure(getattr(fewer, side)), sure(getattr(greater, side))
        assert least.central <= most.central * (1 + 1e-9)


@given(facts=FACTS, reasons=REASONS.map(tuple))
def test_a_part_is_not_priced_as_the_whole(facts: Facts, reasons: tuple[str, ...]) -> None:
    known = {**facts, "monthly_volume": 5_000, "aht_minutes": 6}
    part = costs(known, target=Verdict.PARTIAL, location=Location.ONSHORE, extent=reasons, detail=False)
    whole = costs(known, target=Verdict.FULL, location=Location.ONSHORE, detail=False)
    share = sure(part.share_out)
    assert share.low >= 0
    assert share.high < 1
    assert line(part.external_lines, "retained").range.low > 0
    assert "retained" not in names(whole.external_lines)
    assert part.external_year != whole.external_year
    assert line(part.external_lines, "retained").range.central <= sure(part.internal_year).central * (1 + 1e-9)


@given(facts=FACTS, case=CASES, low=st.floats(0.3, 1), high=st.floats(1, 3))
def test_a_range_given_widens_the_outcome(facts: Facts, case: Case, low: float, high: float) -> None:
    target, location, extent = case
    known = {**facts, "agents_fte": 10.0}
    exact = priced(known, case)
    bounds = {"agents_fte": (10 * low, 10 * high)}
    wide = costs(known, target=target, location=location, extent=extent, bounds=bounds, detail=False)
    assert sure(wide.internal_year).central == sure(exact.internal_year).central
    assert line(wide.internal_lines, "salaries").range.low == pytest.approx(
        low * line(exact.internal_lines, "salaries").range.low
    )
    assert sure(wide.gain3).low <= sure(exact.gain3).low + 1e-6
    assert sure(wide.gain3).high >= sure(exact.gain3).high - 1e-6
