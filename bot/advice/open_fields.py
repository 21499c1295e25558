"""Which answers could still change the verdict, the location or a gate: what the interview goes on asking."""

from __future__ import annotations

from collections.abc import Iterable

from bot.advice.model import Location
from bot.advice.ruling import NEARSHORE_BASE, OUTSIDE, Traces
from bot.interview.conditions import Predicates, Trace, evaluate
from bot.interview.model import Facts, Interview, Rule, Stage, Truth

QUOTE = "external_quote_vs_internal_pct"
FIGURES = ("monthly_volume", "aht_minutes", "agents_fte", "loaded_cost_per_agent_eur_year", QUOTE)
"""What the comparison of costs rests on, which can veto a reason that is only economic once there is a quote."""

ASKED_WITH_THE_QUOTE = ("agents_fte", QUOTE)


def open_fields(interview: Interview, facts: Facts, traces: Traces, predicates: Predicates) -> tuple[str, ...]:
    """The fields that are not known and could still matter, in the order of the interview.

    Never leaves one out that could; may hold one that, once the others are known, turns out not to.
    """
    keep = [traces[r.id] for r in interview.rules_of(Stage.KEEP)]
    if any(_sure(trace, Truth.YES) for trace in keep):
        return ()
    found = _missing(keep) | _push_and_cap(interview, facts, traces)
    if not _stays(interview, traces):
        found |= _location(interview, traces)
        found |= _gates(interview, facts, predicates)
    return tuple(q.id for q in interview.questions if q.id in found and q.id not in facts)


def _push_and_cap(interview: Interview, facts: Facts, traces: Traces) -> set[str]:
    pushes, caps = interview.rules_of(Stage.PUSH), interview.rules_of(Stage.CAP)
    capped = any(_sure(traces[r.id], Truth.YES) for r in caps)
    special = [r for r in pushes if r.then["push"] == "specialisation"]
    found: set[str] = set()
    if not any(_carries(r, traces, capped) for r in pushes):
        found |= _missing(traces[r.id] for r in pushes)
    has_reason = any(traces[r.id].truth is Truth.YES for r in pushes)
    if has_reason and not any(_sure(traces[r.id], Truth.YES) for r in special):
        # Costs may veto a reason that is only economic, unless a skill is missing too.
        found |= set(FIGURES if QUOTE in facts else ASKED_WITH_THE_QUOTE) | _missing(traces[r.id] for r in special)
    whole_possible = any("partial" not in r.then and not _sure(traces[r.id], Truth.NO) for r in pushes)
    if whole_possible and not capped:
        found |= _missing(traces[r.id] for r in caps)
    return found


def _carries(r: Rule, traces: Traces, capped: bool) -> bool:
    """Whether a push settles by itself how much goes outside."""
    return _sure(traces[r.id], Truth.YES) and (capped or "partial" not in r.then)


def _stays(interview: Interview, traces: Traces) -> bool:
    """Whether there surely is no reason to go outside."""
    return all(_sure(traces[r.id], Truth.NO) for r in interview.rules_of(Stage.PUSH))


def _location(interview: Interview, traces: Traces) -> set[str]:
    constraints = interview.rules_of(Stage.CONSTRAINT)
    gone = {Location(x) for r in constraints if _sure(traces[r.id], Truth.YES) for x in r.then["exclude"]}
    possible = [place for place in OUTSIDE if place not in gone]
    if len(possible) <= 1:
        return set()
    low = {place: NEARSHORE_BASE if place is Location.NEARSHORE else 0.0 for place in possible}
    high = dict(low)
    preferences = [r for r in interview.rules_of(Stage.LOCATION) if Location(r.then["prefer"]) in low]
    for r in preferences:
        place, weight = Location(r.then["prefer"]), float(r.then["weight"])
        if not _sure(traces[r.id], Truth.NO):
            high[place] += weight
        if _sure(traces[r.id], Truth.YES):
            low[place] += weight
    best = max(possible, key=lambda place: low[place])
    rivals = {p for p in possible if p is not best and not _beaten(p, high[p], best, low[best])}
    excluding = _missing(
        traces[r.id] for r in constraints if {Location(x) for x in r.then["exclude"]} & ({best} | rivals)
    )
    if not rivals:
        sure_to_stay = not any(best.value in r.then["exclude"] and traces[r.id].missing for r in constraints)
        return set() if sure_to_stay else excluding
    contenders = rivals | {best}
    return excluding | _missing(traces[r.id] for r in preferences if Location(r.then["prefer"]) in contenders)


def _beaten(place: Location, most: float, best: Location, least: float) -> bool:
    return most < least or (most == least and OUTSIDE.index(best) < OUTSIDE.index(place))


def _gates(interview: Interview, facts: Facts, predicates: Predicates) -> set[str]:
    found: set[str] = set()
    for gate in interview.gates:
        applies = evaluate(gate.applies, facts, predicates)
        trace = evaluate(gate.opens, facts, predicates)
        found |= set(applies.missing) | (set(trace.missing) if applies.truth is Truth.YES else set())
    return found


def _missing(traces: Iterable[Trace]) -> set[str]:
    return {field for trace in traces for field in trace.missing}


def _sure(trace: Trace, truth: Truth) -> bool:
    return trace.truth is truth and not trace.missing
