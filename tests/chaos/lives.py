"""The bots' processes and what is to become of each: born, killed at a step or at random, and born again."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaos.steps import STEPS

AT_RANDOM = "at random"
_START_SECONDS = 60.0
_REFUSED = 2
"""What ``python -m bot run`` ends with when it cannot begin."""
REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Fates:
    """How long processes live."""

    shortest: float = 0.4
    """Seconds before one is killed from outside, at the least."""
    longest: float = 2.0
    """At the most."""
    patience: float = 3.0
    """Seconds after which one that has not come to the step it is to die at is killed from outside."""
    latest: int = 12
    """It dies there at the latest when it comes there for this time."""


@dataclass
class _Life:
    step: str
    until: float
    killed: bool = False
    """Whether it was killed from outside."""
    up: bool = False
    """Whether it has begun, and so can stop in order."""


class Lives:
    """A nursery's children; as many at once as there are names. To be used in one thread."""

    def __init__(
        self, environment: Mapping[str, str], listening: Mapping[str, str], fates: Fates, seed: int, log: Path
    ) -> None:
        """Args:
        environment: The bot's settings.
        listening: By the name of each process, ``host:port``; empty where it polls.
        log: Where what they write on standard error goes.
        """
        self.kills: Counter[str] = Counter()
        """By the step they were killed at."""
        self.stops = 0
        """How often one ended though nobody had killed it."""
        self.false_starts = 0
        """How often one would not begin, and said why: its database was not there."""
        self._listening = listening
        self._fates = fates
        self._chance = random.Random(seed)
        self._steps = [*self._chance.sample(STEPS, len(STEPS))]
        self._lives: dict[str, _Life] = {}
        self._mortal = True
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        path = os.pathsep.join((str(REPOSITORY / "tests"), str(REPOSITORY)))
        own = {"OMP_NUM_THREADS": "1", "PYTHONUTF8": "1", "PYTHONPATH": path, "ANONYMIZED_TELEMETRY": "False"}
        with log.open("ab") as errors:
            self._nursery = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "chaos.nursery"],
                env={**os.environ, **environment, **own},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=log.parent,
            )
        self._listening_to = threading.Thread(target=self._listen, daemon=True)
        self._listening_to.start()

    def begin(self) -> None:
        """All of them are born."""
        if "ready" not in self._said.get(timeout=120):
            raise RuntimeError("the nursery has ended")
        for name in self._listening:
            self._bear(name)

    def go_on(self, at_most: float = 0.05) -> None:
        """Kills whom it is time for and has those who died born again; returns after so many seconds or less."""
        with contextlib.suppress(queue.Empty):
            self._hears(self._said.get(timeout=at_most))
        now = time.monotonic()
        for name, life in self._lives.items():
            if self._mortal and now > life.until and not life.killed:
                life.killed = True
                self._order(kill=name)

    def spare(self) -> None:
        """From now on nobody is killed from outside, and none is born to die."""
        self._mortal = False

    def end(self, at_most: float = 20.0) -> bool:
        """Asks them to stop; whether all did within so many seconds, in order."""
        for name in list(self._lives):
            self._order(end=name)
        deadline = time.monotonic() + at_most
        left = set(self._lives)
        in_order = True
        while left and time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                heard = self._said.get(timeout=0.1)
                if "died" in heard:
                    left.discard(heard["died"])
                    begun = self._lives[heard["died"]].up
                    # One that was born to die may still come to its step.
                    well = (0, signal.SIGKILL) if begun else (0, signal.SIGKILL, signal.SIGTERM)
                    in_order &= heard["signal"] in well and heard["status"] == 0
        return in_order and not left

    def close(self) -> None:
        """Everything dies."""
        assert self._nursery.stdin
        with contextlib.suppress(OSError):
            self._nursery.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._nursery.wait(10)
        self._nursery.kill()
        self._nursery.wait()
        self._listening_to.join()

    def _bear(self, name: str) -> None:
        at_step = self._mortal and (bool(self._steps) or self._chance.random() < 0.5)
        step = (self._steps.pop() if self._steps else self._chance.choice(STEPS)) if at_step else ""
        # Its time runs from when it can do all it is there for, unless it is not even to come to that.
        early = not step and self._chance.random() < 0.1
        self._lives[name] = _Life(step, time.monotonic() + (self._span(step) if early else _START_SECONDS))
        time_ = self._chance.randint(1, self._fates.latest)
        self._order(bear=name, step=step, time=time_, listen=self._listening[name])

    def _span(self, step: str) -> float:
        fates = self._fates
        return fates.patience if step else self._chance.uniform(fates.shortest, fates.longest)

    def _hears(self, said: dict[str, Any]) -> None:
        match said:
            case {"up": name}:
                life = self._lives[name]
                life.up = True
                life.until = time.monotonic() + self._span(life.step)
            case {"struck": step}:
                self.kills[step] += 1
            case {"died": name, "status": status} if status == _REFUSED:
                self.false_starts += 1
                self._bear(name)
            case {"died": name, "signal": number}:
                life = self._lives[name]
                if life.killed:
                    self.kills[AT_RANDOM] += 1
                    if life.step and life.step not in self.kills:
                        self._steps.append(life.step)  # it has not been seen yet
                elif number != signal.SIGKILL:
                    self.stops += 1
                self._bear(name)
            case {"ended": _}:
                raise RuntimeError("the nursery has ended")

    def _order(self, **order: Any) -> None:
        assert self._nursery.stdin
        self._nursery.stdin.write(json.dumps(order).encode() + b"\n")
        self._nursery.stdin.flush()

    def _listen(self) -> None:
        assert self._nursery.stdout
        with self._nursery.stdout as lines:
            for line in lines:
                self._said.put(json.loads(line))
        self._said.put({"ended": True})
