"""Replies -> Telegram's sendMessage, in spite of floods, cuts and refusals."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import os
from collections import Counter

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram_html import render, split
from bot.channels.telegram_updates import Address
from bot.channels.turn import blind
from bot.messages import Part, Reply

TRIES = 3
"""How often one message is tried when Telegram asks to wait, and as often when it does not answer."""

_BACKOFF = (1.0, 3.0)
_TYPING_EVERY = 4.0  # Telegram shows it for five seconds.
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_LOG = logging.getLogger(__name__)

# Without it, PTB 22 warns each time a RetryAfter is made or read.
os.environ.setdefault("PTB_TIMEDELTA", "true")


class Sender:
    """Sends replies; what cannot be sent is logged, never raised."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, reply: Reply, address: Address) -> bool:
        """Sends a reply as one message or more, its buttons under the last.

        Returns:
            Whether the chat can be reached; when not, there is no point in sending more.
        """
        pieces = split(reply.parts) or ([(Part("…"),)] if reply.choices else [])
        for number, piece in enumerate(pieces):
            last = number == len(pieces) - 1
            buttons = _keyboard(reply) if last else None
            answered = address.reply_to if number == 0 else None
            if not await self._deliver(piece, address, buttons, answered):
                return False
        return True

    async def keep_typing(self, address: Address, done: asyncio.Event) -> None:
        """Shows that a reply is under way, at once and until ``done`` is set."""
        while not done.is_set():
            try:
                await self._bot.send_chat_action(address.chat_id, ChatAction.TYPING, address.thread_id)
            except TelegramError as error:
                _LOG.debug("typing not shown: %s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TYPING_EVERY):
                    await done.wait()

    async def _deliver(
        self, piece: tuple[Part, ...], address: Address, buttons: InlineKeyboardMarkup | None, answered: int | None
    ) -> bool:
        name = blind(address.conversation)
        try:
            try:
                await self._post(render(piece), ParseMode.HTML, address, buttons, answered)
            except BadRequest:
                plain = "".join(part.text for part in piece)
                await self._post(plain, None, address, buttons, answered)
        except Forbidden:
            _LOG.info("conversation %s: blocked the bot or removed it", name)
            return False
        except BadRequest as refusal:
            # This was plain text, so Telegram has no markup to quote.
            _LOG.warning("conversation %s: message refused: %s", name, refusal.message)
        except TelegramError as error:
            _LOG.warning("conversation %s: message not sent: %s", name, type(error).__name__)
            return False
        return True

    async def _post(
        self,
        text: str,
        mode: ParseMode | None,
        address: Address,
        buttons: InlineKeyboardMarkup | None,
        answered: int | None,
    ) -> None:
        chat_id = address.chat_id
        failures: Counter[type[TelegramError]] = Counter()
        while True:
            try:
                await self._bot.send_message(
                    chat_id,
                    text,
                    parse_mode=mode,
                    message_thread_id=address.thread_id,
                    reply_markup=buttons,
                    reply_parameters=_reply_to(answered),
                    link_preview_options=_NO_PREVIEW,
                )
            except (RetryAfter, ChatMigrated, NetworkError) as error:
                failures[type(error)] += 1
                if isinstance(error, BadRequest) or failures[type(error)] == TRIES:
                    raise
                if isinstance(error, ChatMigrated):
                    chat_id = error.new_chat_id
                elif isinstance(error, RetryAfter):
                    await asyncio.sleep(seconds(error))
                else:
                    await asyncio.sleep(_BACKOFF[failures[type(error)] - 1])
            else:
                return


def seconds(flood: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = flood.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)


def _reply_to(message_id: int | None) -> ReplyParameters | None:
    return ReplyParameters(message_id, allow_sending_without_reply=True) if message_id is not None else None


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    if not reply.choices:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(choice.label, callback_data=choice.code) for choice in row] for row in reply.choices]
    )
