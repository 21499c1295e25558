"""Why this verdict: findings for and against, rules that do not hold, what would change it, what is not known."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.advice.model import Decision, Direction, Finding, Item, Recommendation, Verdict
from bot.interview.model import Interview, Truth
from bot.report.blocks import Block, Line
from bot.report.figures import assumed, sayable
from bot.report.labels import answer_of, label, names_of, value_of
from bot.report.phrases import clean, counted, in_language, listed, outcome, phrase, upper_first

_SUPPORTS = {
    Verdict.FULL: {Direction.OUTSOURCE},
    Verdict.PARTIAL: {Direction.PARTIAL, Direction.OUTSOURCE},
    Verdict.IN_HOUSE: {Direction.IN_HOUSE},
    Verdict.NOT_READY: {Direction.PREPARE},
}
_SIDES = {Direction.IN_HOUSE, Direction.OUTSOURCE, Direction.PARTIAL}
HIGH_CONFIDENCE, MEDIUM_CONFIDENCE = 0.75, 0.5
"""From where a confidence of 0 to 1 is told as high, unless a missing answer could change the advice, and as medium."""


def supports(finding: Finding, decision: Decision) -> bool:
    """Whether the finding holds and speaks for the verdict, its target or its location."""
    if finding.truth is not Truth.YES:
        return False
    wanted = _SUPPORTS[decision.target] | _SUPPORTS[decision.verdict]
    return finding.direction in wanted or finding.direction.value == decision.location.value


def top_reasons(decision: Decision, most: int = 3) -> tuple[Finding, ...]:
    """The findings that weigh most for the verdict: decisive ones first, and of different kinds when there are."""
    ranked = sorted((f for f in decision.findings if supports(f, decision)), key=lambda f: not f.decisive)
    chosen: list[Finding] = []
    for finding in ranked:
        if sum(other.direction is finding.direction for other in chosen) < 2:
            chosen.append(finding)
    chosen += [finding for finding in ranked if finding not in chosen]
    return tuple(chosen[:most])


def nothing_pushes(rec: Recommendation, lang: str) -> Iterable[Line]:
    """Why a flow stays that no rule keeps: nothing speaks for handing it over."""
    if rec.decision.verdict is Verdict.IN_HOUSE and not top_reasons(rec.decision):
        cites = ("sharing-flows#economic-candidates", "two-logics#specialisation")
        yield Line(phrase(lang, "nothing_pushes"), cites=cites)


def why(rec: Recommendation, interview: Interview, lang: str) -> tuple[Block, ...]:
    """The findings, then the rules that do not hold and why."""
    return (*findings(rec, interview, lang), *not_holding(rec, interview, lang))


def findings(rec: Recommendation, interview: Interview, lang: str) -> tuple[Block, ...]:
    """Findings for, against and to watch; those that could not be told."""
    return (*holding(rec, interview, lang), *untold(rec, interview, lang))


def untold(rec: Recommendation, interview: Interview, lang: str) -> tuple[Block, ...]:
    """The rules that could not be told, and what would tell them."""
    unknown = tuple(_untold(f, interview, lang) for f in rec.decision.findings if f.truth is Truth.UNKNOWN)
    return (Block(phrase(lang, "why_unknown"), unknown),) if unknown else ()


def holding(rec: Recommendation, interview: Interview, lang: str, told: Collection[Finding] = ()) -> tuple[Block, ...]:
    """Findings for, against and to watch, save those ``told`` elsewhere."""
    decision = rec.decision
    counting = [f for f in decision.findings if f.truth is Truth.YES and f not in told]
    ours = sorted((f for f in counting if supports(f, decision)), key=lambda f: not f.decisive)
    others = [f for f in counting if f not in ours]
    opposed = [f for f in others if f.direction in _SIDES]
    watched = [f for f in others if f.direction in (Direction.CAUTION, Direction.PREPARE)]
    elsewhere = [f for f in others if f not in opposed and f not in watched]
    if decision.target is Verdict.IN_HOUSE:
        watched = elsewhere = []  # they speak of a provider
        opposed = [f for f in opposed if f.direction is Direction.OUTSOURCE]  # one that caps speaks for keeping, rather
    unmoved = Block(phrase(lang, "why_for"), tuple(nothing_pushes(rec, lang)))
    blocks = [unmoved] + [
        _findings(phrase(lang, key), several, rec, interview, lang)
        for key, several in (
            ("why_for", ours),
            ("why_against", opposed),
            ("why_elsewhere", elsewhere),
            ("why_watch", watched),
        )
    ]
    return tuple(block for block in blocks if block.lines)


def _findings(heading: str, several: Iterable[Finding], rec: Recommendation, interview: Interview, lang: str) -> Block:
    return Block(heading, tuple(_finding(f, rec, interview, lang) for f in several))


def _finding(finding: Finding, rec: Recommendation, interview: Interview, lang: str) -> Line:
    title = in_language(finding.title, lang)
    if finding.decisive:
        title = phrase(lang, "decisive", title=title)
    return Line(
        in_language(finding.because, lang), title, decided(finding.decided_by, rec, interview, lang), finding.cites
    )


def decided(fields: tuple[str, ...], rec: Recommendation, interview: Interview, lang: str) -> str:
    """« Vos réponses : volume mensuel : 3 000 ; … »; empty when no answer decided it."""
    answers = [answer_of(rec, interview, field, lang) for field in fields]
    return phrase(lang, "decided_by", answers=listed(answers, 4, lang)) if answers else ""


def _untold(finding: Finding, interview: Interview, lang: str) -> Line:
    lacking = listed(names_of(interview, finding.missing, lang), 4, lang)
    title = in_language(finding.title, lang)
    return Line(phrase(lang, "untold", title=title, missing=lacking) if lacking else title, cites=finding.cites)


def not_established(rec: Recommendation, lang: str) -> list[str]:
    """The titles of the rules that could not be told, each once."""
    unknown = (f for f in rec.decision.findings if f.truth is Truth.UNKNOWN)
    return list(dict.fromkeys(in_language(f.title, lang) for f in unknown))


def _ruled_out(rec: Recommendation) -> list[Finding]:
    return [f for f in rec.decision.findings if f.truth is Truth.NO and f.decided_by]


def not_holding(rec: Recommendation, interview: Interview, lang: str) -> tuple[Block, ...]:
    """The rules that the answers rule out and the answers that do so, a line each."""
    lines = []
    for finding in _ruled_out(rec):
        answers = listed([answer_of(rec, interview, f, lang) for f in finding.decided_by], 2, lang)
        lines.append(Line(phrase(lang, "because_of", title=in_language(finding.title, lang), answers=answers)))
    return (Block(phrase(lang, "why_not_holding"), tuple(lines)),) if lines else ()


def confidence_level(rec: Recommendation, lang: str) -> str:
    """« élevée », « moyenne » or « faible »."""
    level = rec.decision.confidence
    key = (
        "high"
        if level >= HIGH_CONFIDENCE and not rec.decision.open_fields
        else "medium"
        if level >= MEDIUM_CONFIDENCE
        else "low"
    )
    return phrase(lang, f"confidence_{key}")


def confidence(rec: Recommendation, interview: Interview, lang: str, most: int = 3) -> str:
    """« moyenne : il manque le volume mensuel et 2 autres réponses »."""
    name = confidence_level(rec, lang)
    lacking = names_of(interview, rec.decision.open_fields, lang)
    if not lacking:
        return phrase(lang, "confidence_settled" if rec.missing else "confidence_complete", level=name)
    return phrase(lang, "confidence_missing", level=name, missing=listed(lacking, most, lang))


def flips(rec: Recommendation, interview: Interview, lang: str) -> tuple[Block, ...]:
    """The smallest changes of answers that give another verdict or location."""
    lines = []
    for change in rec.flips:
        changes = []
        for field, value in change.answers.items():
            now = (
                value_of(interview, field, rec.facts[field], lang) if field in rec.facts else phrase(lang, "not_known")
            )
            then = value_of(interview, field, value, lang)
            changes.append(phrase(lang, "flip_answer", label=label(interview, field, lang), now=now, then=then))
        result = outcome(change.verdict, change.target, change.location, lang)
        lines.append(Line(phrase(lang, "flip_result", result=result), listed(changes, 4, lang)))
    if not lines:
        still = listed(names_of(interview, rec.decision.open_fields, lang), 6, lang)
        text = phrase(lang, "flips_open", missing=still) if still else phrase(lang, "flips_none")
        lines = [Line(text, bullet=False)]
    heading = "flips_reopen" if rec.decision.verdict is Verdict.IN_HOUSE else "flips_title"
    return (Block(phrase(lang, heading), tuple(lines)),)


def items(heading: str, several: Iterable[Item], lang: str) -> tuple[Block, ...]:
    """Lines of advice under a heading; nothing when there are none."""
    lines = tuple(item_line(item, lang) for item in several)
    return (Block(heading, lines),) if lines else ()


def item_line(item: Item, lang: str) -> Line:
    """One line of advice, marked when it is ours and not the sources'."""
    note = phrase(lang, "ours") if item.assumed else ""
    return Line(in_language(item.text, lang), in_language(item.title, lang), note, item.cites)


