"""One flow's facts to its whole recommendation. Pure: the same answers always give the same advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.advice.cost import costs
from bot.advice.decision import Bounds, decide
from bot.advice.flips import flips
from bot.advice.model import Alert, Assumption, Costs, Decision, Recommendation, Verdict
from bot.advice.places import places_of
from bot.advice.plan import build_plan, items
from bot.advice.plausibility import alerts
from bot.advice.predicates import PREDICATES
from bot.interview.model import Chapter, Facts, Interview, Texts, Truth

_COST_FIELDS = ("monthly_volume", "aht_minutes", "agents_fte", "external_quote_vs_internal_pct",
                "loaded_cost_per_agent_eur_year")  # fmt: skip

NO_PRICE = frozenset({"volume-too-low", "volume-too-uncertain"})
"""Rules that keep a flow because no provider would quote it a price: none is then worth showing."""


def recommend(
    interview: Interview, facts: Facts, bounds: Bounds | None = None, notes: Sequence[Assumption] = ()
) -> Recommendation:
    """All there is to say about one contact flow.

    Args:
        interview: its rules, gates and advice.
        facts: what is known, the company's answers included.
        bounds: the ranges that the person gave, by field.
        notes: assumptions made while reading the answers.
    """
    decision = decide(interview, facts, bounds)
    reckoned = costs_of(facts, decision, bounds)
    concluded = {**decision.extent, "verdict": decision.verdict.value}
    places = places_of(facts)
    told = {**facts, **concluded}

    return Recommendation(
        flow_name=str(facts.get("flow_name", "")),
        facts=facts,
        decision=decision,
        costs=reckoned,
        plan=build_plan(interview, facts, concluded, PREDICATES, places),
        goes_out=items(interview, Chapter.GOES_OUT, told, PREDICATES, places),
        stays=items(interview, Chapter.STAYS, told, PREDICATES, places),
        against=items(interview, Chapter.AGAINST, told, PREDICATES, places),
        flips=flips(interview, facts, decision, bounds),
        missing=_missing(facts, decision, reckoned),
        warnings=(*alerts(facts, reckoned), *_cautions(interview, told, places)),
        notes=tuple(notes),
    )


def costs_of(facts: Facts, decision: Decision, bounds: Bounds | None = None, *, detail: bool = True) -> Costs:
    """Both sides of the comparison for what was decided; in-house alone where no provider would quote a price."""
    if decision.vetoed:
        target, location, extent = decision.vetoed
        reckoned = costs(facts, target=target, location=location, extent=extent, bounds=bounds, detail=detail)
        return replace(reckoned, alternative=True)
    reasons = decision.extent.get("extent", ())
    return costs(
        facts,
        target=decision.target,
        location=decision.location,
        extent=reasons if isinstance(reasons, tuple) else (),
        bounds=bounds,
        detail=detail,
        outside=not _unpriced(facts, decision),
    )


def _unpriced(facts: Facts, decision: Decision) -> bool:
    if decision.target is not Verdict.IN_HOUSE or "external_quote_vs_internal_pct" in facts:
        return False
    return any(finding.rule in NO_PRICE and finding.truth is Truth.YES for finding in decision.findings)


def _missing(facts: Facts, decision: Decision, reckoned: Costs) -> tuple[str, ...]:
    """What could change the decision first, then what could change a figure."""
    deciding = list(decision.open_fields)
    if decision.verdict is not Verdict.IN_HOUSE:
        deciding += [f for finding in decision.findings for f in finding.missing]
    figures = [*_COST_FIELDS, *(a.field for a in reckoned.assumptions if a.field)]
    return tuple(dict.fromkeys(f for f in [*deciding, *figures] if f not in facts))


def _cautions(interview: Interview, told: Facts, places: Mapping[str, Texts]) -> tuple[Alert, ...]:
    said = items(interview, Chapter.WARNING, told, PREDICATES, places)
    return tuple(Alert(item.id, item.text, cites=item.cites) for item in said)
