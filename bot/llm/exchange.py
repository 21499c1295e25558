"""One exchange with a model: pieces of text within a deadline, whatever the server does. Knows no person."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from functools import cache
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

from bot.llm.budget import Usage, estimated
from bot.llm.failures import Failed, failure

if TYPE_CHECKING:
    from bot.llm.provider import Talker

ATTEMPTS = 3
"""How often a call that fails is tried within its deadline."""

CHARS_PER_TOKEN = 8
"""More than any tokenizer's: a longer answer than the tokens asked for can hold goes on for ever, and is cut."""

_GRACE = 0.2
"""Seconds that the event loop may be late in noticing the deadline."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 2.0
_ENDINGS = ("finish_reason", "stop_reason", "done_reason")
_LOG = logging.getLogger(__name__)

Message = tuple[str, str]
"""Who speaks, ``system`` or ``user``, and the words."""


class Exchange:
    """Pieces of an answer, in order; to be read in one thread, by one ``for``."""

    def __init__(self, talker: Talker, messages: Sequence[Message], seconds: float, max_tokens: int) -> None:
        """Nothing is sent before the first piece is asked for.

        Args:
            talker: the model.
            messages: what it is told.
            seconds: until the last piece; an exchange begun too late sends nothing.
            max_tokens: of the answer.
        """
        self.usage = Usage()
        """What it has cost, so far as the server or an estimate tells."""
        self._talker = talker
        self._messages = list(messages)
        self._deadline = time.monotonic() + seconds
        self._max_chars = max_tokens * CHARS_PER_TOKEN
        self._pieces: SimpleQueue[str | BaseException | None] = SimpleQueue()

    def __iter__(self) -> Iterator[str]:
        """The pieces.

        Raises:
            Failed: nothing more comes, and it was not the end.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Failed("timeout")
        running = asyncio.run_coroutine_threadsafe(self._run(left), _loop())
        try:
            while True:
                piece = self._next()
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            running.cancel()

    def _next(self) -> str | BaseException | None:
        left = self._deadline + _GRACE - time.monotonic()
        try:
            return self._pieces.get(timeout=left) if left > 0 else Failed("timeout")
        except Empty:
            return Failed("timeout")

    async def _run(self, seconds: float) -> None:
        from langsmith import tracing_context  # which would tell a third party every word, were it asked to

        try:
            with tracing_context(enabled=False):
                async with asyncio.timeout(seconds):
                    await self._retried(seconds)
            self._pieces.put(None)
        except TimeoutError:
            self._spend(Usage(self._estimate()))
            self._pieces.put(Failed("timeout"))
        except Exception as error:
            self._pieces.put(failure(error))

    async def _retried(self, seconds: float) -> None:
        from tenacity import (
            AsyncRetrying,
            retry_if_exception,
            stop_after_attempt,
            stop_before_delay,
            wait_random_exponential,
        )

        jittered = wait_random_exponential(_FIRST_PAUSE, _LONGEST_PAUSE)

        def pause(state: Any) -> float:
            asked = getattr(state.outcome.exception(), "pause", 0.0)
            return float(jittered(state) + asked)

        attempts = AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(seconds),
            wait=pause,
            retry=retry_if_exception(lambda error: isinstance(error, Failed) and error.again),
            reraise=True,
        )
        async for attempt in attempts:
            with attempt:
                await self._attempt()

    async def _attempt(self) -> None:
        """One request. Pieces once passed on cannot be taken back: a failure after the first is final."""
        length, ended, told = 0, "", Usage()
        try:
            async with aclosing(cast("AsyncGenerator[Any]", self._talker.astream(self._messages))) as chunks:
                async for chunk in chunks:
                    told = told.plus(_told(chunk))
                    ended = _ending(chunk.response_metadata) or ended
                    if piece := _words(chunk):
                        length += len(piece)
                        if length > self._max_chars:
                            raise Failed("cut")
                        self._pieces.put(piece)
        except Exception as error:
            if length:
                self._spend(told if told.tokens else Usage(self._estimate(), length // 3))
            raise failure(error, begun=length > 0) from None
        self._spend(told if told.tokens else Usage(self._estimate(), length // 3))
        if ended in ("length", "max_tokens"):
            raise Failed("cut")
        if ended in ("content_filter", "refusal"):
            raise Failed("refused")
        if not length:
            raise Failed("broken", again=True)
        if not ended:
            raise Failed("cut")

    def _spend(self, usage: Usage) -> None:
        self.usage = self.usage.plus(usage)

    def _estimate(self) -> int:
        return sum(estimated(words) for _, words in self._messages)


def _words(chunk: Any) -> str:
    return str(chunk.text) + "".join(part.get("args") or "" for part in getattr(chunk, "tool_call_chunks", ()))


def _told(chunk: Any) -> Usage:
    told: Mapping[str, int] = getattr(chunk, "usage_metadata", None) or {}
    return Usage(told.get("input_tokens", 0), told.get("output_tokens", 0))


def _ending(metadata: Mapping[str, Any]) -> str:
    return next((str(metadata[key]) for key in _ENDINGS if metadata.get(key)), "")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One for the whole process: a provider's connections belong to the loop in which they were opened."""
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="llm", daemon=True).start()
    return loop
