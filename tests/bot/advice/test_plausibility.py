from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.alerting import sentences
from bot.advice.model import Alert, Costs, Range, Staffing
from bot.advice.plausibility import alerts
from bot.interview.loader import shipped_interview
from bot.interview.model import Facts
from index.typography import NBSP

OFFICE = "Mon-Fri 09:00-18:00"
NO_STAFFING = Staffing(None, None, None, None, None)


def costs(**known: Any) -> Costs:
    blank = {"internal_year": None, "external_year": None, "tco3_internal": None, "tco3_external": None}
    return Costs(NO_STAFFING, **{**blank, **known})


def plain(alert: Alert, lang: str = "fr") -> str:
    """As typed on a keyboard."""
    return alert.text[lang].replace(NBSP, " ")


def found(facts: Facts, reckoned: Costs | None = None) -> dict[str, Alert]:
    return {alert.id: alert for alert in alerts(facts, reckoned)}


STRANGE: list[tuple[str, Facts, str]] = [
    ("no-work", {"monthly_volume": 0}, "= 0"),
    ("few-contacts-for-hours", {"hours_needed": "24/7", "monthly_volume": 50}, "50 contacts"),
    (
        "too-many-agents",
        {
            "agents_fte": 9,
            "monthly_volume": 3000,
            "aht_minutes": 6,
            "channels": ("phone", "email"),
            "hours_needed": OFFICE,
        },
        "300 heures",
    ),
    ("too-few-agents", {"agents_fte": 2, "monthly_volume": 9000, "aht_minutes": 6}, "900 heures"),
    ("team-above-company", {"agents_fte": 9, "company_size": 5}, "9 ETP"),
    ("open-longer-than-needed", {"hours_needed": OFFICE, "hours_covered_today": "Mon-Sat 08:00-20:00"}, "27 heures"),
    (
        "languages-already-covered",
        {"objective": ("languages",), "languages_needed": ("fr", "de"), "languages_covered": ("fr", "de", "en")},
        "allemand",
    ),
    ("stable-with-peaks", {"volume_certainty": "stable", "peak_factor": 4}, "multiplié par 4"),
    ("peak-all-year", {"peak_factor": 2, "peak_months": 9}, "9 mois de pic sur 12"),
    ("contract-without-outsourcing", {"contract_months_left": 12, "already_outsourced": False}, "12 mois"),
    (
        "horizon-before-contract-end",
        {"already_outsourced": True, "contract_months_left": 18, "time_horizon_months": 4},
        "14 mois avant terme",
    ),
    ("scripted-yet-complex", {"scripted": True, "complexity": 3}, "niveau 3"),
    ("knowhow-yet-gap", {"unique_knowhow": True, "internal_skill_gap": True}, "deux flux"),
    ("baseline-not-given", {"baseline_kpis_known": True}, "donnez-les"),
    ("baseline-after-all", {"baseline_kpis_known": False, "current_csat_pct": 80, "current_nps": 10}, "donné 2"),
    ("satisfied-yet-unsolved", {"current_csat_pct": 92, "current_fcr_pct": 40}, "92 %"),
    ("satisfied-yet-disloyal", {"current_csat_pct": 50, "current_nps": 45}, "NPS de 45"),
    ("outsourced-unsteered", {"already_outsourced": True, "pilot_capacity": 0}, "0 ETP"),
    (
        "provider-out-of-bounds",
        {"location_constraint": "france_only", "current_provider_location": "nearshore"},
        "exclut",
    ),
    ("sector-said-unregulated", {"sector": "Mutuelle santé", "regulated": "none"}, "réglementé"),
    ("regulated-without-data", {"regulated": "health", "personal_data": False}, "téléphone"),
    ("strategic-yet-minor", {"flow_strategic": True, "brand_criticality": "low"}, "image"),
    ("core-to-be-freed", {"core_business": True, "objective": ("focus_core",)}, "cœur de métier"),
    ("odd-loaded-cost", {"loaded_cost_per_agent_eur_year": 3200}, "267"),
    ("quote-too-low", {"external_quote_vs_internal_pct": -62}, "il en resterait 38"),
    ("quote-too-high", {"external_quote_vs_internal_pct": 150}, "2,5 fois"),
    (
        "budget-under-agents",
        {"budget_eur_year": 100_000, "agents_fte": 4, "loaded_cost_per_agent_eur_year": 40_000},
        "il manque 60 000 €",
    ),
    ("odd-absence", {"absenteeism": 40}, "4 personnes sur 10"),
]

STRANGE_WITH_COSTS: list[tuple[str, Facts, Costs, str]] = [
    (
        "budget-under-outsourcing",
        {"budget_eur_year": 50_000},
        costs(external_year=Range(80_000, 100_000, 120_000), internal_year=Range(40_000, 40_000, 40_000)),
        "il manque 30 000 €",
    ),
    (
        "budget-under-in-house",
        {"budget_eur_year": 50_000},
        costs(internal_year=Range(70_000, 100_000, 120_000)),
        "il manque 20 000 €",
    ),
    ("gain-too-high", {}, costs(gain3_pct=41.6), "42 %"),
]

