"""Where both sides cost the same: pricing the flow there finds no gain and no loss."""

from __future__ import annotations

import re

from bot.advice.assumptions import assumptions
from bot.advice.cost import costs
from bot.advice.model import Costs, Location, Verdict
from bot.interview.model import Facts

SMALL: Facts = {"monthly_volume": 600, "aht_minutes": 6, "volume_certainty": "stable"}


def nearshore(facts: Facts) -> Costs:
    return costs(facts, target=Verdict.FULL, location=Location.NEARSHORE)


def test_at_the_volume_found_there_is_no_gain() -> None:
    found = nearshore(SMALL)
    assert found.break_even_volume is not None
    there = nearshore({**SMALL, "monthly_volume": found.break_even_volume})
    assert there.gain3 is not None
    assert there.tco3_internal is not None
    assert abs(there.gain3.central) < 1e-3 * there.tco3_internal.central


def test_the_words_say_which_side_costs_less_beyond() -> None:
    found = nearshore(SMALL)
    volume = found.break_even_volume
    assert volume is not None
    beyond = nearshore({**SMALL, "monthly_volume": volume * 1.2}).gain3
    assert beyond is not None
    winner = "The provider" if beyond.central > 0 else "In-house"
    assert f"{winner} costs less above" in found.break_even["en"]


def test_no_volume_in_reach_is_said() -> None:
    found = costs(
        {"monthly_volume": 3_000, "aht_minutes": 6, "external_quote_vs_internal_pct": 100},
        target=Verdict.FULL,
        location=Location.ONSHORE,
    )
    assert found.break_even_volume is None
    assert found.break_even["en"] == (
        "At the central figures, no volume between 150 and 60,000 contacts a month turns the comparison round."
    )
    assert "150 et 60\u00a0000 contacts" in found.break_even["fr"]


def test_the_price_found_is_where_both_meet() -> None:
    found = nearshore({"agents_fte": 10})
    assert found.break_even_volume is None
    told = re.search(r"€(\d+) an hour", found.break_even["en"])
    assert told is not None
    price = assumptions()["price_nearshore"].range
    assert found.gain3 is not None
    assert (int(told[1]) > price.central) == (found.gain3.central > 0)


def test_a_team_grows_with_its_volume() -> None:
    """A given team is not held while the volume is multiplied: else any volume would be worth keeping in-house."""
    facts = {"monthly_volume": 8_000, "aht_minutes": 6, "agents_fte": 9}
    found = costs(facts, target=Verdict.FULL, location=Location.NEARSHORE)
    assert found.gain3 is not None
    assert found.gain3.central > 0
    volume = found.break_even_volume
    assert volume is None or volume < 8_000


def test_without_detail_nothing_is_looked_for() -> None:
    found = costs(SMALL, target=Verdict.FULL, location=Location.NEARSHORE, detail=False)
    assert (found.break_even, found.break_even_volume, found.tornado) == ({}, None, ())
    assert found.gain3 == nearshore(SMALL).gain3
