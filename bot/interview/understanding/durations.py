"""Minutes of a contact, and spans of months."""

from __future__ import annotations

import re

from bot.interview.model import Question, Texts
from bot.interview.understanding import figures, lexicon
from bot.interview.understanding.measures import Measure
from bot.interview.understanding.numbers import Number
from bot.interview.understanding.outcome import Understood
from bot.interview.understanding.said import Said

_MINUTES = {"second": 1 / 60, "minute": 1.0, "hour": 60.0, "": 1.0}
_MONTHS = {"day": 1 / 30, "week": 12 / 52, "month": 1.0, "quarter": 3.0, "half_year": 6.0, "year": 12.0, "": 1.0}
_SOON = lexicon.expression("durations", "soon")
_NOTHING = re.compile(
    r"\b(?:aucune?|zero|pas de|none|no|nothing|termine\w*|fini\w*|expire\w*|echu\w*|over|ended|ran out|0)\b"
)
_NAMED = re.compile(
    "|".join(rf"\b(?P<m{i}>{names})\b\.?" for i, names in enumerate(lexicon.read("calendar")["months"], 1))
)
_DATE = lexicon.expression("durations", "date")


def read_minutes(said: Said, question: Question) -> Understood | None:
    """Minutes; a bare number is in minutes."""

    def convert(measure: Measure) -> tuple[Number, Texts] | Understood:
        if measure.number.sign == "-":
            return figures.invalid_for(
                question, ("Une durée ne peut pas être négative.", "A duration cannot be negative.")
            )
        unit = measure.unit if measure.unit in _MINUTES else ""
        return measure.number.times(_MINUTES[unit]), {}

    return figures.read(said, question, _MINUTES, convert, grouped=False)


def read_months(said: Said, question: Question) -> Understood | None:
    """Months; a bare number is in months. Months of the year are counted where a season is asked."""
    if question.id == "peak_months" and (seasonal := _seasonal(said, question)):
        return seasonal
    if _DATE.search(said.digits) or (_NAMED.search(said.digits) and question.id != "peak_months"):
        return figures.invalid_for(
            question,
            (
                "Je compte en mois à partir d'aujourd'hui : dites-moi combien.",
                "I count in months from today: tell me how many.",
            ),
        )

    def convert(measure: Measure) -> tuple[Number, Texts] | Understood:
        if measure.number.sign == "-":
            return figures.invalid_for(
                question, ("Un nombre de mois ne peut pas être négatif.", "A number of months cannot be negative.")
            )
        figure = measure.number.times(_MONTHS[measure.unit])
        low, high = (None if n is None else round(n, 1) for n in (figure.low, figure.high))
        middle = figure.value if low is not None else round(figure.value, 1)
        return Number(round(middle, 2), figure.start, figure.end, low, high), {}

    if read := figures.read(said, question, _MONTHS, convert, grouped=False):
        return read
    if _SOON.search(said.folded) and question.id == "time_horizon_months":
        return figures.value(
            question, 1, note={"fr": "dès que possible : un mois", "en": "as soon as possible: one month"}
        )
    if question.id in ("contract_months_left", "peak_months") and _NOTHING.search(said.folded):
        return figures.value(question, 0)
    return None


def _seasonal(said: Said, question: Question) -> Understood | None:
    named = list(_NAMED.finditer(said.folded))
    if named and not (len(named) == 1 and named[0][0] in ("mars", "may", "mai") and re.search("[0-9]", said.digits)):
        months = [int((found.lastgroup or "m1")[1:]) for found in named]
        counted: set[int] = set()
        for at, month in enumerate(months):
            counted.add(month)
            if at + 1 < len(months):
                between = said.folded[named[at].end() : named[at + 1].start()].strip()
                if between in ("-", "a", "au", "to", "through", "until", "jusqu'a", "jusqu'en"):
                    counted.update((month - 1 + step) % 12 + 1 for step in range((months[at + 1] - month) % 12))
        return figures.value(question, len(counted))
    if re.search(r"[0-9]", said.digits):
        return None
    for season in lexicon.read("calendar")["seasons"]:
        if re.search(season["words"], said.folded):
            return figures.value(question, season["months"], note={"fr": season["fr"], "en": season["en"]})
    return None
