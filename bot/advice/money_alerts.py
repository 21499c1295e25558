"""Amounts and percentages that are out of the ordinary."""

from __future__ import annotations

from bot.advice.alerting import Case, Check, alert
from bot.advice.model import Alert

LOADED_COST = (20_000.0, 90_000.0)
"""Euros a year outside of which an agent's loaded cost is worth a second look. Ours."""

QUOTE_LOW = -50.0
"""Per cent under today's cost below which a quote can hardly cover the same work. Ours."""

QUOTE_HIGH = 100.0
"""Per cent above today's cost from which a quote can hardly be for the same work. Ours."""

HIGHEST_GAIN = 33.0
"""Per cent over three years: no French figure in the sources is higher."""

HIGH_ABSENCE = 30.0
"""Per cent of absences from which it is probably another figure. Ours."""


def odd_loaded_cost(case: Case) -> Alert | None:
    """An agent's yearly cost that looks like a month's, a net wage or a whole team's."""
    cost = case.number("loaded_cost_per_agent_eur_year")
    low, high = LOADED_COST
    if cost is None or low <= cost <= high:
        return None
    return alert("odd-loaded-cost", cost=cost, month=round(cost / 12), low=low, high=high)


def quote_too_low(case: Case) -> Alert | None:
    """A quote at less than half of today's cost."""
    quote = case.number("external_quote_vs_internal_pct")
    if quote is None or quote >= QUOTE_LOW:
        return None
    return alert("quote-too-low", below=-quote, left=100 + quote)


def quote_too_high(case: Case) -> Alert | None:
    """A quote at more than twice today's cost."""
    quote = case.number("external_quote_vs_internal_pct")
    if quote is None or quote <= QUOTE_HIGH:
        return None
    return alert("quote-too-high", above=quote, times=1 + quote / 100)


def budget_too_small(case: Case) -> Alert | None:
    """A yearly budget under the least that the flow would cost."""
    budget = case.number("budget_eur_year")
    if budget is None:
        return None
    costs = case.costs
    outside = costs.external_year if costs else None
    inside = costs.internal_year if costs else None
    agents, each = case.number("agents_fte"), case.number("loaded_cost_per_agent_eur_year")
    if outside is not None:
        name, least = "budget-under-outsourcing", outside.low
    elif inside is not None:
        name, least = "budget-under-in-house", inside.low
    elif agents and each:
        name, least = "budget-under-agents", agents * each
    else:
        return None
    return alert(name, least=round(least), budget=budget, gap=round(least) - budget) if budget < least else None


def gain_too_high(case: Case) -> Alert | None:
    """A gain above every French figure in the sources."""
    gain = case.costs.gain3_pct if case.costs else None
    if gain is None or gain <= HIGHEST_GAIN:
        return None
    return alert("gain-too-high", gain=round(gain))


def odd_absence(case: Case) -> Alert | None:
    """Absences of nearly a third of the time."""
    rate = case.number("absenteeism")
    if rate is None or rate < HIGH_ABSENCE:
        return None
    return alert("odd-absence", rate=rate, of_ten=rate / 10)


CHECKS: tuple[Check, ...] = (
    *(odd_loaded_cost, quote_too_low, quote_too_high, budget_too_small, gain_too_high, odd_absence),
)
