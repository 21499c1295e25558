"""The conditions written in Python: what they say, what decided it, and what could still change it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interview_answers import facts, values

from bot.advice.predicates import PREDICATES
from bot.interview.loader import shipped_interview
from bot.interview.model import Facts, Truth

INTERVIEW = shipped_interview()
YES, NO, OPEN = Truth.YES, Truth.NO, Truth.UNKNOWN
FRENCH, TWO, THREE = ("fr",), ("fr", "en"), ("fr", "en", "de")
DAY, ALL_WEEK, NIGHTS = "Mon-Fri 09:00-18:00", "24/7", "Mon-Sun 22:00-06:00"


@pytest.mark.parametrize(
    ("name", "known", "truth", "missing"),
    [
        ("too_little_volume", {}, OPEN, ("monthly_volume",)),
        ("too_little_volume", {"aht_minutes": 6}, OPEN, ("monthly_volume",)),
        ("too_little_volume", {"monthly_volume": 0}, YES, ("aht_minutes",)),
        ("too_little_volume", {"monthly_volume": 149}, YES, ("aht_minutes",)),
        ("too_little_volume", {"monthly_volume": 150}, OPEN, ("aht_minutes",)),
        ("too_little_volume", {"monthly_volume": 599}, OPEN, ("aht_minutes",)),
        ("too_little_volume", {"monthly_volume": 600}, NO, ("aht_minutes",)),
        ("too_little_volume", {"monthly_volume": 350, "aht_minutes": 6}, NO, ()),  # 35 hours
        ("too_little_volume", {"monthly_volume": 349, "aht_minutes": 6}, YES, ()),
        ("too_little_volume", {"monthly_volume": 50, "aht_minutes": 60}, NO, ()),
        ("too_little_volume", {"monthly_volume": 6_000, "aht_minutes": 0.2}, YES, ()),
        ("too_uncertain_volume", {}, OPEN, ("volume_certainty",)),
        ("too_uncertain_volume", {"monthly_volume": 1_500}, NO, ()),
        ("too_uncertain_volume", {"monthly_volume": 1_499}, OPEN, ("volume_certainty",)),
        ("too_uncertain_volume", {"volume_certainty": "stable"}, NO, ()),
        ("too_uncertain_volume", {"volume_certainty": "growing", "monthly_volume": 10}, NO, ()),
        ("too_uncertain_volume", {"volume_certainty": "uncertain"}, YES, ("monthly_volume",)),
        ("too_uncertain_volume", {"volume_certainty": "uncertain", "monthly_volume": 1_499}, YES, ()),
        ("too_uncertain_volume", {"volume_certainty": "uncertain", "monthly_volume": 1_500}, NO, ()),
        ("hours_uncovered", {}, OPEN, ("hours_needed", "hours_covered_today")),
        ("hours_uncovered", {"hours_needed": ALL_WEEK}, OPEN, ("hours_covered_today",)),
        ("hours_uncovered", {"hours_needed": ALL_WEEK, "hours_covered_today": DAY}, YES, ()),
        ("hours_uncovered", {"hours_needed": DAY, "hours_covered_today": DAY}, NO, ()),
        ("hours_uncovered", {"hours_needed": DAY, "hours_covered_today": ALL_WEEK}, NO, ()),
        ("hours_uncovered", {"hours_needed": "Mon 09:00-18:59", "hours_covered_today": "Mon 09:00-18:00"}, NO, ()),
        ("hours_uncovered", {"hours_needed": "Mon 09:00-19:00", "hours_covered_today": "Mon 09:00-18:00"}, YES, ()),
        ("hours_uncovered", {"objective": ("extended_hours",)}, YES, ("hours_needed", "hours_covered_today")),
        (
            "hours_uncovered",
            {"objective": ("extended_hours",), "hours_needed": DAY, "hours_covered_today": DAY},
            NO,
            (),
        ),
        ("nights_needed", {}, OPEN, ("hours_needed",)),
        ("nights_needed", {"hours_needed": DAY}, NO, ()),
        ("nights_needed", {"hours_needed": "Mon-Fri 08:00-22:30"}, NO, ()),
        ("nights_needed", {"hours_needed": "Mon-Fri 08:00-23:00"}, OPEN, ("hours_covered_today",)),
        ("nights_needed", {"hours_needed": "Mon-Fri 05:00-13:00"}, OPEN, ("hours_covered_today",)),
        ("nights_needed", {"hours_needed": ALL_WEEK, "hours_covered_today": DAY}, YES, ()),
        ("nights_needed", {"hours_needed": ALL_WEEK, "hours_covered_today": NIGHTS}, NO, ()),
        ("nights_needed", {"hours_needed": "Mon 02:00-04:00", "hours_covered_today": DAY}, YES, ()),
        ("costly_peaks", {}, OPEN, ("peak_factor",)),
        ("costly_peaks", {"peak_factor": 1.5}, YES, ()),
        ("costly_peaks", {"peak_factor": 1.49}, NO, ()),
        ("costly_peaks", {"objective": ("peaks",)}, YES, ("peak_factor",)),
        ("costly_peaks", {"objective": ("peaks",), "peak_factor": 1}, NO, ()),
        ("languages_missing", {}, OPEN, ("languages_needed", "languages_covered")),
        ("languages_missing", {"languages_needed": FRENCH}, NO, ()),
        ("languages_missing", {"languages_needed": TWO}, OPEN, ("languages_covered",)),
        ("languages_missing", {"languages_needed": TWO, "languages_covered": FRENCH}, YES, ()),
        ("languages_missing", {"languages_needed": TWO, "languages_covered": THREE}, NO, ()),
        ("languages_missing", {"objective": ("languages",)}, YES, ("languages_needed", "languages_covered")),
        ("languages_missing", {"objective": ("languages",), "languages_needed": FRENCH}, NO, ()),
        ("no_language_covered", {"languages_needed": TWO}, NO, ()),
        ("no_language_covered", {"languages_needed": ("de",)}, OPEN, ("languages_covered",)),
        ("no_language_covered", {"languages_needed": ("de",), "languages_covered": FRENCH}, YES, ()),
        ("no_language_covered", {"languages_needed": ("de", "en"), "languages_covered": TWO}, NO, ()),
        ("many_languages", {"languages_needed": TWO}, NO, ()),
        ("many_languages", {"languages_needed": THREE}, YES, ()),
        ("common_languages_only", {"languages_needed": TWO}, YES, ()),
        ("common_languages_only", {"languages_needed": THREE}, NO, ()),
        ("only_cost_motive", {"objective": ("cost",)}, YES, ()),
        ("only_cost_motive", {"objective": ("cost", "peaks")}, NO, ()),
        ("only_cost_motive", {"objective": ("quality",)}, NO, ()),
        ("luxury", {}, NO, ("sector",)),
        ("luxury", {"sector": "Haute Joaillerie"}, YES, ()),
        ("luxury", {"sector": "assurance"}, NO, ()),
        ("special_mission", {}, NO, ("interaction_type", "flow_name")),
        ("special_mission", {"interaction_type": ("collection",)}, YES, ()),
        ("special_mission", {"interaction_type": ("after_sales", "survey")}, YES, ()),
        ("special_mission", {"interaction_type": ("relance des impayés",)}, YES, ()),
        ("special_mission", {"interaction_type": ("after_sales",), "flow_name": "Recouvrement"}, NO, ()),
        ("special_mission", {"flow_name": "Recouvrement"}, YES, ("interaction_type",)),
        ("special_mission", {"flow_name": "SAV"}, NO, ("interaction_type",)),
        ("prospecting", {"interaction_type": ("prospecting",)}, YES, ()),
        ("prospecting", {"interaction_type": ("collection",)}, NO, ()),
    ],
)
def test_what_each_says(name: str, known: dict[str, Any], truth: Truth, missing: tuple[str, ...]) -> None:
    trace = PREDICATES[name](known)
    assert (trace.truth, trace.missing) == (truth, missing)
    assert set(trace.decided_by) <= set(known)


@given(st.sampled_from(sorted(PREDICATES)), facts(INTERVIEW))
def test_what_decided_is_known_and_what_is_missing_is_not(name: str, known: Facts) -> None:
    trace = PREDICATES[name](known)
    assert set(trace.decided_by) <= set(known)
    assert not set(trace.missing) & set(known)
    assert trace.decided_by or trace.missing
    assert (trace.truth is OPEN) <= bool(trace.missing)
    assert set(trace.missing) <= set(INTERVIEW.by_id)


@given(st.sampled_from(sorted(PREDICATES)), facts(INTERVIEW), st.data())
def test_only_what_is_missing_may_change_it(name: str, known: Facts, data: st.DataObject) -> None:
    """What the interview relies on to stop asking."""
    predicate = PREDICATES[name]
    trace = predicate(known)
    rest = [q for q in INTERVIEW.questions if q.id not in known and q.id not in trace.missing]
    more = {q.id: data.draw(st.sampled_from(values(q))) for q in rest}
    if trace.truth is not OPEN:
        assert predicate({**known, **more}).truth is trace.truth


@given(st.sampled_from(sorted(PREDICATES)), facts(INTERVIEW, unknown=False))
def test_everything_known_leaves_nothing_open(name: str, known: Facts) -> None:
    trace = PREDICATES[name](known)
    assert trace.truth is not OPEN
    assert trace.missing == ()


@pytest.mark.parametrize("name", sorted(PREDICATES))
@pytest.mark.parametrize("odd", [True, "many", (), ("",), 3])
def test_an_answer_of_another_kind_breaks_nothing(name: str, odd: Any) -> None:
    """An interview of somebody else's may ask for these fields otherwise."""
    known = {field: odd for field in INTERVIEW.by_id if "hours" not in field}
    assert PREDICATES[name](known).truth in Truth
