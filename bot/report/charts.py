"""Pictures for a phone or a page: three-year cost, what drives it, readiness. No global state: safe in threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bot.advice.model import Range, Recommendation, Swing
from bot.report.canvas import FAINT, INK, PHONE, SOFT, Canvas, Sheet
from bot.report.costing import is_alternative
from bot.report.figures import euros
from bot.report.phrases import flow_title, in_language, phrase
from bot.report.planning import gate_state

_INSIDE, _OUTSIDE, _OVER = "#1F3A68", "#0F766E", "#B3452C"
_STATES: dict[str, tuple[str, Literal["✓", "½", "✗", "?"]]] = {
    "open": ("#0F766E", "✓"),
    "partly": ("#B45309", "½"),
    "closed": ("#B3261E", "✗"),
    "unknown": ("#6B7280", "?"),
}
_READY, _HALF_READY = 80, 60
"""From where a score is drawn as good, and as under way."""
_MOST_FLOWS, _MOST_SWINGS = 8, 5
_ROW, _HEAD, _SWING, _GATE = 0.95, 0.42, 0.95, 0.44
"""Inches: a bar with its words, a flow's name, a bar of the tornado, a gate."""

_Bars = list[tuple[str, Range, str]]


def cost_chart(recs: Recommendation | Sequence[Recommendation], lang: str, sheet: Sheet = PHONE) -> bytes | None:
    """Three-year cost in-house and with a provider, with its range; None when there is no figure to show."""
    several = [recs] if isinstance(recs, Recommendation) else list(recs)[:_MOST_FLOWS]
    groups = [(flow_title(rec, lang, 60), bars) for rec in several if (bars := _bars(rec, lang))]
    if not groups:
        return None
    head = _HEAD if len(groups) > 1 else 0.0
    height = sum(head + _ROW * len(bars) for _, bars in groups)
    canvas = Canvas(sheet, height, phrase(lang, "chart_cost_title"), phrase(lang, "chart_cost_note"))
    top = max(span.high for _, bars in groups for _, span, _ in bars) or 1.0
    y = canvas.top
    for name, bars in groups:
        if head:
            canvas.text(0, y - head / 2, name, style="Bold")
            y -= head
        for label, span, colour in bars:
            _cost(canvas, y, label, span, colour, top, lang)
            y -= _ROW
    return canvas.drawn()


def _bars(rec: Recommendation, lang: str) -> _Bars:
    outside = "chart_external_alternative" if is_alternative(rec) else "chart_external"
    sides = (
        (rec.costs.tco3_internal, "chart_internal", _INSIDE),
        (rec.costs.tco3_external, outside, _OUTSIDE),
    )
    return [(phrase(lang, key), span, colour) for span, key, colour in sides if span is not None]


def _cost(canvas: Canvas, y: float, label: str, span: Range, colour: str, top: float, lang: str) -> None:
    canvas.text(0, y - 0.15, label, colour=colour, style="Semibold", room=0.72)
    canvas.text(
        1, y - 0.15, euros(span.central, lang), colour=colour, style="Bold", align="right", points=16, room=0.27
    )
    canvas.bar(0, 1, y - 0.42, 0.24, FAINT)
    canvas.bar(0, span.central / top, y - 0.42, 0.24, colour)
    if span.low < span.high:
        canvas.span(span.low / top, span.high / top, y - 0.42)
        ends = phrase(lang, "from_to", low=euros(span.low, lang), high=euros(span.high, lang))
        canvas.text(1, y - 0.69, ends, colour=SOFT, points=12.5, align="right")


def tornado_chart(rec: Recommendation, lang: str, sheet: Sheet = PHONE) -> bytes | None:
    """How far each figure alone moves the three-year difference; None when it cannot be told."""
    swings = rec.costs.tornado[:_MOST_SWINGS]
    if not swings or rec.costs.gain3 is None:
        return None
    central = rec.costs.gain3.central
    ends = [0.0, central, *(end for swing in swings for end in (swing.at_low, swing.at_high))]
    low, width = min(ends), (max(ends) - min(ends)) or 1.0
    title, note = phrase(lang, "chart_tornado_title"), phrase(lang, "chart_tornado_note")
    canvas = Canvas(sheet, _SWING * len(swings) + 0.34, title, note)
    bottom = canvas.top - _SWING * len(swings)
    zero, centre = -low / width, (central - low) / width
    for n, swing in enumerate(swings):
        y = canvas.top - n * _SWING
        canvas.rule(zero, y - 0.56, y - 0.285, SOFT)
        _swing(canvas, y, swing, low, width, lang)
        canvas.rule(centre, y - 0.56, y - 0.285, INK, dashed=True)
    leans: Literal["left", "right"] = "right" if centre > 0.55 else "left"
    words = phrase(lang, "chart_tornado_centre", amount=euros(central, lang))
    canvas.text(centre, bottom - 0.08, words, style="Semibold", points=12.5, align=leans)
    if abs(centre - zero) > (0.36 if (zero < centre) == (leans == "right") else 0.08):
        side: Literal["left", "right"] = "right" if zero > 0.5 or centre > zero > 0.08 else "left"
        canvas.text(zero, bottom - 0.08, euros(0, lang), colour=SOFT, points=12.5, align=side)
    return canvas.drawn()


def _swing(canvas: Canvas, y: float, swing: Swing, low: float, width: float, lang: str) -> None:
    """The bar is of one colour where outsourcing costs less, of another where it costs more."""
    start, end = sorted((swing.at_low, swing.at_high))
    canvas.text(0, y - 0.13, in_language(swing.label, lang), style="Semibold", room=1)
    ends = phrase(lang, "from_to", low=euros(start, lang), high=euros(end, lang))
    canvas.text(1, y - 0.69, ends, colour=SOFT, points=12.5, align="right")
    for left, right, colour in ((start, min(end, 0.0), _OVER), (max(start, 0.0), end, _OUTSIDE)):
        if left < right:
            canvas.bar((left - low) / width, (right - low) / width, y - 0.42, 0.24, colour)


def readiness_chart(rec: Recommendation, lang: str, sheet: Sheet = PHONE) -> bytes:
    """The score as a gauge, then each gate with its state in a sign and in words."""
    ready = rec.decision.readiness
    canvas = Canvas(sheet, 0.55 + _GATE * len(ready.gates), phrase(lang, "chart_readiness_title", score=ready.score))
    colour = _STATES["open" if ready.score >= _READY else "partly" if ready.score >= _HALF_READY else "closed"][0]
    y = canvas.top - 0.16
    canvas.bar(0, 1, y, 0.26, FAINT)
    if ready.score > 0:
        canvas.bar(0, min(ready.score, 100) / 100, y, 0.26, colour)
    y -= 0.5
    for gate in ready.gates:
        state = gate_state(gate)
        ink, mark = _STATES[state]
        canvas.disc(0, y, ink, mark)
        canvas.text(0.07, y, in_language(gate.title, lang), room=0.64)
        words = phrase(lang, f"gate_{state}")
        canvas.text(1, y, words, colour=ink, style="Semibold", points=13, align="right", room=0.28)
        y -= _GATE
    return canvas.drawn()
