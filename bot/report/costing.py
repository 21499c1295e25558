"""The costs in words: both sides as ranges, what is in them, where they meet, what drives them."""

from __future__ import annotations

from collections.abc import Iterable

from bot.advice.model import CostLine, Costs, Range, Recommendation, Verdict
from bot.interview.model import Interview
from bot.report.blocks import Block, Line
from bot.report.figures import euro_ends, euro_range, euros, has_euros, number, percent, share, span_of
from bot.report.labels import answer_of, labels
from bot.report.phrases import in_language, phrase, upper_first

ABOVE_SOURCES_PCT = 33.0
"""The highest saving over three years that a French source tells; a larger one is flagged."""

_HIGHEST_PCT = 100.0
"""Per cent of the in-house cost beyond which a share says less than the amounts."""

_FAR_MORE = 3.0
"""Times the work from which the hours to keep open make the size of the team."""

_COST_FIELDS = ("monthly_volume", "aht_minutes", "agents_fte")


def costing(rec: Recommendation, interview: Interview, lang: str) -> tuple[Block, ...]:
    """The whole section; without a figure in euros when nothing supports one."""
    costs = rec.costs
    notes = costing_notes(rec, interview, lang)
    if not has_euros(costs):
        return (Block(phrase(lang, "costs_title"), notes), *staffing(costs, lang))
    head = tuple(phrase(lang, f"document_{name}") for name in ("item", "low", "central", "high"))
    blocks = [Block(phrase(lang, "costs_title"), (notes[0], *totals(rec, lang), *notes[1:]), head)]
    blocks += [*meeting_point(costs, lang), *staffing(costs, lang)]
    blocks += [
        Block(phrase(lang, key), tuple(cost_line(line, lang) for line in lines))
        for key, lines in (
            ("costs_internal_lines", costs.internal_lines),
            ("costs_external_lines", costs.external_lines),
            ("costs_once_lines", costs.once_lines),
        )
        if lines
    ]
    return (*blocks, *drivers(costs, lang))


def costing_notes(rec: Recommendation, interview: Interview, lang: str) -> tuple[Line, ...]:
    """How to read the figures, or why there are none; then the difference over three years."""
    if not has_euros(rec.costs):
        lacking = [field for field in _COST_FIELDS if field not in rec.facts]
        asked = (Line(upper_first(name)) for name in labels(interview, lacking, lang))
        return (Line(phrase(lang, "costs_none"), bullet=False), *asked)
    return tuple(_notes(rec, interview, lang))


def _notes(rec: Recommendation, interview: Interview, lang: str) -> Iterable[Line]:
    yield Line(phrase(lang, "costs_intro"), bullet=False)
    if is_unpriced(rec):
        yield Line(phrase(lang, "costs_unpriced"), bullet=False)
        yield from hours_note(rec, interview, lang)
    elif is_alternative(rec):
        yield Line(phrase(lang, "costs_alternative"), bullet=False)
    elif rec.decision.verdict is Verdict.NOT_READY:
        yield Line(phrase(lang, "costs_after_preparation"), bullet=False)
    if rec.costs.quote_based:
        yield Line(phrase(lang, "costs_quote"), bullet=False)
    if rec.costs.share_out and rec.decision.target is Verdict.PARTIAL:
        yield Line(share(rec.costs.share_out, lang), phrase(lang, "share_out"))
    if rec.costs.gain3:
        yield Line(upper_first(gain(rec.costs, lang)), phrase(lang, "gain_title"))
        yield from (Line(words) for words in costs_against(rec, lang))
        if above_sources(rec.costs):
            pct = percent(rec.costs.gain3_pct or 0, lang)
            yield Line(
                phrase(lang, "gain_above_sources", pct=pct),
                cites=("is-outsourcing-for-you#savings", "strategic-call-centres#savings-and-speed"),
            )


def costs_against(rec: Recommendation, lang: str) -> Iterable[str]:
    """What must be said where outsourcing is advised although it costs more whatever is assumed."""
    gain3 = rec.costs.gain3
    if gain3 is None or gain3.high > 0 or gain3.central >= 0 or is_alternative(rec):
        return
    if rec.decision.extent.get("push") == ("economic",):
        yield phrase(lang, "costs_against_economic")
    else:
        yield phrase(lang, "costs_against_quote" if rec.costs.quote_based else "costs_against")


def above_sources(costs: Costs) -> bool:
    """Whether the gain is larger than any French figure in the sources, which must be said."""
    return costs.gain3_pct is not None and costs.gain3_pct > ABOVE_SOURCES_PCT


def is_alternative(rec: Recommendation) -> bool:
    """Whether the external side is what is advised against, shown for comparison only."""
    return bool(getattr(rec.costs, "alternative", False)) or rec.decision.verdict is Verdict.IN_HOUSE


def is_unpriced(rec: Recommendation) -> bool:
    """Whether only the in-house side has a figure, no provider's price being worth one."""
    return rec.costs.internal_year is not None and rec.costs.external_year is None


def hours_note(rec: Recommendation, interview: Interview, lang: str) -> Iterable[Line]:
    """How many people the open hours alone ask for, where they and not the work make the size of the team."""
    people = hours_fte(rec)
    if people is not None:
        hours = answer_of(rec, interview, "hours_needed", lang)
        yield Line(phrase(lang, "costs_hours", hours=upper_first(hours), fte=number(round(people), lang)), bullet=False)


