"""Answers that are implausible or contradict one another, pointed out kindly, with the arithmetic."""

from __future__ import annotations

from bot.advice import contradictions, money_alerts, work_alerts
from bot.advice.alerting import Case
from bot.advice.model import Alert, Costs
from bot.interview.model import Facts

CHECKS = (*work_alerts.CHECKS, *contradictions.CHECKS, *money_alerts.CHECKS)


def alerts(facts: Facts, costs: Costs | None = None) -> tuple[Alert, ...]:
    """What is worth a second look, each thing once; an answer that is not known is never reproached.

    Args:
        facts: what is known of one flow, the company's answers included.
        costs: its costs, when reckoned: the budget and the gain are then looked at too.
    """
    case = Case(facts, costs)
    return tuple(found for check in CHECKS if (found := check(case)) is not None)
