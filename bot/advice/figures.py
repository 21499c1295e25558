"""Every number the staffing and the costs rest on: the person's own where given, else an assumption."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.advice.assumptions import assumptions
from bot.advice.model import Assumption, Range
from bot.interview.model import Facts

Bounds = Mapping[str, tuple[float, float]]
"""By field id, the ends of the range that the person gave."""

Point = Mapping[str, float]
"""One value for every figure, by id."""

GIVEN = (
    *("monthly_volume", "aht_minutes", "peak_factor", "peak_months", "agents_fte", "loaded_cost_per_agent_eur_year"),
    *("turnover_pct", "absenteeism", "overtime", "management", "training", "licences", "premises"),
    *("external_quote_vs_internal_pct", "customers", "margin_per_customer_eur_year"),
)
"""The fields that are figures of the calculation. An assumption whose id is one of these gives way to the answer."""


@dataclass(frozen=True)
class Figures:
    """The figures of one contact flow."""

    ranges: Mapping[str, Range]
    given: frozenset[str]
    """The ids that are answers; the others are assumptions."""

    @property
    def central(self) -> dict[str, float]:
        """Every figure at its central value."""
        return {name: figure.central for name, figure in self.ranges.items()}

    def assumed(self, ids: Iterable[str]) -> tuple[Assumption, ...]:
        """Those of the ids that are assumptions, in the order of their file."""
        wanted = set(ids) - self.given
        return tuple(one for name, one in assumptions().items() if name in wanted)


def figures(facts: Facts, bounds: Bounds | None = None) -> Figures:
    """The figures that these answers give, an answer's range included, completed by assumptions."""
    ranges = {name: one.range for name, one in assumptions().items()}
    given = {}
    for name in GIVEN:
        value = facts.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        low, high = (bounds or {}).get(name, (value, value))
        given[name] = Range(min(float(low), value), float(value), max(float(high), value))
    return Figures({**ranges, **given}, frozenset(given))
