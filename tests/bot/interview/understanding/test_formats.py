"""What is written for the person is understood again as the same value."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.interview.loader import shipped_interview
from bot.interview.model import Kind, Question, Value
from bot.interview.schedule import DAYS
from bot.interview.understanding import format_value, understand
from bot.interview.understanding.figures import UNITS, bounds
from bot.interview.understanding.lexicon import read

BY_ID = shipped_interview().by_id
NUMBERS = [q for q in BY_ID.values() if q.kind in UNITS]
LANGS = st.sampled_from(["fr", "en"])


@st.composite
def schedules(draw: st.DrawFn) -> str:
    """Canonical ones: one range a day, neighbours apart."""
    first = draw(st.integers(0, 6))
    last = draw(st.integers(first, 6))
    opens, closes = sorted(draw(st.lists(st.integers(0, 47), min_size=2, max_size=2, unique=True)))
    days = DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"
    return f"{days} {opens // 2:02}:{opens % 2 * 30:02}-{closes // 2:02}:{closes % 2 * 30:02}"


@given(question=st.sampled_from(NUMBERS), share=st.floats(0, 1), lang=LANGS)
@settings(max_examples=120, deadline=None)
def test_numbers_round_trip(question: Question, share: float, lang: str) -> None:
    least, most = bounds(question)
    value = round(least + share * (min(most, 99_999) - least), 0 if question.kind in (Kind.VOLUME, Kind.MONEY) else 1)
    if not least <= value <= most:
        return
    written = format_value(question, value, lang)
    kept = understand(written, question, lang)
    assert kept.value == pytest.approx(value, abs=1e-6), (written, kept)


@given(seconds=st.integers(6, 480 * 60), lang=LANGS)
@settings(max_examples=50, deadline=None)
def test_durations_round_trip_to_the_second(seconds: int, lang: str) -> None:
    question = BY_ID["aht_minutes"]
    assert understand(format_value(question, seconds / 60, lang), question, lang).value == pytest.approx(
        seconds / 60, abs=1e-6
    )


@given(schedule=schedules(), lang=LANGS)
@settings(max_examples=50, deadline=None)
def test_schedules_round_trip(schedule: str, lang: str) -> None:
    question = BY_ID["hours_needed"]
    assert understand(format_value(question, schedule, lang), question, lang).value == schedule
    assert understand(schedule, question, lang).value == schedule


@given(
    codes=st.lists(st.sampled_from(read("languages")["usual"].split()), min_size=1, max_size=5, unique=True), lang=LANGS
)
@settings(max_examples=60, deadline=None)
def test_languages_round_trip(codes: list[str], lang: str) -> None:
    question = BY_ID["languages_needed"]
    assert understand(format_value(question, tuple(codes), lang), question, lang).value == tuple(codes)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_options_round_trip(lang: str) -> None:
    for question in BY_ID.values():
        for option in question.options:
            value: Value = (str(option.value),) if question.kind is Kind.CHOICES else option.value
            assert understand(format_value(question, value, lang), question, lang).value == value


@pytest.mark.parametrize(
    ("field", "value", "fr", "en"),
    [
        ("monthly_volume", 3000, "3 000 contacts/mois", "3,000 contacts/month"),
        ("aht_minutes", 5.5, "5 min 30", "5 min 30"),
        ("aht_minutes", 75, "1 h 15", "1 h 15"),
        ("aht_minutes", 0.75, "45 s", "45 s"),
        ("budget_eur_year", 45000, "45 000 €/an", "€45,000/year"),
        ("agents_fte", 4.5, "4,5 ETP", "4.5 FTE"),
        ("turnover_pct", 30, "30 %", "30%"),
        ("external_quote_vs_internal_pct", 15, "+15 %", "+15%"),
        ("peak_factor", 2.5, "× 2,5", "× 2.5"),
        ("time_horizon_months", 1, "1 mois", "1 month"),
        (
            "hours_needed",
            "Mon-Fri 09:00-18:00, Sat 09:00-12:30",
            "lun–ven 9 h–18 h, sam 9 h–12 h 30",
            "Mon–Fri 9:00–18:00, Sat 9:00–12:30",
        ),
        ("hours_needed", "24/7", "24 h/24, 7 j/7", "24/7"),
        ("languages_needed", ("fr", "en"), "français, anglais", "French, English"),
        ("already_outsourced", True, "oui", "yes"),
        ("objective", ("cost", "peaks"), "Réduire les coûts, Absorber les pics", "Cut costs, Absorb peaks"),
        ("interaction_type", ("vente de skis",), "vente de skis", "vente de skis"),
    ],
)
def test_how_a_person_reads_it(field: str, value: Value, fr: str, en: str) -> None:
    assert format_value(BY_ID[field], value, "fr").replace("\u00a0", " ") == fr
    assert format_value(BY_ID[field], value, "en").replace("\u00a0", " ") == en
