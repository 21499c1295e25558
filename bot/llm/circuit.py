"""A server that keeps failing is left alone for a while: nobody waits for it, and nothing is paid for."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

FAILURES = 5
"""So many failures in a row open the circuit."""

PAUSES = (15.0, 30.0, 60.0, 120.0)
"""Seconds during which nothing is tried, after the first opening, the second in a row…; then always the last."""


class Circuit:
    """Closed while calls succeed; open after several failures; then one call at a time tries. Safe between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._openings = 0
        self._shut_until: float | None = None
        self._trying = False

    @property
    def open(self) -> bool:
        """Whether calls are refused, or but one at a time let through."""
        return self._shut_until is not None

    def enter(self) -> bool:
        """Whether a call may go; it then ends in ``succeeded``, ``failed`` or ``left``."""
        with self._lock:
            if self._shut_until is None:
                return True
            if self._trying or self._clock() < self._shut_until:
                return False
            self._trying = True
            return True

    def succeeded(self) -> None:
        """The server answered as it should."""
        with self._lock:
            self._failures = self._openings = 0
            self._shut_until, self._trying = None, False

    def failed(self) -> None:
        """The server did not."""
        with self._lock:
            self._failures += 1
            if self._trying or (self._shut_until is None and self._failures >= FAILURES):
                pause = PAUSES[min(self._openings, len(PAUSES) - 1)]
                self._openings += 1
                self._shut_until, self._trying = self._clock() + pause, False

    def left(self) -> None:
        """The call was given up for a reason that says nothing of the server."""
        with self._lock:
            self._trying = False
