"""Hours of the day and their canonical writing: « 9h-18h », "10-2pm", « 22h-6h »."""

from __future__ import annotations

import re

from bot.interview.schedule import DAYS
from bot.interview.understanding import lexicon

Range = tuple[int, int]
"""Minutes of the day, opening and closing; the closing is the lesser one when it is after midnight."""

ALL_DAY: Range = (0, 24 * 60)
OFFICE: Range = (9 * 60, 18 * 60)

_CLOCK = lexicon.expression("hours", "clock").pattern
HOURS = re.compile(
    rf"(?<![\w:/])(?:de |from |entre |between )?(?P<from>{_CLOCK})"
    rf"(?: ?(?:-|a|to|et|and|/|jusqu'a|till|until|au|>|->) ?| )(?P<to>{_CLOCK})(?![\w:/%])"
)
OPEN_END = re.compile(rf"\b(?:jusqu'a|until|till) (?P<to>{_CLOCK})(?!\w)")


def measured(match: re.Match[str], text: str) -> bool:
    """Whether bare figures count something else: « 5 à 7 minutes »."""
    if re.search("[a-z:]", match["from"] + match["to"]):
        return False
    word = re.match(r"\s?([a-z]+|[%€])", text[match.end() :])
    return bool(word and lexicon.unit_of(word[1]))


def canonical_of(week: list[set[Range]]) -> str:
    """The ranges of each day, in canonical form; empty when there are none."""
    ranges = [_merged(day) for day in week]
    if all(day == [ALL_DAY] for day in ranges):
        return "24/7"
    pieces: list[str] = []
    at = 0
    while at < 7:
        last = at
        while last + 1 < 7 and ranges[last + 1] == ranges[at]:
            last += 1
        name = DAYS[at] if last == at else f"{DAYS[at]}-{DAYS[last]}"
        pieces += [f"{name} {clock(start)}-{clock(end)}" for start, end in ranges[at]]
        at = last + 1
    return ", ".join(pieces)


def _merged(ranges: set[Range]) -> list[Range]:
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and merged[-1][1] > merged[-1][0] and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end) if end > start else end)
        else:
            merged.append((start, end))
    return merged


def range_of(first: str, last: str) -> Range | None:
    """Opening and closing, from two times as typed; None when they are no hours of a day."""
    start, marked, half = minutes_of(first)
    end, end_marked, end_half = minutes_of(last)
    if start > 24 * 60 or end > 24 * 60 or start % 60 > 59:
        return None
    if end_half == "pm" and not half and start < 12 * 60:
        start = start + 12 * 60 if start + 12 * 60 < end and start < 6 * 60 else start
    if not (half or end_half) and end <= start <= 12 * 60 and end <= 12 * 60 and not (marked or end_marked):
        end += 12 * 60
    if not (marked or end_marked) and (start < 5 * 60 or end - start < 2 * 60):
        return None
    if start == 24 * 60:
        start = 0
    if end == 0:
        end = 24 * 60
    if start == end:
        return ALL_DAY
    return start, end


def minutes_of(said: str) -> tuple[int, bool, str]:
    """Minutes of the day, whether a unit was written, and am or pm."""
    if named := {"midi": 720, "noon": 720, "minuit": 0, "midnight": 0}.get(said):
        return named, True, ""
    if said in ("minuit", "midnight"):
        return 0, True, ""
    figures = [int(n) for n in re.findall(r"[0-9]+", said)]
    hours, minutes = figures[0], figures[1] if len(figures) > 1 else 0
    half = "pm" if "p" in said else "am" if "a" in said else ""
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0) if hours <= 12 else hours
    if minutes > 59:
        hours = 99
    return hours * 60 + minutes, bool(re.search(r"[a-z:]", said)), half


def clock(minutes: int) -> str:
    """``HH:MM``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
