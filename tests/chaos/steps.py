"""The named steps of a message's way, at one of which a process is to die by its own hand."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, event

from bot.channels.telegram_requests import CountedRequest
from bot.queues import Arrived, Inbox, Queues, Taken, Turn

STEPS = ("after store", "after take", "before commit", "after commit", "before send", "after send")
"""An update is kept and not confirmed yet; it is taken and not begun; all of its turn is written and not committed; it
is committed and nothing more; a reply is taken and not sent; it is sent and not written down as such."""

_SENDS = {"sendMessage", "sendPhoto", "sendDocument", "editMessageText", "sendRichMessage"}


class Fate:
    """Where this process dies: at the so manieth time that it comes to a step, if ever."""

    def __init__(self, step: str, time: int) -> None:
        self._step = step
        self._left = time
        self._lock = threading.Lock()

    def comes_to(self, step: str) -> None:
        """Returns, or not."""
        if step != self._step:
            return
        with self._lock:
            self._left -= 1
            if self._left:
                return
            os.write(1, json.dumps({"struck": step}).encode() + b"\n")
            os.kill(os.getpid(), signal.SIGKILL)


def watched(queues: Queues, fate: Fate) -> Queues:
    """The same queues in a process with that fate."""
    in_turn = threading.local()

    def on_commit(_: Any) -> None:
        if getattr(in_turn, "now", False):
            fate.comes_to("before commit")

    event.listen(Engine, "commit", on_commit)
    _watch_sending(fate)
    return replace(queues, inbox=_Watched(queues.inbox, fate, in_turn))


class _Watched:
    """An inbox, its steps seen."""

    def __init__(self, inbox: Inbox, fate: Fate, in_turn: threading.local) -> None:
        self._inbox = inbox
        self._fate = fate
        self._in_turn = in_turn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inbox, name)

    def store(self, arrived: Sequence[Arrived]) -> set[int]:
        new = self._inbox.store(arrived)
        if arrived:
            self._fate.comes_to("after store")
        return new

    def take(self, at_most: int) -> list[Taken]:
        taken = self._inbox.take(at_most)
        if taken:
            self._fate.comes_to("after take")
        return taken

    @contextmanager
    def turn(self, taken: Taken) -> Iterator[Turn]:
        try:
            with self._inbox.turn(taken) as turn:
                yield turn
                self._in_turn.now = True
        finally:
            self._in_turn.now = False
        self._fate.comes_to("after commit")


def _watch_sending(fate: Fate) -> None:
    do_request = CountedRequest.do_request

    async def watched(self: CountedRequest, url: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        sends = url.rsplit("/", 1)[-1] in _SENDS
        if sends:
            fate.comes_to("before send")
        answer = await do_request(self, url, *args, **kwargs)
        if sends:
            fate.comes_to("after send")
        return answer

    CountedRequest.do_request = watched  # type: ignore[method-assign]
