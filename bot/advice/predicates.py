"""Conditions too hard for data, by the name under which ``bot/interviews`` calls them.

Each looks at the facts and says what decided it. Where an answer is missing but the person's objectives speak, the
objective decides and the missing answer is named, since it may still decide otherwise.
"""

from __future__ import annotations

from bot.interview.conditions import Predicates, Trace
from bot.interview.model import Facts, Truth
from bot.interview.schedule import DAY_MINUTES, intervals, uncovered

TOO_FEW_HOURS = 35.0
"""Hours of handling a month, about a quarter of a person, under which no provider gives a price worth having. Ours: the
sources say « beaucoup trop faible » and give no number."""

TOO_FEW_CONTACTS = 150
ENOUGH_CONTACTS = 600
"""Contacts a month taken for too few, or for enough, while the handling time is not known. Ours."""

UNCERTAIN_UNDER = 1_500
"""Contacts a month under which an uncertain volume interests nobody. Ours."""

LARGE_HOURS = 150.0
"""Hours of handling a month, more than one person's, from which a scripted volume is large. Ours: the sources say
« volumes importants » and « massifs »."""

LARGE_CONTACTS = 2_000
"""Contacts a month taken for large while the handling time is not known. Ours."""

COSTLY_PEAK = 1.5
"""Times a normal month from which a peak is hard to staff. Ours."""

_NIGHT = (22 * 60, 6 * 60)
_LUXURY = ("luxe", "luxury", "jewel", "joaill", "bijou", "horlog", "watch", "haute couture", "maroquin", "premium")
_MISSIONS = {
    "collection": ("recouvr", "impay", "collection", "dunning", "debt"),
    "survey": ("enquet", "enquêt", "sondage", "survey", "satisfaction"),
    "prospecting": ("prospect", "prise de rendez-vous", "lead", "télévente", "outbound sales"),
}


def _yes(*decided_by: str, missing: tuple[str, ...] = ()) -> Trace:
    return Trace(Truth.YES, decided_by, missing)


def _no(*decided_by: str) -> Trace:
    return Trace(Truth.NO, decided_by)


def _open(*missing: str) -> Trace:
    return Trace(Truth.UNKNOWN, missing=missing)


def _rare(*missing: str) -> Trace:
    """Not so unless somebody says it is."""
    return Trace(Truth.NO, missing=missing)


def _told(holds: bool, *decided_by: str) -> Trace:
    return Trace(Truth.YES if holds else Truth.NO, decided_by)


def number(facts: Facts, field: str) -> float | None:
    """A numeric answer, or None."""
    value = facts.get(field)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def listed(facts: Facts, field: str) -> tuple[str, ...] | None:
    """An answer that is a list, or None."""
    value = facts.get(field)
    return value if isinstance(value, tuple) else None


def text(facts: Facts, field: str) -> str | None:
    """An answer in words, or None."""
    value = facts.get(field)
    return value if isinstance(value, str) else None


def too_little_volume(facts: Facts) -> Trace:
    """The handling of a month is too little for a provider (003 §3)."""
    volume, minutes = number(facts, "monthly_volume"), number(facts, "aht_minutes")
    if volume is None:
        return _open("monthly_volume")
    if minutes is not None:
        return _told(volume * minutes / 60 < TOO_FEW_HOURS, "monthly_volume", "aht_minutes")
    if volume < TOO_FEW_CONTACTS:
        return _yes("monthly_volume", missing=("aht_minutes",))
    if volume < ENOUGH_CONTACTS:
        return _open("aht_minutes")
    return Trace(Truth.NO, ("monthly_volume",), ("aht_minutes",))


def large_volume(facts: Facts) -> Trace:
    """The handling of a month keeps more than one person busy (003 §3)."""
    volume, minutes = number(facts, "monthly_volume"), number(facts, "aht_minutes")
    if volume is None:
        return _open("monthly_volume")
    if minutes is not None:
        return _told(volume * minutes / 60 >= LARGE_HOURS, "monthly_volume", "aht_minutes")
    if volume >= LARGE_CONTACTS:
        return _yes("monthly_volume", missing=("aht_minutes",))
    return _open("aht_minutes")


def too_uncertain_volume(facts: Facts) -> Trace:
    """The volume is uncertain, and not so large that a provider would take it in bands (003 §3)."""
    certainty, volume = text(facts, "volume_certainty"), number(facts, "monthly_volume")
    if certainty is None:
        return _open("volume_certainty") if volume is None or volume < UNCERTAIN_UNDER else _no("monthly_volume")
    if certainty != "uncertain":
        return _no("volume_certainty")
    if volume is None:
        return _yes("volume_certainty", missing=("monthly_volume",))
    return _told(volume < UNCERTAIN_UNDER, "volume_certainty", "monthly_volume")


def hours_uncovered(facts: Facts) -> Trace:
    """Some of the hours that customers need are not covered today (003 §3)."""
    needed, covered = text(facts, "hours_needed"), text(facts, "hours_covered_today")
    if needed and covered:
        gap = uncovered(needed, covered)
        return _told(sum(end - start for start, end in gap) >= 60, "hours_needed", "hours_covered_today")
    return _by_objective(facts, "extended_hours", "hours_needed", "hours_covered_today")


