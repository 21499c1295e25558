"""Days of the week and parts of the day, as people name them."""

from __future__ import annotations

import re
from functools import cache

from bot.interview.understanding import lexicon
from bot.interview.understanding.hours import Range, minutes_of


@cache
def day_groups() -> tuple[tuple[frozenset[int], re.Pattern[str]], ...]:
    """Wordings of several days at once: « en semaine », "weekends"."""
    groups = lexicon.read("schedules")["groups"].items()
    return tuple((frozenset(map(int, days)), re.compile(rf"(?<![\w/])(?:{p})(?![\w/])")) for days, p in groups)


@cache
def parts_of_day() -> tuple[tuple[Range, re.Pattern[str]], ...]:
    """Wordings of hours without figures: « le soir », "office hours"."""
    parts = lexicon.read("schedules")["parts"].items()
    read = []
    for hours, found in parts:
        start, end = hours.split("-")
        read.append(((minutes_of(start)[0], minutes_of(end)[0]), re.compile(rf"\b(?:{found})\b")))
    return tuple(read)


@cache
def day_ranges() -> re.Pattern[str]:
    """A day, or a first and a last one."""
    names = "|".join(lexicon.read("schedules")["days"].values())
    until = r",? ?(?:-|/|a|au|to|through|thru|until|jusqu'au) ?(?:le )?"
    return re.compile(rf"\b(?P<first>{names})\b\.?(?:{until}(?P<last>{names})\b\.?)?")


@cache
def _day(name: str) -> int:
    return next(int(day) for day, found in lexicon.read("schedules")["days"].items() if re.fullmatch(found, name))


def days_of(match: re.Match[str]) -> frozenset[int]:
    """The days that ``day_ranges`` matched; Monday is 0."""
    first = _day(match["first"])
    last = _day(match["last"]) if match["last"] else first
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
