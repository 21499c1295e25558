"""A campaign: people in their conversations while processes die, and all these lean on is cut off now and then."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from chaos.lives import Lives
from chaos.people import PATIENCE, Visitor

_AHEAD = 0.02
"""The part of all acts by which people may be ahead of the kills."""

_SAY_EVERY = 20.0

Trouble = tuple[str, Callable[[], None]]
"""What goes wrong, in a few words, and how; the call returns once all is well again."""


@dataclass(frozen=True)
class Pace:
    """How much happens at once."""

    kills: int
    """How many there are to be at the least: one or more."""
    typists: int = 24
    """How many people write at once."""
    pause: float = 0.1
    """Seconds between two acts of theirs, on average."""
    trouble_every: float = 5.0
    """Seconds between two troubles, on average."""
    rounds: int = 1_000
    """How often each trouble comes about at the most."""


@dataclass
class Toll:
    """What went wrong outside of the processes, and how they ended."""

    troubles: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    in_order: bool = False
    """Whether the last processes stopped when they were asked to."""


class Campaign:
    """One run."""

    def __init__(self, lives: Lives, visitors: Sequence[Visitor], troubles: Sequence[Trouble], seed: int) -> None:
        self._lives = lives
        self._visitors = visitors
        self._troubles = troubles
        self._chance = random.Random(seed)
        self._gate = threading.Event()
        self._over = threading.Event()
        self._failed: list[Exception] = []

    def run(self, pace: Pace) -> Toll:
        """Until everybody has heard all there is to hear, enough has died and every trouble has come about once.

        Then the processes end in order.

        Raises:
            Exception: whatever a person or a trouble came to grief over: the campaign's own fault.
        """
        toll = Toll()
        begun = said = time.monotonic()
        waiting, lock = iter(self._visitors), threading.Lock()
        typists = [self._thread(self._type, waiting, lock, pace.pause) for _ in range(pace.typists)]
        troubles = self._thread(self._trouble, toll, pace)
        self._lives.begin()
        for thread in (*typists, troubles):
            thread.start()
        in_all = sum(len(visitor.script.acts) for visitor in self._visitors)
        while (
            any(thread.is_alive() for thread in typists)
            or self._lives.kills.total() < pace.kills
            or len(toll.troubles) < len(self._troubles)
        ):
            self._lives.go_on()
            # What people do keeps step with the kills, so that these fall into all of it.
            done = sum(visitor.done for visitor in self._visitors) / in_all
            died = self._lives.kills.total() / pace.kills
            self._gate.set() if done < died + max(_AHEAD, 1 / pace.kills) else self._gate.clear()
            if time.monotonic() - said > _SAY_EVERY:
                said = time.monotonic()
                print(f"{said - begun:.0f} s: {self._lives.kills.total()} killed, {done:.0%} said", flush=True)
            if self._failed:
                raise self._failed[0]
        self._lives.spare()
        self._over.set()
        while troubles.is_alive():
            self._lives.go_on()
        self._wait_for_all()
        toll.in_order = self._lives.end()
        toll.seconds = time.monotonic() - begun
        if self._failed:
            raise self._failed[0]
        return toll

    def _wait_for_all(self) -> None:
        """Until each has heard all; whom that never happens to is the judge's business."""
        left = list(self._visitors)
        deadline = time.monotonic() + PATIENCE
        while left and time.monotonic() < deadline:
            self._lives.go_on()
            left = [visitor for visitor in left if not visitor.hears_all(0) and not visitor.astray]

    def _type(self, waiting: Iterator[Visitor], lock: threading.Lock, pause: float) -> None:
        while True:
            with lock:
                visitor = next(waiting, None)
            if visitor is None:
                return
            visitor.plays(self._gate, pause)

    def _trouble(self, toll: Toll, pace: Pace) -> None:
        for _ in range(pace.rounds):
            for name, cause in self._chance.sample(self._troubles, len(self._troubles)):
                if self._over.wait(pace.trouble_every * self._chance.uniform(0.5, 1.5)):
                    return
                cause()
                toll.troubles[name] += 1

    def _thread(self, target: Callable[..., None], *args: object) -> threading.Thread:
        def guarded() -> None:
            try:
                target(*args)
            except Exception as error:
                self._failed.append(error)

        return threading.Thread(target=guarded, daemon=True)
