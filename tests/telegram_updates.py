"""The updates waiting for the bot: handed out by ``getUpdates``, kept until their offset is confirmed."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from telegram_requests import JSON, Refused

_OPT_IN = {"chat_member", "message_reaction", "message_reaction_count"}  # must be asked for by name
_CONFLICT = "terminated by other getUpdates request; make sure that only one bot instance is running"


class HungUp(Exception):
    """Nobody is left to answer, or the answer is to be withheld."""


@dataclass(eq=False)
class _Waiting:
    """An update, and whether it was handed out, and is to come back once confirmed."""

    update: JSON
    again: bool
    handed: bool = False


class UpdateQueue:
    """Every waiting update, in the order of delivery. Shares the server's condition."""

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._queue: list[_Waiting] = []
        self._next_id = 1000
        self._allowed: set[str] = set()
        self._poll = 0  # number of the poll whose turn it is
        self._twice = False
        self._held: list[JSON] | None = None
        self._closed = False

    def __len__(self) -> int:
        return len(self._queue)

    def allow(self, kinds: list[str]) -> None:
        """Which kinds of update are made from now on; none named means all but those to opt in to."""
        if not all(isinstance(kind, str) for kind in kinds):
            raise Refused("expected an Array of String as allowed_updates")
        self._allowed = set(kinds)

    def publish(self, update: JSON) -> None:
        """Delivers what happened (without its id) if the bot wants that kind of update."""
        with self._changed:
            [kind] = update
            if kind not in self._allowed if self._allowed else kind in _OPT_IN:
                return
            if self._held is None:
                self.deliver(update)
            else:
                self._held.append(_copy(update))

    def deliver(self, update: JSON, twice: bool = False) -> int:
        """Queues an update as it is; without an ``update_id`` of its own it gets the next one, which is returned."""
        with self._changed:
            if "update_id" not in update:
                update = {"update_id": self._next_id, **update}
            self._next_id = max(self._next_id, update["update_id"]) + 1
            self._queue.append(_Waiting(_copy(update), twice or self._twice))
            self._changed.notify_all()
            return int(update["update_id"])

    @contextmanager
    def twice(self) -> Iterator[None]:
        """Inside, every update comes back once after it was confirmed, under the same id."""
        self._twice = True
        try:
            yield
        finally:
            self._twice = False

    @contextmanager
    def out_of_order(self) -> Iterator[None]:
        """Inside, updates are held; afterwards they come together, the last one first."""
        with self._changed:
            held: list[JSON] = []
            self._held = held
        try:
            yield
        finally:
            with self._changed:
                self._held = None
                for update in reversed(held):
                    self.deliver(update)

    def poll(self, offset: int, limit: int, timeout: int, gone: Callable[[], bool]) -> list[JSON]:
        """What ``getUpdates`` answers, once there is something or ``timeout`` seconds have passed.

        Raises:
            Refused: another poll has begun.
            HungUp: another poll has begun after this caller left.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            self._poll += 1
            turn = self._poll
            self._confirm(offset)
            self._changed.notify_all()
            while not self._queue and not self._closed and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
                if turn != self._poll:
                    raise HungUp if gone() else Refused(_CONFLICT, 409)
            ready = self._queue[:limit]
            for waiting in ready:
                waiting.handed = True
            return [waiting.update for waiting in ready]

    def waiting(self) -> list[JSON]:
        """The updates that wait, in the order of delivery."""
        return [waiting.update for waiting in self._queue]

    def confirm(self, update_id: int) -> None:
        """Drops one update that was taken, or keeps it once more where it is to come twice."""
        with self._changed:
            place = next((n for n, waiting in enumerate(self._queue) if waiting.update["update_id"] == update_id), None)
            if place is not None:
                taken = self._queue.pop(place)
                if taken.again:
                    self._queue.append(_Waiting(taken.update, again=False))

    def forget(self) -> None:
        """Drops everything that waits."""
        self._queue.clear()

    def close(self) -> None:
        """Ends the poll in progress."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._queue = self._queue[offset:]
            return
        kept = []
        for waiting in self._queue:
            confirmed = waiting.handed and waiting.update["update_id"] < offset
            if not confirmed:
                kept.append(waiting)
            elif waiting.again:
                kept.append(_Waiting(waiting.update, again=False))
        self._queue = kept


def _copy(update: JSON) -> JSON:
    """The update as it is now, whatever becomes of its message."""
    copied: JSON = json.loads(json.dumps(update))
    return copied
