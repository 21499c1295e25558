"""A meter that remembers."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from bot.meter import METRICS, Counted, Timed


class RecordingMeter:
    """As in ``Meter``; refuses what is not in the table, or has other labels than it says."""

    def __init__(self) -> None:
        self.counted: Counter[Any] = Counter()
        self.timed: defaultdict[Any, list[float]] = defaultdict(list)

    def count(self, what: Counted, *labels: str, by: float = 1) -> None:
        self._check(what, labels)
        self.counted[what, *labels] += by  # type: ignore[assignment]

    def time(self, what: Timed, seconds: float, *labels: str) -> None:
        self._check(what, labels)
        self.timed[what, *labels].append(seconds)

    def of(self, what: Counted) -> dict[tuple[str, ...], int]:
        """How often it was counted, by labels."""
        return {tuple(labels): times for (counted, *labels), times in self.counted.items() if counted == what}

    def _check(self, what: Counted | Timed, labels: tuple[str, ...]) -> None:
        assert what in METRICS
        assert len(labels) == len(what.labels), (what.name, labels)
        assert all(isinstance(label, str) for label in labels), labels
