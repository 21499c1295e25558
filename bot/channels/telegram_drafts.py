"""What there is of an answer so far, shown in a private chat while the rest is written."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import Future

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram_html import LIMIT, clean, units
from bot.channels.telegram_updates import Address

EVERY = 0.7
"""Seconds, at least, between two drafts of one answer."""

_LAST = 0.5
_LOG = logging.getLogger(__name__)


class Drafts:
    """One answer's. ``show`` is called from the thread that writes; what Telegram refuses is not shown again."""

    def __init__(self, bot: Bot, address: Address, number: int) -> None:
        """Args:
        address: of a private chat.
        number: what tells the draft from others of the chat; not 0.
        """
        self._bot = bot
        self._address = address
        self._number = number
        self._loop = asyncio.get_running_loop()
        self._shown_at = float("-inf")
        self._sending: Future[None] | None = None
        self._refused = False

    def show(self, text: str) -> None:
        """Shows the text in place of the draft before, unless that one is too recent: the next will hold this too."""
        now = time.monotonic()
        busy = self._sending is not None and not self._sending.done()
        if self._refused or busy or now - self._shown_at < EVERY or units(text) > LIMIT:
            return
        self._shown_at = now
        self._sending = asyncio.run_coroutine_threadsafe(self._send(clean(text)), self._loop)

    async def close(self) -> None:
        """Nothing is shown any more once this returns, so that no draft comes after the message itself."""
        self._refused = True
        if self._sending is not None:
            await asyncio.wait({asyncio.wrap_future(self._sending)}, timeout=_LAST)
            self._sending.cancel()

    async def _send(self, text: str) -> None:
        try:
            await self._bot.send_message_draft(self._address.chat_id, self._number, text, self._address.thread_id)
        except TelegramError as error:
            self._refused = True
            _LOG.debug("draft not shown: %s", type(error).__name__)
