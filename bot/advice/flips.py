"""The smallest changes of answers that would give another verdict or another location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from bot.advice.decision import Bounds, outcome
from bot.advice.model import Change, Decision, Direction, Finding, Verdict
from bot.interview.model import Facts, Interview, Kind, Question, Truth, Value

MOST = 6
"""Changes shown at the most."""

NOT_A_CHOICE = frozenset(("sector", "interaction_type"))
"""What a company and a flow are: changing them gives another case, not another answer."""

_PAIRS_TRIED = 200


def flips(interview: Interview, facts: Facts, decision: Decision, bounds: Bounds | None = None) -> tuple[Change, ...]:
    """Changes of one answer, else of two, each with the outcome it leads to; the fewest answers first.

    One change is kept for each outcome and field, so that the list shows what is most different.
    """
    now = (decision.verdict, decision.target, decision.location)
    found: list[Change] = []
    seen: set[tuple[object, ...]] = set()
    alone: dict[tuple[str, Value], tuple[object, ...]] = {}

    def try_(changes: Mapping[str, Value]) -> None:
        changed = {**facts, **changes}
        narrowed = {f: ends for f, ends in (bounds or {}).items() if f not in changes}
        new = outcome(interview, changed, narrowed)
        key = (new, *changes)
        one_is_enough = any(alone.get(change) == new for change in changes.items())
        if len(changes) == 1:
            alone.update(dict.fromkeys(changes.items(), new))
        if new == now or key in seen or one_is_enough:
            return
        seen.add(key)
        verdict, target, location = new
        found.append(Change(dict(changes), verdict, target if verdict is Verdict.NOT_READY else None, location))

    for field, value in _probes(interview, facts):
        try_({field: value})
    if len(found) < 2:
        decisive = {f for finding in decision.findings if _weighs(finding) for f in finding.decided_by}
        decisive |= {f for gate in decision.readiness.gates if not gate.open for f in gate.decided_by}
        probes = [(f, v) for f, v in _probes(interview, facts) if f in decisive or f not in facts]
        probes.sort(key=lambda probe: probe[0] not in decisive)
        listed = {change for one in found for change in one.answers.items()}
        pairs = ((a, b) for a, b in combinations(probes, 2) if a[0] != b[0] and not listed & {a, b})
        for (one, first), (other, second) in list(pairs)[:_PAIRS_TRIED]:
            try_({one: first, other: second})
    return tuple(_varied(found))[:MOST]


def _weighs(finding: Finding) -> bool:
    """Whether the outcome rests on it, alone or beside another reason to keep the flow."""
    return finding.decisive or (finding.truth is Truth.YES and finding.direction is Direction.IN_HOUSE)


def _varied(found: list[Change]) -> Iterator[Change]:
    """In turn, one change for each outcome, then the second of each."""
    by_outcome: dict[tuple[object, ...], list[Change]] = {}
    for change in found:
        by_outcome.setdefault((change.verdict, change.target, change.location), []).append(change)
    for rank in range(max(map(len, by_outcome.values()), default=0)):
        yield from (changes[rank] for changes in by_outcome.values() if rank < len(changes))


def _probes(interview: Interview, facts: Facts) -> Iterator[tuple[str, Value]]:
    for question in interview.questions:
        if question.refines or question.id in NOT_A_CHOICE:
            continue
        for value in probe_values(question):
            if facts.get(question.id) != value:
                yield question.id, value


def probe_values(question: Question) -> tuple[Value, ...]:
    """Values worth trying in a question's place: its options, or the ones its author names."""
    if question.probes:
        return question.probes
    if question.kind in (Kind.CHOICE, Kind.BOOLEAN):
        return tuple(option.value for option in question.options)
    if question.kind is Kind.CHOICES:
        return tuple((option.value,) for option in question.options if isinstance(option.value, str))
    return ()
