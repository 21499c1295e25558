"""What drives the gain: the figures that move it most."""

from __future__ import annotations

from bot.advice.assumptions import assumptions, cost_items
from bot.advice.figures import GIVEN
from bot.advice.model import Swing
from bot.advice.sweep import Sweep
from bot.interview.model import Texts

BARS = 8


def tornado(swept: Sweep) -> tuple[Swing, ...]:
    """The ``BARS`` largest swings of the three-year gain, largest first; none that does not move it."""
    bars = [
        Swing(_label(name), low.gain3, high.gain3, _field(name))
        for name, (low, high) in swept.ends.items()
        if round(low.gain3) != round(high.gain3)
    ]
    return tuple(sorted(bars, key=lambda bar: -abs(bar.at_high - bar.at_low))[:BARS])


def _label(name: str) -> Texts:
    known = assumptions().get(name)
    return known.label if known else cost_items().answers[name].label


def _field(name: str) -> str | None:
    known = assumptions().get(name)
    return known.field if known else name if name in GIVEN else None
