"""What a contact flow costs in-house in a year, item by item, at one point of the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.advice.figures import Point
from bot.advice.share_out import HOURS, PEAKS, Share
from bot.advice.staffing import Demand, handled_hours, needed_fte, seats_fte, workload_fte

WEEKS_A_YEAR = 52


@dataclass(frozen=True)
class Case:
    """What the answers and the verdict settle, whatever the figures are."""

    demand: Demand
    given: frozenset[str]
    """The figures that are answers."""
    reasons: frozenset[str] | None
    """Why only a part goes outside; None when everything does."""
    price: str
    """The id of the hourly price."""
    change: str
    """The id of the volume's change."""
    premium: bool
    """Whether languages other than French are spoken."""
    redeploys: bool
    """Whether there is a team to move to other work."""

    @property
    def has_peaks(self) -> bool:
        """Whether the size of the peaks is known."""
        return "peak_factor" in self.given


class Team(NamedTuple):
    """The people in-house, for the whole flow or for what is kept of it."""

    headcount: float
    further: float
    """Full-time equivalents to add for hours not covered today."""
    at_peaks: float
    """Full-time equivalents over a year to add for the peaks."""


def normal_month(case: Case, p: Point) -> float:
    """Hours of handling in a normal month: from the volume, else what the team can handle."""
    if case.demand.sized:
        return handled_hours(p)
    return p["agents_fte"] * p["productive_hours"] * p["occupancy_pct"] / 100


def whole_team(case: Case, p: Point) -> Team:
    """The team that the whole flow takes in-house."""
    asked, month = case.demand, normal_month(case, p)
    if not asked.team:
        headcount = needed_fte(asked, month, asked.hours, p)
        return Team(headcount, 0.0, _at_peaks(case, month, headcount, p))
    headcount, further = p["agents_fte"], 0.0
    if asked.gap is not None:
        further = seats_fte(asked.gap, p)
    elif asked.hours:
        further = max(0.0, seats_fte(asked.hours, p) - headcount)
    return Team(headcount, further, _at_peaks(case, month, headcount, p))


def kept_team(case: Case, share: Share, whole: Team, p: Point) -> Team:
    """The team for what stays in-house: those who answer today where only further hours or peaks go outside."""
    assert case.reasons is not None
    asked = case.demand
    month = normal_month(case, p) * (1 - share.work)
    further = 0.0 if HOURS in case.reasons else whole.further
    opened = asked.open_today or min(asked.hours or WEEKS_A_YEAR * 24 * 7, p["office_hours"])
    if asked.team:
        least = min(whole.headcount, seats_fte(opened, p))
        headcount = max(whole.headcount * (1 - share.work), least)
    else:
        month *= 1 - share.hours
        headcount = min(whole.headcount, needed_fte(asked, month, opened, p))
    at_peaks = 0.0 if PEAKS in case.reasons else min(whole.at_peaks, _at_peaks(case, month, headcount, p))
    return Team(headcount, further, at_peaks)


def _at_peaks(case: Case, month: float, headcount: float, p: Point) -> float:
    if not case.has_peaks:
        return 0.0
    return max(0.0, workload_fte(month, p) * p["peak_factor"] - headcount) * p["peak_months"] / 12


def internal_lines(case: Case, team: Team, whole: Team, p: Point) -> dict[str, float]:
    """Euros a year by item. A figure given for the whole flow is shared out by headcount.

    Args:
        case: What is settled.
        team: The people whose cost it is.
        whole: The people for the whole flow.
        p: The figures.
    """
    people, loaded = team.headcount, p["loaded_cost_per_agent_eur_year"]
    part = people / whole.headcount if whole.headcount else 1.0
    salaries = people * loaded
    hires = people * p["turnover_pct"] / 100
    week = loaded / WEEKS_A_YEAR
    given = case.given
    lines = {"salaries": salaries}
    if "management" in given:
        lines["management"] = p["management"] * part
    else:
        lines["management"] = people / p["agents_per_manager"] * p["manager_cost"]
    lines["recruitment"] = hires * p["recruitment_per_hire"]
    if "training" in given:
        lines["training"] = p["training"] * part
    else:
        lines["initial_training"] = hires * p["initial_training_weeks"] * week
        lines["ongoing_training"] = salaries * p["ongoing_training_pct"] / 100
    lines["licences"] = p["licences"] * part if "licences" in given else people * p["licences_per_seat"]
    lines["premises"] = p["premises"] * part if "premises" in given else people * p["premises_per_seat"]
    lines["turnover"] = hires * p["ramp_up_weeks"] * week
    lines["absenteeism"] = salaries * p["absenteeism"] / 100
    lines["overtime"] = _overtime(case, team, whole, part, p)
    if case.demand.gap or team.further:
        lines["extended_hours"] = _extended_hours(case, team, p)
    lines["volume_growth"] = sum(lines.values()) * max(0.0, p[case.change]) / 100
    return lines


def _overtime(case: Case, team: Team, whole: Team, part: float, p: Point) -> float:
    """Peaks where their size is known, else a share of salaries; none where the peaks go outside."""
    if team is not whole and case.reasons is not None and PEAKS in case.reasons:
        return 0.0
    if "overtime" in case.given:
        return p["overtime"] * part
    loaded = p["loaded_cost_per_agent_eur_year"]
    if case.has_peaks:
        return team.at_peaks * loaded * (1 + p["peak_premium_pct"] / 100)
    return team.headcount * loaded * p["overtime_pct"] / 100


def _extended_hours(case: Case, team: Team, p: Point) -> float:
    """The people to add for hours not covered today, or the extra pay of those already counted."""
    loaded, extra = p["loaded_cost_per_agent_eur_year"], p["unsocial_premium_pct"] / 100
    if team.further or case.demand.team:
        return team.further * loaded * (1 + extra)
    return seats_fte(case.demand.gap or 0.0, p) * loaded * extra
