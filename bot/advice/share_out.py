"""Which part of a contact flow goes outside, and what stays for the team."""

from __future__ import annotations

from dataclasses import dataclass

from bot.advice.figures import Point

LEVEL_ONE = frozenset({"regulated", "complex", "mixed"})
"""Reasons for a partial verdict that send the simple contacts out and keep the others."""

HOURS, PEAKS, LANGUAGES = "hours", "peaks", "languages"
"""Reasons that send out what the team cannot cover."""


@dataclass(frozen=True)
class Share:
    """The part of the contacts that goes outside, 0 to 1."""

    work: float
    """Of the contacts of every hour and month: the simple ones, or some languages."""
    hours: float
    """Of the contacts, those outside the hours covered."""
    peaks: float
    """Of the contacts, those that peaks bring."""

    @property
    def out(self) -> float:
        """Of all contacts."""
        return 1 - (1 - self.work) * (1 - self.hours) * (1 - self.peaks)


EVERYTHING = Share(1, 0, 0)


def peak_share(p: Point) -> float:
    """The part of a year's contacts that peaks bring above normal months, 0 to below 1."""
    extra = max(0.0, p["peak_factor"] - 1) * p["peak_months"]
    return extra / (12 + extra)


def share_of(reasons: frozenset[str], has_peaks: bool, p: Point) -> Share:
    """The part that a partial verdict sends outside.

    Args:
        reasons: Why only a part goes out; none: the most standardised contacts do.
        has_peaks: Whether the size of the peaks is known.
    """
    hours = p["share_hours_pct"] / 100 if HOURS in reasons else 0.0
    peaks = (peak_share(p) if has_peaks else p["share_peaks_pct"] / 100) if PEAKS in reasons else 0.0
    kept = 1 - p["share_languages_pct"] / 100 if LANGUAGES in reasons else 1.0
    if reasons & LEVEL_ONE:
        kept *= 1 - p["share_level_one_pct"] / 100
    elif not reasons or reasons - {HOURS, PEAKS, LANGUAGES}:
        kept *= 1 - p["share_standard_pct"] / 100
    return Share(1 - kept, hours, peaks)
