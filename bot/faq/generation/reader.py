"""For whom something is written, and a model that answers them before it is too late."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

from pydantic import BaseModel

from bot.llm.model import Model, Prompt, Unanswered

S = TypeVar("S", bound=BaseModel)
T = TypeVar("T")

_LEAST = 0.5
"""Seconds: with less time left nothing is asked."""


@dataclass(frozen=True)
class Reader:
    """A person who waits for an answer."""

    chat: str
    """As in ``Incoming.chat``: consent and budgets are kept by it."""
    until: float
    """When they are to have their answer, with or without a model, by ``time.monotonic``."""
    show: Callable[[str], None] | None = None
    """Shows them what there is of it so far; None where that cannot be done."""

    @classmethod
    def waiting(cls, chat: str, seconds: float, show: Callable[[str], None] | None = None) -> Reader:
        """One who waits from now on."""
        return cls(chat, time.monotonic() + seconds, show)


def complete(model: Model, prompt: Prompt, schema: type[S], reader: Reader) -> S:
    """As ``Model.complete``, in the time that the reader has left.

    Raises:
        Unanswered: as there; ``timeout`` when the time is over.
    """
    return next(_in_time(lambda: iter((model.complete(prompt, schema, reader.chat),)), reader))


def stream(model: Model, prompt: Prompt, reader: Reader) -> Iterator[str]:
    """As ``Model.stream``, in the time that the reader has left.

    Raises:
        Unanswered: as there; ``timeout`` when the time is over.
    """
    return _in_time(lambda: model.stream(prompt, reader.chat), reader)


def _in_time(produce: Callable[[], Iterator[T]], reader: Reader) -> Iterator[T]:
    """What another thread produces; that thread is left alone when the time is over: the model ends it by itself."""
    pieces: SimpleQueue[T | BaseException | None] = SimpleQueue()
    unheard = Event()

    def work() -> None:
        try:
            for piece in produce():
                pieces.put(piece)
                if unheard.is_set():
                    break
            pieces.put(None)
        except BaseException as error:
            pieces.put(error)

    if reader.until - time.monotonic() < _LEAST:
        raise Unanswered("timeout")
    Thread(target=work, name="model", daemon=True).start()
    try:
        while True:
            try:
                piece = pieces.get(timeout=max(reader.until - time.monotonic(), 0.001))
            except Empty:
                raise Unanswered("timeout") from None
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        unheard.set()
