"""Readiness: gates that are open, closed or not established, and a score that never averages a closed one away."""

from __future__ import annotations

from bot.advice.model import GateState, Readiness
from bot.interview.conditions import Predicates, evaluate
from bot.interview.model import Facts, Gate, Interview, Truth

CLOSED_FACTOR = 0.6
"""While a gate is not open, the score is brought under 60 in proportion: it still falls when another gets worse."""


def readiness(interview: Interview, facts: Facts, conclusions: Facts, predicates: Predicates) -> Readiness:
    """The gates that apply, and a score from 0 to 100.

    Args:
        facts: what is known of the flow.
        conclusions: what the rules conclude, as facts.
    """
    known = {**facts, **conclusions}
    applying = [g for g in interview.gates if evaluate(g.applies, known, predicates).truth is Truth.YES]
    total = sum(g.weight for g in applying) or 1.0
    gates = tuple(_state(g, facts, known, predicates, 100 * g.weight / total) for g in applying)
    raw = sum(g.points for g in gates)
    return Readiness(round(raw if all(g.open for g in gates) else raw * CLOSED_FACTOR), gates)


def _state(gate: Gate, facts: Facts, known: Facts, predicates: Predicates, of_points: float) -> GateState:
    trace = evaluate(gate.opens, known, predicates)
    truth = Truth.UNKNOWN if trace.truth is Truth.NO and trace.missing else trace.truth
    is_open = trace.truth is Truth.YES
    partly = is_open and gate.partly is not None and evaluate(gate.partly, known, predicates).truth is not Truth.NO
    return GateState(
        id=gate.id,
        title=gate.title,
        truth=truth,
        partly=partly,
        action=gate.action,
        weeks=gate.weeks,
        because=gate.because,
        decided_by=tuple(name for name in trace.decided_by if name in facts),
        cites=gate.cites,
        points=0.0 if not is_open else of_points / 2 if partly else of_points,
        of_points=of_points,
    )
