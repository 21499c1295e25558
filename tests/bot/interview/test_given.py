"""Answers as JSON: each kind of value, all that is wrong named at once, nothing too odd or too large to be refused."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interview_answers import values

from bot.interview.answers import Answer
from bot.interview.given import MAX_LISTED, MAX_TEXT, read_given
from bot.interview.loader import shipped_interview
from bot.interview.model import NUMERIC, Kind

INTERVIEW = shipped_interview()


def taken(name: str, raw: Any) -> Answer:
    """The answer, when it is taken."""
    read = read_given(INTERVIEW, {name: raw})
    assert read.problems == ()
    return read.answers[name]


def refused(name: str, raw: Any) -> str:
    """Why a value is not taken."""
    read = read_given(INTERVIEW, {name: raw})
    assert read.answers == {}
    [problem] = read.problems
    assert problem.field == name
    assert len(problem.reason) < 500
    return problem.reason


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("monthly_volume", 3_000, 3_000),
        ("monthly_volume", 0, 0),
        ("aht_minutes", 6.5, 6.5),
        ("external_quote_vs_internal_pct", -20, -20),
        ("current_nps", -100, -100),
        ("peak_months", 3, 3),
        ("peak_months", ["jul", "aug", "dec"], 3),
        ("unique_knowhow", False, False),
        ("complexity", 2, 2),
        ("priority", "cost", "cost"),
        ("objective", ["cost", "peaks", "cost"], ("cost", "peaks")),
        ("objective", "cost", ("cost",)),
        ("interaction_type", ["orders", "cartes  cadeaux"], ("orders", "cartes cadeaux")),
        ("languages_needed", ["FR", "en", "fr"], ("fr", "en")),
        ("languages_needed", "de", ("de",)),
        ("hours_needed", "24/7", "24/7"),
        ("hours_needed", "Mon-Fri 09:00-18:00, Sat 09:00-12:00", "Mon-Fri 09:00-18:00, Sat 09:00-12:00"),
        ("hours_needed", "lun-ven 9h-18h", "Mon-Fri 09:00-18:00"),
        ("flow_name", "  Suivi\nde\tcommande\u202e ", "Suivi de commande"),
        ("sector", "x" * MAX_TEXT, "x" * MAX_TEXT),
    ],
)
def test_each_kind_in_its_own_form(name: str, raw: Any, value: Any) -> None:
    assert taken(name, raw) == Answer(value)
    assert type(taken(name, raw).value) is type(value)


def test_a_range_is_kept_with_its_middle() -> None:
    assert taken("monthly_volume", {"low": 2_000, "high": 4_000}) == Answer(3_000, 2_000, 4_000)
    assert taken("monthly_volume", {"low": 3_000, "high": 3_000}) == Answer(3_000, 3_000, 3_000)


def test_null_is_not_known() -> None:
    read = read_given(INTERVIEW, dict.fromkeys(INTERVIEW.by_id))
    assert (read.answers, read.problems, read.unknown) == ({}, (), ())


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("monthly_volume", "3000", "expected a number"),
        ("monthly_volume", True, "expected a number"),
        ("monthly_volume", [3_000], "expected a number"),
        ("monthly_volume", -1, "is below 0"),
        ("monthly_volume", 10**9, "is above"),
        ("monthly_volume", math.nan, "finite"),
        ("monthly_volume", math.inf, "finite"),
        ("monthly_volume", 10**4_000, "finite"),
        ("monthly_volume", -(10**4_000), "finite"),
        ("monthly_volume", {}, "a range"),
        ("monthly_volume", {"low": 1}, "a range"),
        ("monthly_volume", {"low": 1, "high": 2, "central": 1}, "a range"),
        ("monthly_volume", {"low": 4_000, "high": 2_000}, "above the high end"),
        ("monthly_volume", {"low": -4_000, "high": 2_000}, "is below 0"),
        ("monthly_volume", {"low": None, "high": 2_000}, "expected a number"),
        ("monthly_volume", {"low": {"low": 1, "high": 2}, "high": 2_000}, "expected a number"),
        ("peak_months", ["x"] * 40, "is above"),
        ("unique_knowhow", "yes", "expected true or false"),
        ("unique_knowhow", 1, "expected true or false"),
        ("unique_knowhow", {"low": 0, "high": 1}, "expected true or false"),
        ("complexity", 4, "expected one of 1, 2, 3"),
        ("complexity", "2", "expected one of 1, 2, 3"),
        ("complexity", True, "expected one of 1, 2, 3"),
        ("complexity", 2.5, "expected one of 1, 2, 3"),
        ("priority", "speed", "expected one of cost"),
        ("priority", ["cost"], "expected one of cost"),
        ("objective", ["cost", "fame"], "'fame'"),
        ("objective", [], "expected a list"),
        ("objective", ["cost", 3], "expected a list"),
        ("objective", {"cost": True}, "expected a list"),
        ("interaction_type", [" "], "not empty"),
        ("interaction_type", [f"type {n}" for n in range(MAX_LISTED + 1)], f"at most {MAX_LISTED}"),
        ("languages_needed", [], "ISO 639-1"),
        ("languages_needed", ["french"], "ISO 639-1"),
        ("languages_needed", ["zz"], "ISO 639-1"),
        ("languages_needed", [["fr"]], "ISO 639-1"),
        ("hours_needed", "whenever", "expected weekly hours"),
        ("hours_needed", "Mon-Fri 25:00-26:00", "expected weekly hours"),
        ("hours_needed", 24, "expected weekly hours"),
        ("hours_needed", "", "expected weekly hours"),
        ("hours_needed", "office hours", "expected weekly hours"),  # nothing is assumed for a script
        ("flow_name", 3, "expected a text"),
        ("flow_name", "", "not empty"),
        ("flow_name", "\u200b\n", "not empty"),
        ("flow_name", "\ud800", "not empty"),
        ("flow_name", "x" * (MAX_TEXT + 1), f"at most {MAX_TEXT}"),
        ("flow_name", "x" * 5_000_000, f"at most {MAX_TEXT}"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_wrong_is_told(name: str, raw: Any, why: str) -> None:
    assert why in refused(name, raw)


def test_all_that_is_wrong_is_told_at_once_and_nothing_else() -> None:
    raw = {"monthly_volume": -3, "priority": "speed", "unique_knowhow": True, "aht_minutes": "long", "shoe_size": 42}
    read = read_given(INTERVIEW, raw, "flows[1].")
    assert [problem.field for problem in read.problems] == [
        "flows[1].monthly_volume",
        "flows[1].priority",
        "flows[1].aht_minutes",
    ]
    assert read.unknown == ("flows[1].shoe_size",)
    assert read.answers == {"unique_knowhow": Answer(True)}
    assert str(read.problems[0]) == "flows[1].monthly_volume: -3 is below 0"


def test_a_long_unknown_key_is_cut() -> None:
    assert read_given(INTERVIEW, {"k" * 10_000: 1}).unknown == ("k" * MAX_TEXT,)


@pytest.mark.parametrize("name", sorted(INTERVIEW.by_id))
def test_every_field_takes_its_own_values_and_none_of_another_shape(name: str) -> None:
    question = INTERVIEW.question(name)
    for value in values(question):
        raw = list(value) if isinstance(value, tuple) else value
        if name != "country" or isinstance(raw, str):
            assert taken(name, raw) == Answer(value)
    wrong: list[Any] = [{"a": 1}, [[]], [None], [{}]]
    if question.kind in NUMERIC:
        wrong += ["3", True, math.nan]
    elif question.kind is not Kind.BOOLEAN:
        wrong += [1.5, False, {"low": 1, "high": 2}]
    for raw in wrong:
        if name == "peak_months" and isinstance(raw, list):
            continue
        assert refused(name, raw)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(INTERVIEW.by_id)), ANY_JSON, max_size=8))
def test_any_json_is_taken_or_told_never_both_never_neither(raw: dict[str, Any]) -> None:
    read = read_given(INTERVIEW, raw)
    told = [problem.field for problem in read.problems]
    assert sorted([*read.answers, *told]) == sorted(name for name, value in raw.items() if value is not None)
