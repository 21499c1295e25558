"""Values as a person reads them; what is written here is understood again as the same value."""

from __future__ import annotations

import re

from bot.interview.model import Kind, Question, Value
from bot.interview.schedule import DAYS
from bot.interview.understanding import choices, languages
from bot.interview.understanding.figures import number
from index.typography import typeset

_DAYS = {"fr": ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"), "en": DAYS}
_PIECE = re.compile(r"(?P<days>[A-Za-z-]+) (?P<hours>[0-9:-]+)")


def format_value(question: Question, value: Value, lang: str) -> str:
    """The value in words and figures, with its unit: « 3 000 contacts/mois », « 5 min 30 », « lun–ven 9 h–18 h ».

    Args:
        value: in canonical form, of the question's kind.
        lang: ``fr`` or ``en``.
    """
    return typeset(_formatted(question, value, lang), lang)


def _formatted(question: Question, value: Value, lang: str) -> str:
    french = lang == "fr"
    if isinstance(value, tuple):
        if question.kind is Kind.LANGUAGES:
            return ", ".join(languages.name_of(code, lang) for code in value)
        return ", ".join(choices.label_of(question, v, lang) for v in value)
    if question.kind is Kind.BOOLEAN and isinstance(value, bool):
        return ("oui" if value else "non") if french else ("yes" if value else "no")
    if question.kind is Kind.CHOICE:
        return choices.label_of(question, value if isinstance(value, str | bool | int) else str(value), lang)
    if isinstance(value, str):
        return schedule(value, lang) if question.kind is Kind.SCHEDULE else value
    return _figure(question, float(value), lang)


def _figure(question: Question, value: float, lang: str) -> str:
    french = lang == "fr"
    said = number(value, lang)
    plural = abs(value) >= 2 if french else value != 1
    match question.kind:
        case Kind.VOLUME:
            return f"{said} contacts/mois" if french else f"{said} contacts/month"
        case Kind.DURATION:
            return _minutes(value, lang)
        case Kind.MONTHS:
            return f"{said} mois" if french else f"{said} month{'s' if plural else ''}"
        case Kind.MONEY:
            return f"{said} €/an" if french else f"€{said}/year"
        case Kind.PERCENT:
            sign = "+" if question.id == "external_quote_vs_internal_pct" and value > 0 else ""
            return f"{sign}{said} %" if french else f"{sign}{said}%"
        case Kind.FACTOR:
            return f"× {said}"
        case Kind.COUNT:
            unit = question.unit.get(lang, "")
            return f"{said} {unit}".strip()
        case _:
            return said


def _minutes(value: float, lang: str) -> str:
    seconds = round(value * 60)
    if abs(seconds - value * 60) > 1e-3:
        return f"{number(value, lang)} min"
    hours, rest = divmod(seconds, 3_600)
    minutes, seconds = divmod(rest, 60)
    if hours and not seconds:
        return f"{hours} h {minutes:02}" if minutes else f"{hours} h"
    minutes += 60 * hours
    if not seconds:
        return f"{minutes} min"
    return f"{minutes} min {seconds:02}" if minutes else f"{seconds} s"


def schedule(canonical: str, lang: str) -> str:
    """Weekly hours: « lun–ven 9 h–18 h, sam 9 h–12 h »."""
    if canonical == "24/7":
        return "24 h/24, 7 j/7" if lang == "fr" else "24/7"
    return ", ".join(_piece(piece, lang) for piece in canonical.split(", "))


def _piece(piece: str, lang: str) -> str:
    found = _PIECE.fullmatch(piece)
    if not found:
        return f"{'tous les jours' if lang == 'fr' else 'every day'} {_hours(piece, lang)}"
    days = "–".join(_DAYS[lang][DAYS.index(day)] for day in found["days"].split("-"))
    return f"{days} {_hours(found['hours'], lang)}"


def _hours(hours: str, lang: str) -> str:
    return "–".join(_clock(clock, lang) for clock in hours.split("-"))


def _clock(clock: str, lang: str) -> str:
    hour, minute = clock.split(":")
    if lang == "fr":
        return f"{int(hour)} h" + (f" {minute}" if minute != "00" else "")
    return f"{int(hour)}:{minute}"
