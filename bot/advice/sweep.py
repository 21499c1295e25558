"""The comparison with each figure taken to its ends in turn, and with all of them at their worst and best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import hypot

from bot.advice.cost_model import Outcome
from bot.advice.figures import Figures, Point
from bot.advice.model import Range

Evaluate = Callable[[Point], Outcome]
"""Both sides at one point of the figures."""


class _Read(dict[str, float]):
    """A point that notes which figures are looked at."""

    def __init__(self, point: Mapping[str, float]) -> None:
        super().__init__(point)
        self.ids: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.ids.add(name)
        return super().__getitem__(name)


@dataclass(frozen=True)
class Sweep:
    """What became of the comparison when figures moved."""

    central: Outcome
    ends: Mapping[str, tuple[Outcome, Outcome]]
    """By figure that has a range and is used: the outcome at its low and at its high end, all others central."""
    internal: tuple[Outcome, ...]
    """With every figure where it makes the in-house side cheapest, then dearest."""
    external: tuple[Outcome, ...]
    """The same for the provider's side."""

    @property
    def moving(self) -> tuple[str, ...]:
        """The figures that change anything."""
        return tuple(name for name, (low, high) in self.ends.items() if low != self.central or high != self.central)

    @property
    def gain3(self) -> Range:
        """The gain over three years. Figures err independently of one another: their effects add up as squares, and
        each moves both sides at once."""
        middle = self.central.gain3
        down = up = 0.0
        for ends in self.ends.values():
            changes = [outcome.gain3 - middle for outcome in ends]
            down, up = hypot(down, min(0.0, *changes)), hypot(up, max(0.0, *changes))
        return Range(middle - down, middle, middle + up)


def sweep(known: Figures, evaluate: Evaluate) -> Sweep:
    """Look at every figure that is used."""
    read = _Read(known.central)
    central = evaluate(read)
    point = known.central
    ends: dict[str, tuple[Outcome, Outcome]] = {}
    for name in known.ranges:
        figure = known.ranges[name]
        if name in read.ids and figure.low < figure.high:
            point[name] = figure.low
            low = evaluate(point)
            point[name] = figure.high
            ends[name] = (low, evaluate(point))
            point[name] = figure.central
    return Sweep(
        central,
        ends,
        _extremes(known, evaluate, ends, lambda outcome: outcome.tco3_internal),
        _extremes(known, evaluate, ends, lambda outcome: outcome.tco3_external),
    )


def _extremes(
    known: Figures,
    evaluate: Evaluate,
    ends: Mapping[str, tuple[Outcome, Outcome]],
    total: Callable[[Outcome], float],
) -> tuple[Outcome, ...]:
    cheap, dear = known.central, known.central
    for name, (low, high) in ends.items():
        figure = known.ranges[name]
        rising = total(low) <= total(high)
        cheap[name], dear[name] = (figure.low, figure.high) if rising else (figure.high, figure.low)
    return evaluate(cheap), evaluate(dear)


def spread(outcomes: Iterable[float], central: float) -> Range:
    """From the least to the most of these."""
    amounts = (central, *outcomes)
    return Range(min(amounts), central, max(amounts))
