"""Staffing: worked examples by hand, and what may never happen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.model import Range
from bot.advice.staffing import staffing


def test_round_the_clock_for_fifty_contacts_takes_five_people_not_a_tenth_of_one() -> None:
    found = staffing({"monthly_volume": 50, "aht_minutes": 5, "hours_needed": "24/7"})
    # 168 h x 52 / 12 = 728 h a month, over 134 h present.
    assert found.seats_fte == pytest.approx(728 / 134)
    assert found.workload_fte is not None
    assert found.workload_fte.high < 0.1
    assert found.needed_fte is not None
    assert 5 <= found.needed_fte.central < 6


def test_three_thousand_contacts_of_six_minutes() -> None:
    found = staffing({"monthly_volume": 3_000, "aht_minutes": 6})
    # 300 h of handling, over 134 h present of which 77 % are busy.
    assert found.workload_fte is not None
    assert found.workload_fte.central == pytest.approx(300 / (134 * 0.77))
    assert found.live_fte is None
    assert found.headcount == found.needed_fte == found.workload_fte


def test_calls_that_wait_take_more_people_than_their_work() -> None:
    facts = {"monthly_volume": 3_000, "aht_minutes": 6, "hours_needed": "Mon-Fri 09:00-18:00"}
    calls = staffing({**facts, "channels": ("phone",)})
    # 195 open hours a month: 300 / 195 = 1.54 erlangs, answered in time by 4 on duty: 4 x 195 / 134.
    assert calls.live_fte is not None
    assert calls.live_fte.central == pytest.approx(4 * 195 / 134)
    assert staffing({**facts, "channels": ("email",)}).live_fte is None
    mixed = staffing({**facts, "channels": ("email", "phone")})
    assert mixed.live_fte is not None
    assert mixed.live_fte.central <= calls.live_fte.central


def test_the_persons_own_headcount_counts() -> None:
    found = staffing({"monthly_volume": 3_000, "aht_minutes": 6, "agents_fte": 9})
    assert found.headcount == Range.exactly(9)
    assert found.needed_fte is not None
    assert found.needed_fte.high < 9


def test_a_range_of_volume_is_kept() -> None:
    found = staffing({"monthly_volume": 2_500, "aht_minutes": 6}, {"monthly_volume": (2_000, 3_000)})
    exact = staffing({"monthly_volume": 2_500, "aht_minutes": 6})
    assert found.workload_fte is not None
    assert exact.workload_fte is not None
    assert found.workload_fte.low < exact.workload_fte.low
    assert found.workload_fte.high > exact.workload_fte.high
    assert found.workload_fte.central == exact.workload_fte.central


def test_nothing_known_says_nothing() -> None:
    assert staffing({"aht_minutes": 6}).headcount is None


def test_no_team_yet_is_not_a_team_of_nobody() -> None:
    found = staffing({"monthly_volume": 3_000, "aht_minutes": 6, "agents_fte": 0})
    assert found.headcount == found.needed_fte


SCHEDULES = st.sampled_from(["24/7", "Mon-Fri 09:00-18:00", "Mon-Sat 08:00-20:00", "Mon-Sun 22:00-06:00"])


@given(
    volume=st.floats(0, 200_000),
    more=st.floats(1, 3),
    minutes=st.floats(0.5, 40),
    hours=SCHEDULES,
    channels=st.sampled_from([("phone",), ("email",), ("chat", "email")]),
)
def test_more_contacts_never_take_fewer_people(
    volume: float, more: float, minutes: float, hours: str, channels: tuple[str, ...]
) -> None:
    facts = {"aht_minutes": minutes, "hours_needed": hours, "channels": channels}
    fewer, greater = (staffing({**facts, "monthly_volume": v}).needed_fte for v in (volume, volume * more))
    assert fewer is not None
    assert greater is not None
    assert fewer.low <= greater.low
    assert fewer.central <= greater.central
    assert fewer.high <= greater.high
