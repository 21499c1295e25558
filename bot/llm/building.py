"""From the settings to the model, with all that stands before it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.llm.budget import Budget, MemorySpending, Price, Spending
from bot.llm.guarded import GuardedModel, Guards
from bot.llm.masking import Masker, texts_in
from bot.llm.provider import Choice
from bot.meter import UNMETERED, Meter
from bot.settings import Settings


def model_of(
    settings: Settings,
    consented: Callable[[str], bool],
    folders: tuple[Path, ...],
    spending: Spending | None = None,
    meter: Meter = UNMETERED,
) -> GuardedModel | None:
    """The language model that the settings name, not loaded yet; None without one.

    Args:
        settings: all of them.
        consented: whether the words of a chat may leave.
        folders: what is written there names nobody whose name is to be masked.
        spending: what was spent; of this process alone when absent.
        meter: what keeps the figures.

    Raises:
        ModelProblem: the settings name one that cannot be had.
    """
    if not settings.llm:
        return None
    choice = Choice.of(settings)
    choice.check()
    guards = Guards(
        consented=consented,
        spending=spending or MemorySpending(),
        budget=Budget(settings.llm_daily_budget, settings.llm_person_budget),
        price=Price.parse(settings.llm_price) if settings.llm_price else None,
        masker=Masker(lambda: texts_in(*folders)),
        meter=meter,
    )
    return GuardedModel(choice, guards)
