"""Several facts in one message, and earlier answers taken back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.interview.loader import shipped_interview
from bot.interview.model import Interview
from bot.interview.understanding import Outcome, correction, mentions

QUESTIONS = shipped_interview().questions

FACTS: list[tuple[str, str, str | None, dict[str, Any]]] = [
    (
        "3 000 appels par mois, 6 min, français et anglais",
        "fr",
        "monthly_volume",
        {"monthly_volume": 3000, "aht_minutes": 6, "languages_needed": ("fr", "en")},
    ),
    (
        "on fait du SAV, 9 agents, DMT 5 min, 24/7, turnover 30 %",
        "fr",
        None,
        {
            "interaction_type": ("after_sales",),
            "agents_fte": 9,
            "aht_minutes": 5,
            "hours_needed": "24/7",
            "turnover_pct": 30,
        },
    ),
    ("3 000, 6 min", "fr", "monthly_volume", {"monthly_volume": 3000, "aht_minutes": 6}),
    ("3000", "fr", None, {}),
    ("3000", "fr", "monthly_volume", {"monthly_volume": 3000}),
    ("on a 9 agents", "fr", "monthly_volume", {"agents_fte": 9}),
    ("2 personnes", "fr", "pilot_capacity", {"pilot_capacity": 2}),
    ("oui, 9 agents", "fr", "already_outsourced", {"already_outsourced": True, "agents_fte": 9}),
    ("DMT de 7 min et un turnover de 25 %", "fr", None, {"aht_minutes": 7, "turnover_pct": 25}),
    (
        "téléphone et email, 2000 contacts, CSAT 82 %, FCR 70 %, NPS 35",
        "fr",
        "channels",
        {
            "channels": ("phone", "email"),
            "monthly_volume": 2000,
            "current_csat_pct": 82,
            "current_fcr_pct": 70,
            "current_nps": 35,
        },
    ),
    (
        "SAV, 3000 appels par mois",
        "fr",
        "flow_name",
        {"flow_name": "SAV", "interaction_type": ("after_sales",), "monthly_volume": 3000},
    ),
    ("pic x3 pendant 2 mois", "fr", "peak_factor", {"peak_factor": 3, "peak_months": 2}),
    ("4 500 tickets/mois DMT 8 min 12 ETP", "fr", None, {"monthly_volume": 4500, "aht_minutes": 8, "agents_fte": 12}),
    ("9 agents à 45k€ chargés", "fr", None, {"agents_fte": 9, "loaded_cost_per_agent_eur_year": 45000}),
    (
        "lun-ven 9h-18h, on parle français",
        "fr",
        None,
        {"hours_needed": "Mon-Fri 09:00-18:00", "languages_covered": ("fr",)},
    ),
    ("entreprise de 250 salariés, secteur banque", "fr", "company_size", {"company_size": 250}),
    ("c'est quoi la DMT de 6 min ?", "fr", "monthly_volume", {}),
    (
        "we handle 3,000 calls a month, AHT 6 minutes, 9 agents, Mon-Fri 9am-6pm, French and English",
        "en",
        None,
        {
            "monthly_volume": 3000,
            "aht_minutes": 6,
            "agents_fte": 9,
            "hours_needed": "Mon-Fri 09:00-18:00",
            "languages_needed": ("fr", "en"),
        },
    ),
    ("150 calls a day, 5 to 7 minutes each", "en", "monthly_volume", {"monthly_volume": 3150, "aht_minutes": 6}),
    ("tout est écrit", "fr", "process_documented", {"process_documented": "yes"}),
    ("c'est par écrit", "fr", "process_documented", {"process_documented": "yes"}),
    ("1 ETP", "fr", "pilot_capacity", {"pilot_capacity": 1}),
    ("1 FTE", "en", "pilot_capacity", {"pilot_capacity": 1}),
    ("0,5 ETP, et 9 agents", "fr", "pilot_capacity", {"pilot_capacity": 0.5, "agents_fte": 9}),
    ("réduire les coûts et parler anglais", "fr", "objective", {"objective": ("cost", "languages")}),
    ("oui, il nous manque l'allemand", "fr", "internal_skill_gap", {"internal_skill_gap": True}),
    (
        "SAV par téléphone",
        "fr",
        "interaction_type",
        {"interaction_type": ("after_sales",), "channels": ("phone",)},
    ),
    ("200 k€ par an pour 9 agents", "fr", "budget_eur_year", {"budget_eur_year": 200000, "agents_fte": 9}),
    (
        "oui, CSAT 82 % et FCR 70 %",
        "fr",
        "baseline_kpis_known",
        {"baseline_kpis_known": True, "current_csat_pct": 82, "current_fcr_pct": 70},
    ),
]


@pytest.mark.parametrize(("text", "lang", "current", "expected"), FACTS)
def test_each_fact_goes_to_its_field(
    text: str, lang: str, current: str | None, expected: dict[str, Any], interview: Interview
) -> None:
    told = mentions(text, interview.questions, lang, current)
    assert {m.field: m.understood.value for m in told} == expected


def test_the_words_of_a_fact_end_with_it(interview: Interview) -> None:
    told = mentions("200 k€ par an pour 9 agents", interview.questions, "fr", "budget_eur_year")
    assert [m.words for m in told] == ["200 k€ par an", "9 agents"]


def test_facts_come_in_the_order_told_with_their_words(interview: Interview) -> None:
    told = mentions("3 000 appels par mois, 6 min, 9 agents", interview.questions, "fr", "monthly_volume")
    assert [m.words for m in told] == ["3 000 appels par mois", "6 min", "9 agents"]


CORRECTIONS: list[tuple[str, str, str, Any]] = [
    ("en fait le volume c'est 4 500", "fr", "monthly_volume", 4500),
    ("finalement on a 12 agents", "fr", "agents_fte", 12),
    ("je me suis trompé, le DMT est de 8 min", "fr", "aht_minutes", 8),
    ("correction: AHT is 7 minutes", "en", "aht_minutes", 7),
    ("Finalement, français et anglais", "fr", "languages_needed", ("fr", "en")),
    ("en fait c'est 24/7", "fr", "hours_needed", "24/7"),
    ("mettre le volume à 4500", "fr", "monthly_volume", 4500),
    ("changer le nombre d'agents à 12", "fr", "agents_fte", 12),
    ("le turnover n'est pas 30 mais 25 %", "fr", "turnover_pct", 25),
    ("pardon, le turnover est de 25 %, pas 30", "fr", "turnover_pct", 25),
    ("en fait le process est documenté", "fr", "process_documented", "yes"),
    ("finalement on est déjà externalisé", "fr", "already_outsourced", True),
    ("actually the volume is 4,500", "en", "monthly_volume", 4500),
    ("sorry, 12 agents", "en", "agents_fte", 12),
    ("I was wrong, the turnover is 25%", "en", "turnover_pct", 25),
    ("update the budget to 200k", "en", "budget_eur_year", 200000),
    ("actually the volume is 3,000 a month", "en", "monthly_volume", 3000),
    ("c'est plutôt 8 min la DMT", "fr", "aht_minutes", 8),
    ("la DMT est plutôt de 8 min", "fr", "aht_minutes", 8),
    ("le volume est en fait de 4500", "fr", "monthly_volume", 4500),
    ("the AHT is actually 7 minutes", "en", "aht_minutes", 7),
    ("wait, we have 14 agents not 12", "en", "agents_fte", 14),
    ("tout compte fait c'est 10 agents", "fr", "agents_fte", 10),
    ("remplace le volume par 4500", "fr", "monthly_volume", 4500),
    ("make the volume 4000", "en", "monthly_volume", 4000),
    ("finalement les process ne sont pas documentés", "fr", "process_documented", "no"),
    ("je me suis trompé sur les langues, c'est français et allemand", "fr", "languages_needed", ("fr", "de")),
    ("finalement c'est la qualité la priorité", "fr", "priority", "control"),
]


@pytest.mark.parametrize(("text", "lang", "field", "value"), CORRECTIONS)
def test_a_correction_names_its_field_and_gives_the_new_value(text: str, lang: str, field: str, value: Any) -> None:
    found = correction(text, QUESTIONS, lang)
    assert found is not None
    assert (found.field, found.understood.value) == (field, value)


@pytest.mark.parametrize(
    ("text", "lang", "field"),
    [
        ("changer le volume", "fr", "monthly_volume"),
        ("modifier les langues", "fr", "languages_needed"),
        ("change the AHT", "en", "aht_minutes"),
        ("je voudrais changer la complexité", "fr", "complexity"),
        ("I want to change my answer about languages", "en", "languages_needed"),
    ],
)
def test_a_change_without_a_value_asks_for_it(text: str, lang: str, field: str) -> None:
    found = correction(text, QUESTIONS, lang)
    assert found is not None
    assert (found.field, found.understood.kind, found.understood.command) == (field, Outcome.COMMAND, "edit")


@pytest.mark.parametrize(
    "text",
    [
        "3000",
        "oui",
        "le volume c'est 4 500",
        "en fait non",
        "pourquoi changer le volume ?",
        "",
        "en fait c'est 4500",
        "en fait j'ai une question",
        "c'est plutôt simple",
        "plutôt 3000",
        "c'est plutôt 9h-18h",
        "c'est combien le volume en fait ?",
    ],
)
def test_an_ordinary_message_takes_nothing_back(text: str) -> None:
    assert correction(text, QUESTIONS, "fr") is None


@given(text=st.text(max_size=80), lang=st.sampled_from(["fr", "en"]))
@settings(max_examples=60, deadline=None)
def test_any_text_at_all_is_looked_through(text: str, lang: str) -> None:
    for told in mentions(text, QUESTIONS, lang, "monthly_volume"):
        assert told.understood.kind in (Outcome.VALUE, Outcome.AMBIGUOUS)
    correction(text, QUESTIONS, lang)
