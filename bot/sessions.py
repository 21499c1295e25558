"""What is remembered of each conversation, and the contract of whoever remembers it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from bot.feedback import Opinion

MAX_TURNS = 6
"""Earlier messages kept of a conversation."""

IDLE_HOURS = 12
"""The earlier messages are forgotten after this long without a new one; so is all that is kept in memory alone."""

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
    """The person's last messages, oldest first, each cut to 300 characters."""
    interview: Mapping[str, Any] | None = None
    """The dialogue's own JSON, whatever it holds; None when no interview is under way."""
    rich: bool = False
    """Whether the person chose tables and folds where their app can show them."""
    consent: str | None = None
    """Whether their words may leave for an outside language model: ``yes``, ``no``, ``asked`` and not answered yet;
    None before they were asked."""

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

    def rate(self, chat: str, opinion: Opinion) -> None:
        """Keep what somebody thinks of an answer, in place of what they thought of it before."""
        ...

    def erase(self, chat: str) -> dict[str, int]:
        """Forget a conversation, everywhere and for good; how much each store held, by the name of its table."""
        ...

    def export(self, chat: str) -> dict[str, Any]:
        """All that is held about a conversation, ready for JSON; empty when nothing is.

        Keys: ``chat``, ``language``, ``messages`` (the history), ``interview`` (as in the session), and ``since`` and
        ``changed``, the dates in UTC (ISO 8601) of the first and the last time that something was kept of these; then,
        by the name of its table, a list of what each other store holds, unless that is nothing.
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

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MAX_CONVERSATIONS) -> None:
        self._clock = clock
        self._most = most
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
            while len(self._kept) > self._most:
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

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MAX_CONVERSATIONS) -> None:
        self._memory: Memory[Session] = Memory(clock, most)
        self._opinions: Memory[dict[str, Opinion]] = Memory(clock, most)

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

    def rate(self, chat: str, opinion: Opinion) -> None:
        """As in ``Sessions``."""
        kept = self._opinions.get(chat)
        self._opinions.put(chat, {**(kept.value if kept else {}), opinion.about: opinion})

    def erase(self, chat: str) -> dict[str, int]:
        """As in ``Sessions``."""
        kept, opinions = self._memory.get(chat), self._opinions.get(chat)
        self._memory.erase(chat)
        self._opinions.erase(chat)
        interview = kept is not None and kept.value.interview is not None
        held = {
            "conversations": int(kept is not None),
            "interviews": int(interview),
            "feedback": len(opinions.value) if opinions else 0,
        }
        return {name: number for name, number in held.items() if number}

    def export(self, chat: str) -> dict[str, Any]:
        """As in ``Sessions``."""
        kept, opinions = self._memory.get(chat), self._opinions.get(chat)
        told = exported(chat, kept.value, kept.since, kept.changed) if kept else {}
        if opinions:
            told |= {"chat": chat, "feedback": [asdict(opinion) for opinion in opinions.value.values()]}
        return told

    def holds(self, chat: str) -> bool:
        """As in ``Sessions``."""
        return self._memory.get(chat) is not None or self._opinions.get(chat) is not None


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
