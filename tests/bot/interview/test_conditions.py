"""Conditions are three-valued, and tell what decided them or what they lack."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.interview import model
from bot.interview.conditions import Predicates, Trace, evaluate, fields_of, names_of
from bot.interview.model import All, Any_, Condition, Facts, Known, Named, Not, Truth, Value

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
TRUTHS = (YES, NO, UNKNOWN)


def is_(field: str, value: Value) -> Condition:
    return model.Test(field, "is", value)


def truth(condition: Condition | None, **facts: Value) -> Truth:
    return evaluate(condition, facts, {}).truth


def of(field: str, wanted: Truth, facts: dict[str, Value]) -> Condition:
    """A condition of that truth, on a field of its own."""
    if wanted is not UNKNOWN:
        facts[field] = wanted is YES
    return is_(field, True)


def both(first: Truth, second: Truth) -> Truth:
    """Kleene's and."""
    return NO if NO in (first, second) else UNKNOWN if UNKNOWN in (first, second) else YES


def either(first: Truth, second: Truth) -> Truth:
    """Kleene's or."""
    return YES if YES in (first, second) else UNKNOWN if UNKNOWN in (first, second) else NO


@pytest.mark.parametrize("first", TRUTHS)
@pytest.mark.parametrize("second", TRUTHS)
def test_all_and_any_follow_the_three_valued_tables(first: Truth, second: Truth) -> None:
    facts: dict[str, Value] = {}
    pair = (of("a", first, facts), of("b", second, facts))
    assert truth(All(pair), **facts) is both(first, second)
    assert truth(Any_(pair), **facts) is either(first, second)


def test_not_turns_yes_and_no_and_leaves_unknown() -> None:
    assert truth(Not(is_("a", True)), a=True) is NO
    assert truth(Not(is_("a", True)), a=False) is YES
    assert truth(Not(is_("a", True))) is UNKNOWN


def test_no_condition_always_holds() -> None:
    assert truth(None) is YES
    assert truth(All(())) is YES
    assert truth(Any_(())) is NO


def test_known_is_never_unknown() -> None:
    assert truth(Known(("a", "b"))) is NO
    assert truth(Known(("a", "b")), b=False) is YES


@pytest.mark.parametrize(
    ("op", "operand", "value", "expected"),
    [
        ("is", "cost", "cost", YES),
        ("is", "cost", "Cost", NO),
        ("is", 2, 2, YES),
        ("is", 2, 2.0, YES),
        ("is", 1, True, NO),
        ("is", True, 1, NO),
        ("is", ("fr",), ("fr",), YES),
        ("in", ("health", "finance"), "finance", YES),
        ("in", ("health", "finance"), "none", NO),
        ("in", (1, 2), 2, YES),
        ("has", ("phone", "chat"), ("email", "chat"), YES),
        ("has", ("phone", "chat"), ("email",), NO),
        ("has", ("phone",), (), NO),
        ("has", ("phone",), "phone", NO),
        ("above", 5, 5, NO),
        ("above", 5, 5.1, YES),
        ("below", 5, 5, NO),
        ("below", 5, -1, YES),
        ("at_least", 5, 5, YES),
        ("at_least", 5, 4.9, NO),
        ("at_most", 5, 5, YES),
        ("at_most", 5, 6, NO),
        ("above", 0, "many", NO),
        ("above", 0, True, NO),
    ],
)
def test_a_field_is_compared(op: str, operand: Value, value: Value, expected: Truth) -> None:
    test = model.Test("f", op, operand)  # type: ignore[arg-type]
    assert evaluate(test, {"f": value}, {}) == Trace(expected, ("f",))
    assert evaluate(test, {}, {}) == Trace(UNKNOWN, missing=("f",))


def test_what_decided_is_told() -> None:
    condition = All((is_("a", True), is_("b", True), is_("c", True)))
    assert evaluate(condition, {"a": True, "b": True, "c": True}, {}) == Trace(YES, ("a", "b", "c"))
    assert evaluate(condition, {"a": True, "b": False}, {}) == Trace(NO, ("b",))
    assert evaluate(condition, {"a": True}, {}) == Trace(UNKNOWN, missing=("b", "c"))
    one = Any_((is_("a", True), is_("b", True)))
    assert evaluate(one, {"b": True}, {}) == Trace(YES, ("b",))
    assert evaluate(Not(one), {"b": True}, {}) == Trace(NO, ("b",))


def test_a_field_that_decides_twice_is_told_once() -> None:
    twice = All((model.Test("v", "above", 1), model.Test("v", "below", 9)))
    assert evaluate(twice, {"v": 5}, {}) == Trace(YES, ("v",))
    assert evaluate(twice, {}, {}) == Trace(UNKNOWN, missing=("v",))


def test_a_named_predicate_is_asked() -> None:
    def heavy(facts: Facts) -> Trace:
        return Trace(YES, ("load",)) if "load" in facts else Trace(UNKNOWN, missing=("load",))

    predicates: Predicates = {"heavy": heavy}
    assert evaluate(Not(Named("heavy")), {"load": 3}, predicates) == Trace(NO, ("load",))
    assert evaluate(Named("heavy"), {}, predicates) == Trace(UNKNOWN, missing=("load",))
    with pytest.raises(KeyError, match="light"):
        evaluate(Named("light"), {}, predicates)


def test_fields_and_names_are_found_at_any_depth() -> None:
    condition = All((is_("a", 1), Any_((Not(is_("b", 1)), Named("p"))), Not(All((Known(("c", "d")), Named("q"))))))
    assert fields_of(condition) == {"a", "b", "c", "d"}
    assert names_of(condition) == {"p", "q"}
    assert fields_of(None) == names_of(None) == frozenset()


FIELDS = ("a", "b", "c", "d")
TESTS = st.builds(
    model.Test,
    st.sampled_from(FIELDS),
    st.sampled_from(["is", "above", "below", "at_least", "at_most"]),
    st.integers(0, 3),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Any_, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=12,
)
WHOLE = st.fixed_dictionaries({field: st.integers(0, 3) for field in FIELDS})


def only(facts: Mapping[str, Value], fields: set[str] | tuple[str, ...]) -> dict[str, Value]:
    return {field: value for field, value in facts.items() if field in fields}


@given(CONDITIONS, WHOLE, st.sets(st.sampled_from(FIELDS)))
def test_filling_in_an_unknown_never_overturns_what_was_decided(
    condition: Condition, whole: dict[str, int], known: set[str]
) -> None:
    before, after = evaluate(condition, only(whole, known), {}), evaluate(condition, whole, {})
    assert before.truth in (UNKNOWN, after.truth)
    assert after.truth is not UNKNOWN


@given(CONDITIONS, WHOLE, st.sets(st.sampled_from(FIELDS)))
def test_what_is_said_to_decide_is_enough_and_what_is_said_to_lack_is_all(
    condition: Condition, whole: dict[str, int], known: set[str]
) -> None:
    facts = only(whole, known)
    trace = evaluate(condition, facts, {})
    if trace.truth is UNKNOWN:
        assert trace.missing
        assert not set(trace.missing) & known
        assert evaluate(condition, only(whole, set(FIELDS) - set(trace.missing)), {}).truth is UNKNOWN
    else:
        assert set(trace.decided_by) <= known
        assert evaluate(condition, only(facts, trace.decided_by), {}).truth is trace.truth
