"""What fails is not waited for again until it works: one caller pays for a failure, a thread finds out when it ends."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from itertools import chain, repeat
from threading import Lock, Thread
from weakref import ReferenceType, ref

log = logging.getLogger(__name__)

PAUSES = (0.5, 1.0, 2.0, 5.0)
"""Seconds between two trials; then always the last."""


class Breaker:
    """Open while the thing it guards fails. It is forgotten, its thread with it, with the last reference to it."""

    def __init__(self, what: str) -> None:
        """Closed: it is taken to work.

        Args:
            what: the thing guarded, for the log.
        """
        self._what = what
        self._lock = Lock()
        self._works: Callable[[], object] | None = None

    @property
    def open(self) -> bool:
        """Whether the last that is known is a failure."""
        return self._works is not None

    def failed(self, works: Callable[[], object]) -> None:
        """Open it, and try in the background until it works.

        Args:
            works: raises as long as the thing fails; takes seconds at the most.
        """
        with self._lock:
            if self.open:
                return
            self._works = works
        Thread(target=_try_until_it_works, args=[ref(self)], name="breaker", daemon=True).start()

    def closes(self) -> bool:
        """Try once; whether it works."""
        try:
            if self._works:
                self._works()
        except Exception as error:
            log.debug("%s still fails: %s", self._what, error)
            return False
        log.warning("%s works again", self._what)
        self._works = None
        return True


def _try_until_it_works(breaker: ReferenceType[Breaker]) -> None:
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        time.sleep(pause)
        guarded = breaker()
        if guarded is None or guarded.closes():
            return
        del guarded