ORDINARY: list[tuple[str, Facts]] = [
    ("no-work", {"monthly_volume": 1, "aht_minutes": 5}),
    ("few-contacts-for-hours", {"hours_needed": "24/7", "monthly_volume": 20_000, "aht_minutes": 5}),
    ("few-contacts-for-hours", {"hours_needed": OFFICE, "monthly_volume": 50}),
    ("few-contacts-for-hours", {"hours_needed": "24/7"}),
    ("too-many-agents", {"agents_fte": 3, "monthly_volume": 3000, "aht_minutes": 6}),
    ("too-many-agents", {"agents_fte": 9, "monthly_volume": 3000}),
    ("too-many-agents", {"agents_fte": 6, "monthly_volume": 50, "aht_minutes": 5, "hours_needed": "24/7"}),
    ("too-few-agents", {"agents_fte": 9, "monthly_volume": 9000, "aht_minutes": 6}),
    ("too-few-agents", {"agents_fte": 2, "monthly_volume": 9000, "aht_minutes": 6, "already_outsourced": True}),
    ("open-longer-than-needed", {"hours_needed": "24/7", "hours_covered_today": OFFICE}),
    (
        "languages-already-covered",
        {"objective": ("languages",), "languages_needed": ("fr", "de"), "languages_covered": ("fr",)},
    ),
    ("contract-without-outsourcing", {"contract_months_left": 12, "already_outsourced": True}),
    (
        "horizon-before-contract-end",
        {"already_outsourced": True, "contract_months_left": 4, "time_horizon_months": 12},
    ),
    ("scripted-yet-complex", {"scripted": True, "complexity": 2}),
    ("baseline-not-given", {"baseline_kpis_known": True, "current_fcr_pct": 70}),
    ("satisfied-yet-unsolved", {"current_csat_pct": 85, "current_fcr_pct": 70}),
    ("outsourced-unsteered", {"already_outsourced": True, "pilot_capacity": 0.5}),
    ("provider-out-of-bounds", {"location_constraint": "eu_only", "current_provider_location": "nearshore"}),
    ("sector-said-unregulated", {"sector": "Jouets", "regulated": "none"}),
    ("odd-loaded-cost", {"loaded_cost_per_agent_eur_year": 38_000}),
    ("quote-too-low", {"external_quote_vs_internal_pct": -30}),
    (
        "budget-under-agents",
        {"budget_eur_year": 160_000, "agents_fte": 4, "loaded_cost_per_agent_eur_year": 40_000},
    ),
]


@pytest.mark.parametrize(("name", "facts", "words"), STRANGE, ids=[name for name, _, _ in STRANGE])
def test_a_strange_answer_is_pointed_out_with_its_arithmetic(name: str, facts: Facts, words: str) -> None:
    assert words in plain(found(facts)[name])


@pytest.mark.parametrize(("name", "facts", "reckoned", "words"), STRANGE_WITH_COSTS)
def test_so_is_a_strange_cost(name: str, facts: Facts, reckoned: Costs, words: str) -> None:
    assert words in plain(found(facts, reckoned)[name])


@pytest.mark.parametrize(("name", "facts"), ORDINARY)
def test_an_ordinary_answer_is_left_alone(name: str, facts: Facts) -> None:
    assert name not in found(facts)


def test_what_is_not_known_is_never_reproached() -> None:
    assert alerts({}) == ()


def test_an_unlikely_gain_is_not_told_at_the_sources_highest_figure() -> None:
    assert found({}, costs(gain3_pct=33.0)) == {}


def test_every_sentence_that_could_be_said_is_said_by_some_check() -> None:
    assert {name for name, *_ in [*STRANGE, *STRANGE_WITH_COSTS]} == set(sentences())


def test_round_the_clock_for_fifty_contacts_is_counted_out() -> None:
    facts = {"hours_needed": "24/7", "monthly_volume": 50, "aht_minutes": 6, "channels": ("phone",)}
    alert = found(facts)["few-contacts-for-hours"]
    assert "730 heures ouvertes" in plain(alert)
    assert "un contact toutes les 15 heures" in plain(alert)
    assert "environ 5 personnes" in plain(alert)
    assert "one contact every 15 hours" in plain(alert, "en")


def test_an_alert_names_answers_that_exist() -> None:
    fields = {field for alert in sentences().values() for field in alert.fields}
    assert fields <= set(shipped_interview().by_id)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "monthly_volume": st.integers(0, 100_000),
    "aht_minutes": st.floats(0.1, 60),
    "agents_fte": st.floats(0, 200),
    "company_size": st.integers(1, 500),
    "hours_needed": st.sampled_from(["24/7", OFFICE, "Mon-Sun 08:00-22:00"]),
    "hours_covered_today": st.sampled_from(["24/7", OFFICE]),
    "peak_factor": st.floats(1, 10),
    "peak_months": st.integers(0, 12),
    "volume_certainty": st.sampled_from(["stable", "growing", "uncertain"]),
    "objective": st.sampled_from([("cost",), ("languages", "focus_core")]),
    "languages_needed": st.sampled_from([("fr",), ("fr", "xx")]),
    "languages_covered": st.sampled_from([("fr",), ("fr", "xx")]),
    "already_outsourced": st.booleans(),
    "contract_months_left": st.integers(0, 48),
    "time_horizon_months": st.integers(0, 48),
    "baseline_kpis_known": st.booleans(),
    "current_csat_pct": st.floats(0, 100),
    "current_fcr_pct": st.floats(0, 100),
    "current_nps": st.integers(-100, 100),
    "pilot_capacity": st.floats(0, 5),
    "loaded_cost_per_agent_eur_year": st.integers(3_000, 300_000),
    "external_quote_vs_internal_pct": st.floats(-95, 500),
    "budget_eur_year": st.integers(0, 10_000_000),
    "absenteeism": st.floats(0, 100),
}


@given(st.fixed_dictionaries({}, optional=VALUES))
def test_whatever_is_answered_each_thing_is_said_once_and_in_full(facts: dict[str, Any]) -> None:
    told = alerts(facts)
    assert len({alert.id for alert in told}) == len(told)
    for alert in told:
        assert set(alert.text) == {"fr", "en"}
        assert not any(mark in text for text in alert.text.values() for mark in "{}")
