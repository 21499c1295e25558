"""People who type: what they say next, when, and what is counted."""

from __future__ import annotations

import random
import time
from itertools import islice
from typing import Any

import pytest

from bench import load_people
from bench.load import _cells
from bench.load_people import Crowd, Watch, interviews


class Echo:
    """A server that shows a reply to everything at once, but to one chat nothing."""

    def __init__(self, deaf_to: int | None = None) -> None:
        self.said: list[dict[str, Any]] = []
        self._deaf_to = deaf_to
        self._shown: list[dict[str, Any]] = []

    def does(self, name: str, **options: Any) -> None:
        assert name == "forget_calls"

    def do_all(self, orders: list[dict[str, Any]]) -> list[dict[str, float]]:
        for order in orders:
            if order["do"] == "says":
                self.said.append(order)
                if order["chat"] != self._deaf_to:
                    self._shown.append({"chat": order["chat"], "at": time.monotonic() + 0.001})
        return [{"at": time.monotonic()} for _ in orders]

    def shown(self, after: int = 0, wait: float = 0) -> tuple[int, list[dict[str, Any]]]:
        return len(self._shown), self._shown[after:]


class Small:
    """A world without processes."""

    def __init__(self, telegram: Echo) -> None:
        self.telegram = telegram

    def used(self) -> tuple[float, float, float]:
        return (0.0, 0.0, 0.0)

    def memory(self) -> float:
        return 1.0


def test_each_says_the_next_thing_once_it_was_answered() -> None:
    echo = Echo()
    crowd = Crowd(Small(echo))  # type: ignore[arg-type]
    first, second = crowd.come(2, lambda chance: iter("abcdefghijklmnopqrstuvwxyz" * 9), 0.02)
    watch = crowd.watch(0.5)
    for chat in (first, second):
        said = [order["text"] for order in echo.said if order["chat"] == chat]
        assert len(said) >= 3
        assert "".join(said) in "abcdefghijklmnopqrstuvwxyz" * 9
    assert len(watch.waits) in range(len(echo.said) - 2, len(echo.said) + 1)
    assert watch.unanswered == 0


def test_some_alone_may_be_watched_and_who_is_not_answered_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_people, "PATIENCE", 0.1)
    echo = Echo(deaf_to=1_000)
    crowd = Crowd(Small(echo))  # type: ignore[arg-type]
    deaf, _ = crowd.come(2, lambda chance: iter("ab" * 99), 0.02)
    watch = crowd.watch(0.5, only=[deaf])
    assert watch.waits == []
    assert watch.unanswered >= 1


def test_an_interview_is_typed_from_its_start_and_begins_again() -> None:
    said = list(islice(interviews()(random.Random(1)), 200))
    starts = [n for n, text in enumerate(said) if text == "/entretien"]
    assert starts[0] == 0
    assert len(starts) >= 2
    assert all(said)


def test_a_row_tells_rate_waits_and_shares() -> None:
    cells = _cells(Watch(10.0, [0.1] * 50, 0, 6.0, 1.0, 1.0, 800.0))
    assert cells["replies a second"] == "5.0"
    assert cells["p50 / p95 / p99"] == "100 / 100 / 100 ms"
    assert cells["bots' CPU"] == "60% of a core"
    assert cells["the load's own share of CPU"] == "25%"
