"""Weekly hours, from words to the canonical ``Mon-Fri 09:00-18:00, Sat 09:00-12:00``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.interview.model import Question, Texts
from bot.interview.schedule import DAYS, hours_per_week, intervals
from bot.interview.understanding import figures, lexicon
from bot.interview.understanding.days import day_groups, day_ranges, days_of, parts_of_day
from bot.interview.understanding.hours import (
    ALL_DAY,
    HOURS,
    OFFICE,
    OPEN_END,
    Range,
    canonical_of,
    clock,
    measured,
    minutes_of,
    range_of,
)
from bot.interview.understanding.outcome import Outcome, Understood, noted
from bot.interview.understanding.said import Said

_TOTAL = lexicon.expression("schedules", "total")
_BESIDES = re.compile(r"\b(?:et|and|plus|ainsi que|aussi)\b|[+&]")
_BEFORE_DAYS = re.compile(r"(?! sure?\b)[^,;:.!?0-9]{0,25}")
_MARKED = re.compile(r"[0-9] ?[h:]")
_HOLIDAYS = lexicon.expression("schedules", "holidays")


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
    if _TOTAL.search(said.digits) and not HOURS.search(said.digits):
        return figures.invalid_for(
            question, ("Dites-moi les jours et les heures d'ouverture.", "Tell me the days and the opening hours.")
        )
    found = find(said.digits)
    if not found:
        return None
    return Understood(
        Outcome.VALUE,
        found.canonical,
        hours_per_week=round(hours_per_week(found.canonical), 2),
        assumption=found.assumption,
    )


def find(text: str, *, strict: bool = False) -> Found | None:
    """The schedule told by a text in its ``digits`` form.

    Args:
        strict: only when hours and days, or a round-the-clock idiom, are both said: for texts that say more.
    """
    text = _HOLIDAYS.sub(lambda m: " " * len(m[0]), text)
    if any(_MARKED.search(m[0]) and range_of(m["from"], m["to"]) is None for m in HOURS.finditer(text)):
        return None
    tokens = _tokens(text)
    told = [t for t in tokens if t.kind in ("days", "hours", "always", "wholly")]
    if not told or not (any(t.kind != "days" for t in told) or len({d for t in told for d in t.days}) > 0):
        return None
    if strict and not (
        any(t.kind == "wholly" for t in told)
        or {"hours", "days"} <= {t.kind for t in told}
        or any(t.kind == "always" for t in told)
    ):
        return None
    if (
        strict
        and all(t.vague for t in told if t.kind == "hours")
        and not any(t.kind in ("wholly", "always") for t in told)
    ):
        return None
    if not any(t.kind in ("wholly", "always") or (t.kind == "hours" and not t.vague) for t in told) and _says_more(
        text, tokens
    ):
        return None
    week, notes = _week(tokens, text)
    canonical = canonical_of(week)
    if not canonical:
        return None
    return Found(canonical, noted(*notes), min(t.start for t in told), max(t.end for t in tokens))


def _says_more(text: str, tokens: list[_Token]) -> bool:
    """Whether days without hours stand among words that speak of something else."""
    for token in tokens:
        text = text[: token.start] + " " * (token.end - token.start) + text[token.end :]
    left = [w for w in re.findall(r"[a-z]{2,}", text) if w not in lexicon.fillers()]
    return len(left) > 1


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    masked = text

    def take(
        kind: str,
        match: re.Match[str],
        days: frozenset[int] = frozenset(),
        hours: tuple[Range, ...] = (),
        *,
        vague: bool = False,
    ) -> None:
        nonlocal masked
        found.append(_Token(kind, *match.span(), days, hours, vague))
        masked = masked[: match.start()] + "\0" * (match.end() - match.start()) + masked[match.end() :]

    for match in re.finditer(rf"(?<![\w/])(?:{lexicon.read('schedules')['wholly']})(?![\w/])", masked):
        take("wholly", match)
    for match in re.finditer(rf"(?<![\w/])(?:{lexicon.read('schedules')['always']})(?![\w/])", masked):
        take("always", match, hours=(ALL_DAY,))
    for days, pattern in day_groups():
        for match in pattern.finditer(masked):
            take("days", match, days)
    for match in day_ranges().finditer(masked):
        take("days", match, days_of(match))
    for match in HOURS.finditer(masked):
        if not measured(match, masked) and (hours := range_of(match["from"], match["to"])) is not None:
            take("hours", match, hours=(hours,))
    for hours, pattern in parts_of_day():
        for match in pattern.finditer(masked):
            take("hours", match, hours=(hours,), vague=True)
    if not any(t.kind == "hours" for t in found) and (match_end := OPEN_END.search(masked)):
        take("hours", match_end, hours=((OFFICE[0], minutes_of(match_end["to"])[0]),), vague=True)
    for match in re.finditer(rf"\b(?:{lexicon.read('schedules')['except']})\b", masked):
        take("except", match)
    return sorted(found, key=lambda t: t.start)


def _week(tokens: list[_Token], text: str) -> tuple[list[set[Range]], list[Texts]]:
    """The ranges of each day, and what was assumed."""
    notes: list[Texts] = []
    excluded: set[int] = set()
    kept: list[_Token] = []
    excluding, last = False, 0
    for token in tokens:
        if token.kind == "except":
            excluding, last = True, token.end
        elif excluding and token.kind == "days" and (excluded or _BEFORE_DAYS.fullmatch(text[last : token.start])):
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
        for days, hours in _pairs(_precise(kept), text, excluded, notes):
            for day in days:
                week[day].update(hours)
    for day in excluded:
        week[day] = set()
    return week, notes


def _precise(tokens: list[_Token]) -> list[_Token]:
    """Without the vague hours that others beside them make plain: « le matin de 9 h à 12 h »."""

    def plainer(at: int, token: _Token) -> bool:
        beside = tokens[max(at - 1, 0) : at] + tokens[at + 1 : at + 2]
        told = [t.hours[0] for t in beside if t.kind == "hours" and not t.vague]
        return any(start < token.hours[0][1] and token.hours[0][0] < end for start, end in told)

    return [t for at, t in enumerate(tokens) if not (t.vague and t.hours and plainer(at, t))]


def _pairs(
    tokens: list[_Token], text: str, excluded: set[int], notes: list[Texts]
) -> list[tuple[frozenset[int], list[Range]]]:
    """Days with their hours, whichever comes first."""
    if _and_weekend(tokens, text):
        start, end = (clock(n) for n in tokens[0].hours[0])
        weekend = tokens[0].hours[0] if not tokens[0].vague else OFFICE
        first, last = (clock(n) for n in weekend)
        notes.append(
            _note(
                f"{start}-{end} du lundi au vendredi, week-end {first}-{last}",
                f"{start}-{end} Monday to Friday, weekend {first}-{last}",
            )
        )
        return [(frozenset(range(5)), [*tokens[0].hours]), (tokens[1].days, [weekend])]
    groups: list[tuple[list[_Token], list[Range]]] = []
    days_first = bool(tokens) and tokens[0].kind == "days"
    previous = ""
    for token in tokens:
        kind = "days" if token.kind == "days" else "hours"
        opens = kind == ("days" if days_first else "hours") and previous not in ("", kind)
        if not groups or opens:
            groups.append(([], []))
        if kind == "days":
            groups[-1][0].append(token)
        groups[-1][1].extend(token.hours)
        previous = kind
        if token.vague and token.kind == "hours":
            start, end = (clock(n) for n in token.hours[0])
            notes.append(_note(f"horaires supposés : {start}-{end}", f"hours assumed: {start}-{end}"))
    if len(groups) > 1 and not groups[-1][0] and len(groups[-2][0]) > 1:
        groups[-1][0].append(groups[-2][0].pop())
    always = any(t.kind == "always" for t in tokens)
    paired: list[tuple[frozenset[int], list[Range]]] = []
    for told, hours in groups:
        days = {day for token in told for day in token.days}
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


def _and_weekend(tokens: list[_Token], text: str) -> bool:
    """Whether hours of the week are followed by days of the weekend besides: « heures de bureau + samedi »."""
    if [t.kind for t in tokens] != ["hours", "days"] or not tokens[1].days <= {5, 6}:
        return False
    soft = tokens[0].vague and tokens[0].hours[0] != OFFICE and tokens[1].days == {5, 6}
    return soft or bool(_BESIDES.search(text[tokens[0].end : tokens[1].start + 3]))


def _note(fr: str, en: str) -> Texts:
    return {"fr": fr, "en": en}


open_intervals = intervals
"""The open stretches of a canonical schedule, as minutes of the week."""
