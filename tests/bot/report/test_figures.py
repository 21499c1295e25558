"""Numbers as a person reads them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.model import Range
from bot.report.figures import day, euro_range, euros, percent, rounded, share, weeks
from bot.report.phrases import clean, listed, lower_first, shorten
from index.typography import NBSP


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0, "0 €", "€0"),
        (12000, "12 000 €", "€12,000"),
        (187345, "187 000 €", "€187,000"),
        (999999, "1 M€", "€1m"),
        (1234567, "1,23 M€", "€1.23m"),
        (-40321, "−40 300 €", "−€40,300"),
        (-2500000, "−2,5 M€", "−€2.5m"),
    ],
)
def test_euros(value: float, french: str, english: str) -> None:
    assert euros(value, "fr").replace(NBSP, " ") == french
    assert euros(value, "en") == english
    assert " " not in euros(value, "fr")


def test_a_range_that_is_known_is_one_figure() -> None:
    assert euro_range(Range.exactly(1000), "en") == "€1,000"
    assert euro_range(Range(1000, 2000, 3000), "en").replace(NBSP, " ") == "€1,000 – €2,000 – €3,000"


@pytest.mark.parametrize(
    ("span", "french", "english"),
    [
        ((4, 8), "4 à 8 semaines", "4 to 8 weeks"),
        ((1, 1), "1 semaine", "1 week"),
        ((2, 2), "2 semaines", "2 weeks"),
        ((8.67, 13), "2 à 3 mois", "2 to 3 months"),
        ((4.33, 8.67), "1 à 2 mois", "1 to 2 months"),
        ((26, 35), "6 à 8 mois", "6 to 8 months"),
    ],
)
def test_durations(span: tuple[float, float], french: str, english: str) -> None:
    assert weeks(span, "fr").replace(NBSP, " ") == french
    assert weeks(span, "en").replace(NBSP, " ") == english


def test_shares_percentages_and_days() -> None:
    assert share(Range(0.6, 0.7, 0.8), "fr").replace(NBSP, " ") == "60 à 80 %"
    assert share(Range.exactly(0.5), "en") == "50%"
    assert percent(33.4, "fr") == f"33{NBSP}%"
    assert day(datetime.date(2026, 11, 25), "en") == "25 November 2026"
    assert day(datetime.date(2026, 11, 25), "fr").replace(NBSP, " ") == "25 novembre 2026"


@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_rounding_keeps_three_digits_and_the_size(value: float) -> None:
    near = rounded(value)
    assert abs(near - value) <= abs(value) * 0.0051
    assert rounded(near) == near


@given(st.text(max_size=300), st.integers(20, 120))
def test_shortened_text_fits_and_stays_itself(text: str, longest: int) -> None:
    short = shorten(text, longest)
    assert len(short) <= longest
    assert short == text or text.startswith(short.rstrip("…")[:10])


def test_whole_sentences_are_kept_when_one_fits() -> None:
    assert shorten("Une phrase entière. Une autre, trop longue pour tenir ici.", 40) == "Une phrase entière."
    assert shorten("Une seule phrase bien trop longue pour tenir ici", 24) == "Une seule phrase bien…"


@given(st.text())
def test_a_persons_words_are_on_one_line_and_can_be_kept_in_xml(text: str) -> None:
    kept = clean(text)
    assert not any(ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF for c in kept)
    assert clean(kept) == kept


def test_words_inside_a_sentence() -> None:
    assert lower_first("Volume mensuel") == "volume mensuel"
    assert lower_first("NPS actuel") == "NPS actuel"
    assert listed(["a", "b", "c", "d"], 2, "en") == "a; b (+ 2 more)"
