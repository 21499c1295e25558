"""One flow's facts to a decision: rules, then the veto of costs, then the gates of readiness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.advice.cost import costs
from bot.advice.model import Decision, Direction, Finding, Location, Verdict
from bot.advice.open_fields import FIGURES, QUOTE, open_fields
from bot.advice.predicates import PREDICATES, number
from bot.advice.readiness import readiness
from bot.advice.ruling import Ruling, Traces, rule, weigh
from bot.interview.conditions import Trace, fields_of
from bot.interview.model import Facts, Interview, Rule, Stage, Texts, Truth

Bounds = Mapping[str, tuple[float, float]]
"""The ends of the ranges that the person gave, by field."""

TOO_DEAR_PCT = 5.0
"""By how much, of the three-year cost in-house, a cheaper quote may turn out dearer in the end before it keeps a flow
in-house: under that, our assumptions could be what makes the difference."""

NO_GAIN = "no-gain"
"""The id of the finding that outsourcing costs no less while it was only about costs."""

_NO_GAIN_TITLE: Texts = {"fr": "Aucun gain sur 3 ans", "en": "No gain over 3 years"}
_NO_GAIN_BECAUSE: Texts = {
    "fr": (
        "Le seul motif est économique, or, devis en main, externaliser ne coûterait pas moins sur trois ans "
        "(transition, pilotage et sortie compris)\u00a0: mieux vaut garder ce flux."
    ),
    "en": (
        "The only reason is economic, yet by your quote outsourcing would cost no less over three years (transition, "
        "piloting and exit included): better to keep this flow."
    ),
}
_NO_GAIN_CITES = ("preparation-and-timeline#total-cost-3-years", "five-mistakes#mistake-price-choice")

_MUST_BE_KNOWN = frozenset(
    (
        *("objective", "objectives_defined", "monthly_volume", "aht_minutes", "hours_needed", "languages_needed"),
        *("complexity", "regulated", "unique_knowhow", "process_documented", "baseline_kpis_known", "pilot_capacity"),
        *("location_constraint", "scripted"),
    )
)
_DIRECTIONS = {Stage.KEEP: Direction.IN_HOUSE, Stage.PUSH: Direction.OUTSOURCE, Stage.CAP: Direction.PARTIAL}


def decide(interview: Interview, facts: Facts, bounds: Bounds | None = None) -> Decision:
    """The verdict, location and readiness of one flow, with every rule looked at.

    Args:
        facts: what is known, the company's answers included.
        bounds: the ranges that the person gave.
    """
    traces = weigh(interview, facts, PREDICATES)
    ruling, veto = _settled(interview, facts, traces, bounds)
    ready = readiness(interview, facts, ruling.conclusions, PREDICATES)
    target = ruling.target
    is_closed = target is not Verdict.IN_HOUSE and not all(gate.open for gate in ready.gates)
    return Decision(
        verdict=Verdict.NOT_READY if is_closed or ruling.undecided else target,
        target=target,
        location=ruling.location,
        confidence=_confidence(interview, facts, traces, ruling),
        readiness=ready,
        findings=_findings(interview, traces, ruling, veto),
        open_fields=open_fields(interview, facts, traces, PREDICATES),
        extent=ruling.conclusions,
        vetoed=(old.target, old.location, old.extent) if (old := ruling.vetoed) else None,
    )


def outcome(interview: Interview, facts: Facts, bounds: Bounds | None = None) -> tuple[Verdict, Verdict, Location]:
    """Verdict, target and location only: what two sets of answers are compared by."""
    traces = weigh(interview, facts, PREDICATES)
    ruling, _ = _settled(interview, facts, traces, bounds)
    if ruling.target is Verdict.IN_HOUSE:
        return Verdict.IN_HOUSE, Verdict.IN_HOUSE, Location.NONE
    gates = readiness(interview, facts, ruling.conclusions, PREDICATES).gates
    ready = not ruling.undecided and all(gate.open for gate in gates)
    return ruling.target if ready else Verdict.NOT_READY, ruling.target, ruling.location


def _settled(interview: Interview, facts: Facts, traces: Traces, bounds: Bounds | None) -> tuple[Ruling, Trace | None]:
    """The ruling once costs had their say; they can only veto a reason that is economic alone."""
    ruling = rule(interview, traces)
    if ruling.push != ("economic",):
        return ruling, None
    veto = _no_gain(facts, ruling, bounds)
    if veto.truth is Truth.YES:
        return replace(ruling, target=Verdict.IN_HOUSE, location=Location.NONE, vetoed=ruling), veto
    return ruling, veto


def _no_gain(facts: Facts, ruling: Ruling, bounds: Bounds | None) -> Trace:
    """Only a quote can tell; our other assumptions veto only beyond what they may be off by, our own prices never."""
    quote = number(facts, QUOTE)
    if quote is None:
        return Trace(Truth.UNKNOWN, missing=(QUOTE,))
    if quote >= 0:
        return Trace(Truth.YES, (QUOTE,))
    reckoned = costs(
        facts, target=ruling.target, location=ruling.location, extent=ruling.extent, bounds=bounds, detail=False
    )
    if reckoned.gain3_pct is None:
        return Trace(Truth.UNKNOWN, missing=tuple(f for f in FIGURES if f not in facts))
    looked_at = tuple(f for f in FIGURES if f in facts)
    return Trace(Truth.YES if reckoned.gain3_pct < -TOO_DEAR_PCT else Truth.NO, looked_at)


def _findings(interview: Interview, traces: Traces, ruling: Ruling, veto: Trace | None) -> tuple[Finding, ...]:
    found = [_finding(interview, r, traces, ruling, veto) for r in interview.rules]
    if veto is not None:
        after = next((n for n, r in enumerate(interview.rules) if r.stage is Stage.NOTE), len(found))
        found.insert(
            after,
            Finding(
                rule=NO_GAIN,
                title=_NO_GAIN_TITLE,
                direction=Direction.IN_HOUSE,
                truth=veto.truth,
                because=_NO_GAIN_BECAUSE,
                decided_by=veto.decided_by,
                missing=veto.missing,
                cites=_NO_GAIN_CITES,
                decisive=veto.truth is Truth.YES,
            ),
        )
    return tuple(found)


def _finding(interview: Interview, r: Rule, traces: Traces, ruling: Ruling, veto: Trace | None) -> Finding:
    trace = traces[r.id]
    counts = trace.truth is Truth.YES or (trace.truth is Truth.UNKNOWN and bool(r.then.get("unknown_counts")))
    vetoed = veto is not None and veto.truth is Truth.YES
    without = {**traces, r.id: Trace(Truth.NO)}
    return Finding(
        rule=r.id,
        title=r.title,
        direction=_direction(r, ruling.location),
        truth=trace.truth,
        because=r.because,
        decided_by=trace.decided_by,
        missing=trace.missing,
        cites=r.cites,
        decisive=counts and not vetoed and _differs(rule(interview, without), ruling),
    )


def _differs(one: Ruling, other: Ruling) -> bool:
    return (one.target, one.location, one.undecided) != (other.target, other.location, other.undecided)


def _direction(r: Rule, location: Location) -> Direction:
    match r.stage:
        case Stage.LOCATION:
            return Direction(r.then["prefer"])
        case Stage.CONSTRAINT:
            # What is chosen always satisfies it.
            return Direction.ONSHORE if location is Location.NONE else Direction(location.value)
        case Stage.NOTE:
            return Direction(r.then["direction"])
    return _DIRECTIONS[r.stage]


def _confidence(interview: Interview, facts: Facts, traces: Traces, ruling: Ruling) -> float:
    """0.95 when all that rules and gates look at is known; what must be asked weighs three times the rest."""
    looked_at = {f for r in interview.rules for f in fields_of(r.when)}
    looked_at |= {f for g in interview.gates for f in fields_of(g.opens)} | _MUST_BE_KNOWN
    fields = [q.id for q in interview.questions if q.id in looked_at]
    weight = {f: 3.0 if f in _MUST_BE_KNOWN else 1.0 for f in fields}
    known = sum(weight[f] for f in fields if f in facts) / (sum(weight.values()) or 1.0)
    confidence = 0.15 + 0.8 * known
    if any(traces[r.id].truth is Truth.YES for r in interview.rules_of(Stage.KEEP)):
        # One sure reason to keep a flow needs no other answer.
        confidence = max(confidence, 0.6)
    return round(confidence / 2 if ruling.undecided else confidence, 2)
