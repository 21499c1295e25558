"""Updates kept -> turns: read, answered, and marked as done with their replies, all at once or not at all."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import timedelta
from time import perf_counter

from telegram import Bot, Update

from bot.blind import blind, fault
from bot.channels import Responder
from bot.channels.courtesy import Courtesy
from bot.channels.pump import insist
from bot.channels.telegram_drafts import Drafts
from bot.channels.telegram_letters import letters
from bot.channels.telegram_sending import Sender
from bot.channels.telegram_updates import Reader, Received
from bot.channels.turn import apology
from bot.messages import Reply
from bot.meter import FAILED, HANDLED, UNMETERED, Meter
from bot.queues import MAX_BEGUN, MAX_FAILURES, Inbox, Lost, Outgoing, Taken, Unavailable

_BACKOFF = (0.5, 2.0, 5.0)
"""Seconds before an update that failed is begun again; then always the last."""

_LAST_TYPING = 0.5
_LOG = logging.getLogger(__name__)


class Turns:
    """Handles updates; what goes wrong with one is logged and written down, never raised."""

    def __init__(
        self,
        bot: Bot,
        responder: Responder,
        inbox: Inbox,
        threads: Executor,
        replied: Callable[[], None],
        meter: Meter = UNMETERED,
    ) -> None:
        """Args:
        threads: where the responder thinks.
        replied: called when there is something to send.
        """
        self._bot = bot
        self._responder = responder
        self._inbox = inbox
        self._threads = threads
        self._replied = replied
        self._meter = meter
        self._reader = Reader(bot)
        self._sender = Sender(bot)
        self._courtesy = Courtesy(perf_counter)

    async def handle(self, taken: Taken) -> None:
        """Gives an update its effect, or has it tried again, or sets it aside."""
        try:
            update = Update.de_json(json.loads(taken.raw), self._bot)
            received = self._reader.read(update)
        except Exception as error:
            why = f"cannot be read: {fault(error)}"
            _LOG.error("update %d %s", taken.id, why, extra={"update": taken.id})
            self._meter.count(HANDLED, "none", "set_aside")
            await self._write_down(lambda: self._inbox.set_aside(taken, why))
            return
        if received and taken.begun > MAX_BEGUN:
            await self._set_aside(taken, received, "the process died with it, each time")
            return
        try:
            async with self._courtesy.turn(taken.chat, taken.waited):
                await self._answer(taken, received)
        except Lost as lost:
            _LOG.warning("%s", lost)
            self._meter.count(HANDLED, _kind(received), "lost")
            return
        except Exception as error:
            await self._failed(taken, received, error)
            return
        self._meter.count(HANDLED, _kind(received), "done")
        self._reader.remember(update)
        self._replied()

    async def _answer(self, taken: Taken, received: Received | None) -> None:
        if received is None:
            await self._in_thread(lambda: self._turn(taken, None))
            return
        drafts = Drafts(self._bot, received.address, taken.id) if received.address.private else None
        if drafts:
            received = replace(received, incoming=replace(received.incoming, show=drafts.show))
        done = asyncio.Event()
        typing = asyncio.create_task(self._sender.keep_typing(received.address, done))
        try:
            await self._in_thread(lambda: self._turn(taken, received))
        finally:
            # Typing shown after the reply would stay for five seconds, so it goes first, if it goes soon.
            done.set()
            await asyncio.wait({typing}, timeout=_LAST_TYPING)
            typing.cancel()
            if drafts:
                await drafts.close()

    def _turn(self, taken: Taken, received: Received | None) -> None:
        with self._inbox.turn(taken) as turn:
            if received:
                replies = self._responder.within(turn.sessions).respond(received.incoming)
                turn.send(_letters(replies, received))

    async def _failed(self, taken: Taken, received: Received | None, error: Exception) -> None:
        kind, why = _kind(received), fault(error)
        blamed = not isinstance(error, Unavailable)
        name = blind(taken.chat)
        fields = {"conversation": name, "update": taken.id, "kind": kind, "reason": type(error).__name__}
        _LOG.error("conversation %s: no reply to a %s: %s", name, kind, why, extra=fields)
        self._meter.count(FAILED, type(error).__name__)
        if taken.begun < MAX_FAILURES or not blamed:
            wait = timedelta(seconds=_BACKOFF[min(taken.begun, len(_BACKOFF)) - 1])
            self._meter.count(HANDLED, kind, "retried")
            await self._write_down(lambda: self._inbox.retry(taken, wait, why, counted=blamed))
        else:
            await self._set_aside(taken, received, why)

    async def _set_aside(self, taken: Taken, received: Received | None, why: str) -> None:
        self._meter.count(HANDLED, _kind(received), "set_aside")

        def set_aside() -> None:
            replies = apology(self._responder, received.incoming) if received else ()
            self._inbox.set_aside(taken, why, _letters(replies, received) if received else ())

        await self._write_down(set_aside)
        self._replied()

    async def _write_down(self, call: Callable[[], None]) -> None:
        try:
            await insist(lambda: self._in_thread(call))
        except Lost as lost:
            _LOG.warning("%s", lost)

    async def _in_thread(self, call: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _kind(received: Received | None) -> str:
    return received.incoming.kind.value if received else "none"


def _letters(replies: Sequence[Reply], received: Received) -> list[Outgoing]:
    return [letter for reply in replies for letter in letters(reply, received.address)]
