"""How much one person may send, and everybody together: beyond that, they are told when to go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from math import ceil, inf
from threading import Lock
from typing import NamedTuple

from bot.sessions import Memory

PAUSE = 30.0
"""Seconds for which nothing of a person is handled once they have sent too much, at least."""


class Crowded(Exception):
    """All chats together ask more than is answered at once."""


class Quota(NamedTuple):
    """``burst`` at once, then one more every so often. What was not used adds up to the burst again."""

    burst: int
    every: float
    """Seconds; more than none."""

    @property
    def pause(self) -> float:
        """Seconds for which nothing is handled after too much: then there is room for one at least."""
        return max(PAUSE, self.every)


class Heed(Enum):
    """What becomes of a message."""

    HANDLED = "handled"
    REFUSED = "refused"
    """It is not handled, and the person is told, and told that the next will not be either, for a while."""
    UNREAD = "unread"
    """It came within that while: what was said goes for it too."""


class Moment(NamedTuple):
    """When a message came."""

    now: float
    """When it is looked at, in seconds since any one moment."""
    sent: float | None = None
    """When the person sent it, in seconds since any other: much earlier when the bot was away."""
    id: str = ""
    """What tells it from the others of its conversation; the same when it is looked at again. Empty: not known."""


@dataclass(frozen=True)
class Bucket:
    """What a person may still send."""

    left: float
    last: Moment
    heed: Heed = Heed.HANDLED
    """What became of the last one."""
    closed_until: float = -inf


def weigh(before: Bucket | None, quota: Quota, moment: Moment) -> Bucket:
    """The bucket once that message is counted; its ``heed`` says what becomes of it.

    A message looked at again, for its turn came to nothing, has the same fate as before and is not counted twice.
    Time runs as the person sent or as it is here, whichever took longer: who wrote at leisure while the bot was away
    has not written fast.
    """
    if before is None:
        before = Bucket(quota.burst, moment)
    elif moment.id and moment.id == before.last.id:
        return before
    left = _refilled(before, quota, moment)
    if moment.now < before.closed_until:
        return replace(before, left=left, last=moment, heed=Heed.UNREAD)
    if left >= 1:
        return Bucket(left - 1, moment)
    return Bucket(left, moment, Heed.REFUSED, moment.now + quota.pause)


def _refilled(bucket: Bucket, quota: Quota, moment: Moment) -> float:
    return min(quota.burst, bucket.left + _between(bucket.last, moment) / quota.every)


def _between(earlier: Moment, later: Moment) -> float:
    """Seconds; none where a clock was set back."""
    sent = 0.0 if earlier.sent is None or later.sent is None else later.sent - earlier.sent
    return max(later.now - earlier.now, sent, 0.0)


class Quotas:
    """What each chat may still send to this process, in memory alone. Safe to share between threads."""

    def __init__(
        self, questions: Quota, gestures: Quota, everyone: Quota, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Nobody has sent anything yet.

        Args:
            questions: each chat's, to the corpus.
            gestures: each chat's presses, commands and answers in an interview, which cost less.
            everyone: the questions of all chats together.
            clock: seconds that only grow.
        """
        self._quotas = {True: questions, False: gestures}
        self._buckets: dict[bool, Memory[Bucket]] = {True: Memory(clock), False: Memory(clock)}
        self._everyone = everyone
        self._all: Bucket | None = None
        self._clock = clock
        self._lock = Lock()

    def heed(self, chat: str, id: str, sent: float | None, *, question: bool) -> Heed:
        """Counts a message; what becomes of it.

        Args:
            chat: whose.
            id: as in ``Moment``.
            sent: as in ``Moment``.
            question: whether it is one for the corpus.
        """
        with self._lock:
            kept = self._buckets[question].get(chat)
            bucket = weigh(kept.value if kept else None, self._quotas[question], Moment(self._clock(), sent, id))
            self._buckets[question].put(chat, bucket)
        return bucket.heed

    def pause(self, *, question: bool) -> int:
        """Seconds for which a person who was refused is to wait."""
        return ceil(self._quotas[question].pause)

    def room(self) -> bool:
        """Counts a question among those of all chats; whether it is to be answered now."""
        with self._lock:
            moment = Moment(self._clock())
            left = _refilled(self._all or Bucket(self._everyone.burst, moment), self._everyone, moment)
            room = left >= 1
            self._all = Bucket(left - room, moment)
        return room


def per_minute(number: int) -> Quota:
    """That many at once, then as many a minute."""
    return Quota(number, 60 / number)


def per_second(number: int) -> Quota:
    """That many a second, and at once those of two seconds."""
    return Quota(2 * number, 1 / number)
