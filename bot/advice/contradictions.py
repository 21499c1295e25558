"""Answers that do not go together."""

from __future__ import annotations

from bot.advice.alerting import Case, Check, alert
from bot.advice.model import Alert

BASELINE = ("current_csat_pct", "current_fcr_pct", "current_answer_rate_pct", "current_nps")

_REGULATED_SECTORS = {
    "health": ("santé", "sante", "hôpita", "hopita", "clinique", "pharma", "mutuelle", "health", "hospital", "clinic"),
    "finance": ("banque", "banc", "assurance", "fintech", "crédit", "bank", "insurance", "insurer", "credit"),
}


def contract_without_outsourcing(case: Case) -> Alert | None:
    """Months left of a contract that does not exist."""
    months = case.number("contract_months_left")
    if not months or case.facts.get("already_outsourced") is True:
        return None
    return alert("contract-without-outsourcing", months=months)


def horizon_before_the_end(case: Case) -> Alert | None:
    """A move wanted before the present contract ends."""
    left, horizon = case.number("contract_months_left"), case.number("time_horizon_months")
    if left is None or horizon is None or horizon >= left or case.facts.get("already_outsourced") is not True:
        return None
    return alert("horizon-before-contract-end", horizon=horizon, left=left, gap=left - horizon)


def scripted_yet_complex(case: Case) -> Alert | None:
    """Contacts that follow a script and take an expert."""
    if case.facts.get("scripted") is not True or case.facts.get("complexity") != 3:
        return None
    return alert("scripted-yet-complex")


def knowhow_yet_gap(case: Case) -> Alert | None:
    """A know-how of one's own, and skills that are missing."""
    if case.facts.get("unique_knowhow") is not True or case.facts.get("internal_skill_gap") is not True:
        return None
    return alert("knowhow-yet-gap")


def baseline_not_given(case: Case) -> Alert | None:
    """Figures said to be known, none of them told."""
    if case.facts.get("baseline_kpis_known") is not True or any(field in case.facts for field in BASELINE):
        return None
    return alert("baseline-not-given")


def baseline_after_all(case: Case) -> Alert | None:
    """Figures said not to be known, some of them told."""
    given = tuple(field for field in BASELINE if field in case.facts)
    if case.facts.get("baseline_kpis_known") is not False or not given:
        return None
    return alert("baseline-after-all", count=len(given))


def satisfied_yet_unsolved(case: Case) -> Alert | None:
    """Customers content with requests left unsolved, or the reverse."""
    csat, fcr = case.number("current_csat_pct"), case.number("current_fcr_pct")
    if csat is None or fcr is None or not ((csat >= 85 and fcr < 50) or (csat < 60 and fcr > 85)):
        return None
    return alert("satisfied-yet-unsolved", csat=csat, fcr=fcr)


def satisfied_yet_disloyal(case: Case) -> Alert | None:
    """Satisfaction and loyalty that contradict each other."""
    csat, nps = case.number("current_csat_pct"), case.number("current_nps")
    if csat is None or nps is None or not ((csat >= 85 and nps < 0) or (csat < 60 and nps >= 40)):
        return None
    return alert("satisfied-yet-disloyal", csat=csat, nps=nps)


def outsourced_unsteered(case: Case) -> Alert | None:
    """A provider at work, and nobody to follow it."""
    if case.facts.get("already_outsourced") is not True or case.number("pilot_capacity") != 0:
        return None
    return alert("outsourced-unsteered")


def provider_out_of_bounds(case: Case) -> Alert | None:
    """A present provider where the company says it may not be."""
    constraint, where = case.text("location_constraint"), case.text("current_provider_location")
    forbidden = {"france_only": ("nearshore", "offshore"), "eu_only": ("offshore",)}.get(constraint or "", ())
    if where not in forbidden:
        return None
    return alert("provider-out-of-bounds")


def sector_said_unregulated(case: Case) -> Alert | None:
    """A regulated sector, by its name, said to follow no rules of its own."""
    sector = (case.text("sector") or "").lower()
    if case.facts.get("regulated") != "none" or not any(w in sector for ws in _REGULATED_SECTORS.values() for w in ws):
        return None
    return alert("sector-said-unregulated")


def regulated_without_data(case: Case) -> Alert | None:
    """Health or finance without any personal data."""
    if case.facts.get("personal_data") is not False or case.text("regulated") not in ("health", "finance"):
        return None
    return alert("regulated-without-data")


def strategic_yet_minor(case: Case) -> Alert | None:
    """A strategic relationship of no consequence for the brand."""
    if case.facts.get("flow_strategic") is not True or case.facts.get("brand_criticality") != "low":
        return None
    return alert("strategic-yet-minor")


def core_to_be_freed(case: Case) -> Alert | None:
    """Wishing to focus on the core by handing over the core."""
    if case.facts.get("core_business") is not True or "focus_core" not in case.listed("objective"):
        return None
    return alert("core-to-be-freed")


CHECKS: tuple[Check, ...] = (
    *(contract_without_outsourcing, horizon_before_the_end, scripted_yet_complex, knowhow_yet_gap),
    *(baseline_not_given, baseline_after_all, satisfied_yet_unsolved, satisfied_yet_disloyal, outsourced_unsteered),
    *(provider_out_of_bounds, sector_said_unregulated, regulated_without_data, strategic_yet_minor, core_to_be_freed),
)
