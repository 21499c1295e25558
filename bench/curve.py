"""Risk against coverage: what share of its answers a system gets wrong, as it dares to answer more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.grading import Graded

Point = tuple[float, float]
"""Share of the questions answered, share of the answers that are wrong; both in [0, 1]."""

LEAST_ANSWERS = 10
"""Fewer answers make the curve's left end jump about."""
_COLOURS = ("#b3261e", "#1f5fa8", "#7a4fa3", "#4d6b57")
_LABEL_GAP = 0.105


def point(graded: Sequence[Graded]) -> Point:
    """Where a system stands with what it answered."""
    answered = [g for g in graded if g.given.answered]
    return len(answered) / len(graded), sum(g.wrong for g in answered) / max(1, len(answered))


def by_score(graded: Sequence[Graded]) -> list[Point]:
    """The curve of a system that always answers: its answers by falling score, equal scores together."""
    ordered = sorted(graded, key=lambda g: -g.given.score)
    points, wrong = [], 0
    for count, g in enumerate(ordered, 1):
        wrong += g.wrong
        last = count == len(ordered) or ordered[count].given.score < g.given.score
        if last and count >= min(LEAST_ANSWERS, len(ordered)):
            points.append((count / len(ordered), wrong / count))
    return points


def draw(curves: Mapping[str, Sequence[Point]], shipped: Point, answerable: float, path: Path) -> None:
    """Save the chart, for a phone's screen: ours first, then the peers.

    Args:
        curves: by the system's name, ours first.
        shipped: where ours stands at the threshold it ships with.
        answerable: the share of the questions that the sources answer.
        path: the image to write.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.ticker import PercentFormatter

    figure, axes = pyplot.subplots(figsize=(6.4, 6.8), dpi=150)
    axes.axvline(answerable, color="#999999", linestyle=":", linewidth=1.5)
    axes.text(answerable - 0.015, 0.99, "answerable\nquestions", ha="right", va="top", fontsize=15, color="#666666")
    ends = []
    for number, (name, curve) in enumerate(curves.items()):
        ours = number == 0
        colour = _COLOURS[number % len(_COLOURS)]
        axes.plot(*zip(*curve, strict=True), color=colour, linewidth=3.5 if ours else 2, zorder=3 if ours else 2)
        ends.append((curve[-1][1], name, colour, ours))
    for at, (_, name, colour, ours) in zip(_apart([e[0] for e in sorted(ends)]), sorted(ends), strict=True):
        label = name.replace(" ", "\n")
        axes.text(1.03, at, label, color=colour, fontsize=18, weight="bold" if ours else "normal", va="center")
    axes.plot(*shipped, "o", markersize=13, color=_COLOURS[0], markeredgecolor="white", markeredgewidth=2, zorder=4)
    axes.annotate(
        "as shipped", shipped, xytext=(-10, 22), textcoords="offset points", ha="right", fontsize=18,
        weight="bold", color=_COLOURS[0], arrowprops={"arrowstyle": "-", "color": _COLOURS[0]},
    )  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="Questions answered", ylabel="Answers that are wrong")
    axes.xaxis.label.set_size(19)
    axes.yaxis.label.set_size(19)
    axes.tick_params(labelsize=17)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
        axis.set_ticks([0, 0.25, 0.5, 0.75, 1])
    axes.grid(color="#e5e5e5")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, bbox_inches="tight", metadata={"Software": None})
    pyplot.close(figure)


def _apart(heights: Sequence[float]) -> list[float]:
    """Rising heights moved up just enough for labels not to touch."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + _LABEL_GAP) if placed else height)
    return placed
