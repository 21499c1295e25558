"""The first message: verdict, location, readiness and three reasons, read on a phone without scrolling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.advice.model import Item, Recommendation, Verdict
from bot.interview.model import Interview
from bot.messages import Part
from bot.report.blocks import Block, Line, parts, plain
from bot.report.costing import above_sources, costs_against, gain, hours_fte, is_alternative
from bot.report.figures import euro_range, has_euros, number
from bot.report.phrases import flow_title, in_language, listed, outcome, phrase, shorten, upper_first
from bot.report.planning import first_actions, gate_action
from bot.report.reasons import confidence, nothing_pushes, top_reasons

MAX_SUMMARY_CHARS = 900

_ROOMY, _TIGHT = (150, 60, 3), (85, 32, 2)
"""How much is told: characters of a reason, of a name, and names in a list; from roomy to tight until it fits."""

_STEPS = 5


def summary(rec: Recommendation, interview: Interview, lang: str) -> tuple[Part, ...]:
    """At most ``MAX_SUMMARY_CHARS`` characters: the longest version that fits."""
    for step in range(_STEPS + 1):
        room = [round(wide + (narrow - wide) * step / _STEPS) for wide, narrow in zip(_ROOMY, _TIGHT, strict=True)]
        said = parts(_short(rec, interview, lang, room), lang, str)
        if len(plain(said)) <= MAX_SUMMARY_CHARS:
            return said
    return parts(_bare(rec, lang), lang, str)


def _short(rec: Recommendation, interview: Interview, lang: str, room: Sequence[int]) -> tuple[Block, ...]:
    reason_chars, name_chars, names = room
    facts = list(_readiness(rec, lang))
    told = confidence(rec, interview, lang, names)
    facts.append(Line(phrase(lang, "summary_confidence", confidence=told), bullet=False))
    if rec.decision.target is Verdict.PARTIAL:
        for key, several in (("summary_out", rec.goes_out), ("summary_stays", rec.stays)):
            if several:
                facts.append(Line(phrase(lang, key, what=_names(several, names, name_chars, lang)), bullet=False))
    facts += _money(rec, lang)
    head = Block(flow_title(rec, lang), (Line("", headline(rec, lang), bullet=False), *facts))
    return (head, *_first(rec, lang, reason_chars, names), *_reasons(rec, lang, reason_chars))


def _bare(rec: Recommendation, lang: str) -> tuple[Block, ...]:
    reasons = tuple(Line(shorten(in_language(f.title, lang), 60)) for f in top_reasons(rec.decision))
    head = Block(flow_title(rec, lang), (Line("", headline(rec, lang), bullet=False), *_readiness(rec, lang)))
    return (head, Block(phrase(lang, "summary_why"), reasons)) if reasons else (head,)


def _readiness(rec: Recommendation, lang: str) -> Iterable[Line]:
    """The score; a flow that stays needs none."""
    if rec.decision.verdict is not Verdict.IN_HOUSE:
        yield Line(phrase(lang, "summary_readiness", score=rec.decision.readiness.score), bullet=False)


def headline(rec: Recommendation, lang: str) -> str:
    """« Externaliser une partie, en nearshore »; for what is not ready, the preparation then the target."""
    decision = rec.decision
    return upper_first(outcome(decision.verdict, decision.target, decision.location, lang))


def _names(several: Sequence[Item], most: int, longest: int, lang: str) -> str:
    return listed((shorten(in_language(item.title, lang), longest) for item in several), most, lang)


def _money(rec: Recommendation, lang: str) -> list[Line]:
    """The three-year difference in one line; nothing when no figure in euros may be told."""
    if not has_euros(rec.costs):
        return [Line(phrase(lang, "summary_no_costs"), bullet=False)]
    if rec.costs.gain3 is not None:
        key = "summary_alternative" if is_alternative(rec) else "summary_gain"
        told = gain(rec.costs, lang)
        if above_sources(rec.costs):
            told = phrase(lang, "gain_above_short", gain=told)
        against = (Line(words, bullet=False) for words in costs_against(rec, lang))
        return [Line(phrase(lang, key, gain=told), bullet=False), *against]
    if rec.costs.internal_year is not None:
        cost, people = euro_range(rec.costs.internal_year, lang), hours_fte(rec)
        if people is None:
            return [Line(phrase(lang, "summary_internal", cost=cost), bullet=False)]
        fte = number(round(people), lang)
        return [Line(phrase(lang, "summary_internal_hours", fte=fte, cost=cost), bullet=False)]
    return []


def _reasons(rec: Recommendation, lang: str, longest: int) -> tuple[Block, ...]:
    lines = tuple(
        _reason(in_language(f.title, lang), in_language(f.because, lang), longest, lang)
        for f in top_reasons(rec.decision)
    )
    lines += tuple(replace(line, cites=()) for line in nothing_pushes(rec, lang))
    key = "summary_why_target" if rec.decision.verdict is Verdict.NOT_READY else "summary_why"
    return (Block(phrase(lang, key), lines),) if lines else ()


def _reason(title: str, because: str, longest: int, lang: str) -> Line:
    title = shorten(title, 60)
    left = longest - len(title)
    if left < 40 or not because:
        return Line(title)
    return Line(phrase(lang, "labelled", label=title, value=shorten(because, left)))


def _first(rec: Recommendation, lang: str, longest: int, most: int) -> tuple[Block, ...]:
    """What to do first: the gates that stop the project, with their durations."""
    if rec.decision.verdict is not Verdict.NOT_READY:
        return ()
    stopped = first_actions(rec)
    lines = tuple(Line(shorten(gate_action(gate, lang), longest)) for gate in stopped[:most])
    return (Block(phrase(lang, "summary_first"), lines),) if lines else ()


def opening(rec: Recommendation, interview: Interview, lang: str) -> tuple[Block, ...]:
    """The same without a limit: how the whole text begins."""
    return _short(rec, interview, lang, (400, 120, 5))
