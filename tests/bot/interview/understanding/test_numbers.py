"""Figures however they are grouped, scaled or spelt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.interview.understanding.measures import measures
from bot.interview.understanding.numbers import scan
from bot.interview.understanding.said import say

SEPARATORS = st.sampled_from([" ", ".", ",", "\u00a0", "\u202f", "'"])


@given(number=st.integers(1_000, 999_999_999), separator=SEPARATORS)
def test_any_grouping_gives_the_same_number(number: int, separator: str) -> None:
    written = f"{number:,}".replace(",", separator)
    assert [n.value for n in scan(say(written, "fr").digits)] == [number]


@given(number=st.integers(1, 99_999), decimals=st.integers(1, 99), mark=st.sampled_from([",", "."]))
def test_decimals_with_a_comma_or_a_point(number: int, decimals: int, mark: str) -> None:
    written = f"{number}{mark}{decimals:02}"
    assert scan(say(written, "fr").digits)[0].value == pytest.approx(number + decimals / 100)


@given(
    number=st.integers(1, 999),
    scale=st.sampled_from([("k", 1_000), (" K", 1_000), (" mille", 1_000), (" millions", 10**6)]),
)
def test_scales(number: int, scale: tuple[str, int]) -> None:
    assert scan(say(f"{number}{scale[0]}", "fr").digits)[0].value == number * scale[1]


@given(
    low=st.integers(1, 500),
    more=st.integers(1, 500),
    form=st.sampled_from(["entre {} et {}", "de {} à {}", "{}-{}", "{} – {}", "{} to {}"]),
)
def test_ranges_keep_their_bounds(low: int, more: int, form: str) -> None:
    (found,) = scan(say(form.format(low, low + more), "fr").digits)
    assert (found.low, found.high) in {(low, low + more), (low * 100, low + more), (low * 1_000, low + more)}
    assert found.value == pytest.approx(((found.low or 0) + (found.high or 0)) / 2)


@pytest.mark.parametrize(
    ("text", "value", "unit", "per"),
    [
        ("150 appels par jour", 150, "contact", "day"),
        ("500/semaine", 500, "", "week"),
        ("36 000 calls a year", 36_000, "contact", "year"),
        ("5min30", 5.5, "minute", ""),
        ("5:30", 5.5, "minute", ""),
        ("5'30", 5.5, "minute", ""),
        ("1 an et demi", 1.5, "year", ""),
        ("2 ans et 3 mois", 27, "month", ""),
        ("45k€", 45_000, "euro", ""),
        ("€45,000", 45_000, "euro", ""),
        ("9 agnets", 9, "people", ""),
        ("fois trois", 3, "times", ""),
        ("1/3", 1 / 3, "fraction", ""),
    ],
)
def test_measures(text: str, value: float, unit: str, per: str) -> None:
    (found,) = measures(say(text, "fr").digits)
    assert (found.number.value, found.unit, found.per) == (pytest.approx(value), unit, per)
