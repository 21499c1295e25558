"""The questions that ship: what the loader does not check, authors promise here."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.interview.conditions import fields_of
from bot.interview.loader import SHIPPED, shipped_interview
from bot.interview.model import NUMERIC, Kind, Question
from index import safe_yaml
from index.analyzer import fold

ROOT = Path(__file__).parents[3]
LANGS = ("fr", "en")

FIELDS = {
    "company": """sector company_size country objective objectives_defined priority location_constraint
        time_horizon_months pilot_capacity budget_eur_year""",
    "flow": """flow_name interaction_type channels monthly_volume volume_certainty peak_factor peak_months aht_minutes
        hours_needed hours_covered_today languages_needed languages_covered complexity scripted regulated personal_data
        brand_criticality flow_strategic core_business unique_knowhow internal_skill_gap process_documented
        baseline_kpis_known current_csat_pct current_fcr_pct current_answer_rate_pct current_nps already_outsourced
        current_provider_location contract_months_left exit_clause_known agents_fte loaded_cost_per_agent_eur_year
        turnover_pct absenteeism overtime management training licences premises external_quote_vs_internal_pct customers
        margin_per_customer_eur_year""",
}
"""Every field of the method, by scope: a contract with the answers that ``assess`` reads."""

VALUES = {
    "objective": ("cost", "quality", "peaks", "extended_hours", "languages", "expertise", "focus_core", "growth"),
    "priority": ("cost", "balance", "control"),
    "location_constraint": ("none", "france_only", "eu_only"),
    "channels": ("phone", "email", "chat", "social"),
    "volume_certainty": ("stable", "growing", "uncertain"),
    "complexity": (1, 2, 3),
    "regulated": ("none", "health", "finance", "other"),
    "brand_criticality": ("low", "medium", "high"),
    "process_documented": ("yes", "partial", "no"),
    "current_provider_location": ("onshore", "nearshore", "offshore"),
}

REFINING = """company_size country budget_eur_year loaded_cost_per_agent_eur_year peak_months turnover_pct absenteeism
    overtime management training licences premises customers margin_per_customer_eur_year current_csat_pct
    current_fcr_pct current_nps current_answer_rate_pct"""

DECISIVE = 7
"""How many questions of a flow come before any other can be thought to matter."""

QUESTIONS = [pytest.param(question, id=question.id) for question in shipped_interview().questions]


def of_kind(*kinds: Kind) -> list[Any]:
    """The questions of these kinds, to be tested one by one."""
    return [
        pytest.param(question, id=question.id) for question in shipped_interview().questions if question.kind in kinds
    ]


CHOSEN = (Kind.CHOICE, Kind.CHOICES, Kind.BOOLEAN)
TYPED = tuple(kind for kind in Kind if kind not in CHOSEN)


@cache
def sections(lang: str) -> frozenset[str]:
    return frozenset(
        f"{path.stem}#{section}"
        for path in (ROOT / "corpus" / lang).glob("*.md")
        for section in re.findall(r"^## .*\{#([\w-]+)\}$", path.read_text(encoding="utf-8"), re.MULTILINE)
    )


def said(question: Question) -> list[tuple[str, str]]:
    """Every sentence of a question, with its language."""
    texts = [question.ask, question.label, question.why, question.unit, *(o.label for o in question.options)]
    return [(lang, text[lang]) for text in texts if text for lang in LANGS]


def test_every_field_of_the_method_is_asked_in_its_scope() -> None:
    for scope, fields in FIELDS.items():
        assert {q.id for q in shipped_interview().questions if q.scope == scope} >= set(fields.split())


def test_the_company_is_asked_first() -> None:
    scopes = [question.scope for question in shipped_interview().questions]
    assert scopes == sorted(scopes)


def test_values_are_those_of_the_method() -> None:
    for field, values in VALUES.items():
        assert tuple(option.value for option in shipped_interview().question(field).options) == values


def test_what_only_sharpens_figures_comes_last_in_its_scope() -> None:
    refining = {question.id for question in shipped_interview().questions if question.refines}
    assert refining == set(REFINING.split())
    for scope in FIELDS:
        flags = [question.refines for question in shipped_interview().questions if question.scope == scope]
        assert flags == sorted(flags)


def test_what_decides_is_asked_early() -> None:
    flow = [question.id for question in shipped_interview().questions if question.scope == "flow"]
    assert {"monthly_volume", "aht_minutes", "unique_knowhow", "flow_strategic"} <= set(flow[:DECISIVE])


@pytest.mark.parametrize("question", QUESTIONS)
def test_passages_cited_exist_in_both_languages(question: Question) -> None:
    assert question.cites
    for lang in LANGS:
        assert set(question.cites) <= sections(lang)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_reads_well_on_a_phone(question: Question) -> None:
    for lang in LANGS:
        first, *hints = question.ask[lang].split("\n")
        assert first.endswith("?")
        assert len(first) <= 110
        assert len(hints) <= 1
        assert all(len(hint) <= 80 for hint in hints)
        assert len(question.label[lang]) <= 30
        assert 40 <= len(question.why[lang]) <= 220
        assert question.why[lang].endswith(".")


@pytest.mark.parametrize("question", QUESTIONS)
def test_sentences_are_clean_and_promise_nothing(question: Question) -> None:
    for lang, text in said(question):
        assert text == text.strip()
        assert "  " not in text
        assert not {"'", '"'} & set(text), f"a straight quote is left: {text}"
        assert not re.search("garanti|guarante", text, re.IGNORECASE)
        assert lang == "en" or not re.search(r"\S[?!;:»]", text.replace("24/7", "")), text


@pytest.mark.parametrize("question", QUESTIONS)
def test_both_languages_say_something_of_their_own(question: Question) -> None:
    assert question.ask["fr"] != question.ask["en"]
    assert question.why["fr"] != question.why["en"]


def test_labels_tell_questions_apart() -> None:
    for lang in LANGS:
        labels = Counter(question.label[lang] for question in shipped_interview().questions)
        assert [label for label, times in labels.items() if times > 1] == []


@pytest.mark.parametrize("question", of_kind(*CHOSEN))
def test_options_are_told_apart_by_label_and_by_word(question: Question) -> None:
    """Accents and case do not count, as in what people type."""
    for lang in LANGS:
        labels = [option.label[lang] for option in question.options]
        assert len(set(labels)) == len(labels)
        meant: dict[str, set[object]] = {}
        for option in question.options:
            assert len(option.words[lang]) >= 3
            for word in (*option.words[lang], option.label[lang]):
                meant.setdefault(fold(word), set()).add(option.value)
        assert {word: options for word, options in meant.items() if len(options) > 1} == {}


@pytest.mark.parametrize("question", of_kind(Kind.BOOLEAN))
def test_yes_comes_before_no(question: Question) -> None:
    assert [option.value for option in question.options] == [True, False]
    assert "oui" in question.options[0].words["fr"]
    assert "non" in question.options[1].words["fr"]


@pytest.mark.parametrize("question", of_kind(*TYPED))
def test_what_is_typed_has_examples(question: Question) -> None:
    for lang in LANGS:
        assert 1 <= len(question.examples[lang]) <= 4


@pytest.mark.parametrize("question", of_kind(*sorted(NUMERIC)))
def test_numbers_have_bounds_a_unit_and_values_to_try(question: Question) -> None:
    assert question.low is not None
    assert question.high is not None
    assert question.low < question.high
    assert set(question.unit) == set(LANGS)
    assert 2 <= len(question.probes) <= 4


@pytest.mark.parametrize(
    ("field", "absurd", "plausible"),
    [
        ("monthly_volume", (-5, 60_000_000), (0, 40, 2_000_000)),
        ("aht_minutes", (0, 0.05, 600), (0.5, 6, 90)),
        ("peak_factor", (0, 0.5, 60), (1, 1.3, 10)),
        ("agents_fte", (-1, 200_000), (0, 0.5, 900)),
        ("pilot_capacity", (-1, 501), (0, 0.2, 5)),
        ("peak_months", (-1, 13), (0, 1.5, 12)),
        ("time_horizon_months", (-1, 121), (0, 6, 36)),
        ("current_csat_pct", (-1, 101), (0, 85, 100)),
        ("current_nps", (-101, 101), (-100, 40)),
        ("absenteeism", (-1, 101), (0, 8)),
        ("external_quote_vs_internal_pct", (-100, 1_000), (-40, 0, 60)),
        ("loaded_cost_per_agent_eur_year", (0, 45, 1_000_000), (9_000, 38_000, 120_000)),
    ],
)
def test_absurd_numbers_are_refused_and_odd_ones_are_not(
    field: str, absurd: tuple[float, ...], plausible: tuple[float, ...]
) -> None:
    question = shipped_interview().question(field)
    assert question.low is not None
    assert question.high is not None
    assert [value for value in absurd if question.low <= value <= question.high] == []
    assert [value for value in plausible if not question.low <= value <= question.high] == []


@pytest.mark.parametrize("question", of_kind(Kind.SCHEDULE, Kind.LANGUAGES))
def test_hours_and_languages_have_values_to_try(question: Question) -> None:
    assert len(question.probes) >= 2


def test_a_question_comes_after_those_it_depends_on() -> None:
    order = [question.id for question in shipped_interview().questions]
    for place, question in enumerate(shipped_interview().questions):
        assert fields_of(question.ask_if) <= set(order[:place])


def test_what_concerns_a_running_contract_is_asked_only_then() -> None:
    conditional = {q.id for q in shipped_interview().questions if "already_outsourced" in fields_of(q.ask_if)}
    assert conditional == {"current_provider_location", "contract_months_left", "exit_clause_known"}


@pytest.mark.parametrize(
    ("field", "lang", "typed", "value"),
    [
        ("regulated", "fr", "mutuelle", "health"),
        ("regulated", "fr", "HDS", "health"),
        ("regulated", "fr", "KYC", "finance"),
        ("regulated", "fr", "ACPR", "finance"),
        ("interaction_type", "fr", "relances d'impayés", "collection"),
        ("interaction_type", "fr", "recouvrement", "collection"),
        ("complexity", "fr", "N1", 1),
        ("complexity", "fr", "répétitif", 1),
        ("complexity", "en", "tier 2", 2),
        ("current_provider_location", "fr", "Maroc", "nearshore"),
        ("current_provider_location", "fr", "Tunisie", "nearshore"),
        ("current_provider_location", "fr", "Madagascar", "offshore"),
        ("current_provider_location", "en", "India", "offshore"),
        ("priority", "fr", "le moins cher", "cost"),
    ],
)
def test_the_words_of_the_trade_mean_what_they_mean(field: str, lang: str, typed: str, value: object) -> None:
    options = shipped_interview().question(field).options
    assert [option.value for option in options if typed.lower() in option.words[lang]] == [value]


@pytest.mark.parametrize("name", ["interview.yaml", "company.yaml", "flow.yaml"])
def test_the_files_mean_the_same_to_any_reader_of_yaml(name: str) -> None:
    """An unquoted ``no`` is a word to us and a boolean to others: the shipped files avoid it."""
    raw: Any = safe_yaml.load((SHIPPED / name).read_text(encoding="utf-8"))
    for entry in raw.get("questions", ()):
        question = shipped_interview().question(entry["id"])
        options = entry.get("options", ())
        assert [option["value"] for option in options] == [option.value for option in question.options]
        for option in options:
            assert all(isinstance(word, str) for lang in LANGS for word in option["words"][lang])
