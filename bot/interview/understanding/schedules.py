"""Weekly hours, from words to the canonical ``Mon-Fri 09:00-18:00, Sat 09:00-12:00``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.interview.model import Question, Texts
from bot.interview.schedule import DAYS, hours_per_week, intervals
from bot.interview.understanding import figures, lexicon
from bot.interview.understanding.outcome import Outcome, Understood, noted
from bot.interview.understanding.said import Said

Range = tuple[int, int]
"""Minutes of the day, opening and closing; the closing is the lesser one when it is after midnight."""

ALL_DAY: Range = (0, 24 * 60)
OFFICE: Range = (9 * 60, 18 * 60)

_CLOCK = r"(?:[0-9]{1,2} ?(?:h|:) ?[0-9]{2}(?: ?(?:am|pm))?|[0-9]{1,2} ?(?:heures?|h|am|pm|a\.m\.?|p\.m\.?|o'clock)|[0-9]{1,2}\.[0-9]{2}|[0-9]{1,2}|midi|minuit|noon|midnight)"
_HOURS = re.compile(
    rf"(?<![\w:/])(?:de |from |entre |between )?(?P<from>{_CLOCK})(?: ?(?:-|a|to|et|and|/|jusqu'a|till|until|au|>|->) ?| )(?P<to>{_CLOCK})(?![\w:/%])"
)
_OPEN_END = re.compile(rf"\b(?:jusqu'a|until|till) (?P<to>{_CLOCK})(?!\w)")
_TOTAL = re.compile(r"\b(?!24\b)[0-9]+ ?(?:h|heures?|hours?|hrs?) ?(?:par|/|per|a|an|la) ?(?:semaine|sem|week|jour|day|mois|month)\b|\b(?:3[0-9]|4[0-9]|[5-9][0-9]|1[0-9]{2}) ?(?:h|heures?|hours?)\b")
_HOLIDAYS = re.compile(r"(?:sauf|hors|except|excluding)? ?(?:les |des |et |on )*(?:jours? feries?|feries?|bank holidays?|public holidays?)(?: compris| inclus| included)?")


@dataclass(frozen=True)
class _Token:
    kind: str
    start: int
    end: int
    days: frozenset[int] = frozenset()
    hours: tuple[Range, ...] = ()
    vague: bool = False


@dataclass(frozen=True)
class Found:
    """A schedule in a longer text."""

    canonical: str
    assumption: Texts
    start: int
    end: int


def read(said: Said, question: Question) -> Understood | None:
    """Weekly hours."""
    if _TOTAL.search(said.digits) and not _HOURS.search(said.digits):
        return figures.invalid_for(question, ("Dites-moi les jours et les heures d'ouverture.", "Tell me the days and the opening hours."))
    found = find(said.digits)
    if not found:
        return None
    return Understood(
        Outcome.VALUE, found.canonical, hours_per_week=round(hours_per_week(found.canonical), 2), assumption=found.assumption
    )


def find(text: str, *, strict: bool = False) -> Found | None:
    """The schedule told by a text in its ``digits`` form.

    Args:
        strict: only when hours and days, or a round-the-clock idiom, are both said; for texts that say other things too.
    """
    text = _HOLIDAYS.sub(lambda m: " " * len(m[0]), text)
    tokens = _tokens(text)
    told = [t for t in tokens if t.kind in ("days", "hours", "always", "wholly")]
    if not told or not (any(t.kind != "days" for t in told) or len({d for t in told for d in t.days}) > 0):
        return None
    if strict and not (any(t.kind == "wholly" for t in told) or {"hours", "days"} <= {t.kind for t in told} or any(t.kind == "always" for t in told)):
        return None
    if strict and all(t.vague for t in told if t.kind == "hours") and not any(t.kind in ("wholly", "always") for t in told):
        return None
    week, notes = _week(tokens)
    canonical = _canonical(week)
    if not canonical:
        return None
    return Found(canonical, noted(*notes), min(t.start for t in told), max(t.end for t in tokens))


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    masked = text

    def take(kind: str, match: re.Match[str], days: frozenset[int] = frozenset(), hours: tuple[Range, ...] = (), *, vague: bool = False) -> None:
        nonlocal masked
        found.append(_Token(kind, *match.span(), days, hours, vague))
        masked = masked[: match.start()] + "\0" * (match.end() - match.start()) + masked[match.end() :]

    for match in re.finditer(rf"(?<![\w/])(?:{lexicon.read('schedules')['wholly']})(?![\w/])", masked):
        take("wholly", match)
    for match in re.finditer(rf"(?<![\w/])(?:{lexicon.read('schedules')['always']})(?![\w/])", masked):
        take("always", match, hours=(ALL_DAY,))
    for days, pattern in _groups():
        for match in pattern.finditer(masked):
            take("days", match, days)
    for match in _day_ranges().finditer(masked):
        take("days", match, _days_of(match))
    for match in _HOURS.finditer(masked):
        if not _measured(match, masked) and (hours := _range(match["from"], match["to"])) is not None:
            take("hours", match, hours=(hours,))
    for hours, pattern in _parts():
        for match in pattern.finditer(masked):
            take("hours", match, hours=(hours,), vague=True)
    if not any(t.kind == "hours" for t in found) and (match_end := _OPEN_END.search(masked)):
        take("hours", match_end, hours=((OFFICE[0], _minutes(match_end["to"])[0]),), vague=True)
    for match in re.finditer(rf"\b(?:{lexicon.read('schedules')['except']})\b", masked):
        take("except", match)
    return sorted(found, key=lambda t: t.start)


def _measured(match: re.Match[str], text: str) -> bool:
    """Whether bare figures count something else: « 5 à 7 minutes »."""
    if re.search("[a-z:]", match["from"] + match["to"]):
        return False
    word = re.match(r"\s?([a-z]+|[%€])", text[match.end() :])
    return bool(word and lexicon.unit_of(word[1]))


def _week(tokens: list[_Token]) -> tuple[list[set[Range]], list[Texts]]:
    """The ranges of each day, and what was assumed."""
    notes: list[Texts] = []
    excluded: set[int] = set()
    kept: list[_Token] = []
    excluding = False
    for token in tokens:
        if token.kind == "except":
            excluding = True
        elif excluding and token.kind == "days":
            excluded |= token.days
        else:
            excluding = False
            kept.append(token)
    week: list[set[Range]] = [set() for _ in DAYS]
    if any(t.kind == "wholly" for t in kept):
        for day in range(7):
            week[day] = {ALL_DAY}
        kept = []
    else:
        for days, hours in _pairs(kept, excluded, notes):
            for day in days:
                week[day].update(hours)
    for day in excluded:
        week[day] = set()
    return week, notes


def _pairs(tokens: list[_Token], excluded: set[int], notes: list[Texts]) -> list[tuple[frozenset[int], list[Range]]]:
    """Days with their hours, whichever comes first."""
    if [t.kind for t in tokens] == ["hours", "days"] and tokens[0].vague and tokens[1].days == {5, 6} and tokens[0].hours[0] != OFFICE:
        notes.append(_note("soirs et nuits : du lundi au vendredi ; week-end : 9 h-18 h", "evenings and nights: Monday to Friday; weekend: 9:00-18:00")
                     if tokens[0].hours[0][1] < tokens[0].hours[0][0] else _note("soirs : 18 h-22 h du lundi au vendredi ; week-end : 9 h-18 h", "evenings: 18:00-22:00 Monday to Friday; weekend: 9:00-18:00"))  # fmt: skip
        return [(frozenset(range(5)), [*tokens[0].hours]), (frozenset({5, 6}), [OFFICE])]
    groups: list[tuple[set[int], list[Range]]] = []
    days_first = bool(tokens) and tokens[0].kind == "days"
    previous = ""
    for token in tokens:
        kind = "days" if token.kind == "days" else "hours"
        opens = kind == ("days" if days_first else "hours") and previous not in ("", kind)
        if not groups or opens:
            groups.append((set(), []))
        groups[-1][0].update(token.days)
        groups[-1][1].extend(token.hours)
        previous = kind
        if token.vague and token.kind == "hours":
            start, end = (_clock(n) for n in token.hours[0])
            notes.append(_note(f"horaires supposés : {start}-{end}", f"hours assumed: {start}-{end}"))
    always = any(t.kind == "always" for t in tokens)
    paired: list[tuple[frozenset[int], list[Range]]] = []
    for days, hours in groups:
        if not hours:
            hours = paired[-1][1] if paired else [ALL_DAY] if always else [OFFICE]
            if not paired and not always:
                notes.append(_note("horaires supposés : 9 h-18 h", "hours assumed: 9:00-18:00"))
        if not days:
            if always or excluded:
                days = set(range(7))
            else:
                days = set(range(5))
                notes.append(_note("jours supposés : du lundi au vendredi", "days assumed: Monday to Friday"))
        paired.append((frozenset(days), hours))
    return paired


def _canonical(week: list[set[Range]]) -> str:
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
        pieces += [f"{name} {_clock(start)}-{_clock(end)}" for start, end in ranges[at]]
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


def _range(first: str, last: str) -> Range | None:
    start, marked, half = _minutes(first)
    end, end_marked, end_half = _minutes(last)
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


def _minutes(clock: str) -> tuple[int, bool, str]:
    """Minutes of the day, whether a unit was written, and am or pm."""
    if named := {"midi": 720, "noon": 720, "minuit": 0, "midnight": 0}.get(clock):
        return named, True, ""
    if clock in ("minuit", "midnight"):
        return 0, True, ""
    figures = [int(n) for n in re.findall(r"[0-9]+", clock)]
    hours, minutes = figures[0], figures[1] if len(figures) > 1 else 0
    half = "pm" if "p" in clock else "am" if "a" in clock else ""
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0) if hours <= 12 else hours
    if minutes > 59:
        hours = 99
    return hours * 60 + minutes, bool(re.search(r"[a-z:]", clock)), half


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _note(fr: str, en: str) -> Texts:
    return {"fr": fr, "en": en}


@cache
def _groups() -> tuple[tuple[frozenset[int], re.Pattern[str]], ...]:
    groups = lexicon.read("schedules")["groups"].items()
    return tuple((frozenset(map(int, days)), re.compile(rf"(?<![\w/])(?:{p})(?![\w/])")) for days, p in groups)


@cache
def _parts() -> tuple[tuple[Range, re.Pattern[str]], ...]:
    parts = lexicon.read("schedules")["parts"].items()
    read = []
    for hours, found in parts:
        start, end = hours.split("-")
        read.append(((_minutes(start)[0], _minutes(end)[0]), re.compile(rf"\b(?:{found})\b")))
    return tuple(read)


@cache
def _day_ranges() -> re.Pattern[str]:
    names = "|".join(lexicon.read("schedules")["days"].values())
    return re.compile(rf"\b(?P<first>{names})\b\.?(?:,? ?(?:-|/|a|au|to|through|thru|until|jusqu'au) ?(?:le )?(?P<last>{names})\b\.?)?")


@cache
def _day(name: str) -> int:
    return next(int(day) for day, found in lexicon.read("schedules")["days"].items() if re.fullmatch(found, name))


def _days_of(match: re.Match[str]) -> frozenset[int]:
    first = _day(match["first"])
    last = _day(match["last"]) if match["last"] else first
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))


open_intervals = intervals
"""The open stretches of a canonical schedule, as minutes of the week."""
