"""A sheet to draw on with words that always fit: x from 0 to 1 of its width, y in inches from its bottom."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from bot.report import fonts

INK, SOFT, FAINT = "#14213D", "#55607A", "#E9EDF3"
_TITLE_POINTS, _TEXT_POINTS, _NOTE_POINTS = 17.0, 14.0, 12.0
_SMALLEST = 0.72
"""How far a text that does not fit is shrunk before it is cut."""

Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Sheet:
    """Where the picture goes."""

    width: float
    """Inches. Letters keep their size, so a narrower sheet shows them larger once scaled."""
    kind: Literal["png", "svg"]
    dots: int = 160
    """Pixels an inch, of a PNG."""
    title: bool = True
    """Whether the title is drawn: a page sets its own."""
    margin: float = 0.3
    """Inches of white around the picture."""


PHONE = Sheet(6.4, "png")
"""1024 pixels wide."""
HALF_PAGE = Sheet(5.2, "svg", title=False, margin=0.02)
"""To be set over half the width of a page."""


@cache
def _face(style: str) -> Any:
    from matplotlib.font_manager import FontProperties

    path = fonts.truetype(style)
    return FontProperties(fname=path) if path else FontProperties(weight="normal" if style == "Regular" else "bold")


@cache
def _characters() -> frozenset[int]:
    """The characters that the typeface can draw."""
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont(_face("Regular"))).get_charmap())


class Canvas:
    """One picture being drawn."""

    def __init__(self, sheet: Sheet, height: float, title: str, note: str = "") -> None:
        """``height``: inches that the drawing takes, besides margins, the title above and the note at the foot."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        head = 0.55 if sheet.title else 0.02
        foot = 0.34 if note else 0.0
        self._sheet = sheet
        self._height = height + head + foot + 2 * sheet.margin
        self._inner = sheet.width - 2 * sheet.margin
        self._figure = Figure(figsize=(sheet.width, self._height), dpi=sheet.dots, facecolor="white")
        canvas: Any = FigureCanvasAgg(self._figure)
        self._renderer = canvas.get_renderer()
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, sheet.width)
        self._axes.set_ylim(0, self._height)
        self.top = self._height - sheet.margin - head
        """Where the drawing starts."""
        if sheet.title:
            self.text(0, self._height - sheet.margin - 0.15, title, points=_TITLE_POINTS, style="Bold")
        if note:
            self.text(0, sheet.margin + 0.06, note, colour=SOFT, points=_NOTE_POINTS)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        colour: str = INK,
        style: str = "Regular",
        points: float = _TEXT_POINTS,
        align: Align = "left",
        room: float = 1.0,
    ) -> None:
        """Words centred on ``y``; shrunk, then cut, to take no more than ``room`` of the width."""
        words = "".join(c for c in words if ord(c) in _characters())
        words, points = self._fitted(words, style, points, room)
        self._axes.text(
            self._x(x),
            y,
            words,
            color=colour,
            fontproperties=_face(style),
            fontsize=points,
            ha=align,
            va="center_baseline",
            parse_math=False,
        )

    def _fitted(self, words: str, style: str, points: float, room: float) -> tuple[str, float]:
        width = self._width(words, style, points)
        if width <= room:
            return words, points
        points *= max(_SMALLEST, room / width)
        while len(words) > 1 and self._width(words, style, points) > room:
            words = words.rstrip("…")[:-1].rstrip() + "…"
        return words, points

    def _width(self, words: str, style: str, points: float) -> float:
        """Of the words as drawn, as a share of the inner width."""
        face = _face(style).copy()
        face.set_size(points)
        dots, _, _ = self._renderer.get_text_width_height_descent(words, face, ismath=False)
        return float(dots) / self._sheet.dots / self._inner

    def bar(self, start: float, end: float, y: float, thickness: float, colour: str) -> None:
        """A bar centred on ``y``."""
        from matplotlib.patches import Rectangle

        left, right = sorted((self._x(start), self._x(end)))
        size = max(right - left, 0.02)
        self._axes.add_patch(Rectangle((left, y - thickness / 2), size, thickness, facecolor=colour, linewidth=0))

    def span(self, start: float, end: float, y: float) -> None:
        """A range: a line that ends in two ticks, legible on any bar."""
        left, right = self._x(start), self._x(end)
        for width, colour in ((4.6, "white"), (2.0, INK)):
            self._axes.plot([left, right], [y, y], color=colour, linewidth=width, solid_capstyle="butt")
            for x in (left, right):
                self._axes.plot([x, x], [y - 0.09, y + 0.09], color=colour, linewidth=width, solid_capstyle="butt")

    def rule(self, x: float, low: float, high: float, colour: str, *, dashed: bool = False) -> None:
        """An upright line."""
        style = (0, (4, 3)) if dashed else "solid"
        self._axes.plot([self._x(x)] * 2, [low, high], color=colour, linewidth=1.6, linestyle=style)

    def disc(self, x: float, y: float, colour: str, mark: Literal["✓", "½", "✗", "?"]) -> None:
        """A coloured disc with a white mark, drawn so that it reads without colours."""
        from matplotlib.patches import Circle, Wedge

        centre = self._x(x) + 0.13
        self._axes.add_patch(Circle((centre, y), 0.13, facecolor=colour, linewidth=0))
        strokes: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
            "✓": (((-0.06, 0.0), (-0.015, -0.05), (0.065, 0.05)),),
            "✗": (((-0.05, -0.05), (0.05, 0.05)), ((-0.05, 0.05), (0.05, -0.05))),
        }
        for stroke in strokes.get(mark, ()):
            xs, ys = zip(*stroke, strict=True)
            self._axes.plot(
                [centre + dx for dx in xs], [y + dy for dy in ys], color="white", linewidth=2.2, solid_capstyle="round"
            )
        if mark == "½":
            self._axes.add_patch(Wedge((centre, y), 0.085, -90, 90, facecolor="white", linewidth=0))
        elif mark == "?":
            self._axes.text(
                centre,
                y,
                "?",
                color="white",
                fontproperties=_face("Bold"),
                fontsize=13,
                ha="center",
                va="center_baseline",
            )

    def _x(self, share: float) -> float:
        return self._sheet.margin + share * self._inner

    def drawn(self) -> bytes:
        """The picture, as PNG or SVG."""
        data = io.BytesIO()
        metadata = {"Date": None} if self._sheet.kind == "svg" else {"Software": None}
        self._figure.savefig(data, format=self._sheet.kind, dpi=self._sheet.dots, metadata=metadata)
        return data.getvalue()