def assumption_lines(rec: Recommendation, interview: Interview, lang: str) -> tuple[Block, ...]:
    """Every figure that stands in for an answer, labelled so, then what was assumed while reading the answers."""
    shown = [a for a in (*rec.costs.assumptions, *rec.notes) if sayable(a, rec.costs)]
    lines = []
    for assumption in dict.fromkeys((a.id, a.field) for a in shown):
        found = next(a for a in shown if (a.id, a.field) == assumption)
        text = phrase(lang, "assumption", label=in_language(found.label, lang), range=assumed(found, lang))
        replaces = found.field if found.field in interview.by_id and found.field not in rec.facts else None
        detail = phrase(lang, "assumption_field", label=label(interview, replaces, lang)) if replaces else ""
        lines.append(Line(text, detail=detail))
    if not lines:
        return (Block(phrase(lang, "assumptions_title"), (Line(phrase(lang, "assumptions_none"), bullet=False),)),)
    intro = Line(phrase(lang, "assumptions_intro"), bullet=False)
    return (Block(phrase(lang, "assumptions_title"), (intro, *lines)),)


def missing(rec: Recommendation, interview: Interview, lang: str) -> tuple[Block, ...]:
    """What is not known, weightiest first, by the names of the questions; those that may change the verdict marked."""
    lines = []
    for field in dict.fromkeys((*rec.missing, *rec.decision.open_fields)):
        name = upper_first(label(interview, field, lang))
        may_change = field in rec.decision.open_fields
        lines.append(Line(phrase(lang, "missing_open", label=name) if may_change else name))
    if not lines:
        lines = [Line(phrase(lang, "missing_none"), bullet=False)]
    return (Block(phrase(lang, "missing_title"), tuple(lines)),)


def warnings(rec: Recommendation, lang: str) -> tuple[Block, ...]:
    """What is implausible, contradictory or to be watched."""
    lines = tuple(Line(clean(in_language(alert.text, lang)), cites=alert.cites) for alert in rec.warnings)
    return (Block(counted(lang, "warnings_title", len(lines)), lines),) if lines else ()
