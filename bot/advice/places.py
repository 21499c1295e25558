"""The numbers that the advice quotes of the answers, as each language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from babel.numbers import format_decimal

from bot.interview.model import Facts, Texts
from index.typography import NBSP

LANGUAGES = ("fr", "en")

VOLUME_MARGIN = 0.15
"""Half the width of the volume band offered for a contract, as a share of the normal month. Ours."""


@lru_cache(maxsize=4_096)
def written(value: float, lang: str, decimals: int = 1) -> str:
    """A bare number, without its unit: « 2 550 », « 5,5 », « −20 »; at most so many decimals."""
    places = f".{'#' * decimals}" if decimals else ""
    text: str = format_decimal(round(value, decimals) + 0.0, format=f"#,##0{places}", locale=lang)
    return text.replace("\u202f", NBSP).replace("-", "\u2212")


def places_of(facts: Facts) -> Mapping[str, Texts]:
    """What fills ``{places}``: every number answered, by its field id, and what follows from them.

    ``volume_low`` and ``volume_high`` are the ends of a volume band, contacts a month. The advice writes the units.
    """
    numbers = {name: float(v) for name, v in facts.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    if (volume := numbers.get("monthly_volume")) is not None:
        numbers["volume_low"] = rounded(volume * (1 - VOLUME_MARGIN))
        numbers["volume_high"] = rounded(volume * (1 + VOLUME_MARGIN))
    return {name: {lang: written(value, lang) for lang in LANGUAGES} for name, value in numbers.items()}


def rounded(value: float) -> float:
    """The number without false precision: three figures kept, 2 553 is 2 550."""
    return float(f"{value:.3g}")