def hours_fte(rec: Recommendation) -> float | None:
    """Full-time equivalents that the hours needed ask for; None unless they are several times the work."""
    staff = rec.costs.staffing
    seats, work = staff.seats_fte, staff.workload_fte
    if seats is None or work is None or "hours_needed" not in rec.facts:
        return None
    return seats if seats >= max(1.5, _FAR_MORE * work.high) else None


def totals_rows(rec: Recommendation, lang: str) -> list[tuple[str, Range | None, str]]:
    """Each side a year and over three years: what it is called, its range when it can be told, what it holds.

    Without the provider's side where no price is worth a figure.
    """
    costs = rec.costs
    partly = phrase(lang, "partial_included") if rec.decision.target is Verdict.PARTIAL else ""
    rows = [
        (phrase(lang, "internal_year"), costs.internal_year, ""),
        (phrase(lang, "external_year"), costs.external_year, partly),
        (phrase(lang, "tco3_internal"), costs.tco3_internal, ""),
        (phrase(lang, "tco3_external"), costs.tco3_external, phrase(lang, "tco3_included")),
    ]
    return rows[::2] if is_unpriced(rec) else rows


def totals(rec: Recommendation, lang: str) -> Iterable[Line]:
    """The same as lines."""
    for name, span, note in totals_rows(rec, lang):
        if span is None:
            untold = phrase(lang, "costs_untold")
            yield Line(untold, name, cells=(name, untold))
        else:
            told = f"{name} ({note})" if note else name
            yield Line(euro_range(span, lang), name, note, cells=(told, *euro_ends(span, lang)))


def gain(costs: Costs, lang: str) -> str:
    """The difference over three years in words, never as a promise; empty when it cannot be told."""
    span = costs.gain3
    if span is None:
        return ""
    share_of_cost = abs(costs.gain3_pct) if costs.gain3_pct is not None else None
    pct = ""
    if share_of_cost is not None and share_of_cost <= _HIGHEST_PCT:
        pct = phrase(lang, "gain_pct", pct=percent(share_of_cost, lang))
    central = phrase(lang, "gain_less" if span.central >= 0 else "gain_more", amount=euros(abs(span.central), lang))
    if too_close(span):
        ends = {"low": euros(-span.low, lang), "high": euros(span.high, lang)}
        return phrase(lang, "gain_close", central=central + pct, **ends)
    central = phrase(lang, "gain_outsourcing", gain=central) + pct
    if span.low == span.high:
        return central
    if span.low >= 0:
        ends_said = phrase(lang, "gain_saving", low=euros(span.low, lang), high=euros(span.high, lang))
    else:
        ends_said = phrase(lang, "gain_extra", low=euros(-span.high, lang), high=euros(-span.low, lang))
    return phrase(lang, "gain_between", gain=central, ends=ends_said)


def too_close(gain: Range) -> bool:
    """Whether the sign of the difference is not known: its range holds zero."""
    return gain.low < 0 < gain.high


def meeting_point(costs: Costs, lang: str) -> list[Block]:
    """Where both sides cost the same, and what would cancel the gain."""
    lines = []
    words = in_language(costs.break_even, lang)
    if words:
        lines.append(Line(words, bullet=False))
    elif costs.break_even_volume is not None:
        lines.append(Line(phrase(lang, "break_even", volume=number(costs.break_even_volume, lang)), bullet=False))
    if costs.lost_customers is not None and costs.lost_customers >= 1:
        lines.append(Line(phrase(lang, "lost_customers", n=number(costs.lost_customers, lang)), bullet=False))
    if costs.opportunity_hours is not None:
        hours = span_of(costs.opportunity_hours, lang)
        lines.append(Line(phrase(lang, "opportunity_hours", hours=hours), bullet=False))
    return [Block(phrase(lang, "break_even_title"), tuple(lines))] if lines else []


def staffing(costs: Costs, lang: str) -> tuple[Block, ...]:
    """How many people the flow needs, and why that many."""
    people = costs.staffing
    lines = [
        Line(phrase(lang, key, fte=span_of(span, lang)))
        for key, span in (
            ("fte_headcount", people.headcount),
            ("fte_workload", people.workload_fte),
            ("fte_live", people.live_fte),
        )
        if span is not None
    ]
    if people.seats_fte is not None:
        lines.append(Line(phrase(lang, "fte_seats", fte=number(people.seats_fte, lang))))
    return (Block(phrase(lang, "staffing_title"), tuple(lines)),) if lines else ()


def cost_line(line: CostLine, lang: str) -> Line:
    """One item of a cost, marked when it rests on an assumption."""
    text = phrase(lang, "labelled", label=in_language(line.label, lang), value=euro_range(line.range, lang))
    return Line(phrase(lang, "with_assumption", text=text) if line.assumed else text, cites=line.cites)


def drivers(costs: Costs, lang: str, most: int = 4) -> tuple[Block, ...]:
    """The figures that move the three-year difference most."""
    lines = tuple(
        Line(
            phrase(
                lang,
                "driver",
                label=in_language(swing.label, lang),
                low=euros(swing.at_low, lang),
                high=euros(swing.at_high, lang),
            )
        )
        for swing in costs.tornado[:most]
    )
    intro = Line(phrase(lang, "drivers_intro"), bullet=False)
    return (Block(phrase(lang, "drivers_title"), (intro, *lines)),) if lines else ()
