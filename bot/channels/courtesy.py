"""Who sends much at once lets the others go first: one chat's flood must not slow another's conversation."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

PATIENCE = 1.0
"""Seconds that an update waits at the most so that others go first, whoever they are."""

QUIET = 0.25
"""Seconds without any turn of the others after which nobody is taken to be in conversation."""

_MEMORY = 2_000
_MOST_WAITING = 16
_LOOK_EVERY = 0.02


class Courtesy:
    """Of one process; to be used on its event loop.

    An update that was already waiting when its chat's last one was done belongs to a flood, or to a crowd that a stop
    left behind. Such turns begin while nobody else is in conversation; when somebody always is, each such chat still
    has one a second. Typing at a person's pace is never made to wait, nor is anyone when all are alike.
    """

    def __init__(self, clock: Callable[[], float], pause: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._clock = clock
        self._pause = pause
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._calm: OrderedDict[str, float] = OrderedDict()
        self._calm_now = 0
        self._waiting = 0

    @contextlib.asynccontextmanager
    async def turn(self, chat: str, waited: timedelta | None) -> AsyncIterator[None]:
        """The time of one turn, begun once it may.

        Args:
            waited: since the update was stored; None when that says nothing, as when it is tried again.
        """
        flooding = self._is_flooding(chat, waited)
        if flooding:
            await self._let_others_first(chat)
        else:
            self._calm_now += 1
        try:
            yield
        finally:
            self._note(self._ended, chat)
            if not flooding:
                self._calm_now -= 1
                self._note(self._calm, chat)

    def _is_flooding(self, chat: str, waited: timedelta | None) -> bool:
        ended = self._ended.get(chat)
        return ended is not None and waited is not None and waited.total_seconds() > self._clock() - ended

    def _note(self, turns: OrderedDict[str, float], chat: str) -> None:
        turns[chat] = self._clock()
        turns.move_to_end(chat)
        if len(turns) > _MEMORY:
            turns.popitem(last=False)

    async def _let_others_first(self, chat: str) -> None:
        # Those who wait take up the places of others, so not all may.
        if self._waiting >= _MOST_WAITING:
            return
        since = self._clock()
        self._waiting += 1
        try:
            while self._another_is_there(chat) and self._clock() - since < PATIENCE:
                await self._pause(_LOOK_EVERY)
        finally:
            self._waiting -= 1

    def _another_is_there(self, chat: str) -> bool:
        last = next((at for other, at in reversed(self._calm.items()) if other != chat), None)
        return self._calm_now > 0 or (last is not None and self._clock() - last < QUIET)
