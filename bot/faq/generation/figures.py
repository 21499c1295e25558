"""Figures with what they count and how firmly they are said: « jusqu'à 30 % », "between 4 and 8 weeks"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from text_to_num import alpha2digit

from index.analyzer import fold


class Hedge(StrEnum):
    """How a figure is said."""

    EXACT = "exact"
    UP_TO = "up to"
    AT_LEAST = "at least"
    ABOUT = "about"
    FROM = "from"
    """The low end of a range."""
    TO = "to"
    """Its high end."""
    MIXED = "mixed"
    """In two ways at once: « moins de jusqu'à 30 % »."""


@dataclass(frozen=True)
class Figure:
    """One figure."""

    value: float
    unit: str
    """A canonical unit, else the first letters of the word that follows, else nothing."""
    hedge: Hedge
    start: int
    """Where it stands, in the text as ``readable_figures`` makes it."""

    @property
    def measured(self) -> bool:
        """Whether its unit is one that everybody knows."""
        return self.unit in _UNITS


_NUMBER = re.compile(r"(?<![\w,./])\d+(?:[.,/]\d+)*")
_PERCENT = re.compile(r" ?\b(?:pour|per) ?cent\b", re.IGNORECASE)
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")
_UP_TO = re.compile(
    r"(?:jusqu'? ?a|au plus|au maximum|maximum(?: de)?|moins de|inferieure?s? a|ne depass\w+ pas|up to|at most|"
    r"less than|under|below|a maximum of|no more than|maxi|fewer than|within|sous)\s*$"
)
_UP_TO_AFTER = re.compile(r"^(?:au plus|au maximum|maximum|at most|max\b|or less|ou moins)")
_AT_LEAST = re.compile(
    r"(?:au moins|a partir de|minimum(?: de)?|au minimum|plus de|superieure?s? a|at least|from|more than|over|above|"
    r"a minimum of|no less than|depass\w+|exceed\w*)\s*$"
)
_AT_LEAST_AFTER = re.compile(r"^(?:au moins|au minimum|minimum|ou plus|at least|or more|\+)")
_ABOUT = re.compile(
    r"(?:environ|pres de|autour de|a peu pres|quelque|quasi\w*|about|around|approximately|nearly|almost|"
    r"roughly|some|~)\s*$"
)
_ABOUT_AFTER = re.compile(r"^(?:environ|approximately|or so|a peu pres)")
_RANGE = re.compile(
    r"^(?: ?(?P<unit>%|[a-z]+))? ?(?:a|-|–|to|et|and|ou|or) (?:(?:environ|about) )?(?=\d)|^ ?[-–] ?(?=\d)"
)
_SCALES = {"million": 1e6, "millions": 1e6, "milliard": 1e9, "milliards": 1e9, "billion": 1e9, "k": 1e3, "mille": 1e3}
_UNITS = {
    "%": ("%", "pour cent", "percent", "pourcent", "per cent"),
    "€": ("€", "euro", "euros", "eur"),
    "$": ("$", "dollar", "dollars"),
    "year": ("an", "ans", "annee", "annees", "year", "years"),
    "month": ("mois", "month", "months"),
    "week": ("semaine", "semaines", "week", "weeks"),
    "day": ("jour", "jours", "day", "days"),
    "hour": ("heure", "heures", "h", "hour", "hours"),
    "minute": ("minute", "minutes", "min", "mn"),
    "second": ("seconde", "secondes", "s", "second", "seconds"),
    "point": ("point", "points"),
}
_BY_WORD = {word: unit for unit, words in _UNITS.items() for word in words}
_UNIT = re.compile(r"^[ -]?(pour cent|per cent|[%€$]|[a-z]+)")
_UNIT_LETTERS = 5


def readable_figures(text: str, lang: str) -> str:
    """The text folded, its numbers in words turned into digits, its spaces made single, none within a figure."""
    flat = _PERCENT.sub(" %", " ".join(text.replace("’", "'").split()))
    return _GROUPED.sub(lambda m: m[0].replace(" ", ""), fold(alpha2digit(flat, lang) if flat else ""))


def figures(text: str, lang: str) -> tuple[Figure, ...]:
    """The figures of a text that ``readable_figures`` has made, in order."""
    found: list[Figure] = []
    opens_range = False
    for match in _NUMBER.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        value, after = _scaled(_value(match[0], lang), after)
        unit = _unit(after)
        closes, opens_range = opens_range, bool(_RANGE.search(_without(after, unit)) or _RANGE.search(after))
        if closes:
            found[-1] = Figure(found[-1].value, unit if unit else found[-1].unit, Hedge.FROM, found[-1].start)
        money = before.rstrip("€$ ") if before.endswith(("€", "$")) else before
        unit = "€" if before.endswith("€") else "$" if before.endswith("$") else unit
        found.append(Figure(value, unit, Hedge.TO if closes else _hedge(money, _without(after, unit)), match.start()))
    return tuple(found)


def _value(digits: str, lang: str) -> float:
    thousands = "." if lang == "fr" else ","
    if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+", digits):
        return float(digits.replace(thousands, ""))
    parts = re.split(r"[.,/]", digits)
    if len(parts) == 1:
        return float(digits)
    if len(parts) == 2 and "/" not in digits:
        return float(f"{parts[0]}.{parts[1]}")
    return float("".join(parts)) + 0.123456  # « 24/7 », a date: comparable with itself alone


def _scaled(value: float, after: str) -> tuple[float, str]:
    word = re.match(r" ?([a-z]+)\b", after)
    if word and word[1] in _SCALES:
        return value * _SCALES[word[1]], re.sub(r"^ ?d(?:e |')", " ", after[word.end() :])
    return value, after


def _unit(after: str) -> str:
    found = _UNIT.match(after)
    if not found:
        return ""
    return _BY_WORD.get(found[1], found[1][:_UNIT_LETTERS] if len(found[1]) > 2 else "")


def _without(after: str, unit: str) -> str:
    found = _UNIT.match(after)
    return after[found.end() :].lstrip() if found and unit else after.lstrip()


def _hedge(before: str, after: str) -> Hedge:
    found = _hedge_before(before)
    if found:
        hedge, start = found
        return Hedge.MIXED if _hedge_before(before[:start]) else hedge
    for hedge, _, behind in _HEDGES:
        if behind.search(after):
            return hedge
    return Hedge.EXACT


def _hedge_before(text: str) -> tuple[Hedge, int] | None:
    """The hedge that a text ends with, and where it begins."""
    for hedge, ahead, _ in _HEDGES:
        if match := ahead.search(text):
            return hedge, match.start()
    return None


_HEDGES = (
    (Hedge.UP_TO, _UP_TO, _UP_TO_AFTER),
    (Hedge.AT_LEAST, _AT_LEAST, _AT_LEAST_AFTER),
    (Hedge.ABOUT, _ABOUT, _ABOUT_AFTER),
)
