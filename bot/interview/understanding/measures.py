"""Figures with what they measure: « 150 appels par jour », « 5 min 30 », « 45 k€ brut », « 9 agents »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.interview.understanding import lexicon
from bot.interview.understanding.numbers import Number, scan

_SEPARATOR = re.compile(r"[,;.:\n()!?|]|\b(?:et|and|avec|with|mais|but|soit|dont|sinon|puis|then)\b|\s\+|\s-\s")
_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*\d?|[%€$£¥×]")
_ELIDED = re.compile(r"^(?:l|d|j|n|s|c|qu)'")
_BEFORE = re.compile(
    r"(?P<money>[€$£¥]|\beuros?|\beur|\busd)\s*$|(?P<times>(?:\bx|×|\bfois|\btimes|\bmultiplie[es]* par)\s*)$"
)
_PER = lexicon.expression("measures", "per")
_DURATIONS = lexicon.expressions("measures", "durations")
_SPANS = lexicon.expressions("measures", "spans")


@dataclass(frozen=True)
class Measure:
    """A number, its unit and its period."""

    number: Number
    unit: str
    """A family of ``units.yaml``, ``other`` for an unknown word, or empty."""
    per: str
    """A period, or empty."""
    head: str
    """The words before it, after what came before."""
    tail: str
    """The words after it, up to the next separation."""
    start: int
    end: int
    """Where its tail ends."""
    word: str = ""
    """The word that gave the unit."""


def measures(text: str, *, grouped: bool = True) -> tuple[Measure, ...]:
    """Every measure of a text in its ``digits`` form, in order."""
    composed = _composed(text)
    masked = list(text)
    for number, _ in composed:
        masked[number.start : number.end] = "\0" * (number.end - number.start)
    plain = [(n, "") for n in scan("".join(masked), grouped=grouped)]
    found = sorted(_ranges(text, composed) + plain, key=lambda pair: pair[0].start)
    read: list[Measure] = []
    before = 0
    for at, (number, unit) in enumerate(found):
        after = found[at + 1][0].start if at + 1 < len(found) else len(text)
        measure = _measure(text, number, unit, before, after)
        if number.weak and measure.unit in ("", "other"):
            continue
        read.append(measure)
        before = measure.end
    return tuple(read)


def _composed(text: str) -> list[tuple[Number, str]]:
    found: list[tuple[Number, str]] = []
    taken: list[tuple[int, int]] = []

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= start or match.start() >= end for start, end in taken)

    def figure(digits: str | None) -> float:
        return 0.0 if not digits else 1.0 if digits.startswith("un") else float(digits.replace(",", "."))

    for pattern in _SPANS:
        for match in filter(free, pattern.finditer(text)):
            parts = match.groupdict()
            months = 12 * figure(parts.get("y")) + figure(parts.get("m")) + figure(parts.get("n"))
            months += (6.0 if parts.get("y") else 0.5) if parts["half"] else 0.0
            found.append((Number(months, *match.span()), "month"))
            taken.append(match.span())
    for pattern in _DURATIONS:
        for match in filter(free, pattern.finditer(text)):
            parts = match.groupdict()
            hours, seconds = figure(parts.get("h")), figure(parts.get("s")) + figure(parts.get("t"))
            minutes = figure(parts.get("m")) + ((30 if parts.get("h") else 0.5) if parts.get("half") else 0)
            found.append((Number(hours * 60 + minutes + seconds / 60, *match.span()), "minute"))
            taken.append(match.span())
    return sorted(found, key=lambda pair: pair[0].start)


def _ranges(text: str, composed: list[tuple[Number, str]]) -> list[tuple[Number, str]]:
    joined: list[tuple[Number, str]] = []
    for number, unit in composed:
        if joined and joined[-1][1] == unit and joined[-1][0].low is None:
            first = joined[-1][0]
            between = text[first.end : number.start].strip()
            if between in ("-", "a", "to", "ou", "or") or (
                between in ("et", "and") and re.search(r"\b(?:entre|between) $", text[: first.start])
            ):
                low, high = sorted((first.value, number.value))
                joined[-1] = Number((low + high) / 2, first.start, number.end, low, high), unit
                continue
        joined.append((number, unit))
    return joined


def _measure(text: str, number: Number, unit: str, before: int, after: int) -> Measure:
    until = _SEPARATOR.search(text, number.end, after)
    end = until.start() if until else after
    head, tail = text[before : number.start], text[number.end : end]
    left = _PER.sub(_without_period, tail)
    per = _period(tail) or _period(text[number.end : min(after, number.end + 40)]) or _adjective(tail)
    if not per:
        per = _adjective(head) or _period(head, weak=False)
    word = ""
    if not unit:
        unit, word = _unit(left, head)
        if not unit and number.unit:
            unit, word = lexicon.unit_of(number.unit) or "", number.unit
    if number.fraction and unit in ("", "other"):
        unit = "fraction"
    return Measure(number, unit, per, head, tail, number.start, end, word)


def _without_period(found: re.Match[str]) -> str:
    return " " if lexicon.period_of(found["period"]) else found[0]


def _period(words: str, *, weak: bool = True) -> str:
    for found in _PER.finditer(words):
        if not weak and found[0].startswith(("le", "la", "a ", "en", "au", "sur", "l'", "by")):
            continue
        if period := lexicon.period_of(found["period"]):
            return period
    return ""


@cache
def _adjectives() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((p, re.compile(rf"\b(?:{found})\b")) for p, found in lexicon.read("units")["adjectives"].items())


def _adjective(words: str) -> str:
    return next((period for period, found in _adjectives() if found.search(words)), "")


def _unit(tail: str, head: str) -> tuple[str, str]:
    if found := _BEFORE.search(head):
        sign = (found["money"] or "").strip()
        return ("times", sign) if found["times"] else ("euro" if sign in "€euroseur" else "currency", sign)
    unknown = ""
    for found_word in _WORD.findall(tail)[:4]:
        word = _ELIDED.sub("", found_word)
        if _is_adjective(word):
            continue
        family = lexicon.unit_of(word)
        if family:
            return family, word
        if family is None and not unknown:
            unknown = word
    return ("other", unknown) if unknown else ("", "")


def _is_adjective(word: str) -> bool:
    return any(found.fullmatch(word) for _, found in _adjectives())
