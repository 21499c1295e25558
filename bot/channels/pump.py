"""Takes from a queue what is due and deals with it, much at once, for as long as the process lives."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from bot.blind import fault
from bot.queues import Lost

LOOK_EVERY = 1.0
"""Seconds after which a queue is looked into even if nobody said that there was anything new in it."""

_PAUSE = 1.0
_MOMENT = 0.05
_LOG = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")


class _Queue(Protocol[T]):
    def take(self, at_most: int) -> list[T]: ...

    def due_in(self) -> timedelta | None: ...


class Pump(Generic[T]):
    """One queue's."""

    def __init__(
        self, name: str, queue: _Queue[T], handle: Callable[[T], Awaitable[None]], at_most: int, threads: Executor
    ) -> None:
        """Args:
        handle: deals with one thing taken, and leaves the queue knowing what became of it.
        at_most: how much is dealt with at once.
        threads: where the queue is talked to.
        """
        self._name = name
        self._queue = queue
        self._handle = handle
        self._at_most = at_most
        self._threads = threads
        self._tasks: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()
        self._stopping = False
        self._emptying = False
        self._well = True
        self.handled = 0
        """How much was dealt with so far."""

    @property
    def busy(self) -> bool:
        """Whether anything is being dealt with."""
        return bool(self._tasks)

    def wake(self) -> None:
        """Says that there may be something new."""
        self._awake.set()

    def stop(self, *, when_empty: bool = False) -> None:
        """Has ``run`` return once what was taken is dealt with, or all that is due now."""
        if when_empty:
            self._emptying = True
        else:
            self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Takes and deals with things until stopped."""
        while not self._stopping:
            self._awake.clear()
            try:
                if (room := self._at_most - len(self._tasks)) > 0:
                    taken = await self.call(self._queue.take, room)
                    for each in taken:
                        self._begin(each)
                    if len(taken) == room:
                        continue
                    if self._emptying and not taken and not self._tasks:
                        return
                self._say(True)
                # Most often something new comes at once, and then nobody need ask what is due later.
                if not await self._woken(_MOMENT):
                    due = await self.call(self._queue.due_in) if room > 0 else None
                    await self._woken(LOOK_EVERY if due is None else min(LOOK_EVERY, due.total_seconds()))
            except Exception as error:
                self._say(False, fault(error))
                await self._woken(_PAUSE)
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _woken(self, at_most: float) -> bool:
        """Waits; whether it was because there may be something new."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self._awake.wait()
        return self._awake.is_set()

    async def call(self, method: Callable[..., R], *args: object) -> R:
        """What a method of the queue returns."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, method, *args)

    def _begin(self, thing: T) -> None:
        task = asyncio.create_task(self._deal_with(thing))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _deal_with(self, thing: T) -> None:
        try:
            await self._handle(thing)
        except Exception as error:
            _LOG.error("%s: %s", self._name, fault(error))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.handled += 1
        self.wake()

    def _say(self, well: bool, why: str = "") -> None:
        """Once when it breaks, once when it works again."""
        if well != self._well:
            self._well = well
            _LOG.warning("%s works again", self._name) if well else _LOG.error("%s cannot be read: %s", self._name, why)


async def insist(call: Callable[[], Awaitable[R]]) -> R:
    """Calls until it does not fail, except for what its caller asks to see: what was done must be written down.

    Raises:
        Lost: it is no longer this process's to write down.
    """
    told = False
    while True:
        try:
            return await call()
        except Lost:
            raise
        except Exception as error:
            if not told:
                told = True
                _LOG.error("what was done cannot be written down, trying again: %s", fault(error))
        await asyncio.sleep(_PAUSE)
