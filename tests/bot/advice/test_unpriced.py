"""A flow kept because no provider would quote a price for it is shown none, with the interview that ships."""

from __future__ import annotations

from typing import Any

import pytest

from bot.advice.model import Recommendation, Verdict
from bot.advice.recommend import recommend
from bot.interview.loader import shipped_interview
from bot.interview.model import Value

INTERVIEW = shipped_interview()
FIFTY_CALLS: dict[str, Value] = {
    "interaction_type": ("after_sales",),
    "channels": ("phone",),
    "monthly_volume": 50,
    "aht_minutes": 8,
    "volume_certainty": "stable",
    "hours_needed": "24/7",
    "hours_covered_today": "Mon-Fri 09:00-18:00",
    "languages_needed": ("fr",),
    "complexity": 1,
    "scripted": True,
    "unique_knowhow": False,
    "flow_strategic": False,
}


def advised(**more: Any) -> Recommendation:
    return recommend(INTERVIEW, FIFTY_CALLS | more)


@pytest.mark.parametrize("volume", [{}, {"monthly_volume": 600, "volume_certainty": "uncertain"}])
def test_what_nobody_would_price_is_shown_no_price(volume: dict[str, Value]) -> None:
    rec = advised(**volume)
    assert rec.decision.verdict is Verdict.IN_HOUSE
    assert rec.costs.internal_year is not None
    assert (rec.costs.external_year, rec.costs.gain3, rec.costs.lost_customers) == (None, None, None)
    assert "gain-too-high" not in {alert.id for alert in rec.warnings}


def test_a_quote_in_hand_is_a_price() -> None:
    assert advised(external_quote_vs_internal_pct=-10).costs.external_year is not None


@pytest.mark.parametrize("kept", [{"unique_knowhow": True}, {"flow_strategic": True}])
def test_a_flow_kept_for_another_reason_is_still_compared(kept: dict[str, Value]) -> None:
    rec = advised(monthly_volume=9_000, **kept)
    assert rec.decision.verdict is Verdict.IN_HOUSE
    assert rec.costs.alternative
    assert rec.costs.gain3 is not None
