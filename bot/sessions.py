"""What is remembered of each conversation, and the contract of whoever remembers it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

MAX_TURNS = 6
"""Earlier messages kept of a conversation."""

IDLE_HOURS = 12
"""What is only in memory is forgotten after this long without a message: the earlier messages, always."""

MAX_CONVERSATIONS = 50_000
"""Beyond this the longest idle ones are forgotten first: about 100 MB at the most."""

_MAX_MESSAGE_CHARS = 300

T = TypeVar("T")


@dataclass(frozen=True)
class Session:
    """One conversation."""

    lang: str | None = None
    """The language chosen, or last spoken; None before the first message."""
    history: tuple[str, ...] = ()
    """The person's last messages, oldest first, each cut to 300 characters. Never written to a disk."""
    interview: Mapping[str, Any] | None = None
    """The dialogue's own JSON, whatever it holds; None when no interview is under way."""

    def after(self, message: str, lang: str) -> Session:
        """The session once that message has been answered in that language."""
        return replace(self, lang=lang, history=(*self.history, message[:_MAX_MESSAGE_CHARS])[-MAX_TURNS:])


class Sessions(Protocol):
    """Sessions by conversation. Safe to share between threads."""

    def get(self, chat: str) -> Session:
        """The conversation's session; an empty one when nothing is kept of it."""
        ...

    def put(self, chat: str, session: Session) -> None:
        """Keep a session as the latest of its conversation: all of it, or nothing when this raises."""
        ...

    def erase(self, chat: str) -> None:
        """Forget a conversation, everywhere and for good."""
        ...

    def export(self, chat: str) -> dict[str, Any]:
        """All that is held about a conversation, ready for JSON; empty when nothing is.

        Keys: ``chat``, ``language``, ``messages`` (the history), ``interview`` (as in the session), and ``since`` and
        ``changed``, the dates in UTC (ISO 8601) of the first and the last time that something was kept.
        """
        ...

    def holds(self, chat: str) -> bool:
        """Whether anything at all is held about a conversation; every place is read anew."""
        ...


@dataclass(frozen=True)
class Kept(Generic[T]):
    """A value remembered, and when."""

    value: T
    since: datetime
    changed: datetime
    tick: float


class Memory(Generic[T]):
    """Values by conversation, in memory only: the idle ones are forgotten. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._kept: OrderedDict[str, Kept[T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, chat: str) -> Kept[T] | None:
        """What is remembered of a conversation, unless it is too old."""
        with self._lock:
            self._forget_idle()
            return self._kept.get(chat)

    def put(self, chat: str, value: T) -> None:
        """Remember a value in place of the last one."""
        now = datetime.now(UTC)
        with self._lock:
            before = self._kept.get(chat)
            self._kept[chat] = Kept(value, before.since if before else now, now, self._clock())
            self._kept.move_to_end(chat)
            while len(self._kept) > MAX_CONVERSATIONS:
                self._kept.popitem(last=False)

    def erase(self, chat: str) -> None:
        """Forget a conversation."""
        with self._lock:
            self._kept.pop(chat, None)

    def _forget_idle(self) -> None:
        oldest = self._clock() - IDLE_HOURS * 3_600
        while self._kept and next(iter(self._kept.values())).tick < oldest:
            self._kept.popitem(last=False)


class MemorySessions:
    """Sessions kept in memory alone, interviews too: for scripts and tests, where nothing need survive."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._memory: Memory[Session] = Memory(clock)

    def get(self, chat: str) -> Session:
        """As in ``Sessions``."""
        kept = self._memory.get(chat)
        return kept.value if kept else Session()

    def put(self, chat: str, session: Session) -> None:
        """As in ``Sessions``."""
        if session == Session():
            self._memory.erase(chat)
        else:
            self._memory.put(chat, session)

    def erase(self, chat: str) -> None:
        """As in ``Sessions``."""
        self._memory.erase(chat)

    def export(self, chat: str) -> dict[str, Any]:
        """As in ``Sessions``."""
        kept = self._memory.get(chat)
        return exported(chat, kept.value, kept.since, kept.changed) if kept else {}

    def holds(self, chat: str) -> bool:
        """As in ``Sessions``."""
        return self._memory.get(chat) is not None


def exported(chat: str, session: Session, since: datetime, changed: datetime) -> dict[str, Any]:
    """A session as ``Sessions.export`` tells it."""
    return {
        "chat": chat,
        "language": session.lang,
        "messages": list(session.history),
        "interview": None if session.interview is None else dict(session.interview),
        "since": since.isoformat(timespec="seconds"),
        "changed": changed.isoformat(timespec="seconds"),
    }
