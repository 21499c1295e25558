"""What the queues need now and then, for as long as the process lives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from bot.blind import fault
from bot.channels.pump import Pump
from bot.queues import Upkeep

_LOOK_EVERY = 1.0
_RECOVER_EVERY = 5.0
_TIDY_EVERY = 3_600.0
_LOG = logging.getLogger(__name__)


async def look_after(upkeep: Upkeep, pumps: Sequence[Pump[Any]]) -> None:
    """Frees what dead processes had taken, erases what is too old, and settles what is left when nothing happens."""
    loop = asyncio.get_running_loop()
    recovered = settled_at = loop.time()
    tidied = -_TIDY_EVERY
    settled = handled = 0
    while True:
        now = loop.time()
        if now - recovered >= _RECOVER_EVERY:
            recovered = now
            await _now_and_then("recovery", upkeep.recover, pumps)
        if now - tidied >= _TIDY_EVERY:
            tidied = now
            await _now_and_then("retention", upkeep.tidy, pumps)
        before, handled = handled, sum(pump.handled for pump in pumps)
        quiet = handled == before and not any(pump.busy for pump in pumps)
        if quiet and handled != settled and now - settled_at >= _LOOK_EVERY:
            settled, settled_at = handled, now
            await _now_and_then("settling", upkeep.settle, pumps)
        await asyncio.sleep(_LOOK_EVERY)


async def _now_and_then(what: str, call: Callable[[], int | None], pumps: Sequence[Pump[Any]]) -> None:
    try:
        done = await pumps[0].call(call)
    except Exception as error:
        _LOG.error("%s failed: %s", what, fault(error))
        return
    if done:
        _LOG.info("%s: %d", what, done)
        for pump in pumps:
            pump.wake()
