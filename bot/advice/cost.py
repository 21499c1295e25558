"""What a contact flow costs in-house and outside, as ranges, with what they rest on and what drives them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from bot.advice.assumptions import Item, cost_items
from bot.advice.break_even import BreakEven, break_even
from bot.advice.cost_external import QUOTE
from bot.advice.cost_internal import Case
from bot.advice.cost_model import YEARS, Outcome, outcome
from bot.advice.figures import Bounds, Figures, figures
from bot.advice.model import CostLine, Costs, Location, Range, Staffing, Verdict
from bot.advice.staffing import Demand, demand, staffing_assumptions, staffing_of
from bot.advice.sweep import Sweep, spread, sweep
from bot.advice.tornado import tornado
from bot.interview.model import Facts

MARGIN = "margin_per_customer_eur_year"


def costs(
    facts: Facts,
    *,
    target: Verdict,
    location: Location,
    extent: tuple[str, ...] = (),
    bounds: Bounds | None = None,
    detail: bool = True,
    outside: bool = True,
) -> Costs:
    """Both sides of the comparison for one contact flow.

    Without a volume and without a headcount there is no euro. A flow that stays in-house is compared with handing all
    of it over, nearshore unless the person excludes it. The same volume and wages hold on both sides.

    Args:
        facts: What is known.
        target: The verdict to price; PARTIAL prices what goes out and what stays.
        location: Where the outsourced share goes.
        extent: Why only a part goes outside.
        bounds: The ranges that the person gave instead of one number, by field id.
        detail: Whether to look for what drives the gain and where it vanishes, which takes longer.
        outside: Whether a provider's side is worth a figure; without it, in-house alone is reckoned.
    """
    known = figures(facts, bounds)
    asked = demand(facts, known)
    staff = staffing_of(asked, known)
    resting_on = staffing_assumptions(asked, staff)
    if not (asked.sized or asked.team):
        return Costs(staff, None, None, None, None, assumptions=known.assumed(resting_on))
    alternative = target is Verdict.IN_HOUSE or location is Location.NONE
    place = _place(facts) if location is Location.NONE or alternative else location
    case = _case(facts, known, asked, place, extent if target is Verdict.PARTIAL else None)
    evaluate = partial(outcome, case)
    swept = sweep(known, evaluate)
    if not outside:
        return _inside_only(staff, resting_on, swept, known)
    central = swept.central
    internal, external, once = _lines(swept, known)
    internal_year, external_year, at_once = (_total(lines) for lines in (internal, external, once))
    gain3 = swept.gain3
    lost = gain3.central / known.ranges[MARGIN].central if gain3.central > 0 and known.ranges[MARGIN].central else None
    even = break_even(case, known.central, evaluate) if detail else BreakEven(None, {})
    used = {*resting_on, *swept.moving, *([MARGIN] if lost is not None else [])}
    return Costs(
        staffing=staff,
        internal_year=internal_year,
        external_year=external_year,
        tco3_internal=internal_year.times(YEARS),
        tco3_external=external_year.times(YEARS) + at_once,
        internal_lines=internal,
        external_lines=external,
        once_lines=once,
        gain3=gain3,
        gain3_pct=100 * gain3.central / central.tco3_internal if central.tco3_internal else None,
        break_even=even.text,
        break_even_volume=even.volume,
        lost_customers=lost,
        tornado=tornado(swept) if detail else (),
        assumptions=known.assumed(used),
        share_out=spread((o.share_out for ends in swept.ends.values() for o in ends), central.share_out),
        quote_based=QUOTE in case.given,
        opportunity_hours=_opportunity(swept),
        alternative=alternative,
        priced_at=place,
    )


def _inside_only(staff: Staffing, resting_on: Iterable[str], swept: Sweep, known: Figures) -> Costs:
    lines = _table(cost_items().internal, swept, known, swept.internal, "internal")
    year = _total(lines)
    here = swept.central.internal
    moving = [name for name, ends in swept.ends.items() if any(end.internal != here for end in ends)]
    return Costs(
        staffing=staff,
        internal_year=year,
        external_year=None,
        tco3_internal=year.times(YEARS),
        tco3_external=None,
        internal_lines=lines,
        assumptions=known.assumed((*resting_on, *moving)),
    )


def _place(facts: Facts) -> Location:
    """Where the alternative to staying in-house would go."""
    return Location.ONSHORE if facts.get("location_constraint") == "france_only" else Location.NEARSHORE


def _case(facts: Facts, known: Figures, asked: Demand, place: Location, extent: tuple[str, ...] | None) -> Case:
    certainty, languages = facts.get("volume_certainty"), facts.get("languages_needed")
    return Case(
        demand=asked,
        given=known.given,
        reasons=None if extent is None else frozenset(extent),
        price=f"price_{place.value}",
        change=f"volume_change_{certainty if certainty in ('stable', 'growing', 'uncertain') else 'unknown'}",
        premium=isinstance(languages, tuple) and bool(set(languages) - {"fr"}),
        redeploys=facts.get("already_outsourced") is not True,
    )


def _lines(swept: Sweep, known: Figures) -> tuple[tuple[CostLine, ...], ...]:
    """The lines of each table, from the cheapest to the dearest outcome of their side."""
    items = cost_items()
    return (
        _table(items.internal, swept, known, swept.internal, "internal"),
        _table(items.external, swept, known, swept.external, "external"),
        tuple(line for line in _table(items.once, swept, known, swept.external, "once") if line.range.high > 0),
    )


def _table(
    items: Iterable[Item], swept: Sweep, known: Figures, extremes: tuple[Outcome, ...], table: str
) -> tuple[CostLine, ...]:
    central: dict[str, float] = getattr(swept.central, table)
    others: list[dict[str, float]] = [getattr(one, table) for one in extremes]
    assumed: set[str] = set()
    for name in swept.ends.keys() - known.given:
        low, high = (getattr(one, table) for one in swept.ends[name])
        assumed.update(line for line in central if low[line] != central[line] or high[line] != central[line])
    return tuple(
        CostLine(
            item.id,
            item.label,
            spread((other[item.id] for other in others), central[item.id]),
            item.id in assumed,
            item.cites,
        )
        for item in items
        if item.id in central
    )


def _total(lines: Iterable[CostLine]) -> Range:
    return sum((line.range for line in lines), Range.exactly(0.0))


def _opportunity(swept: Sweep) -> Range | None:
    hours = spread((one.freed_hours for one in swept.internal), swept.central.freed_hours)
    return hours if hours.central > 0 else None
