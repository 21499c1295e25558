"""What is remembered of each conversation: in memory only, little, and not for long."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

MAX_TURNS = 6
"""Earlier messages kept of a conversation."""

IDLE_HOURS = 12
"""A conversation is forgotten after this long without a message."""

MAX_CONVERSATIONS = 50_000
"""Beyond this the longest idle ones are forgotten first: about 100 MB at the most."""

_MAX_MESSAGE_CHARS = 300


@dataclass(frozen=True)
class Session:
    """One conversation."""

    lang: str | None = None
    """The language chosen, or last spoken; None before the first message."""
    history: tuple[str, ...] = ()
    """The person's last messages, oldest first, each cut to 300 characters."""

    def after(self, message: str, lang: str) -> Session:
        """The session once that message has been answered in that language."""
        return Session(lang, (*self.history, message[:_MAX_MESSAGE_CHARS])[-MAX_TURNS:])


class Sessions:
    """Sessions by conversation, safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[float, Session]] = OrderedDict()

    def get(self, chat: str) -> Session:
        """The conversation's session; an empty one when there is none or it is too old."""
        with self._lock:
            self._forget_idle()
            kept = self._kept.get(chat)
            return kept[1] if kept else Session()

    def put(self, chat: str, session: Session) -> None:
        """Remember a session as the latest of its conversation."""
        with self._lock:
            self._kept[chat] = (self._clock(), session)
            self._kept.move_to_end(chat)
            while len(self._kept) > MAX_CONVERSATIONS:
                self._kept.popitem(last=False)

    def erase(self, chat: str) -> None:
        """Forget a conversation."""
        with self._lock:
            self._kept.pop(chat, None)

    def _forget_idle(self) -> None:
        oldest = self._clock() - IDLE_HOURS * 3_600
        while self._kept and next(iter(self._kept.values()))[0] < oldest:
            self._kept.popitem(last=False)
