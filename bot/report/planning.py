"""How to go about it: readiness, risks, indicators, contract, partner, governance, people, roadmap."""

from __future__ import annotations

from collections.abc import Iterable

from bot.advice.model import GateState, Item, Recommendation, Verdict
from bot.interview.model import Interview, Truth
from bot.report.blocks import Block, Line
from bot.report.figures import weeks
from bot.report.labels import answer_of, label
from bot.report.phrases import in_language, phrase, upper_first
from bot.report.reasons import decided, items

GATE_MARKS = {"open": "✓", "partly": "◐", "closed": "✗", "unknown": "○"}


def gate_state(gate: GateState) -> str:
    """``open``, ``partly`` (open with work left), ``closed`` or ``unknown``."""
    if gate.truth is Truth.YES:
        return "partly" if gate.partly else "open"
    return "closed" if gate.truth is Truth.NO else "unknown"


def readiness(rec: Recommendation, interview: Interview, lang: str) -> tuple[Block, ...]:
    """The score, then each gate with what opens it and how long that takes."""
    ready = rec.decision.readiness
    kept = rec.decision.verdict is Verdict.IN_HOUSE
    title = "" if kept else phrase(lang, "readiness_score", score=ready.score)
    score = Line(_readiness_note(rec, lang), title, bullet=False)
    lines = tuple(_gate(gate, rec, interview, lang) for gate in _ordered(ready.gates))
    return (Block(phrase(lang, "readiness_title"), (score,)), *((Block("", lines),) if lines else ()))


def _ordered(gates: Iterable[GateState]) -> list[GateState]:
    """What needs work first."""
    return sorted(gates, key=lambda gate: ("closed", "unknown", "partly", "open").index(gate_state(gate)))


def _readiness_note(rec: Recommendation, lang: str) -> str:
    if rec.decision.verdict is Verdict.IN_HOUSE:
        return phrase(lang, "readiness_not_needed")
    stopped = any(not gate.open for gate in rec.decision.readiness.gates)
    return phrase(lang, "readiness_held" if stopped else "readiness_clear")


def readiness_left(rec: Recommendation, interview: Interview, lang: str, *, stopped: bool) -> tuple[Line, ...]:
    """The gates that leave something to do, where a picture shows all; without the ``stopped`` ones if told before."""
    wanted = {"partly", "closed", "unknown"} if stopped else {"partly"}
    left = [gate for gate in _ordered(rec.decision.readiness.gates) if gate_state(gate) in wanted]
    lines = []
    for gate in left:
        title = phrase(
            lang, "answered", label=in_language(gate.title, lang), value=phrase(lang, f"gate_{gate_state(gate)}")
        )
        detail = decided(gate.decided_by, rec, interview, lang)
        lines.append(Line(gate_action(gate, lang), title, detail, gate.cites))
    return (Line(_readiness_note(rec, lang), bullet=False), *lines)


def _gate(gate: GateState, rec: Recommendation, interview: Interview, lang: str) -> Line:
    state = gate_state(gate)
    title = f"{GATE_MARKS[state]} {in_language(gate.title, lang)} ({phrase(lang, f'gate_{state}')})"
    if state == "open":
        return Line("", title, cites=gate.cites, bullet=False)
    return Line(
        gate_action(gate, lang), title, decided(gate.decided_by, rec, interview, lang), gate.cites, bullet=False
    )


def gate_action(gate: GateState, lang: str) -> str:
    """What opens it, with its duration."""
    return timed(in_language(gate.action, lang), gate.weeks, lang)


def timed(text: str, duration: tuple[float, float] | None, lang: str) -> str:
    """The text with how long it takes, when that is known."""
    return phrase(lang, "timed", text=text.rstrip(" ."), weeks=weeks(duration, lang)) if duration else text


def first_actions(rec: Recommendation) -> tuple[GateState, ...]:
    """The gates that stop the project, closed ones before those not established."""
    stopped = (gate for gate in rec.decision.readiness.gates if not gate.open)
    return tuple(sorted(stopped, key=lambda gate: gate.truth is not Truth.NO))


def risks(rec: Recommendation, lang: str) -> tuple[Block, ...]:
    """The risks, highest first, with what makes them so here and the mitigation."""
    lines = []
    for risk in rec.plan.risks:
        level = phrase(lang, f"risk_{risk_level(risk)}")
        title = phrase(lang, "labelled", label=in_language(risk.title, lang), value=level)
        lines.append(Line(in_language(risk.text, lang), title, risk_reason(risk, lang), risk.cites))
    return (Block(phrase(lang, "risks_title"), tuple(lines)),) if lines else ()


def risk_level(risk: Item) -> int:
    """1 low, 2 medium, 3 high."""
    return min(max(risk.level, 1), 3)


def risk_reason(risk: Item, lang: str) -> str:
    """What makes the risk that high on this flow; empty when nothing does."""
    why = in_language(risk.why, lang)
    return phrase(lang, "risk_why", why=why) if why else ""


def split(rec: Recommendation, lang: str) -> tuple[Block, ...]:
    """For a partial target, what goes out and what stays."""
    if rec.decision.target is not Verdict.PARTIAL:
        return ()
    return (
        *items(phrase(lang, "goes_out"), rec.goes_out, lang),
        *items(phrase(lang, "stays"), rec.stays, lang),
    )


def roadmap(rec: Recommendation, interview: Interview, lang: str) -> tuple[Block, ...]:
    """The steps in order, with their durations, against the person's horizon."""
    lines = tuple(_step(n, step, lang) for n, step in enumerate(rec.plan.roadmap, 1))
    if not lines:
        return ()
    horizon = "time_horizon_months"
    if horizon in rec.facts:
        lines = (*lines, Line(upper_first(answer_of(rec, interview, horizon, lang)), bullet=False))
    elif horizon in interview.by_id:
        asked = phrase(lang, "labelled", label=label(interview, horizon, lang), value=phrase(lang, "not_known"))
        lines = (*lines, Line(asked, bullet=False))
    return (Block(phrase(lang, "roadmap_title"), lines),)


def _step(n: int, step: Item, lang: str) -> Line:
    title = in_language(step.title, lang)
    if step.weeks:
        title = phrase(lang, "labelled", label=title, value=weeks(step.weeks, lang))
    note = phrase(lang, "ours") if step.assumed else ""
    return Line(in_language(step.text, lang), f"{n}. {title}", note, step.cites, bullet=False)
