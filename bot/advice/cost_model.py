"""Both sides of the comparison at one point of the figures: the one place where they are put together."""

from __future__ import annotations

from dataclasses import dataclass

from bot.advice.cost_external import external_lines, hours_out, once_lines
from bot.advice.cost_internal import Case, internal_lines, kept_team, whole_team
from bot.advice.figures import Point
from bot.advice.share_out import EVERYTHING, share_of

YEARS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What both sides cost, in euros."""

    internal: dict[str, float]
    external: dict[str, float]
    once: dict[str, float]
    internal_year: float
    tco3_internal: float
    tco3_external: float
    share_out: float
    freed_hours: float
    """Hours a year that the team would get back."""

    @property
    def gain3(self) -> float:
        """Positive when outsourcing costs less."""
        return self.tco3_internal - self.tco3_external


def outcome(case: Case, p: Point) -> Outcome:
    """Both sides, with the same volume and the same wages."""
    whole = whole_team(case, p)
    internal = internal_lines(case, whole, whole, p)
    internal_year = sum(internal.values())
    share, kept, retained = EVERYTHING, None, 0.0
    if case.reasons is not None:
        share = share_of(case.reasons, case.has_peaks, p)
        kept = kept_team(case, share, whole, p)
        retained = sum(internal_lines(case, kept, whole, p).values())
    hours = hours_out(case, share, p)
    external = external_lines(case, share, hours, internal, retained, p)
    once = once_lines(case, share, hours, external["provider"], internal_year - retained, (whole, kept), p)
    freed = whole.headcount - (kept.headcount if kept else 0.0)
    return Outcome(
        internal=internal,
        external=external,
        once=once,
        internal_year=internal_year,
        tco3_internal=YEARS * internal_year,
        tco3_external=YEARS * sum(external.values()) + sum(once.values()),
        share_out=share.out,
        freed_hours=freed * 12 * p["productive_hours"],
    )
