"""How long things wait in a queue, and how long it then takes to deal with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import TypeVar

from bot.meter import STAGE, Meter
from bot.queues import Letter, Taken

T = TypeVar("T", Taken, Letter)


def timed(handle: Callable[[T], Awaitable[None]], meter: Meter, wait: str, work: str) -> Callable[[T], Awaitable[None]]:
    """The same handling, with its times told under these two stages; waiting is told once for each thing."""

    async def handling(thing: T) -> None:
        if thing.waited is not None:
            meter.time(STAGE, thing.waited.total_seconds(), wait)
        begun = perf_counter()
        try:
            await handle(thing)
        finally:
            meter.time(STAGE, perf_counter() - begun, work)

    return handling
