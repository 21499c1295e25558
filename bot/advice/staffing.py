"""How many people a contact flow needs, from its work, its waiting times and the hours to keep open."""

from __future__ import annotations

from dataclasses import dataclass

from bot.advice.erlang import agents_on_duty
from bot.advice.figures import Bounds, Figures, Point, figures
from bot.advice.model import Range, Staffing
from bot.interview.model import Facts
from bot.interview.schedule import hours_per_week, uncovered

WEEKS_A_MONTH = 52 / 12

LIVE = frozenset({"phone", "chat"})
"""The channels on which somebody waits for the answer."""


@dataclass(frozen=True)
class Demand:
    """What the answers ask for, as far as they tell."""

    sized: bool
    """Whether the work follows from volume and handling time; else from the team, when there is one."""
    team: bool
    """Whether the person gave a headcount."""
    live: bool
    """Whether somebody waits for the answer on some channel."""
    mixed: bool
    """Whether contacts also come through channels that can wait."""
    hours: float | None
    """Hours a week to keep open: those needed, else those open today."""
    open_today: float | None
    """Hours a week open today."""
    gap: float | None
    """Hours a week needed and not covered today; None when not known."""


def demand(facts: Facts, known: Figures) -> Demand:
    """What the answers ask for; a headcount of zero is none."""
    needed, today = facts.get("hours_needed"), facts.get("hours_covered_today")
    open_today = hours_per_week(today) if isinstance(today, str) else None
    hours = hours_per_week(needed) if isinstance(needed, str) else open_today
    gap = None
    if isinstance(needed, str) and isinstance(today, str):
        gap = sum(end - start for start, end in uncovered(needed, today)) / 60
    channels = facts.get("channels")
    asked = set(channels) if isinstance(channels, tuple) else set()
    team = "agents_fte" in known.given and known.ranges["agents_fte"].central > 0
    sized = "monthly_volume" in known.given and ("aht_minutes" in known.given or not team)
    return Demand(sized, team, bool(asked & LIVE), bool(asked - LIVE), hours, open_today, gap)


def workload_fte(hours_a_month: float, p: Point) -> float:
    """People for so many hours of handling a month, kept as busy as the occupancy says."""
    return hours_a_month / (p["productive_hours"] * p["occupancy_pct"] / 100)


def seats_fte(hours_a_week: float, p: Point) -> float:
    """People to keep one seat manned through so many hours a week."""
    return hours_a_week * WEEKS_A_MONTH / p["productive_hours"]


def live_fte(hours_a_month: float, hours_a_week: float, mixed: bool, p: Point) -> float:
    """People for live contacts to be answered in time, the work spread evenly over the open hours."""
    live = hours_a_month * p["live_share_pct"] / 100 if mixed else hours_a_month
    on_duty = agents_on_duty(live / (hours_a_week * WEEKS_A_MONTH), p["aht_minutes"], p["answer_seconds"])
    return on_duty * seats_fte(hours_a_week, p)


def needed_fte(asked: Demand, hours_a_month: float, hours_a_week: float | None, p: Point) -> float:
    """The most that work, waiting times and open hours ask for."""
    least = workload_fte(hours_a_month, p)
    if hours_a_week is None:
        return least
    if asked.live:
        least = max(least, live_fte(hours_a_month, hours_a_week, asked.mixed, p))
    return max(least, seats_fte(hours_a_week, p))


def handled_hours(p: Point) -> float:
    """Hours of handling in a normal month, from volume and handling time."""
    return p["monthly_volume"] * p["aht_minutes"] / 60


def staffing(facts: Facts, bounds: Bounds | None = None) -> Staffing:
    """How many people the flow needs, and how many its internal cost rests on.

    Where the volume is known and neither the handling time nor the headcount is, the handling time is assumed.
    """
    known = figures(facts, bounds)
    return staffing_of(demand(facts, known), known)


def staffing_of(asked: Demand, known: Figures) -> Staffing:
    """The same, of what the answers ask for."""
    light, usual, heavy = _ends(known)
    hours = asked.hours

    def over(need: float, at_most: float, at_least: float) -> Range:
        return Range(min(at_least, need), need, max(at_most, need))

    workload = live = needed = None
    if asked.sized:
        low, central, high = (workload_fte(handled_hours(p), p) for p in (light, usual, heavy))
        workload = over(central, high, low)
    if asked.sized and asked.live and hours:
        low, central, high = (live_fte(handled_hours(p), hours, asked.mixed, p) for p in (light, usual, heavy))
        live = over(central, high, low)
    seats = seats_fte(hours, usual) if hours else None
    if asked.sized:
        low, central, high = (needed_fte(asked, handled_hours(p), hours, p) for p in (light, usual, heavy))
        needed = over(central, high, low)
    elif seats is not None and hours:
        needed = over(seats, seats_fte(hours, heavy), seats_fte(hours, light))
    return Staffing(workload, live, seats, needed, known.ranges["agents_fte"] if asked.team else needed)


def staffing_assumptions(asked: Demand, result: Staffing) -> tuple[str, ...]:
    """The ids of the figures that a staffing rests on."""
    used = ["productive_hours"] if result.needed_fte else []
    if result.workload_fte:
        used += ["aht_minutes", "occupancy_pct"]
    if result.live_fte:
        used += ["answer_seconds", *(["live_share_pct"] if asked.mixed else [])]
    return tuple(used)


def _ends(known: Figures) -> tuple[Point, Point, Point]:
    """Every figure of the staffing where it asks for the fewest people, centrally, and for the most."""
    light, usual, heavy = known.central, known.central, known.central
    for name in ("monthly_volume", "aht_minutes", "live_share_pct"):
        if name in known.ranges:
            light[name], heavy[name] = known.ranges[name].low, known.ranges[name].high
    for name in ("productive_hours", "occupancy_pct", "answer_seconds"):
        light[name], heavy[name] = known.ranges[name].high, known.ranges[name].low
    return light, usual, heavy
