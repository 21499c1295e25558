"""Conditions over facts, three-valued, with the trace of what decided them or what they lack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.interview.model import All, Any_, Condition, Facts, Known, Named, Not, Test, Truth, Value


@dataclass(frozen=True)
class Trace:
    """What became of a condition."""

    truth: Truth
    decided_by: tuple[str, ...] = ()
    """The fields whose values made it YES or NO."""
    missing: tuple[str, ...] = ()
    """The fields that are not known and could still decide it otherwise; empty when nothing can."""
    leaning: bool = field(default=False, compare=False)
    """When UNKNOWN: whether at least half of what it takes together already holds."""


Predicate = Callable[[Facts], Trace]
Predicates = Mapping[str, Predicate]
"""Conditions too hard for data, by name: see ``bot.advice.predicates``."""

_OPPOSITE = {Truth.YES: Truth.NO, Truth.NO: Truth.YES, Truth.UNKNOWN: Truth.UNKNOWN}


def evaluate(condition: Condition | None, facts: Facts, predicates: Predicates) -> Trace:
    """The condition's truth over what is known; None is YES.

    Raises:
        KeyError: a named predicate does not exist.
    """
    match condition:
        case None:
            return Trace(Truth.YES)
        case Test(field=name):
            if name not in facts:
                return Trace(Truth.UNKNOWN, missing=(name,))
            return Trace(Truth.YES if _holds(condition, facts[name]) else Truth.NO, (name,))
        case Known(fields=names):
            known = tuple(name for name in names if name in facts)
            return Trace(Truth.YES, known) if known else Trace(Truth.NO, missing=names)
        case Named(name=name):
            return predicates[name](facts)
        case Not(condition=inner):
            trace = evaluate(inner, facts, predicates)
            return Trace(_OPPOSITE[trace.truth], trace.decided_by, trace.missing)
        case All(conditions=inner_ones):
            return _combine([evaluate(c, facts, predicates) for c in inner_ones], Truth.NO)
        case Any_(conditions=inner_ones):
            return _combine([evaluate(c, facts, predicates) for c in inner_ones], Truth.YES)


def _combine(traces: list[Trace], decisive: Truth) -> Trace:
    """``All`` is decided by one NO, ``Any_`` by one YES; else one UNKNOWN leaves it open."""
    deciders = [t for t in traces if t.truth is decisive]
    if deciders:
        final = any(not t.missing for t in deciders)
        missing = () if final else _unique(f for t in deciders for f in t.missing)
        return Trace(decisive, _unique(f for t in deciders for f in t.decided_by), missing)
    missing = _unique(f for t in traces for f in t.missing)
    if any(t.truth is Truth.UNKNOWN for t in traces):
        holding = sum(t.truth is Truth.YES for t in traces)
        return Trace(Truth.UNKNOWN, missing=missing, leaning=decisive is Truth.NO and 2 * holding >= len(traces))
    return Trace(_OPPOSITE[decisive], _unique(f for t in traces for f in t.decided_by), missing)


def fields_of(condition: Condition | None) -> frozenset[str]:
    """The fields that a condition looks at, save those of its named predicates."""
    match condition:
        case Test(field=name):
            return frozenset((name,))
        case Known(fields=names):
            return frozenset(names)
        case Not(condition=inner):
            return fields_of(inner)
        case All(conditions=several) | Any_(conditions=several):
            return frozenset().union(*(fields_of(c) for c in several))
    return frozenset()


def names_of(condition: Condition | None) -> frozenset[str]:
    """The named predicates that a condition looks at."""
    match condition:
        case Named(name=name):
            return frozenset((name,))
        case Not(condition=inner):
            return names_of(inner)
        case All(conditions=several) | Any_(conditions=several):
            return frozenset().union(*(names_of(c) for c in several))
    return frozenset()


def _holds(test: Test, value: Value) -> bool:
    wanted = test.operand
    match test.op:
        case "is":
            return (type(value) is type(wanted) and value == wanted) or _number(value) == _number(wanted) is not None
        case "in":
            return isinstance(wanted, tuple) and value in wanted
        case "has":
            return isinstance(value, tuple) and isinstance(wanted, tuple) and any(w in value for w in wanted)
    number, bound = _number(value), _number(wanted)
    if number is None or bound is None:
        return False
    match test.op:
        case "above":
            return number > bound
        case "below":
            return number < bound
        case "at_least":
            return number >= bound
        case "at_most":
            return number <= bound


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
