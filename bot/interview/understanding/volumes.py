"""Contacts a month, whatever the period they were counted over."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.interview.model import Question, Texts
from bot.interview.understanding import figures, lexicon
from bot.interview.understanding.measures import Measure, measures
from bot.interview.understanding.numbers import Number
from bot.interview.understanding.outcome import Outcome, Understood, noted
from bot.interview.understanding.said import Said

WORKING_DAYS = 21
"""Working days in a month, when nothing else is said."""
CALENDAR_DAYS = 30.4
HOURS_A_DAY = 8

_EVERY_DAY = re.compile(
    r"\b7 ?j(?:ours?)? ?(?:/|sur) ?7|\b7/7\b|\b24/7\b|\b(?:7|seven) days|tous les jours|every day|week-?ends? compris"
)
_SIX_DAYS = re.compile(r"\b6 ?j(?:ours?)? ?(?:/|sur) ?7|\b6/7\b|\b6 days|lundi au samedi|lun-sam")
_EACH = re.compile(r"\b(?:par|per|/|chaque|each) ?(?:agent|conseiller|tete|personne|person|head|advisor)")
_EVERY = re.compile(
    r"\b(?:toutes? les|tous les|every) (?:[0-9]+ )(?:minutes?|mins?|heures?|hours?|secondes?|jours?|days?)"
)
_BY_DAY = lexicon.expression("volumes", "by_day")
_NONE = re.compile(r"(?:zero|aucune?s?|nul|none|nothing|rien)(?: (?:appels?|contacts?|calls?|volume))?")
_PERIODS = {
    "month": (1.0, None),
    "quarter": (1 / 3, ("un trimestre ramené au mois (÷ 3)", "a quarter brought to a month (÷ 3)")),
    "half_year": (1 / 6, ("un semestre ramené au mois (÷ 6)", "a half-year brought to a month (÷ 6)")),
    "year": (1 / 12, ("une année ramenée au mois (÷ 12)", "a year brought to a month (÷ 12)")),
    "week": (52 / 12, ("4,33 semaines par mois", "4.33 weeks a month")),
}


def read(said: Said, question: Question) -> Understood | None:
    """Contacts a month."""
    if _NONE.fullmatch(said.bare):
        return figures.value(question, 0)
    if _EACH.search(said.digits) and measures(said.digits):
        return figures.invalid_for(
            question,
            (
                "Il me faut le volume de toute l'équipe, pas celui d'un agent.",
                "I need the volume of the whole team, not that of one agent.",
            ),
        )
    if _EVERY.search(said.digits):
        return figures.invalid_for(
            question, ("Donnez-moi plutôt un nombre par jour ou par mois.", "Give me rather a number a day or a month.")
        )
    if _BY_DAY.search(said.digits) and len([m for m in measures(said.digits) if not m.number.weak]) > 1:
        return figures.invalid_for(
            question, ("Donnez-moi plutôt le total d'une semaine.", "Give me rather the total of a week.")
        )
    if summed := _sum(said, question):
        return summed

    def convert(measure: Measure) -> tuple[Number, Texts] | Understood:
        if measure.number.sign == "-":
            return figures.invalid_for(
                question, ("Un volume ne peut pas être négatif.", "A volume cannot be negative.")
            )
        factor, note = _monthly(measure.per or _period_elsewhere(said.digits), said.digits)
        return rounded(measure.number.times(factor)), note

    return figures.read(said, question, ("", "contact", "other", "customer"), convert, grouped=True)


def rounded(figure: Number) -> Number:
    """Whole contacts, from the first one up."""

    def whole(n: float) -> float:
        return float(round(n)) if n >= 1 else round(n, 2)

    low, high = (None if n is None else whole(n) for n in (figure.low, figure.high))
    middle = whole(figure.value) if low is None or high is None else (low + high) / 2
    return Number(middle, figure.start, figure.end, low, high)


def _monthly(per: str, text: str) -> tuple[float, Texts]:
    if per in ("day", "hour"):
        days, fr, en = (
            WORKING_DAYS * 1.0,
            f"{WORKING_DAYS} jours ouvrés par mois",
            f"{WORKING_DAYS} working days a month",
        )
        if _EVERY_DAY.search(text):
            days, fr, en = CALENDAR_DAYS, "30,4 jours par mois", "30.4 days a month"
        elif _SIX_DAYS.search(text):
            days, fr, en = 26.0, "26 jours par mois", "26 days a month"
        note = {"fr": fr, "en": en}
        if per == "day":
            return days, note
        return days * HOURS_A_DAY, noted({"fr": f"{HOURS_A_DAY} h par jour", "en": f"{HOURS_A_DAY} h a day"}, note)
    factor, texts = _PERIODS.get(per, _PERIODS["month"])
    return factor, {"fr": texts[0], "en": texts[1]} if texts else {}


def _period_elsewhere(text: str) -> str:
    """A period told once for the whole message: « 150, par jour »."""
    told = {m.per for m in measures(text) if m.per}
    return told.pop() if len(told) == 1 else ""


def _sum(said: Said, question: Question) -> Understood | None:
    """« 2 000 appels et 500 mails par mois »."""
    found = [m for m in measures(said.digits) if m.unit == "contact" and not m.number.weak]
    if len(found) < 2 or len({m.word.rstrip("s") for m in found}) < len(found):
        return None
    between = [said.digits[a.number.end : b.start] for a, b in pairwise(found)]
    if not all(
        re.fullmatch(r"[\w\s'/-]*?(?:\bet|\band|\+|,|\bplus)\s*(?:environ |about |around )?", b) for b in between
    ):
        return None
    last = next((m.per for m in reversed(found) if m.per), "")
    total, notes = 0.0, []
    for measure in found:
        factor, note = _monthly(measure.per or last, said.digits)
        total += measure.number.value * factor
        notes.append(note)
    parts = {lang: " + ".join(figures.number(m.number.value, lang) for m in found) for lang in ("fr", "en")}
    read = figures.value(question, round(total), note=noted(parts, next((n for n in notes if n), {})))
    return read if read.kind is Outcome.VALUE else None
