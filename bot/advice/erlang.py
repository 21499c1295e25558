"""Erlang C: how many people must be on duty for live contacts to be answered in time.

Written here because the one small package that names itself so (ErlangCCmath) sends each call to a web service.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp

SERVICE_LEVEL = 0.8
"""The share of contacts answered within the target time. Ours, and the usual one."""


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
    blocked, agents = 1.0, 0
    while True:
        agents += 1
        blocked = load * blocked / (agents + load * blocked)
        if agents > load:
            waiting = blocked / (1 - load / agents * (1 - blocked))
            if 1 - waiting * exp(-(agents - load) * seconds / (60 * minutes)) >= SERVICE_LEVEL:
                return agents
