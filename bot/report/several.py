"""Several recommendations together: a portfolio of flows, and two sets of answers side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.advice.model import Costs, Range, Recommendation, Verdict
from bot.interview.model import Interview, Truth
from bot.messages import Part
from bot.report.blocks import Block, Line, Titles, fitted
from bot.report.costing import too_close
from bot.report.figures import euro_range, euros, has_euros, percent
from bot.report.labels import answer_of, label, sayable_amount, value_of
from bot.report.phrases import counted, flow_title, in_language, listed, phrase, upper_first
from bot.report.planning import gate_state
from bot.report.reasons import confidence_level
from bot.report.summary import headline

_FIRST_FLOWS = "preparation-and-timeline#first-interactions"
_VOLUME = "monthly_volume"


def moving_order(recs: Sequence[Recommendation]) -> tuple[Recommendation, ...]:
    """The order in which to move the flows: what is ready first, the most standardised and voluminous ahead.

    Flows that stay in-house come last.
    """
    turn = {Verdict.FULL: 0, Verdict.PARTIAL: 0, Verdict.NOT_READY: 1, Verdict.IN_HOUSE: 2}

    def rank(rec: Recommendation) -> tuple[float, ...]:
        return (
            turn[rec.decision.verdict],
            _number(rec, "complexity", 2),
            0 if rec.facts.get("scripted") is True else 1,
            -_number(rec, _VOLUME, 0),
            -rec.decision.readiness.score,
        )

    return tuple(sorted(recs, key=rank))


def going(recs: Sequence[Recommendation]) -> Sequence[Recommendation]:
    """The flows whose advice is to be carried out with a provider; all of them when none goes out."""
    return [rec for rec in recs if rec.decision.target is not Verdict.IN_HOUSE] or recs


def _number(rec: Recommendation, field: str, otherwise: float) -> float:
    value = rec.facts.get(field)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else otherwise


@dataclass(frozen=True)
class Totals:
    """Three years of every flow that has figures: as today, and with the recommendations followed."""

    today: Range
    followed: Range
    gain: Range
    """Of the first less the second: that of each flow that goes out, added up."""
    counted: int
    """How many flows the totals hold."""


def portfolio_totals(recs: Sequence[Recommendation]) -> Totals | None:
    """What stays in-house counts the same on both sides; None when no flow has both figures."""
    today = followed = gain = Range.exactly(0)
    counted_flows = 0
    for rec in recs:
        inside, outside = rec.costs.tco3_internal, rec.costs.tco3_external
        stays = rec.decision.target is Verdict.IN_HOUSE
        if inside is None or (outside is None and not stays):
            continue
        counted_flows += 1
        today += inside
        followed += inside if stays or outside is None else outside
        if not stays:
            gain += rec.costs.gain3 or Range.exactly(0)
    return Totals(today, followed, gain, counted_flows) if counted_flows else None


def portfolio_summary(
    recs: Sequence[Recommendation], interview: Interview, lang: str, titles: Titles | None = None
) -> tuple[Part, ...]:
    """The flows in the order in which to move them, then the total of the costs that can be told.

    Without ``titles`` the passage behind the order is not cited.
    """
    blocks = portfolio_blocks(recs, interview, lang, (_FIRST_FLOWS,) if titles else ())
    return fitted(blocks, lang, titles or str)


def portfolio_blocks(
    recs: Sequence[Recommendation], interview: Interview, lang: str, cites: tuple[str, ...] = (_FIRST_FLOWS,)
) -> tuple[Block, ...]:
    """The same, before it is fitted to a message."""
    lines = tuple(_flow(n, rec, interview, lang) for n, rec in enumerate(moving_order(recs), 1))
    rule = Line(phrase(lang, "portfolio_rule"), cites=cites, bullet=False)
    return (
        Block(counted(lang, "portfolio_title", len(recs)), (rule, *lines)),
        Block(phrase(lang, "portfolio_costs"), tuple(_totals(recs, lang))),
    )


def _flow(n: int, rec: Recommendation, interview: Interview, lang: str) -> Line:
    decision = rec.decision
    text = headline(rec, lang)
    if decision.verdict is not Verdict.IN_HOUSE:
        text = phrase(lang, "portfolio_flow", verdict=text, score=decision.readiness.score)
    if _VOLUME in rec.facts:
        text += ". " + upper_first(answer_of(rec, interview, _VOLUME, lang))
    stopped = [in_language(gate.title, lang) for gate in decision.readiness.gates if not gate.open]
    detail = ""
    if decision.verdict is Verdict.NOT_READY and stopped:
        detail = phrase(lang, "portfolio_stopped", gate=stopped[0])
    return Line(text, f"{n}. {flow_title(rec, lang)}", detail, bullet=False)


def _totals(recs: Sequence[Recommendation], lang: str) -> Iterable[Line]:
    totals = portfolio_totals(recs)
    if totals is None:
        yield Line(phrase(lang, "costs_none"), bullet=False)
        return
    yield Line(euro_range(totals.today, lang), phrase(lang, "portfolio_today"))
    yield Line(euro_range(totals.followed, lang), phrase(lang, "portfolio_followed"))
    if totals.gain.central or totals.gain.low < totals.gain.high:
        yield Line(_difference(totals.gain, lang), phrase(lang, "gain_title"))
    if totals.counted < len(recs):
        yield Line(phrase(lang, "portfolio_counted", n=totals.counted, total=len(recs)), bullet=False)
    yield Line(phrase(lang, "estimation_only"), bullet=False)


def _difference(gain: Range, lang: str) -> str:
    if too_close(gain):
        return phrase(lang, "portfolio_close", low=euros(-gain.low, lang), high=euros(gain.high, lang))
    key = "portfolio_less" if gain.central > 0 else "portfolio_more"
    return phrase(lang, key, amount=euros(abs(gain.central), lang))


def comparison(before: Recommendation, after: Recommendation, interview: Interview, lang: str) -> tuple[Part, ...]:
    """Two sets of answers side by side: the answers that change, what moves with them, what does not."""
    rows = [(phrase(lang, key), old, new) for key, old, new in _rows(before, after, lang)]
    moved = tuple(Line(_arrow(old, new, lang), name, cells=(name, old, new)) for name, old, new in rows if old != new)
    head = ("", phrase(lang, "compare_before"), phrase(lang, "compare_after"))
    still = [name for name, old, new in rows if old == new]
    blocks = [
        Block(phrase(lang, "compare_answers"), tuple(_changed_answers(before, after, interview, lang)), head),
        Block(phrase(lang, "compare_moves"), moved or (Line(phrase(lang, "compare_nothing"), bullet=False),), head),
        Block(phrase(lang, "compare_reasons"), tuple(_changed_reasons(before, after, lang))),
    ]
    if still and moved:
        blocks.append(Block(phrase(lang, "compare_still"), (Line(listed(still, len(still), lang), bullet=False),)))
    if has_euros(before.costs) or has_euros(after.costs):
        blocks.append(Block("", (Line(phrase(lang, "estimation_only"), bullet=False),)))
    return fitted([block for block in blocks if block.lines], lang, str)


def _rows(before: Recommendation, after: Recommendation, lang: str) -> Iterable[tuple[str, str, str]]:
    """What is compared: its key, then how it reads before and after."""
    reads: dict[str, Callable[[Recommendation], str]] = {
        "compare_verdict": lambda rec: headline(rec, lang),
        "compare_readiness": lambda rec: _readiness(rec, lang),
        "compare_confidence": lambda rec: _confidence(rec, lang),
    }
    if has_euros(before.costs) or has_euros(after.costs):
        reads |= {
            "internal_year": lambda rec: _amount(rec.costs.internal_year, lang),
            "external_year": lambda rec: _amount(rec.costs.external_year, lang),
            "tco3_internal": lambda rec: _amount(rec.costs.tco3_internal, lang),
            "tco3_external": lambda rec: _amount(rec.costs.tco3_external, lang),
            "compare_gain": lambda rec: _gain(rec.costs, lang),
        }
    for key, read in reads.items():
        yield key, read(before), read(after)


def _confidence(rec: Recommendation, lang: str) -> str:
    level = upper_first(confidence_level(rec, lang))
    return phrase(lang, "answered", label=level, value=percent(rec.decision.confidence * 100, lang))


def _readiness(rec: Recommendation, lang: str) -> str:
    if rec.decision.verdict is Verdict.IN_HOUSE:
        return phrase(lang, "compare_no_readiness")
    return f"{rec.decision.readiness.score}/100"


def _amount(span: Range | None, lang: str) -> str:
    return euros(span.central, lang) if span else phrase(lang, "document_untold")


def _gain(costs: Costs, lang: str) -> str:
    if costs.gain3 is None:
        return phrase(lang, "document_untold")
    key = "gain_less_short" if costs.gain3.central >= 0 else "gain_more_short"
    told = phrase(lang, key, amount=euros(abs(costs.gain3.central), lang))
    return phrase(lang, "compare_close", gain=told) if too_close(costs.gain3) else told


def _arrow(old: str, new: str, lang: str) -> str:
    return phrase(lang, "compare_arrow", old=old, new=new)


def _changed_answers(before: Recommendation, after: Recommendation, interview: Interview, lang: str) -> Iterable[Line]:
    unknown = phrase(lang, "not_known")
    for field in dict.fromkeys((*before.facts, *after.facts)):
        old, new = before.facts.get(field), after.facts.get(field)
        if old != new and not sayable_amount(interview, field, before, after):
            yield Line(label(interview, field, lang))
        elif old != new:
            was, now = (unknown if v is None else value_of(interview, field, v, lang) for v in (old, new))
            name = label(interview, field, lang)
            yield Line(_arrow(was, now, lang), name, cells=(name, was, now))


def _changed_reasons(before: Recommendation, after: Recommendation, lang: str) -> Iterable[Line]:
    old = {f.rule: f for f in before.decision.findings if f.truth is Truth.YES}
    new = {f.rule: f for f in after.decision.findings if f.truth is Truth.YES}
    for rule in [rule for rule in new if rule not in old]:
        yield Line(phrase(lang, "compare_now", what=in_language(new[rule].title, lang)))
    for rule in [rule for rule in old if rule not in new]:
        yield Line(phrase(lang, "compare_no_more", what=in_language(old[rule].title, lang)))
    states = {gate.id: gate_state(gate) for gate in before.decision.readiness.gates}
    for gate in after.decision.readiness.gates:
        was, now = states.get(gate.id), gate_state(gate)
        if was is not None and was != now:
            change = _arrow(phrase(lang, f"gate_{was}"), phrase(lang, f"gate_{now}"), lang)
            yield Line(phrase(lang, "labelled", label=in_language(gate.title, lang), value=change))
