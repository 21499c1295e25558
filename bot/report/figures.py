"""Numbers as a person reads them: euros, ranges, shares, durations, dates."""

from __future__ import annotations

import datetime
import math

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from bot.advice.model import Assumption, Costs, Range
from bot.report.phrases import counted, in_language, phrase
from index.typography import NBSP

MINUS = "\u2212"
"""The minus sign, as long as a plus; a hyphen is not one."""

_MILLION = 1_000_000
_WEEKS_PER_MONTH = 52 / 12
_DIGITS = 3
"""Significant digits of a figure that is estimated."""


def rounded(value: float, digits: int = _DIGITS) -> float:
    """The value to so many significant digits."""
    if value == 0 or not math.isfinite(value):
        return 0.0
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def number(value: float, lang: str) -> str:
    """A plain figure, three significant digits."""
    return _written(format_decimal(rounded(value), format="#,##0.###", locale=lang))


def _written(figure: str) -> str:
    """With spaces that do not break and a true minus sign."""
    return figure.replace("\u202f", NBSP).replace("-", MINUS)


def euros(value: float, lang: str) -> str:
    """« 187 000 € », « 1,24 M€ »: three significant digits, because it is an estimation."""
    value = rounded(value)
    if abs(value) >= _MILLION:
        amount = _written(format_decimal(value / _MILLION, format="#,##0.##", locale=lang))
        return f"{amount}{NBSP}M€" if lang == "fr" else _before(f"{amount}m")
    pattern = f"#,##0{NBSP}¤" if lang == "fr" else "¤#,##0"
    return _written(format_currency(value, "EUR", format=pattern, locale=lang, currency_digits=False))


def _before(amount: str) -> str:
    return f"{MINUS}€{amount[1:]}" if amount.startswith(MINUS) else f"€{amount}"


def euro_ends(span: Range, lang: str) -> list[str]:
    """Low, central and high, for the columns of a table."""
    return [euros(value, lang) for value in (span.low, span.central, span.high)]


def euro_range(span: Range, lang: str) -> str:
    """« 150 000 – 187 000 – 230 000 € »: low, central, high; one figure when they are the same."""
    ends = euro_ends(span, lang)
    return ends[1] if ends[0] == ends[2] else f" –{NBSP}".join(ends)


def span_of(span: Range, lang: str) -> str:
    """The same for a figure that is not money."""
    ends = [number(v, lang) for v in (span.low, span.central, span.high)]
    return ends[1] if ends[0] == ends[2] else f" –{NBSP}".join(ends)


def assumed(assumption: Assumption, lang: str) -> str:
    """An assumption's range with its unit: « 30 – 60 – 90 € par agent », « €30 – €60 – €90 per agent »."""
    unit = in_language(assumption.unit, lang)
    if lang == "en" and unit.startswith("€"):
        return f"{euro_range_exact(assumption.range)}{'' if unit[1:2] in ('', '/') else ' '}{unit[1:].lstrip()}"
    return f"{span_of(assumption.range, lang)}{NBSP}{unit}".rstrip()


def euro_range_exact(span: Range) -> str:
    """A range of small English amounts, pence kept."""
    ends = [_before(number(v, "en")) for v in (span.low, span.central, span.high)]
    return ends[1] if ends[0] == ends[2] else f" –{NBSP}".join(ends)


def percent(value: float, lang: str) -> str:
    """Per cent, whole: 17 is « 17 % »."""
    figure = _written(format_decimal(round(value), locale=lang))
    return f"{figure}{NBSP}%" if lang == "fr" else f"{figure}%"


def share(span: Range, lang: str) -> str:
    """A share of the volume, from a range of 0 to 1: « 60 à 80 % »."""
    low, high = round(span.low * 100), round(span.high * 100)
    if low == high:
        return percent(low, lang)
    return phrase(lang, "from_to", low=low, high=percent(high, lang))


def weeks(span: tuple[float, float], lang: str) -> str:
    """« 4 à 8 semaines »; above eight weeks in months, to the half: « 2 à 3 mois »."""
    unit, length, parts = ("weeks", 1.0, 1) if round(span[1]) <= 8 else ("months", _WEEKS_PER_MONTH, 2)
    low, high = (round(end / length * parts) / parts for end in span)
    top = number(high, lang)
    if number(low, lang) == top:
        return counted(lang, unit, 1 if high == 1 else 2, amount=top)
    return counted(lang, unit, 2, amount=phrase(lang, "from_to", low=number(low, lang), high=top))


def day(date: datetime.date, lang: str) -> str:
    """« 25 novembre 2026 »."""
    return format_date(date, format="long", locale="fr" if lang == "fr" else "en_GB")


def has_euros(costs: Costs) -> bool:
    """Whether anything could support a figure in euros."""
    totals = (costs.internal_year, costs.external_year, costs.tco3_internal, costs.tco3_external)
    return any(total is not None for total in totals)


def sayable(assumption: Assumption, costs: Costs) -> bool:
    """Whether the assumption may be shown: not one in euros when no cost could be told."""
    return has_euros(costs) or not any("€" in unit for unit in assumption.unit.values())
