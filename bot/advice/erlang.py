"""Erlang C: how many people must be on duty for live contacts to be answered in time.

Written here because the one small package that names itself so (ErlangCCmath) sends each call to a web service.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, exp, sqrt
from statistics import NormalDist

SERVICE_LEVEL = 0.8
"""The share of contacts answered within the target time. Ours, and the usual one."""

LARGE = 200.0
"""Erlangs from which the square-root rule stands in for the recursion, within two people of it."""

_NORMAL = NormalDist()


@lru_cache(maxsize=4_096)
def agents_on_duty(load: float, minutes: float, seconds: float) -> int:
    """The fewest people with whom ``SERVICE_LEVEL`` of contacts wait no longer than the target.

    Args:
        load: Contacts in hand on average, in erlangs: contacts an hour x hours a contact.
        minutes: Handling time, above 0 when there is a load.
        seconds: The longest wait aimed for.
    """
    if load <= 0:
        return 0
    if load > LARGE:
        return _by_square_root(load, minutes, seconds)
    blocked, agents = 1.0, 0
    while True:
        agents += 1
        blocked = load * blocked / (agents + load * blocked)
        if agents > load:
            waiting = blocked / (1 - load / agents * (1 - blocked))
            if 1 - waiting * exp(-(agents - load) * seconds / (60 * minutes)) >= SERVICE_LEVEL:
                return agents


def _by_square_root(load: float, minutes: float, seconds: float) -> int:
    """Halfin and Whitt's rule: the spare people grow with the square root of the load."""
    low, high = 0.0, 4.0
    for _ in range(30):
        spare = (low + high) / 2
        waiting = 1 / (1 + spare * _NORMAL.cdf(spare) / _NORMAL.pdf(spare))
        in_time = 1 - waiting * exp(-spare * sqrt(load) * seconds / (60 * minutes)) >= SERVICE_LEVEL
        low, high = (low, spare) if in_time else (spare, high)
    return ceil(load + high * sqrt(load))
