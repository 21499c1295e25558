"""Figures in a text: any grouping, thousands and millions, signs, fractions, ranges and bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice

from bot.interview.understanding import lexicon

MOST = 40
"""Figures beyond these are not looked at: no answer holds as many."""

_NUMBER = re.compile(
    r"""
    (?P<sign>(?<![\w%€$)])[-+](?:\ (?=[0-9]))?(?=[0-9.,€$])
        |(?<!au\ )(?<!pas\ )\b(?:moins|minus|negatif|plus)\ (?=[0-9]))?
    (?:(?<![\w.,/])|(?<=\bx)|(?<=×))(?:(?P<fraction>1/2|1/3|2/3|1/4|3/4|1/5|1/10|1⁄2|1⁄4|3⁄4)(?![\w/⁄])
    |(?P<article>una_)
    |(?P<digits>[0-9]{1,3}(?:[ ][0-9]{3}(?![0-9]))+(?:[.,][0-9]{1,2}(?![0-9]))?
        |[0-9]{1,3}(?:[.][0-9]{3}(?![0-9]))+(?:,[0-9]{1,2}(?![0-9]))?
        |[0-9]{1,3}(?:,[0-9]{3}(?![0-9]))+(?:[.][0-9]{1,2}(?![0-9]))?
        |[0-9]{1,3}(?:'[0-9]{3}(?![0-9]))+
        |[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)
      (?:\ ?(?P<scale>k(?=[0-9]\b|[€$£]|e\b|eur|\b)|mille\b|thousands?\b|mio\b|mrd\b|millions?\b
         |m(?=\ ?(?:€|e\b|eur)))(?P<after>(?<=k)[0-9])?)?)
    """,
    re.VERBOSE,
)
_SCALES = {"k": 1e3, "tho": 1e3, "mio": 1e6, "mil": 1e3, "mrd": 1e9, "m": 1e6}
_MONTHS = {"day": 1 / 30, "week": 12 / 52, "month": 1.0, "quarter": 3.0, "half_year": 6.0, "year": 12.0}
_MONEY = ("euro", "pay", "", None)
_NEXT = re.compile(r"\s*(?:[a-z]+|[%€$£])")
_JOIN = re.compile(
    r"\s*(?P<unit>[a-z%€$]*\s?)(?P<word>-|~|a|to|ou|or|et|and|jusqu'a|et plutot|voire)\s*(?:environ\s*)?[€$£]?\s?"
)
_BETWEEN = re.compile(r"\b(?:entre|between)\s*(?:environ\s*)?[€$£]?\s?$")
_BEFORE = {bound: lexicon.expression("numbers", f"{bound}_before") for bound in ("more", "less")}
_AFTER = {bound: lexicon.expression("numbers", f"{bound}_after") for bound in ("more", "less")}


@dataclass(frozen=True)
class Number:
    """One figure or range, where it stands in the text."""

    value: float
    """The figure, or the middle of the range."""
    start: int
    end: int
    low: float | None = None
    high: float | None = None
    bound: str = ""
    """``more`` than the figure, or ``less``; empty otherwise."""
    sign: str = ""
    """``+`` or ``-`` when one was written."""
    fraction: bool = False
    """Written as one: « un tiers »."""
    weak: bool = False
    """Only an article: « un », « une »."""
    unit: str = ""
    """The word between the first end of a range and the second."""

    def times(self, factor: float) -> Number:
        """In another unit."""
        scaled = [None if n is None else n * factor for n in (self.value, self.low, self.high)]
        return replace(self, value=scaled[0] or 0.0, low=scaled[1], high=scaled[2])


def scan(text: str, *, grouped: bool = True) -> tuple[Number, ...]:
    """Every figure of a folded text, in order, ranges joined.

    Args:
        text: the ``digits`` form of a message.
        grouped: whether ``3.000`` is three thousand, and not three.
    """
    singles = [_single(found, grouped) for found in islice(_NUMBER.finditer(text), MOST)]
    joined: list[Number] = []
    at = 0
    while at < len(singles):
        number = singles[at]
        if at + 1 < len(singles) and (together := _joined(text, number, singles[at + 1])):
            number = together
            at += 1
        at += 1
        joined.append(_bounded(text, number))
    return tuple(joined)


def _single(found: re.Match[str], grouped: bool) -> Number:
    sign = _sign(found)
    minus = sign[:1] == "-" or sign[:5] in ("moins", "minus", "negat")
    if found["article"]:
        return Number(1, found.start(), found.end(), weak=True)
    if found["fraction"]:
        top, bottom = re.split("[/⁄]", found["fraction"])
        value = int(top) / int(bottom)
    else:
        value = _figure(found["digits"], grouped)
        if scale := found["scale"]:
            unit = 1e6 if scale.startswith("million") else _SCALES[scale[:3]]
            value = round(value * unit + int(found["after"] or 0) * unit / 10, 6)
    plus = sign.startswith(("+", "plus"))
    return Number(
        -value if minus else value,
        found.start() if sign or not found["sign"] else found.end("sign"),
        found.end(),
        sign="-" if minus else "+" if plus else "",
        fraction=bool(found["fraction"]),
    )


def _sign(found: re.Match[str]) -> str:
    """The sign as written; none where it rather joins two figures: « 3 000 appels + 1 000 mails »."""
    sign = found["sign"] or ""
    before = found.string[: found.start()].rstrip()[-1:]
    joins = sign[:1] == "+" or sign == "- "
    return "" if joins and before.isalnum() and re.search("[0-9]", found.string[: found.start()]) else sign


def _figure(digits: str, grouped: bool) -> float:
    digits = digits.replace(" ", "").replace("'", "")
    marks = re.findall(r"[.,]", digits)
    if len(set(marks)) == 2:
        decimal = marks[-1]
        return float(digits.replace("," if decimal == "." else ".", "").replace(",", "."))
    if len(marks) > 1:
        return float(re.sub(r"[.,]", "", digits))
    groups = re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", digits)
    return float(re.sub(r"[.,]", "", digits) if groups and grouped else digits.replace(",", "."))


def _joined(text: str, first: Number, second: Number) -> Number | None:
    found = _JOIN.fullmatch(text[first.end : second.start])
    after = lexicon.unit_of(word[0].strip()) if (word := _NEXT.match(text, second.end)) else None
    if not found or (second.weak and not after):
        return _minus_joined(text, first, second)
    if found["word"] in ("et", "and", "et plutot") and not _BETWEEN.search(text[: first.start]):
        return None
    if first.weak and found["word"] in ("ou", "or"):
        return None
    low, high = _same_scale(text, first.value, second.value)
    unit = found["unit"].strip()
    if unit and not _alike(unit, after):
        return None
    if (before := lexicon.unit_of(unit) if unit else None) in _MONTHS and after in _MONTHS:
        low *= _MONTHS[str(before)] / _MONTHS[str(after)]
    low, high = min(low, high), max(low, high)
    start = first.start
    if around := re.search(r"\b(?:entre|between|de|from)\s*[€$£]?\s?$", text[:start]):
        start = around.start()
    return Number(
        round((low + high) / 2, 9),
        start,
        second.end,
        low,
        high,
        sign=second.sign or first.sign,
        fraction=first.fraction and second.fraction,
        unit=unit,
    )


def _alike(unit: str, after: str | None) -> bool:
    """Whether the word after the first end of a range suits the one after the second: « 6 mois à un an »."""
    before = lexicon.unit_of(unit)
    return (
        before in ("", None, after)
        or (before in _MONTHS and after in _MONTHS)
        or (before in _MONEY and after in _MONEY)
    )


def _minus_joined(text: str, first: Number, second: Number) -> Number | None:
    """A dash that was taken for a sign: « 20 % -25 % »."""
    between = text[first.end : second.start]
    if second.sign != "-" or text[second.start] != "-" or second.weak or not re.fullmatch(r"\s?[%€]?\s?", between):
        return None
    low, high = sorted((first.value, -second.value))
    return Number((low + high) / 2, first.start, second.end, low, high)


def _same_scale(text: str, low: float, high: float) -> tuple[float, float]:
    """« 2 à 3 mille »: the scale is said once, for both."""
    said = re.search(r"\bk\b|[0-9]k|mille|thousand|000\b", text) is not None
    for scale in (1e6, 1e3, 1e2):
        if low < high / scale * 1.000001 and high % scale == 0 and 0 < low < 1000:
            explicit = (
                said
                if scale == 1e3
                else re.search(r"million|[0-9] ?m\b", text)
                if scale == 1e6
                else re.search(r"00\b", text)
            )
            if explicit and (scale > 1e2 or low < 10):
                return low * scale, high
    return low, high


def _bounded(text: str, number: Number) -> Number:
    if number.low is not None:
        return number
    before, after = text[: number.start], text[number.end : number.end + 24]
    for bound, found in _BEFORE.items():
        if found.search(before) or (bound == "more" and number.sign == "+" and text[number.start] == "p"):
            return replace(number, bound=bound)
    for bound, found in _AFTER.items():
        if found.search(after):
            return replace(number, bound=bound)
    return number
