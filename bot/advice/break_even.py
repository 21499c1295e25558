"""Where both sides cost the same over three years: at which volume, and at which hourly price."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, log, log10

from bot.advice.cost_internal import Case
from bot.advice.figures import Point
from bot.advice.staffing import seats_fte
from bot.advice.sweep import Evaluate
from bot.interview.model import Texts
from index.typography import typeset

REACH = 20
"""The volume is looked for from a twentieth of today's to twenty times as much."""

STEPS = 24
"""Tried on the way to each end."""

DEAREST = 100.0
"""Euros an hour beyond which no price is looked for."""

_VOLUME = {
    "fr": "À coût égal sur trois ans : environ {volume} contacts par mois. {above} coûte moins cher au-dessus, "
    "{below} au-dessous.",
    "en": "Both cost the same over three years at about {volume} contacts a month. {above} costs less above that, "
    "{below} below.",
}
_NO_VOLUME = {
    "fr": "Aux valeurs centrales, aucun volume entre {least} et {most} contacts par mois n'inverse la comparaison.",
    "en": "At the central figures, no volume between {least} and {most} contacts a month turns the comparison round.",
}
_PRICE = {
    "fr": "Pour ce flux, les deux se valent si le prestataire facture environ {price} € de l'heure.",
    "en": "For this flow, both cost the same if the provider bills about €{price} an hour.",
}
_SIDES = {
    True: {"fr": "Le prestataire", "en": "The provider"},
    False: {"fr": "L'interne", "en": "In-house"},
}


@dataclass(frozen=True)
class BreakEven:
    """Where both sides cost the same."""

    volume: float | None
    """Contacts a month; None when none within reach, or the volume is not known."""
    text: Texts


def break_even(case: Case, central: Point, evaluate: Evaluate) -> BreakEven:
    """Look for the volume nearest to today's, then for the price."""
    today = central.get("monthly_volume", 0.0)
    parts: list[Texts] = []
    volume = None
    if today > 0:
        at_volume = _at_volume(case, central, evaluate)
        found = _crossing(at_volume, [REACH ** (step / STEPS) for step in range(-STEPS, STEPS + 1)])
        if found is None:
            parts.append(_said(_NO_VOLUME, least=today / REACH, most=today * REACH))
        else:
            factor, rising = found
            volume = today * factor
            parts.append(
                {
                    lang: _VOLUME[lang].format(
                        volume=_number(volume, lang),
                        above=_SIDES[rising][lang],
                        below=_inside(_SIDES[not rising][lang]),
                    )
                    for lang in _VOLUME
                }
            )
    if case.price not in case.given and "external_quote_vs_internal_pct" not in case.given:
        price = _crossing(lambda euros: evaluate({**central, case.price: euros}).gain3, [1.0, DEAREST])
        if price:
            parts.append({lang: _PRICE[lang].format(price=round(price[0])) for lang in _PRICE})
    text = {lang: typeset(" ".join(part[lang] for part in parts), lang) for lang in ("fr", "en")} if parts else {}
    return BreakEven(volume, text)


def _at_volume(case: Case, central: Point, evaluate: Evaluate) -> Callable[[float], float]:
    """The gain at so many times today's volume, a given team growing or shrinking with it down to one open seat."""
    least = seats_fte(case.demand.hours, central) if case.demand.hours else 0.0

    def gain(factor: float) -> float:
        point = {**central, "monthly_volume": central["monthly_volume"] * factor}
        if case.demand.team:
            people = central["agents_fte"]
            point["agents_fte"] = max(people * factor, min(people, least) if case.demand.sized else 0.0)
        return evaluate(point).gain3

    return gain


def _crossing(gain: Callable[[float], float], at: list[float]) -> tuple[float, bool] | None:
    """Where the gain changes sign, nearest to 1, and whether it is a gain above; None when it does not."""
    gains = [gain(x) for x in at]
    pairs = zip(zip(at, gains, strict=True), zip(at[1:], gains[1:], strict=True), strict=False)
    found = [(low[0], high[0], high[1] > 0) for low, high in pairs if (low[1] > 0) != (high[1] > 0)]
    if not found:
        return None
    low, high, rising = min(found, key=lambda one: abs(log(one[0] * one[1])))
    for _ in range(24):
        middle = (low + high) / 2
        if (gain(middle) > 0) == rising:
            high = middle
        else:
            low = middle
    return (low + high) / 2, rising


def _said(sentence: Texts, **numbers: float) -> Texts:
    return {
        lang: text.format(**{name: _number(number, lang) for name, number in numbers.items()})
        for lang, text in sentence.items()
    }


def _number(value: float, lang: str) -> str:
    """To two figures, which is all an estimate bears, with its thousands apart."""
    digits = max(0, floor(log10(value)) - 1) if value >= 1 else 0
    rounded = f"{max(1, round(value / 10**digits) * 10**digits):,}"
    return rounded.replace(",", " ") if lang == "fr" else rounded


def _inside(side: str) -> str:
    """A side's name within a sentence."""
    return side[0].lower() + side[1:]
