"""Erlang C against its textbook formula."""

from __future__ import annotations

from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.erlang import LARGE, SERVICE_LEVEL, _by_square_root, agents_on_duty


def service_level(agents: int, load: float, minutes: float, seconds: float) -> float:
    """The textbook formula, with factorials."""
    busy = load**agents / factorial(agents) * agents / (agents - load)
    waiting = busy / (sum(load**k / factorial(k) for k in range(agents)) + busy)
    return 1 - waiting * exp(-(agents - load) * seconds / (60 * minutes))


def test_the_usual_example() -> None:
    """200 calls an hour of three minutes, 80 % within 20 seconds."""
    assert agents_on_duty(10, 3, 20) == 14


@given(load=st.floats(0.01, 40), minutes=st.floats(0.5, 30), seconds=st.floats(1, 120))
def test_the_fewest_agents_that_reach_the_service_level(load: float, minutes: float, seconds: float) -> None:
    agents = agents_on_duty(load, minutes, seconds)
    assert service_level(agents, load, minutes, seconds) >= SERVICE_LEVEL - 1e-9
    if agents - 1 > load:
        assert service_level(agents - 1, load, minutes, seconds) < SERVICE_LEVEL + 1e-9


@pytest.mark.parametrize(("load", "agents"), [(0, 0), (1e-12, 1)])
def test_almost_nothing(load: float, agents: int) -> None:
    assert agents_on_duty(load, 5, 20) == agents


@given(load=st.floats(0.5 * LARGE, LARGE), minutes=st.floats(0.5, 30), seconds=st.floats(1, 60))
def test_the_rule_for_large_loads_is_within_two_people(load: float, minutes: float, seconds: float) -> None:
    assert abs(_by_square_root(load, minutes, seconds) - agents_on_duty(load, minutes, seconds)) <= 2


def test_a_huge_load_is_no_huge_work() -> None:
    assert 1_000_000 < agents_on_duty(1_000_000, 5, 20) < 1_001_500
