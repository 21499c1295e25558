"""Precedence: keep, push, cap, constraint, location; over an interview about bicycles, whatever the topic."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.decision import decide, outcome
from bot.advice.model import Direction, Location, Verdict
from bot.advice.open_fields import open_fields
from bot.advice.ruling import TO_SETTLE, Ruling, allowed_locations, rule, weigh
from bot.interview.model import Facts, Gate, Interview, Kind, Option, Question, Rule, Stage, Truth
from bot.interview.model import Test as Compared

TEXTS = {"fr": "mots", "en": "words"}
FIELDS = ("heirloom", "too_slow", "no_skill", "parts_only", "children", "patent", "hates_far", "far", "near", "tools")


def _question(field: str) -> Question:
    yes_no = (Option(True, TEXTS), Option(False, TEXTS))
    return Question(field, "flow", Kind.BOOLEAN, TEXTS, TEXTS, TEXTS, (), yes_no)


def _rule(field: str, stage: Stage, **then: Any) -> Rule:
    return Rule(f"rule-{field}", stage, Compared(field, "is", True), then, TEXTS, (), (), TEXTS)


REPAIRS = Interview(
    "repairs",
    1,
    questions=tuple(_question(field) for field in FIELDS),
    rules=(
        _rule("heirloom", Stage.KEEP, verdict="in_house"),
        _rule("too_slow", Stage.PUSH, push="economic"),
        _rule("no_skill", Stage.PUSH, push="specialisation"),
        _rule("parts_only", Stage.PUSH, push="economic", partial="parts"),
        _rule("children", Stage.CAP, at_most="partial", reason="watch"),
        _rule("patent", Stage.CAP, at_most="partial", reason="secret", unknown_counts=True),
        _rule("hates_far", Stage.CONSTRAINT, exclude=("offshore", "nearshore")),
        _rule("far", Stage.LOCATION, prefer="offshore", weight=2),
        _rule("near", Stage.LOCATION, prefer="onshore", weight=1),
    ),
    gates=(Gate("tools", TEXTS, Compared("tools", "is", True), None, None, 10, TEXTS, None, TEXTS, (), ()),),
)
"""Who mends our bicycles, and where."""

NONE = dict.fromkeys(FIELDS, False)


def ruled(**known: bool) -> Ruling:
    return rule(REPAIRS, weigh(REPAIRS, known, {}))


@pytest.mark.parametrize(
    ("known", "target", "location", "push", "extent"),
    [
        (NONE, "in_house", "none", (), ()),
        (NONE | {"heirloom": True, "too_slow": True, "no_skill": True}, "in_house", "none", (), ()),
        (NONE | {"too_slow": True}, "full", "nearshore", ("economic",), ()),
        (NONE | {"no_skill": True}, "full", "nearshore", ("specialisation",), ()),
        (NONE | {"too_slow": True, "no_skill": True}, "full", "nearshore", ("economic", "specialisation"), ()),
        (NONE | {"parts_only": True}, "partial", "nearshore", ("economic",), ("parts",)),
        (NONE | {"parts_only": True, "too_slow": True}, "full", "nearshore", ("economic",), ()),
        (NONE | {"parts_only": True, "children": True}, "partial", "nearshore", ("economic",), ("parts", "watch")),
        (NONE | {"too_slow": True, "children": True}, "partial", "nearshore", ("economic",), ("watch",)),
        (NONE | {"too_slow": True, "patent": True, "children": True}, "partial", "nearshore", ("economic",),
         ("watch", "secret")),
        (NONE | {"children": True}, "in_house", "none", (), ()),
        (NONE | {"too_slow": True, "far": True}, "full", "offshore", ("economic",), ()),
        (NONE | {"too_slow": True, "near": True}, "full", "onshore", ("economic",), ()),
        (NONE | {"too_slow": True, "near": True, "far": True}, "full", "offshore", ("economic",), ()),
        (NONE | {"too_slow": True, "far": True, "hates_far": True}, "full", "onshore", ("economic",), ()),
    ],
)  # fmt: skip
def test_precedence(
    known: dict[str, bool], target: str, location: str, push: tuple[str, ...], extent: tuple[str, ...]
) -> None:
    ruling = ruled(**known)
    assert (ruling.target, ruling.location, ruling.push, ruling.extent) == (target, location, push, extent)
    assert not ruling.undecided
    assert ruling.conclusions == {"target": target, "location": location, "push": push, "extent": extent}


def test_what_is_not_known_caps_only_where_the_rule_says_so() -> None:
    known = NONE | {"too_slow": True}
    unsure = {f: v for f, v in known.items() if f not in ("children", "patent", "hates_far")}
    assert ruled(**unsure).extent == (TO_SETTLE,)
    assert ruled(**unsure, patent=False).target is Verdict.FULL
    assert ruled(**unsure, patent=False).location is Location.NEARSHORE


def test_a_reason_not_known_is_neither_there_nor_ruled_out() -> None:
    assert ruled().undecided
    assert "push" not in ruled().conclusions
    assert decide(REPAIRS, {}).verdict is Verdict.NOT_READY
    mostly = ruled(heirloom=False, too_slow=False, no_skill=False)
    assert (mostly.target, mostly.undecided) == (Verdict.IN_HOUSE, False)


def test_constraints_that_exclude_all_leave_what_is_nearest() -> None:
    everywhere = _rule("far", Stage.CONSTRAINT, exclude=("onshore", "nearshore", "offshore"))
    interview = Interview("x", 1, REPAIRS.questions, (*REPAIRS.rules[:7], everywhere), ())
    traces = weigh(interview, NONE | {"far": True}, {})
    assert allowed_locations(interview, traces) == (Location.ONSHORE,)


def test_a_gate_delays_and_never_decides() -> None:
    known = NONE | {"too_slow": True}
    closed, open_ = decide(REPAIRS, known), decide(REPAIRS, known | {"tools": True})
    assert (closed.verdict, closed.target, closed.location) == (Verdict.NOT_READY, Verdict.FULL, Location.NEARSHORE)
    assert (open_.verdict, open_.target, open_.location) == (Verdict.FULL, Verdict.FULL, Location.NEARSHORE)
    assert decide(REPAIRS, NONE).verdict is Verdict.IN_HOUSE, "what stays needs no preparation"


def test_each_rule_is_told_with_what_became_of_it() -> None:
    decision = decide(REPAIRS, {"too_slow": True, "heirloom": False, "children": True, "far": True})
    told = {finding.rule: finding for finding in decision.findings}
    assert list(told)[: len(REPAIRS.rules)] == [r.id for r in REPAIRS.rules]
    assert told["rule-too_slow"].truth is Truth.YES
    assert told["rule-too_slow"].decided_by == ("too_slow",)
    assert told["rule-heirloom"].truth is Truth.NO
    assert told["rule-no_skill"].missing == ("no_skill",)
    assert told["rule-far"].direction is Direction.OFFSHORE
    assert told["rule-hates_far"].direction.value == decision.location.value


KNOWN = st.fixed_dictionaries({}, optional={field: st.booleans() for field in FIELDS})


@given(KNOWN)
def test_decisive_is_what_the_outcome_would_be_other_without(known: Facts) -> None:
    decision = decide(REPAIRS, known)
    told = {finding.rule: finding for finding in decision.findings}
    for r in REPAIRS.rules:
        finding = told[r.id]
        [field] = [f for f in FIELDS if finding.rule == f"rule-{f}"]
        without = {**known, field: False}
        before = rule(REPAIRS, weigh(REPAIRS, known, {}))
        after = rule(REPAIRS, weigh(REPAIRS, without, {}))
        counts = known.get(field) is True or (field not in known and bool(r.then.get("unknown_counts")))
        differs = (before.target, before.location, before.undecided) != (after.target, after.location, after.undecided)
        assert finding.decisive == (counts and differs)


@given(KNOWN, st.fixed_dictionaries({field: st.booleans() for field in FIELDS}))
def test_only_open_fields_can_change_the_outcome(known: Facts, others: dict[str, bool]) -> None:
    still = open_fields(REPAIRS, known, weigh(REPAIRS, known, {}), {})
    assert not set(still) & set(known)
    if still:
        return
    now = outcome(REPAIRS, known)
    assert outcome(REPAIRS, {**others, **known}) == now


@given(KNOWN)
def test_the_short_way_and_the_long_way_agree(known: Facts) -> None:
    decision = decide(REPAIRS, known)
    assert outcome(REPAIRS, known) == (decision.verdict, decision.target, decision.location)
    assert (decision.target is Verdict.IN_HOUSE) == (decision.location is Location.NONE)
    if known.get("heirloom"):
        assert decision.verdict is Verdict.IN_HOUSE
    if known.get("hates_far"):
        assert decision.location in (Location.ONSHORE, Location.NONE)
