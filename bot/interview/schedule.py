"""Weekly hours in their canonical form: ``Mon-Fri 09:00-18:00, Sat 09:00-12:00`` or ``24/7``."""

from __future__ import annotations

import re
from functools import lru_cache

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES

_PIECE = re.compile(r"(?:(\w{3})(?:-(\w{3}))? )?(\d{2}):(\d{2})-(\d{2}):(\d{2})")

Intervals = tuple[tuple[int, int], ...]
"""Open stretches as minutes of the week from Monday 00:00, in order, apart from one another."""


@lru_cache(maxsize=4_096)
def intervals(schedule: str) -> Intervals:
    """The open stretches of a week.

    Raises:
        ValueError: the schedule is not in canonical form.
    """
    if schedule == "24/7":
        return ((0, WEEK_MINUTES),)
    stretches: list[tuple[int, int]] = []
    for piece in schedule.split(", "):
        found = _PIECE.fullmatch(piece)
        if not found or any(day and day not in DAYS for day in found.group(1, 2)):
            raise ValueError(f"not a weekly schedule: {piece!r}")
        first = DAYS.index(found[1]) if found[1] else 0
        last = DAYS.index(found[2]) if found[2] else first if found[1] else 6
        opens, closes = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
        if opens >= DAY_MINUTES or closes > DAY_MINUTES or opens == closes or int(found[4]) > 59 or int(found[6]) > 59:
            raise ValueError(f"not hours of a day: {piece!r}")
        length = closes - opens if closes > opens else closes + DAY_MINUTES - opens
        for day in range(first, first + (last - first) % 7 + 1):
            start = day % 7 * DAY_MINUTES + opens
            end = start + length
            stretches.append((start, min(end, WEEK_MINUTES)))
            if end > WEEK_MINUTES:
                stretches.append((0, end - WEEK_MINUTES))
    return _merged(stretches)


def hours_per_week(schedule: str) -> float:
    """Open hours a week, above 0 and up to 168."""
    return sum(end - start for start, end in intervals(schedule)) / 60


def uncovered(needed: str, covered: str) -> Intervals:
    """What is needed and not covered."""
    left: list[tuple[int, int]] = []
    for start, end in intervals(needed):
        at = start
        for opens, closes in intervals(covered):
            if closes <= at or opens >= end:
                continue
            if opens > at:
                left.append((at, opens))
            at = max(at, closes)
        if at < end:
            left.append((at, end))
    return tuple(left)


def _merged(stretches: list[tuple[int, int]]) -> Intervals:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
