"""The plan that goes with a decision: the advice of the interview that applies to one flow, filled in."""

from __future__ import annotations

from collections.abc import Mapping

from bot.advice.model import Item, Plan
from bot.advice.places import LANGUAGES, places_of
from bot.interview.conditions import Predicates, evaluate
from bot.interview.model import Advice, Chapter, Facts, Interview, Raise, Texts, Truth
from index.typography import typeset

NOTHING_CONCLUDED: Facts = {"push": (), "extent": ()}
"""What stands when a conclusion of several reasons has none."""

Words = Mapping[str, Mapping[str, str]]
"""What fills the places, by language and name."""

HIGHEST = 3
"""The level of a high risk; a risk that nothing raises is 1."""


def build_plan(
    interview: Interview,
    facts: Facts,
    conclusions: Facts,
    predicates: Predicates,
    places: Mapping[str, Texts] | None = None,
) -> Plan:
    """How to go about it, for what was concluded about one flow.

    Args:
        interview: its advice is used.
        facts: what is known, by field id.
        conclusions: ``verdict``, ``target``, ``location``, ``push`` and ``extent``.
        predicates: the conditions written in Python.
        places: words for ``{places}`` besides the numbers answered.
    """
    told = {**facts, **conclusions}

    def chapter(name: Chapter) -> tuple[Item, ...]:
        return items(interview, name, told, predicates, places)

    return Plan(
        risks=chapter(Chapter.RISK),
        kpis=chapter(Chapter.KPI),
        sla=chapter(Chapter.SLA),
        contract=chapter(Chapter.CONTRACT),
        partner=chapter(Chapter.PARTNER),
        governance=chapter(Chapter.GOVERNANCE),
        people=chapter(Chapter.PEOPLE),
        roadmap=chapter(Chapter.ROADMAP),
        provider_questions=chapter(Chapter.PROVIDER_QUESTION),
    )


def items(
    interview: Interview,
    chapter: Chapter,
    facts: Facts,
    predicates: Predicates,
    places: Mapping[str, Texts] | None = None,
) -> tuple[Item, ...]:
    """The advice of one chapter that holds, in the order of its file; risks highest first.

    Advice with a place that nothing fills is left out.

    Args:
        interview: its advice is used.
        chapter: which part of it.
        facts: what is known and what was concluded, by name.
        predicates: the conditions written in Python.
        places: words for ``{places}`` besides the numbers answered.
    """
    told = {**NOTHING_CONCLUDED, **facts}
    filling = {**(places or {}), **places_of(facts)}
    words = {lang: {name: said[lang] for name, said in filling.items()} for lang in LANGUAGES}
    holding = [
        item
        for advice in interview.advice
        if advice.chapter is chapter and evaluate(advice.when, told, predicates).truth is Truth.YES
        if (item := _item(advice, told, predicates, words)) is not None
    ]
    return tuple(sorted(holding, key=lambda item: -item.level))


def _item(advice: Advice, facts: Facts, predicates: Predicates, words: Words) -> Item | None:
    raises = [r for r in advice.raises if evaluate(r.when, facts, predicates).truth is Truth.YES]
    try:
        return Item(
            id=advice.id,
            title=_filled(advice.title, words),
            text=_filled(advice.text, words),
            cites=advice.cites,
            assumed=advice.assumed,
            level=min(HIGHEST, 1 + sum(r.by for r in raises)) if advice.chapter is Chapter.RISK else 0,
            why=_why(raises, words),
            weeks=advice.weeks,
        )
    except KeyError:
        return None


def _why(raises: list[Raise], words: Words) -> Texts:
    """What lifts the risk, one sentence after the other; empty when nothing does."""
    whys = [_filled(r.why, words) for r in raises]
    return {lang: " ".join(why[lang] for why in whys) for lang in LANGUAGES} if whys else {}


def _filled(texts: Texts, words: Words) -> Texts:
    """The sentence with its places filled in.

    Raises:
        KeyError: nothing fills one of them.
    """
    if not any("{" in text for text in texts.values()):
        return texts
    return {lang: typeset(text.format_map(words[lang]), lang) for lang, text in texts.items()}
