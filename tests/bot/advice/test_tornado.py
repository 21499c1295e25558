"""What drives the gain, and how far it may be off."""

from __future__ import annotations

from math import hypot

import pytest

from bot.advice.cost import costs
from bot.advice.figures import figures
from bot.advice.model import Costs, Location, Range, Verdict
from bot.advice.sweep import spread, sweep
from bot.interview.model import Facts

FLOW: Facts = {"monthly_volume": 8_000, "aht_minutes": 6, "agents_fte": 9, "volume_certainty": "stable"}


def full(facts: Facts, bounds: dict[str, tuple[float, float]] | None = None) -> Costs:
    return costs(facts, target=Verdict.FULL, location=Location.NEARSHORE, bounds=bounds)


def test_largest_first_and_eight_at_most() -> None:
    bars = full(FLOW).tornado
    swings = [abs(bar.at_high - bar.at_low) for bar in bars]
    assert swings == sorted(swings, reverse=True)
    assert len(bars) == 8


def test_a_dearer_provider_gains_less_and_a_dearer_agent_more() -> None:
    bars = {bar.label["en"]: bar for bar in full(FLOW).tornado}
    price = bars["Price of an agent hour with a nearshore provider"]
    assert price.at_low > price.at_high
    agent = bars["Loaded cost of an agent in France"]
    assert agent.at_low < agent.at_high
    assert agent.field == "loaded_cost_per_agent_eur_year"


def test_an_answer_given_as_a_range_is_a_bar_and_an_exact_one_is_not() -> None:
    ranged = {bar.field for bar in full(FLOW, {"agents_fte": (6, 12)}).tornado}
    assert "agents_fte" in ranged
    assert "agents_fte" not in {bar.field for bar in full(FLOW).tornado}


def test_every_bar_lies_within_the_range_of_the_gain() -> None:
    found = full(FLOW)
    assert found.gain3 is not None
    for bar in found.tornado:
        assert found.gain3.low - 1 <= min(bar.at_low, bar.at_high)
        assert max(bar.at_low, bar.at_high) <= found.gain3.high + 1


def test_the_gain_is_surer_than_the_two_sides_apart() -> None:
    """A dearer hour of work moves both sides: their difference is not the difference of their extremes."""
    found = full(FLOW)
    assert found.gain3 is not None
    assert found.tco3_internal is not None
    assert found.tco3_external is not None
    apart = found.tco3_internal.high - found.tco3_external.low
    assert found.gain3.high < apart
    assert found.gain3.low > found.tco3_internal.low - found.tco3_external.high


def test_effects_add_up_as_squares() -> None:
    from bot.advice.cost_model import Outcome

    def evaluate(p: dict[str, float]) -> Outcome:
        return Outcome({}, {}, {}, 0, 10 * p["turnover_pct"], p["audits"], 1, 0)

    known = figures({"turnover_pct": 30}, {"turnover_pct": (27, 33)})
    swept = sweep(known, evaluate)  # type: ignore[arg-type]
    audits = known.ranges["audits"]
    gain = swept.gain3
    assert gain.central == 300 - audits.central
    assert gain.high - gain.central == pytest.approx(hypot(30, audits.central - audits.low))
    assert gain.central - gain.low == pytest.approx(hypot(30, audits.high - audits.central))
    assert set(swept.moving) == {"turnover_pct", "audits"}


def test_a_spread_holds_its_centre() -> None:
    assert spread([3, 5], 9) == Range(3, 9, 9)
