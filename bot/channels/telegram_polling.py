"""Long polling that forgets nothing in a crash: an update is confirmed to Telegram once it was handled."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest, HTTPXRequest

from bot.channels.telegram_sending import seconds
from bot.channels.telegram_updates import Recent

KINDS = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY)
"""The updates asked for."""

_LONG_POLL = 25
_BUSY_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")


class Stopped(Exception):
    """The channel cannot go on; the message, in English, tells the operator what to do."""


class Inbox:
    """The updates received and not yet handled. Telegram sends them again to a process that died with them.

    An update that takes more than ``patience`` seconds, or stays behind by more than ``span`` ids, is confirmed
    unhandled: Telegram shows 100 unconfirmed updates at most, and one slow chat must not hide the others' messages.
    """

    def __init__(self, patience: float = 30.0, span: int = 50, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience
        self._span = span
        self._clock = clock
        self._open: dict[int, float] = {}
        self._seen = Recent()
        self._next = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def take(self, updates: Iterable[Update]) -> list[Update]:
        """The updates not received before, oldest first; they are open until ``done``."""
        batch = list(updates)
        fresh = [update for update in batch if self._seen.put(update.update_id, True)]
        for update in fresh:
            self._open[update.update_id] = self._clock()
            self._idle.clear()
        if batch:
            # Not the highest ever: after a quiet week Telegram starts again anywhere.
            self._next = max(update.update_id for update in batch) + 1
        return fresh

    def done(self, update_id: int) -> None:
        """Tells that an update was handled."""
        self._open.pop(update_id, None)
        if not self._open:
            self._idle.set()

    @property
    def busy(self) -> bool:
        """Whether an update is open."""
        return bool(self._open)

    def offset(self) -> int:
        """The ``offset`` for getUpdates, which confirms all that came before it."""
        late = self._clock() - self._patience
        for update_id, taken in list(self._open.items()):
            if taken < late or abs(self._next - update_id) > self._span:
                self.done(update_id)
        return min(self._open, default=self._next)

    async def idle(self, at_most: float) -> None:
        """Returns when no update is open, or after ``at_most`` seconds."""
        # Not wait_for: in Python 3.11 it loses a cancellation that comes just as it ends.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self._idle.wait()


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
    bot: Bot, line: Line, inbox: Inbox, handle: Callable[[Update], Awaitable[None]], begun: Callable[[], None]
) -> None:
    """Receives updates until cancelled.

    Args:
        handle: Queues an update; whoever handles it then calls ``inbox.done``.
        begun: Called once the first messages, if some were waiting, were answered or had a second for it.

    Raises:
        Stopped: see ``Line.insist``.
    """
    wait = 0
    started = False
    while True:
        updates = await line.insist(partial(_receive, bot, inbox, wait))
        for update in inbox.take(updates):
            await handle(update)
        if not started:
            started = True
            await inbox.idle(at_most=1.0)
            begun()
        # While updates are open the server sends them again at once: a long poll would be a busy loop.
        await inbox.idle(at_most=_BUSY_PAUSE)
        wait = 0 if inbox.busy else _LONG_POLL


async def _receive(bot: Bot, inbox: Inbox, wait: int) -> tuple[Update, ...]:
    return await bot.get_updates(offset=inbox.offset(), timeout=wait, allowed_updates=KINDS)


class UpdatesRequest(HTTPXRequest):
    """The request for getUpdates: an update that this PTB cannot read becomes an empty one instead of an error.

    The error would come back forever, since the update would never be confirmed.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The server's answer, with readable updates only."""
        answer = BaseRequest.parse_json_payload(payload)
        if isinstance(result := answer.get("result"), list):
            answer["result"] = [_readable(update) for update in result]
        return answer


def _readable(update: dict[str, Any]) -> dict[str, Any]:
    try:
        Update.de_json(dict(update), None)
    except Exception as error:
        _LOG.warning("update %s cannot be read: %s", update.get("update_id"), type(error).__name__)
        return {"update_id": update["update_id"]}
    return update
