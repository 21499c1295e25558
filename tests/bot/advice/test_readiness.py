"""Gates: open only when it is known that they are; a score that never averages a closed one away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.readiness import readiness
from bot.interview.model import Condition, Gate, Interview, Known, Truth
from bot.interview.model import Test as Compared

TEXTS = {"fr": "mots", "en": "words"}


def gate(name: str, weight: float, partly: Condition | None = None, applies: Condition | None = None) -> Gate:
    return Gate(name, TEXTS, Compared(name, "is", True), partly, applies, weight, TEXTS, (2, 4), TEXTS, (), ())


GARDEN = Interview(
    "garden",
    1,
    (),
    (),
    (
        gate("water", 30),
        gate("soil", 10, partly=Compared("stones", "is", True)),
        gate("fence", 60, applies=Compared("deer", "is", True)),
    ),
)
FIELDS = ("water", "soil", "fence", "stones", "deer")


def score(**known: Any) -> int:
    return readiness(GARDEN, known, {}, {}).score


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, 0),
        ({"water": True, "soil": True, "stones": False, "deer": False}, 100),
        ({"water": True, "soil": True, "stones": True, "deer": False}, 88),  # half of a quarter is left to do
        ({"water": True, "soil": False, "deer": False}, 45),  # three quarters, brought under 60
        ({"water": False, "soil": True, "stones": False, "deer": False}, 15),
        ({"water": True, "soil": True, "stones": False, "deer": True, "fence": False}, 24),
        ({"water": True, "soil": True, "stones": False, "deer": True, "fence": True}, 100),
        ({"water": True, "soil": True, "stones": False}, 100),  # no fence is asked for while no deer are known of
    ],
)
def test_the_score(known: dict[str, Any], expected: int) -> None:
    assert score(**known) == expected


def test_open_closed_and_not_established_are_told_apart() -> None:
    gates = {g.id: g for g in readiness(GARDEN, {"water": False, "deer": True}, {}, {}).gates}
    assert gates["water"].truth is Truth.NO
    assert gates["water"].decided_by == ("water",)
    assert gates["fence"].truth is Truth.UNKNOWN
    assert not any(g.open for g in gates.values())
    assert all(g.weeks == (2, 4) for g in gates.values())


def test_work_left_that_is_not_ruled_out_is_left() -> None:
    """Half open until it is known that nothing is left to do."""
    [_, soil] = readiness(GARDEN, {"water": True, "soil": True}, {}, {}).gates
    assert soil.open
    assert soil.partly
    assert soil.points == soil.of_points / 2


def test_what_was_concluded_counts_too_but_decides_by_no_field() -> None:
    concluding = replace(gate("g", 1), opens=Compared("target", "is", "full"))
    interview = Interview("x", 1, (), (), (concluding,))
    [state] = readiness(interview, {}, {"target": "full"}, {}).gates
    assert state.open
    assert state.decided_by == ()


def test_lacking_any_answer_is_not_established_rather_than_closed() -> None:
    interview = Interview(
        "x", 1, (), (), (Gate("g", TEXTS, Known(("a", "b")), None, None, 1, TEXTS, None, TEXTS, (), ()),)
    )
    assert readiness(interview, {}, {}, {}).gates[0].truth is Truth.UNKNOWN
    assert readiness(interview, {"b": 3}, {}, {}).gates[0].truth is Truth.YES


def test_without_gates_there_is_nothing_to_be_ready_for() -> None:
    ready = readiness(Interview("x", 1, (), (), ()), {}, {}, {})
    assert (ready.score, ready.gates) == (0, ())


@given(st.fixed_dictionaries({}, optional={field: st.booleans() for field in FIELDS}))
def test_what_holds_of_every_score(known: dict[str, bool]) -> None:
    ready = readiness(GARDEN, known, {}, {})
    assert 0 <= ready.score <= 100
    assert round(sum(g.of_points for g in ready.gates), 6) == 100
    assert all(0 <= g.points <= g.of_points for g in ready.gates)
    if not all(g.open for g in ready.gates):
        assert ready.score < 60
    for name in ("water", "soil", *(("fence",) if known.get("deer") else ())):
        better = readiness(GARDEN, known | {name: True}, {}, {}).score
        worse = readiness(GARDEN, known | {name: False}, {}, {}).score
        assert worse < better
