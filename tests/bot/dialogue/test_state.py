"""An interview is kept as JSON, and read back whole; what cannot be read is no interview."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dialogue_driver import INTERVIEW
from hypothesis import given
from hypothesis import strategies as st
from interview_answers import facts

from bot.dialogue.state import MAX_SEEN, Dialogue, Pending, Waiting, restored
from bot.interview.answers import Answer, ContactFlow, Portfolio

FIELDS = INTERVIEW.by_id
KEPT = Dialogue(
    "a1b2",
    Portfolio({"objective": Answer(("cost",))}, (ContactFlow(1, {"monthly_volume": Answer(3_000, 2_000, 4_000)}),)),
    pending=Pending(Waiting.READ_BACK, "aht_minutes", {"aht_minutes": Answer(6, assumption="6 min")}, 1),
    refining=(1,),
    finished=(1,),
    told=("1:peak",),
    trail=((1, "objective"), (1, "monthly_volume")),
    seen=("7",),
)


def test_it_reads_back_as_it_was_written() -> None:
    assert restored(json.loads(json.dumps(KEPT.to_json())), FIELDS) == KEPT


@given(
    facts(INTERVIEW),
    st.sampled_from(Waiting),
    st.lists(st.sampled_from(sorted(FIELDS)), max_size=5),
    st.booleans(),
    st.integers(1, 3),
)
def test_any_interview_reads_back(
    known: dict[str, Any], waiting: Waiting, steps: list[str], active: bool, flow: int
) -> None:
    given_ = {name: Answer(value) for name, value in known.items()}
    dialogue = Dialogue(
        "ffff",
        Portfolio(flows=tuple(ContactFlow(n, given_) for n in (1, 2, 3))),
        flow,
        active,
        Pending(waiting, given=given_, flow=flow),
        trail=tuple((flow, name) for name in steps),
    )
    assert restored(json.loads(json.dumps(dialogue.to_json(), allow_nan=False)), FIELDS) == dialogue


def test_nothing_kept_is_no_interview() -> None:
    assert restored(None, FIELDS) is None


WRONG: dict[str, tuple[Any, ...]] = {
    "portfolio": (None, [], {}, {"flows": []}, {"flows": 3}, {"flows": [{"id": 1}]}),
    "flow": (None, "x", 2, [], float("inf"), float("nan")),
    "pending": (3, "x", {"waiting": "read_back"}, {"waiting": "?", "field": "", "given": {}}),
    "trail": (None, 3, [1], [[1, 2, 3]], "ab", {"a": 1}),
    **dict.fromkeys(("refining", "finished", "told", "seen"), (None,)),
}


@pytest.mark.parametrize("wrong", [{name: value} for name, odd in WRONG.items() for value in odd], ids=str)
def test_what_cannot_be_read_is_no_interview(wrong: dict[str, Any]) -> None:
    assert restored(KEPT.to_json() | wrong, FIELDS) is None


@pytest.mark.parametrize("name", sorted(KEPT.to_json()))
def test_nor_is_what_lacks_something(name: str) -> None:
    kept = KEPT.to_json()
    del kept[name]
    assert restored(kept, FIELDS) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(KEPT.to_json())), JSON), st.booleans())
def test_no_json_at_all_is_too_odd_to_be_refused(odd: dict[str, Any], whole: bool) -> None:
    """Whatever a database holds: an interview or None, never an error."""
    read = restored((KEPT.to_json() if whole else {}) | odd, FIELDS)
    assert read is None or read.current is read.portfolio.flow(read.flow)


@given(JSON)
def test_nor_is_what_is_no_object(odd: Any) -> None:
    assert restored(odd, FIELDS) is None


def test_questions_that_are_no_more_are_forgotten() -> None:
    """An interview outlives a new version of its questions."""
    kept = json.loads(json.dumps(KEPT.to_json()).replace("monthly_volume", "shoe_size"))
    read = restored(kept, FIELDS)
    assert read is not None
    assert read.answers == {"objective": Answer(("cost",))}
    assert read.trail == ((1, "objective"),)
    assert read.pending == KEPT.pending
    gone = restored(json.loads(json.dumps(KEPT.to_json()).replace("aht_minutes", "shoe_size")), FIELDS)
    assert gone is not None
    assert gone.pending is None


def test_the_last_messages_seen_are_remembered_and_no_more() -> None:
    dialogue = KEPT
    for number in range(100):
        dialogue = dialogue.having_seen(str(number))
    assert dialogue.seen == tuple(str(n) for n in range(100 - MAX_SEEN, 100))
    assert dialogue.having_seen("") == dialogue
