"""A recommendation as one JSON object: what ``assess`` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.advice.model import Alert, Assumption, Change, CostLine, Costs, Finding, GateState, Item, Range, Recommendation
from bot.interview.model import Facts, Interview, Truth, Value
from bot.report.blocks import Titles
from bot.report.figures import sayable
from bot.report.labels import label
from bot.report.phrases import in_language, shorten
from bot.report.planning import gate_state
from bot.report.sections import full_text


def as_json(rec: Recommendation, interview: Interview, lang: str, titles: Titles) -> dict[str, Any]:
    """The whole recommendation with its sentences in ``lang``; ``text`` is what a person reads.

    ``findings`` are the rules that count; those that do not hold, or could not be told, are under ``not_fired``.
    A range is ``{"low", "central", "high"}`` in euros, or null when nothing supports it.
    """
    decision = rec.decision
    fired = [f for f in decision.findings if f.truth is Truth.YES or f.decisive]
    plan = rec.plan
    lacking = tuple(dict.fromkeys((*rec.missing, *decision.open_fields)))
    return {
        "flow": shorten(rec.flow_name, 200),
        "lang": lang,
        "verdict": decision.verdict.value,
        "target": decision.target.value,
        "location": decision.location.value,
        "confidence": round(decision.confidence, 2),
        "readiness": {
            "score": decision.readiness.score,
            "gates": [_gate(gate, lang) for gate in decision.readiness.gates],
        },
        "goes_out": _items(rec.goes_out, lang),
        "stays": _items(rec.stays, lang),
        "costs": _costs(rec.costs, lang),
        "findings": [_finding(f, lang) for f in fired],
        "not_fired": [_finding(f, lang) for f in decision.findings if f not in fired],
        "against": _items(rec.against, lang),
        "flips": [_flip(change) for change in rec.flips],
        "risks": [{**_item(i, lang), "level": i.level, "why": in_language(i.why, lang)} for i in plan.risks],
        "kpis": _items(plan.kpis, lang),
        "sla": _items(plan.sla, lang),
        "contract": _items(plan.contract, lang),
        "partner": _items(plan.partner, lang),
        "governance": _items(plan.governance, lang),
        "people": _items(plan.people, lang),
        "roadmap": [{**_item(i, lang), "weeks": _pair(i.weeks)} for i in plan.roadmap],
        "provider_questions": _items(plan.provider_questions, lang),
        "assumptions": [_assumption(a, lang) for a in (*rec.costs.assumptions, *rec.notes) if sayable(a, rec.costs)],
        "missing": list(lacking),
        "missing_labels": {name: label(interview, name, lang) for name in lacking},
        "open_fields": list(decision.open_fields),
        "warnings": [_alert(alert, lang) for alert in rec.warnings],
        "sources": {passage: titles(passage) for passage in _passages(rec)},
        "text": full_text(rec, interview, lang, titles),
    }


def _range(span: Range | None, digits: int = 0) -> dict[str, float] | None:
    if span is None:
        return None
    low, central, high = (round(v, digits) if digits else round(v) for v in (span.low, span.central, span.high))
    return {"low": low, "central": central, "high": high}


def _costs(costs: Costs, lang: str) -> dict[str, Any]:
    people = costs.staffing
    return {
        "internal_year": _range(costs.internal_year),
        "external_year": _range(costs.external_year),
        "tco3_internal": _range(costs.tco3_internal),
        "tco3_external": _range(costs.tco3_external),
        "gain3": _range(costs.gain3),
        "gain3_pct": _round(costs.gain3_pct),
        "break_even": in_language(costs.break_even, lang),
        "break_even_volume": _round(costs.break_even_volume),
        "lost_customers": _round(costs.lost_customers),
        "share_out": _range(costs.share_out, 2),
        "quote_based": costs.quote_based,
        "alternative": bool(getattr(costs, "alternative", False)),
        "opportunity_hours": _range(costs.opportunity_hours),
        "staffing": {
            "workload_fte": _range(people.workload_fte, 2),
            "live_fte": _range(people.live_fte, 2),
            "seats_fte": _round(people.seats_fte),
            "needed_fte": _range(people.needed_fte, 2),
            "headcount": _range(people.headcount, 2),
        },
        "internal_lines": [_line(line, lang) for line in costs.internal_lines],
        "external_lines": [_line(line, lang) for line in costs.external_lines],
        "once_lines": [_line(line, lang) for line in costs.once_lines],
        "tornado": [
            {
                "label": in_language(swing.label, lang),
                "at_low": round(swing.at_low),
                "at_high": round(swing.at_high),
                "field": swing.field,
            }
            for swing in costs.tornado
        ],
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _line(line: CostLine, lang: str) -> dict[str, Any]:
    return {
        "id": line.id,
        "label": in_language(line.label, lang),
        **(_range(line.range) or {}),
        "assumed": line.assumed,
        "cites": list(line.cites),
    }


def _gate(gate: GateState, lang: str) -> dict[str, Any]:
    return {
        "id": gate.id,
        "title": in_language(gate.title, lang),
        "open": gate.open,
        "state": gate_state(gate),
        "action": in_language(gate.action, lang),
        "weeks": _pair(gate.weeks),
        "because": in_language(gate.because, lang),
        "decided_by": list(gate.decided_by),
        "cites": list(gate.cites),
        "points": round(gate.points, 1),
        "of_points": round(gate.of_points, 1),
    }


def _pair(span: tuple[float, float] | None) -> list[float] | None:
    return list(span) if span else None


def _finding(finding: Finding, lang: str) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "title": in_language(finding.title, lang),
        "direction": finding.direction.value,
        "truth": finding.truth.value,
        "because": in_language(finding.because, lang),
        "decided_by": list(finding.decided_by),
        "missing": list(finding.missing),
        "cites": list(finding.cites),
        "decisive": finding.decisive,
    }


def _flip(change: Change) -> dict[str, Any]:
    return {
        "answers": _answers(change.answers),
        "verdict": change.verdict.value,
        "target": change.target.value if change.target else None,
        "location": change.location.value,
    }


def _answers(facts: Facts | Mapping[str, Value]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}


def _items(several: tuple[Item, ...], lang: str) -> list[dict[str, Any]]:
    return [_item(item, lang) for item in several]


def _item(item: Item, lang: str) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": in_language(item.title, lang),
        "text": in_language(item.text, lang),
        "assumed": item.assumed,
        "cites": list(item.cites),
    }


def _assumption(assumption: Assumption, lang: str) -> dict[str, Any]:
    span = assumption.range
    return {
        "id": assumption.id,
        "label": in_language(assumption.label, lang),
        "low": span.low,
        "central": span.central,
        "high": span.high,
        "unit": in_language(assumption.unit, lang),
        "field": assumption.field,
    }


def _alert(alert: Alert, lang: str) -> dict[str, Any]:
    return {
        "id": alert.id,
        "text": in_language(alert.text, lang),
        "fields": list(alert.fields),
        "cites": list(alert.cites),
    }


def _passages(rec: Recommendation) -> tuple[str, ...]:
    plan = rec.plan
    chapters = (
        plan.risks,
        plan.kpis,
        plan.sla,
        plan.contract,
        plan.partner,
        plan.governance,
        plan.people,
        plan.roadmap,
        plan.provider_questions,
        rec.goes_out,
        rec.stays,
        rec.against,
    )
    lines = (rec.costs.internal_lines, rec.costs.external_lines, rec.costs.once_lines)
    found = [f.cites for f in rec.decision.findings] + [g.cites for g in rec.decision.readiness.gates]
    found += [i.cites for chapter in chapters for i in chapter] + [i.cites for several in lines for i in several]
    found += [alert.cites for alert in rec.warnings]
    return tuple(dict.fromkeys(passage for cites in found for passage in cites))
