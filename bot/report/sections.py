"""A recommendation section by section, as messages for a phone, and whole as plain text."""

from __future__ import annotations

from enum import StrEnum

from bot.advice.model import Recommendation
from bot.interview.model import Interview
from bot.messages import Part
from bot.report.blocks import Block, Line, Titles, cited, fitted, parts, plain
from bot.report.costing import costing
from bot.report.phrases import in_language, phrase
from bot.report.planning import readiness, risks, roadmap, split
from bot.report.reasons import assumption_lines, flips, holding, items, missing, not_holding, untold, warnings, why
from bot.report.several import comparison, portfolio_summary
from bot.report.summary import opening, summary

__all__ = ["Section", "comparison", "full_text", "portfolio_summary", "section", "sources_of", "summary"]


class Section(StrEnum):
    """A part of the recommendation that is read on demand."""

    SUMMARY = "summary"
    WHY = "why"
    SPLIT = "split"
    COSTS = "costs"
    READINESS = "readiness"
    RISKS = "risks"
    PLAN = "plan"
    INDICATORS = "indicators"
    CONTRACT = "contract"
    PARTNER = "partner"
    STEERING = "steering"
    QUESTIONS = "questions"
    ROADMAP = "roadmap"
    FLIPS = "flips"
    AGAINST = "against"
    WARNINGS = "warnings"
    ASSUMPTIONS = "assumptions"
    MISSING = "missing"
    SOURCES = "sources"


_WHOLE = (
    Section.WHY,
    Section.SPLIT,
    Section.AGAINST,
    Section.FLIPS,
    Section.WARNINGS,
    Section.COSTS,
    Section.READINESS,
    Section.RISKS,
    Section.INDICATORS,
    Section.CONTRACT,
    Section.PARTNER,
    Section.QUESTIONS,
    Section.STEERING,
    Section.ROADMAP,
    Section.ASSUMPTIONS,
    Section.MISSING,
)
"""What the whole text holds after the opening, in order."""


def blocks_of(rec: Recommendation, interview: Interview, section: Section, lang: str) -> tuple[Block, ...]:
    """What a section says; empty when it has nothing to say on this flow."""
    plan = rec.plan
    match section:
        case Section.SUMMARY:
            return opening(rec, interview, lang)
        case Section.WHY:
            return why(rec, interview, lang)
        case Section.SPLIT:
            return split(rec, lang)
        case Section.COSTS:
            return costing(rec, interview, lang)
        case Section.READINESS:
            return readiness(rec, interview, lang)
        case Section.RISKS:
            return risks(rec, lang)
        case Section.PLAN:
            return _overview(rec, lang)
        case Section.INDICATORS:
            kpis = items(phrase(lang, "kpis_title"), plan.kpis, lang)
            return (*kpis, *items(phrase(lang, "sla_title"), plan.sla, lang))
        case Section.CONTRACT:
            return items(phrase(lang, "contract_title"), plan.contract, lang)
        case Section.PARTNER:
            return items(phrase(lang, "partner_title"), plan.partner, lang)
        case Section.QUESTIONS:
            return items(phrase(lang, "questions_title"), plan.provider_questions, lang)
        case Section.STEERING:
            governance = items(phrase(lang, "governance_title"), plan.governance, lang)
            return (*governance, *items(phrase(lang, "people_title"), plan.people, lang))
        case Section.ROADMAP:
            return roadmap(rec, interview, lang)
        case Section.FLIPS:
            return flips(rec, interview, lang)
        case Section.AGAINST:
            return items(phrase(lang, "against_title"), rec.against, lang)
        case Section.WARNINGS:
            return warnings(rec, lang)
        case Section.ASSUMPTIONS:
            return assumption_lines(rec, interview, lang)
        case Section.MISSING:
            return missing(rec, interview, lang)
        case Section.SOURCES:
            return ()


def section(rec: Recommendation, interview: Interview, section: Section, lang: str, titles: Titles) -> tuple[Part, ...]:
    """One section as a message of at most ``MAX_CHARS``, its citations numbered and listed under it.

    ``titles`` gives « article › section » for a passage id. A section that has nothing to say says so.
    """
    if section is Section.SUMMARY:
        return summary(rec, interview, lang)
    if section is Section.SOURCES:
        return fitted((_sources(rec, interview, lang, titles),), lang, titles)
    return fitted(blocks_of(rec, interview, section, lang) or (_nothing(lang),), lang, titles)


def full_text(rec: Recommendation, interview: Interview, lang: str, titles: Titles) -> str:
    """The whole recommendation as plain text: opening, every section, and the sources at the end."""
    blocks = list(opening(rec, interview, lang))
    for part in _WHOLE:
        blocks += holding(rec, interview, lang) if part is Section.WHY else blocks_of(rec, interview, part, lang)
    blocks += (*untold(rec, interview, lang), *not_holding(rec, interview, lang))
    blocks.append(Block("", (Line(phrase(lang, "report_notice"), bullet=False),)))
    return plain(parts(blocks, lang, titles))


def sources_of(rec: Recommendation, interview: Interview, lang: str) -> tuple[str, ...]:
    """Every passage that the recommendation rests on, in the order in which it is cited."""
    return cited(block for part in _WHOLE for block in blocks_of(rec, interview, part, lang))


def _sources(rec: Recommendation, interview: Interview, lang: str, titles: Titles) -> Block:
    lines = tuple(
        Line(f"« {titles(passage)} »" if lang == "fr" else titles(passage))
        for passage in sources_of(rec, interview, lang)
    )
    return Block(phrase(lang, "sources_footer"), lines or _nothing(lang).lines)


def _overview(rec: Recommendation, lang: str) -> tuple[Block, ...]:
    """The plan by its titles: what each chapter holds."""
    plan = rec.plan
    chapters = (
        ("kpis_title", plan.kpis),
        ("sla_title", plan.sla),
        ("contract_title", plan.contract),
        ("partner_title", plan.partner),
        ("governance_title", plan.governance),
        ("people_title", plan.people),
    )
    return tuple(
        Block(phrase(lang, key), tuple(Line(in_language(item.title, lang), cites=item.cites) for item in chapter))
        for key, chapter in chapters
        if chapter
    )


def _nothing(lang: str) -> Block:
    return Block("", (Line(phrase(lang, "nothing_to_say"), bullet=False),))
