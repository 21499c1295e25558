"""What a contact flow costs with a provider: every year, and once over three years, at one point of the figures."""

from __future__ import annotations

from bot.advice.cost_internal import Case, Team, normal_month
from bot.advice.figures import Point
from bot.advice.share_out import HOURS, PEAKS, Share, peak_share
from bot.advice.staffing import live_fte

QUOTE = "external_quote_vs_internal_pct"
NOT_TODAY = frozenset({"extended_hours", "volume_growth"})
"""In-house items that today's cost, to which a quote compares, does not hold."""


def hours_out(case: Case, share: Share, p: Point) -> float:
    """Hours a year that the provider bills for a normal volume: handling, and its part of the waiting for contacts."""
    month = normal_month(case, p)
    extra = max(0.0, p["peak_factor"] - 1) * p["peak_months"] if case.has_peaks else 0.0
    handling = month * (12 + extra) * share.out / (p["provider_occupancy_pct"] / 100)
    on_duty = _on_duty(case, month * share.out, p)
    return handling + (1 - p["pooling_pct"] / 100) * max(0.0, on_duty - handling) if on_duty else handling


def _on_duty(case: Case, month: float, p: Point) -> float:
    """Hours a year on duty for live contacts to be answered in time by a team of their own; 0 when not known."""
    asked, hours = case.demand, case.demand.hours
    if case.reasons == frozenset({PEAKS}) or not (asked.sized and asked.live and hours):
        return 0.0
    if case.reasons == frozenset({HOURS}) and asked.gap:
        hours = asked.gap
    return live_fte(month, hours, asked.mixed, p) * p["productive_hours"] * 12


def bill(case: Case, hours: float, internal: dict[str, float], retained: float, p: Point) -> float:
    """The provider's bill for a year of normal volume: from the person's own quote, else hours at the hourly price.

    A quote for a part of the flow compares to what that part costs in-house; one for the whole, to today's cost.
    """
    if QUOTE in case.given:
        whole = case.reasons is None
        compared = sum(amount for name, amount in internal.items() if not (whole and name in NOT_TODAY))
        return max(0.0, compared - retained) * max(0.0, 1 + p[QUOTE] / 100)
    return hours * hourly_price(case, p)


def hourly_price(case: Case, p: Point) -> float:
    """Euros for one hour billed, in the languages needed."""
    return p[case.price] * (1 + p["language_premium_pct"] / 100 if case.premium else 1)


def external_lines(
    case: Case, share: Share, hours: float, internal: dict[str, float], retained: float, p: Point
) -> dict[str, float]:
    """Euros a year by item.

    Args:
        case: What is settled.
        share: The part that goes outside.
        hours: What the provider bills in a year.
        internal: The lines of the whole flow in-house.
        retained: The cost of what stays in-house; 0 when everything goes.
        p: The figures.
    """
    normal = bill(case, hours, internal, retained, p)
    change = p[case.change] / 100
    provider = normal * (1 + min(0.0, change))
    if QUOTE not in case.given:
        provider = max(provider, 12 * p["provider_minimum"])
    dearer = p["over_volume_pct"] / 100
    at_peaks = 0.0
    if case.has_peaks and share.out and not (case.reasons and PEAKS in case.reasons):
        at_peaks = peak_share(p)  # peaks that are the contract's own purpose are no overrun
    lines = {
        "provider": provider,
        "over_volume": normal * (max(0.0, change) * (1 + dearer) + at_peaks * dearer),
        "scale_up": provider * p["scale_up_pct"] / 100,
        "adjustments": provider * p["adjustments_pct"] / 100,
    }
    if case.reasons is not None:
        lines["retained"] = retained
    fte = p["piloting_base_fte"] + p["piloting_pct"] / 100 * fte_out(hours, p)
    lines["piloting"] = fte * p["piloting_cost"]
    lines["audits"] = p["audits"]
    return lines


def once_lines(
    case: Case, share: Share, hours: float, provider: float, saved: float, team: tuple[Team, Team | None], p: Point
) -> dict[str, float]:
    """Euros once over three years, by item.

    Args:
        case: What is settled.
        share: The part that goes outside.
        hours: What the provider bills in a year.
        provider: The provider's bill for a year.
        saved: What the team costs less in a year.
        team: The people for the whole flow, and for what is kept of it.
        p: The figures.
    """
    month = p["piloting_cost"] / 12
    lines = {
        "preparation": p["preparation_months"] * month,
        "tender": p["tender_months"] * month,
        "set_up": p["set_up_base"] + p["set_up_per_seat"] * fte_out(hours, p),
        "parallel_run": max(0.0, saved) / 12 * p["parallel_months"] * p["parallel_pct"] / 100,
    }
    if case.redeploys:
        whole, kept = team
        lines["redeployment"] = (whole.headcount - (kept.headcount if kept else 0.0)) * p["redeployment_per_fte"]
    lines["exit"] = p["exit_base"] + p["exit_pct"] / 100 * provider
    if "customers" in case.given:
        lost = p["customers"] * share.out * p["customers_lost_pct"] / 100
        lines["churn"] = lost * p["margin_per_customer_eur_year"]
    return lines


def fte_out(hours: float, p: Point) -> float:
    """The provider's people behind the hours billed."""
    return hours / (12 * p["productive_hours"])
