"""Long polling that forgets nothing in a crash: an update is confirmed to Telegram once it is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest

from bot.channels.telegram_requests import CountedRequest
from bot.channels.telegram_sending import seconds

KINDS = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY)
"""The updates asked for."""

_LONG_POLL = 25
_WATCHDOG = 30
_LONGEST_PAUSE = 10.0
_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")
_AS_IT_CAME = "as_it_came"

Raw = dict[str, Any]
"""An update as Telegram writes it."""


class Stopped(Exception):
    """The channel cannot go on; the message, in English, tells the operator what to do."""


class Line:
    """The connection to the Bot API server; says once when it is lost and once when it is back."""

    def __init__(self, api_url: str, pause: float = 1.0) -> None:
        self._api_url = api_url
        self._pause = pause
        self._lost = False

    async def insist(self, call: Callable[[], Awaitable[_T]]) -> _T:
        """Calls until the server answers.

        Raises:
            Stopped: the server refuses the token, or gives the updates to another process.
        """
        pause = self._pause
        while True:
            try:
                result = await call()
            except InvalidToken:
                raise Stopped(
                    "Telegram refuses TELEGRAM_BOT_TOKEN: copy it again from @BotFather"
                    " (and check TELEGRAM_API_URL if you set it)."
                ) from None
            except Conflict:
                raise Stopped(
                    "Another process receives the messages of this TELEGRAM_BOT_TOKEN: stop it, or use another bot."
                ) from None
            except RetryAfter as flood:
                await asyncio.sleep(seconds(flood))
            except TelegramError as error:
                if not self._lost:
                    self._lost = True
                    _LOG.warning(
                        "No answer from %s (%s). Trying again until it comes; check the network and TELEGRAM_API_URL.",
                        self._api_url,
                        type(error).__name__,
                    )
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE)
            else:
                if self._lost:
                    self._lost = False
                    _LOG.warning("%s answers again.", self._api_url)
                return result


async def poll(
    bot: Bot, line: Line, keep: Callable[[Sequence[Raw]], Awaitable[None]], begun: Callable[[], object]
) -> None:
    """Receives updates until cancelled; one is confirmed to Telegram by the call that follows its keeping.

    Args:
        keep: Returns once the updates survive whatever may happen to this process.
        begun: Called once, after the first call.

    Raises:
        Stopped: see ``Line.insist``.
    """
    offset = 0
    wait = 0
    while True:
        updates = await line.insist(partial(_receive, bot, offset, wait))
        if updates:
            await keep([update.api_kwargs[_AS_IT_CAME] for update in updates])
            # Not the highest ever: after a quiet week Telegram starts again anywhere.
            offset = max(update.update_id for update in updates) + 1
        if not wait:
            wait = _LONG_POLL
            begun()


async def _receive(bot: Bot, offset: int, wait: int) -> tuple[Update, ...]:
    # PTB has time limits of its own; this one is the watchdog's, for a connection that neither answers nor ends.
    try:
        async with asyncio.timeout(wait + _WATCHDOG):
            return await bot.get_updates(offset=offset, timeout=wait, allowed_updates=KINDS)
    except TimeoutError:
        raise TimedOut("no answer within the watchdog's time") from None


class UpdatesRequest(CountedRequest):
    """The request for getUpdates: each update comes as its id and, beside it, all of it as it came.

    PTB would read it here, and fail here over one that it cannot read, which would come back forever.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The server's answer."""
        answer = BaseRequest.parse_json_payload(payload)
        if isinstance(result := answer.get("result"), list):
            answer["result"] = [{"update_id": raw["update_id"], _AS_IT_CAME: raw} for raw in result]
        return answer