def nights_needed(facts: Facts) -> Trace:
    """Customers need an answer at night and nobody gives it today."""
    needed, covered = text(facts, "hours_needed"), text(facts, "hours_covered_today")
    if not needed:
        return _open("hours_needed")
    if not any(_at_night(start, end) for start, end in intervals(needed)):
        return _no("hours_needed")
    if not covered:
        return _open("hours_covered_today")
    at_night = any(_at_night(start, end) for start, end in uncovered(needed, covered))
    return _told(at_night, "hours_needed", "hours_covered_today")


def costly_peaks(facts: Facts) -> Trace:
    """Peaks come back and are hard to staff (003 §3, 000 on seasonality)."""
    factor = number(facts, "peak_factor")
    if factor is not None:
        return _told(factor >= COSTLY_PEAK, "peak_factor")
    return _by_objective(facts, "peaks", "peak_factor")


def languages_missing(facts: Facts) -> Trace:
    """Customers speak a language that the team does not (003 §3)."""
    needed, covered = listed(facts, "languages_needed"), listed(facts, "languages_covered")
    if needed is not None and set(needed) <= {"fr"}:
        return _no("languages_needed")
    if needed is not None and covered is not None:
        return _told(bool(set(needed) - set(covered)), "languages_needed", "languages_covered")
    return _by_objective(facts, "languages", "languages_needed", "languages_covered")


def no_language_covered(facts: Facts) -> Trace:
    """The team speaks none of the languages needed; a French company's team speaks French."""
    needed, covered = listed(facts, "languages_needed"), listed(facts, "languages_covered")
    if needed is not None and "fr" in needed:
        return _no("languages_needed")
    if needed is None or covered is None:
        return _open(*(f for f in ("languages_needed", "languages_covered") if f not in facts))
    return _told(not set(needed) & set(covered), "languages_needed", "languages_covered")


def many_languages(facts: Facts) -> Trace:
    """At least three languages are needed: a hub's work."""
    needed = listed(facts, "languages_needed")
    return _open("languages_needed") if needed is None else _told(len(needed) >= 3, "languages_needed")


def common_languages_only(facts: Facts) -> Trace:
    """French and English only: spoken offshore too."""
    needed = listed(facts, "languages_needed")
    return _open("languages_needed") if needed is None else _told(set(needed) <= {"fr", "en"}, "languages_needed")


def only_cost_motive(facts: Facts) -> Trace:
    """Money is the only reason given (002, mistake 1)."""
    objective = listed(facts, "objective")
    return _open("objective") if objective is None else _told(set(objective) == {"cost"}, "objective")


def luxury(facts: Facts) -> Trace:
    """The company sells luxury: its codes are a skill of their own (003)."""
    sector = text(facts, "sector")
    return _rare("sector") if sector is None else _told(any(w in sector.lower() for w in _LUXURY), "sector")


def special_mission(facts: Facts) -> Trace:
    """Amicable collection, surveys, prospecting: sensitive, with effect, and seldom the company's trade (003 §3)."""
    return _mission(facts, *_MISSIONS)


def prospecting(facts: Facts) -> Trace:
    """Winning new accounts, not keeping the ones there are."""
    return _mission(facts, "prospecting")


def _mission(facts: Facts, *missions: str) -> Trace:
    """By the type of contact, which may be in the person's own words, else by the flow's name."""
    types, name = listed(facts, "interaction_type"), text(facts, "flow_name")
    words = [w for mission in missions for w in (mission, *_MISSIONS[mission])]
    if types is not None:
        said = " ".join(types).lower()
        return _told(any(w in said for w in words), "interaction_type")
    if name is not None and any(w in name.lower() for w in words):
        return _yes("flow_name", missing=("interaction_type",))
    return _rare(*(field for field in ("interaction_type", "flow_name") if field not in facts))


def _by_objective(facts: Facts, objective: str, *fields: str) -> Trace:
    missing = tuple(f for f in fields if f not in facts)
    wanted = listed(facts, "objective")
    if wanted is not None and objective in wanted:
        return _yes("objective", missing=missing)
    return _open(*missing)


def _at_night(start: int, end: int) -> bool:
    """Whether a stretch of the week holds an hour or more of some night."""
    for day in range(-1, 7):
        opens = day * DAY_MINUTES + _NIGHT[0]
        closes = (day + 1) * DAY_MINUTES + _NIGHT[1]
        if min(end, closes) - max(start, opens) >= 60:
            return True
    return False


PREDICATES: Predicates = {
    predicate.__name__: predicate
    for predicate in (
        *(too_little_volume, large_volume, too_uncertain_volume, hours_uncovered, nights_needed, costly_peaks),
        *(languages_missing, no_language_covered, many_languages, common_languages_only, only_cost_motive),
        *(luxury, special_mission, prospecting),
    )
}
"""By name."""
