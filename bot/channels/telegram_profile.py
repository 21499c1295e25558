"""What Telegram shows of the bot before anybody writes: its commands and its descriptions, in each language."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from telegram import Bot

from bot.blind import fault
from bot.channels import Responder

LANGUAGES = ((None, "fr"), ("fr", "fr"), ("en", "en"))
"""Telegram's code, and the language shown: French for everyone, English for those whose Telegram is in English."""

_LOG = logging.getLogger(__name__)


async def introduce(bot: Bot, responder: Responder) -> None:
    """Registers all of it where it is not yet so: Telegram counts these changes, and a restart changes nothing.

    What fails is logged, and left for the next start.
    """
    for code, lang in LANGUAGES:
        steps: dict[str, Callable[[], Awaitable[None]]] = {
            "commands": partial(_commands, bot, responder, code, lang),
            "descriptions": partial(_descriptions, bot, responder, code, lang),
        }
        for name, step in steps.items():
            try:
                await step()
            except Exception as error:
                _LOG.warning("%s not registered in %s: %s", name, lang, fault(error))


async def _commands(bot: Bot, responder: Responder, code: str | None, lang: str) -> None:
    wanted = list(responder.commands(lang))
    shown = [(each.command, each.description) for each in await bot.get_my_commands(language_code=code)]
    if shown != wanted:
        await bot.set_my_commands(wanted, language_code=code)


async def _descriptions(bot: Bot, responder: Responder, code: str | None, lang: str) -> None:
    long, short = responder.description(lang)
    # Without one of its own, a language shows the default, which then says the same or is replaced.
    if (await bot.get_my_description(language_code=code)).description != long:
        await bot.set_my_description(long, language_code=code)
    if (await bot.get_my_short_description(language_code=code)).short_description != short:
        await bot.set_my_short_description(short, language_code=code)
