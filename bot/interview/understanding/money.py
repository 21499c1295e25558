"""Euros a year: per month or hour brought to the year, gross and net brought to the loaded cost."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.interview.model import Question, Texts
from bot.interview.understanding import figures, lexicon
from bot.interview.understanding.measures import Measure, measures
from bot.interview.understanding.numbers import Number
from bot.interview.understanding.outcome import Outcome, Understood, invalid, noted
from bot.interview.understanding.said import Said

LOADING = 1.42
"""Employer's cost over gross salary."""
GROSS_OVER_NET = 1.28
"""Gross salary over net, before income tax."""
PAID_HOURS = 1_820
"""Paid hours a year at 35 hours a week."""

_LOADED_FIELD = "loaded_cost_per_agent_eur_year"
_MILLIONS = re.compile(r"([0-9]) ?m\b(?! ?[€$£])")
_GROSS = re.compile(r"\bbrute?s?\b|\bgross\b|before tax\w*")
_NET = re.compile(r"\bnete?s?\b|\bnettes?\b|take-?home|after tax\w*")
_LOADED = lexicon.expression("money", "loaded")
_UNLOADED = re.compile(r"\b(?:non|pas|hors|sans|not|without|un)[ -]?(?:charg|loaded)")
_NOTHING = lexicon.expression("money", "nothing")
_OTHER_MONEY = lexicon.expression("money", "other_money")
_EACH = lexicon.expression("money", "each")
_PERIODS = {
    "month": (12.0, ("12 mois", "12 months")),
    "quarter": (4.0, ("4 trimestres par an", "4 quarters a year")),
    "half_year": (2.0, ("2 semestres par an", "2 half-years a year")),
    "week": (52.0, ("52 semaines par an", "52 weeks a year")),
    "day": (252.0, ("252 jours ouvrés par an", "252 working days a year")),
    "hour": (float(PAID_HOURS), ("1 820 heures payées par an", "1,820 paid hours a year")),
}


def read(said: Said, question: Question) -> Understood | None:
    """Euros a year."""
    if _OTHER_MONEY.search(said.folded) and re.search("[0-9]", said.digits):
        return figures.invalid_for(
            question,
            (
                "Je compte en euros : donnez-moi le montant en euros par an.",
                "I count in euros: give me the amount in euros a year.",
            ),
        )
    said = replace(said, digits=_MILLIONS.sub(r"\1 mio", said.digits))
    loaded = question.id == _LOADED_FIELD
    if not loaded and _EACH.search(said.digits):
        return invalid(
            "Il me faut le total du flux par an, pas le montant par personne. Par exemple : « 12 000 € par an ».",
            "I need the total for the flow a year, not the amount per person. For instance: “€12,000 a year”.",
        )
    if not re.search("[0-9]", said.digits) and _NOTHING.fullmatch(said.bare):
        return figures.value(question, 0)

    def convert(measure: Measure) -> tuple[Number, Texts] | Understood:
        if measure.number.sign == "-":
            return figures.invalid_for(
                question, ("Un montant ne peut pas être négatif.", "An amount cannot be negative.")
            )
        period, note = _yearly(measure.per)
        load, more = _load(said.folded) if loaded else (1.0, {})
        return _whole(measure.number.times(period * load)), noted(note, more)

    got = figures.read(said, question, ("", "euro", "pay"), convert, grouped=True)
    return _month_or_year(said, question, got) if loaded and got else got


def _whole(figure: Number) -> Number:
    """Rounded to the euro, as anything finer would pretend."""
    low, high = (None if n is None else float(round(n)) for n in (figure.low, figure.high))
    middle = float(round(figure.value)) if low is None or high is None else (low + high) / 2
    return replace(figure, value=middle, low=low, high=high)


def _yearly(per: str) -> tuple[float, Texts]:
    factor, texts = _PERIODS.get(per, (1.0, None))
    return factor, {"fr": texts[0], "en": texts[1]} if texts else {}


def _load(folded: str) -> tuple[float, Texts]:
    loaded = _LOADED.search(folded) and not _UNLOADED.search(folded)
    if loaded:
        return 1.0, {}
    if _NET.search(folded):
        return GROSS_OVER_NET * LOADING, {
            "fr": "net × 1,28 pour le brut, × 1,42 de charges patronales",
            "en": "net × 1.28 for gross, × 1.42 of employer's charges",
        }
    if _GROSS.search(folded) or _UNLOADED.search(folded):
        return LOADING, {"fr": "brut × 1,42 de charges patronales", "en": "gross × 1.42 of employer's charges"}
    return 1.0, {}


def _month_or_year(said: Said, question: Question, got: Understood) -> Understood:
    """A salary below 10 000 € with no period is a month's or a year's: two readings."""
    found = figures.choose([m for m in measures(said.digits) if not m.number.weak], frozenset(("", "euro", "pay")))
    if not found or found[0].per or not 1_000 <= found[0].number.value < 10_000:
        return got
    figure = found[0].number
    load, note = _load(said.folded)
    amount = {lang: figures.number(figure.value, lang) for lang in ("fr", "en")}
    month = {"fr": f"{amount['fr']} € par mois", "en": f"€{amount['en']} a month"}
    year = {"fr": f"{amount['fr']} € par an", "en": f"€{amount['en']} a year"}
    options = [
        (month, figure.times(12 * load), noted({"fr": "12 mois", "en": "12 months"}, note)),
        (year, figure.times(load), note),
    ]
    if load == 1.0 and not _LOADED.search(said.folded):
        gross = {"fr": f"{amount['fr']} € brut par mois", "en": f"€{amount['en']} gross a month"}
        full, noticed = figure.times(12 * LOADING), _load("brut")[1]
        options.insert(1, (gross, full, noted({"fr": "12 mois", "en": "12 months"}, noticed)))
        if figures.bounds(question)[0] <= figure.value:
            options.pop(1)
    readings = []
    for label, whole, assumed in options:
        kept = _whole(whole)
        reading = figures.value(question, kept.value, kept.low, kept.high, assumed)
        if reading.kind is Outcome.VALUE:
            readings.append(replace(reading, label=label))
    if not readings:
        return got
    return readings[0] if len(readings) == 1 else figures.ambiguous(question, *readings[:2])
