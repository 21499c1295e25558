"""The rules' precedence: keep in-house, then pushes, then caps, then location. Pure logic over the rules' truths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.advice.model import Location, Verdict
from bot.interview.conditions import Predicates, Trace, evaluate
from bot.interview.model import Facts, Interview, Rule, Stage, Truth

Traces = Mapping[str, Trace]
"""What became of each rule, by its id."""

NEARSHORE_BASE = 1.0
"""What speaks for nearshore before any rule: it is the sources' middle way."""

OUTSIDE = (Location.ONSHORE, Location.NEARSHORE, Location.OFFSHORE)
"""Where a flow may go; the first of two equally fit is chosen."""

TO_SETTLE = "to_settle"
"""Why only a part goes outside while what could cap it is not known: no reason of the interview's."""


@dataclass(frozen=True)
class Ruling:
    """What the rules say, before costs and readiness."""

    target: Verdict
    location: Location
    push: tuple[str, ...] = ()
    """The kinds of reasons to go outside that hold: ``economic``, ``specialisation``."""
    extent: tuple[str, ...] = ()
    """Why only a part goes outside; empty unless the target is PARTIAL."""
    undecided: bool = False
    """Too little is known to tell a reason to go outside from the lack of one."""
    vetoed: Ruling | None = None
    """What the rules said before costs kept the flow in-house."""

    @property
    def conclusions(self) -> Facts:
        """As facts, for the gates and the plan; what is undecided is left out."""
        told: dict[str, str | tuple[str, ...]] = {"target": self.target.value, "location": self.location.value}
        if not self.undecided:
            told["push"] = self.push
        return told | {"extent": self.extent}


def weigh(interview: Interview, facts: Facts, predicates: Predicates) -> Traces:
    """Every rule looked at."""
    return {rule.id: evaluate(rule.when, facts, predicates) for rule in interview.rules}


def rule(interview: Interview, traces: Traces) -> Ruling:
    """The rules' verdict and location."""
    if any(_yes(r, traces) for r in interview.rules_of(Stage.KEEP)):
        return Ruling(Verdict.IN_HOUSE, Location.NONE)
    pushes = interview.rules_of(Stage.PUSH)
    holding = [r for r in pushes if _yes(r, traces)]
    if not holding:
        ruled_out = sum(traces[r.id].truth is Truth.NO and not traces[r.id].missing for r in pushes)
        if 2 * ruled_out >= len(pushes) and not any(traces[r.id].leaning for r in pushes):
            return Ruling(Verdict.IN_HOUSE, Location.NONE)
        return Ruling(Verdict.PARTIAL, locate(interview, traces), undecided=True)
    push = tuple(dict.fromkeys(str(r.then["push"]) for r in holding))
    extent = _extent(interview, traces, holding)
    target = Verdict.PARTIAL if extent else Verdict.FULL
    return Ruling(target, locate(interview, traces), push, extent)


def locate(interview: Interview, traces: Traces) -> Location:
    """The location with the most weight among those that are not excluded."""
    allowed = allowed_locations(interview, traces)
    weights = {place: NEARSHORE_BASE if place is Location.NEARSHORE else 0.0 for place in allowed}
    for r in interview.rules_of(Stage.LOCATION):
        place = Location(r.then["prefer"])
        if place in weights and _yes(r, traces):
            weights[place] += float(r.then["weight"])
    return max(allowed, key=lambda place: weights[place])


def allowed_locations(interview: Interview, traces: Traces) -> tuple[Location, ...]:
    """Those that no constraint excludes; onshore when constraints leave none."""
    excluded = {
        Location(name) for r in interview.rules_of(Stage.CONSTRAINT) if _counts(r, traces) for name in r.then["exclude"]
    }
    return tuple(place for place in OUTSIDE if place not in excluded) or (Location.ONSHORE,)


def _extent(interview: Interview, traces: Traces, holding: list[Rule]) -> tuple[str, ...]:
    caps = interview.rules_of(Stage.CAP)
    reasons = [str(r.then["reason"]) for r in caps if _yes(r, traces)]
    if all("partial" in r.then for r in holding):
        reasons = [str(r.then["partial"]) for r in holding] + reasons
    if not reasons and any(_counts(r, traces) for r in caps):
        return (TO_SETTLE,)
    return tuple(dict.fromkeys(reasons))


def _yes(r: Rule, traces: Traces) -> bool:
    return traces[r.id].truth is Truth.YES


def _counts(r: Rule, traces: Traces) -> bool:
    """Whether a cap or a constraint applies: what is not known is not harmless where the rule says so."""
    truth = traces[r.id].truth
    return truth is Truth.YES or (truth is Truth.UNKNOWN and bool(r.then.get("unknown_counts")))
