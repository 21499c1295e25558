import pytest
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.places import places_of, rounded, written


def test_each_language_writes_numbers_its_own_way() -> None:
    assert (written(12_345.5, "fr"), written(12_345.5, "en")) == ("12\u00a0345,5", "12,345.5")


def test_a_negative_number_has_a_true_minus_and_there_is_no_negative_zero() -> None:
    assert (written(-20, "fr"), written(-0.01, "en")) == ("−20", "0")


def test_a_whole_number_has_no_decimals() -> None:
    assert written(3.0, "fr") == "3"


@given(st.floats(-1e9, 1e9), st.sampled_from(["fr", "en"]))
def test_what_is_written_reads_back(value: float, lang: str) -> None:
    plain = written(value, lang).replace("−", "-")
    assert float(parse_decimal(plain, locale=lang)) == pytest.approx(value, abs=0.051)


def test_every_number_answered_has_its_place_and_nothing_else_has() -> None:
    places = places_of({"aht_minutes": 5.5, "personal_data": True, "sector": "luxe", "channels": ("phone",)})
    assert places == {"aht_minutes": {"fr": "5,5", "en": "5.5"}}


def test_the_volume_brings_a_band_without_false_precision() -> None:
    places = places_of({"monthly_volume": 3001})
    assert (places["volume_low"]["en"], places["volume_high"]["en"]) == ("2,550", "3,450")


@given(st.integers(10, 10_000_000))
def test_rounding_moves_a_number_by_half_a_per_cent_at_most(value: int) -> None:
    assert rounded(value) == pytest.approx(value, rel=0.0051)
