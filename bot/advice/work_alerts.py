"""Volume, hours, languages and headcount that do not add up."""

from __future__ import annotations

from babel import Locale

from bot.advice.alerting import Case, Check, alert
from bot.advice.model import Alert
from bot.advice.places import LANGUAGES
from bot.advice.staffing import WEEKS_A_MONTH
from bot.interview.model import Texts
from bot.interview.schedule import hours_per_week, uncovered

LONG_WEEK = 50.0
"""Open hours a week from which few contacts are worth a word. Ours."""

IDLE = 0.2
"""A single seat busy for less than this share of the open hours has few contacts. Ours."""

USUAL_MINUTES = 6.0
"""Stands in for the handling time where only its order of magnitude matters. Ours."""

FAR_APART = 1 / 6
"""Hours between two contacts from which a seat mostly waits. Ours."""

FAR = 2.0
"""A headcount this many times above or below the need is far from it. Ours."""

CLEAR_GAP = 2.0
"""People under which a difference between headcount and need is rounding. Ours."""


def no_work(case: Case) -> Alert | None:
    """No contact, or no time spent on any."""
    volume, minutes = case.number("monthly_volume"), case.number("aht_minutes")
    if volume == 0 or minutes == 0:
        return alert("no-work")
    return None


def few_contacts_for_the_hours(case: Case) -> Alert | None:
    """Long opening hours for contacts that come far apart."""
    needed, volume = case.text("hours_needed"), case.number("monthly_volume")
    if needed is None or not volume:
        return None
    week = hours_per_week(needed)
    month = week * WEEKS_A_MONTH
    busy = volume * (case.number("aht_minutes") or USUAL_MINUTES) / 60 / month
    seats = case.staffing.seats_fte
    if week <= LONG_WEEK or busy >= IDLE or month / volume < FAR_APART or not seats:
        return None
    return alert(
        "few-contacts-for-hours",
        volume=volume,
        hours=round(month, -1),
        every=_spell(month / volume),
        people=max(1, round(seats)),
    )


def too_many_agents(case: Case) -> Alert | None:
    """A team much larger than the work, its waiting times and its hours ask for."""
    agents, need = case.number("agents_fte"), case.staffing.needed_fte
    if agents is None or need is None:
        return None
    if agents <= max(FAR * need.central, need.high) or agents - need.central < CLEAR_GAP:
        return None
    return _headcount(case, "too-many-agents", agents, need.central)


def too_few_agents(case: Case) -> Alert | None:
    """A team that could not do the work, by far."""
    agents, need = case.number("agents_fte"), case.staffing.workload_fte
    if not agents or need is None or case.facts.get("already_outsourced") is True:
        return None
    if agents >= min(need.central / FAR, need.low) or need.central - agents < CLEAR_GAP:
        return None
    return _headcount(case, "too-few-agents", agents, need.central)


def _headcount(case: Case, name: str, agents: float, need: float) -> Alert | None:
    volume, minutes = case.number("monthly_volume"), case.number("aht_minutes")
    if volume is None or minutes is None:
        return None
    hours = round(volume * minutes / 60)
    return alert(name, volume=volume, minutes=minutes, hours=hours, need=need, agents=agents)


def team_above_company(case: Case) -> Alert | None:
    """More people on the flow than in the company."""
    agents, company = case.number("agents_fte"), case.number("company_size")
    if agents is None or company is None or agents <= company or case.facts.get("already_outsourced") is True:
        return None
    return alert("team-above-company", agents=agents, company=company)


def open_longer_than_needed(case: Case) -> Alert | None:
    """Hours covered today that nobody needs."""
    needed, today = case.text("hours_needed"), case.text("hours_covered_today")
    if needed is None or today is None:
        return None
    extra = sum(end - start for start, end in uncovered(today, needed)) / 60
    if extra < 1:
        return None
    return alert("open-longer-than-needed", today=hours_per_week(today), needed=hours_per_week(needed), extra=extra)


def languages_already_covered(case: Case) -> Alert | None:
    """Languages are sought, and the team speaks every one that is needed."""
    needed, covered = case.listed("languages_needed"), case.listed("languages_covered")
    if "languages" not in case.listed("objective") or not needed or not set(needed) <= set(covered):
        return None
    return alert("languages-already-covered", needed=_languages(needed))


def stable_with_peaks(case: Case) -> Alert | None:
    """A stable volume that doubles in some months."""
    factor = case.number("peak_factor")
    if case.facts.get("volume_certainty") != "stable" or factor is None or factor < FAR:
        return None
    return alert("stable-with-peaks", factor=factor)


def peak_all_year(case: Case) -> Alert | None:
    """A peak that lasts for most of the year."""
    factor, months = case.number("peak_factor"), case.number("peak_months")
    if factor is None or months is None or factor <= 1 or months <= 6:
        return None
    return alert("peak-all-year", months=months, factor=factor)


def _spell(hours: float) -> Texts:
    """How long between two contacts, in hours or minutes."""
    if hours >= 1.5:
        return {"fr": f"{round(hours)} heures", "en": f"{round(hours)} hours"}
    return {"fr": f"{round(hours * 60)} minutes", "en": f"{round(hours * 60)} minutes"}


def _languages(codes: tuple[str, ...]) -> Texts:
    """The languages by name; a code without one stays a code."""
    return {lang: ", ".join(Locale(lang).languages.get(code, code) for code in codes) for lang in LANGUAGES}


CHECKS: tuple[Check, ...] = (
    *(no_work, few_contacts_for_the_hours, too_many_agents, too_few_agents, team_above_company),
    *(open_longer_than_needed, languages_already_covered, stable_with_peaks, peak_all_year),
)
