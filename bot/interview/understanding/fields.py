"""The fields as a person names them in a sentence: « le volume », "the AHT"."""

from __future__ import annotations

import re
from functools import cache

from bot.interview.model import Question
from bot.interview.understanding import lexicon
from bot.interview.understanding.said import Said

_CORRECTING = lexicon.expression("fields", "correcting")

_DENYING = lexicon.expression("fields", "denying")

_REVISING = lexicon.expression("fields", "revising")

_REVISED = lexicon.expression("fields", "revised")

_ARTICLE_LENGTH = 6
"""Characters that may stand before a field that opens a message: « notre »."""

_ASSIGNED = lexicon.expression("fields", "assigned")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(rf"\b(?:{entry['words']})\b")) for name, entry in lexicon.read("fields").items())


@cache
def _verbs() -> re.Pattern[str]:
    words = lexicon.read("intents")
    return re.compile(rf"^(?:(?:{words['edit_request']}) )?(?:{words['edit_verbs']}) {words['edit_rest']}$")


@cache
def unit_fields() -> dict[str, str]:
    """The field that a family of units points to by itself."""
    return {unit: name for name, entry in lexicon.read("fields").items() for unit in entry.get("units", ())}


def named_in(folded: str) -> list[tuple[str, int, int]]:
    """Every field named in a text, with its span; the longest wording wins where two overlap."""
    found = [(name, *m.span()) for name, pattern in _patterns() for m in pattern.finditer(folded)]
    kept: list[tuple[str, int, int]] = []
    for name, start, end in sorted(found, key=lambda f: f[1] - f[2]):
        if all(end <= s or start >= e for _, s, e in kept):
            kept.append((name, start, end))
    return sorted(kept, key=lambda f: f[1])


def corrects(said: Said) -> bool:
    """Whether the message opens as a correction does."""
    return bool(_CORRECTING.match(said.folded) or _DENYING.search(said.folded) or _revises(said))


def _revises(said: Said) -> bool:
    """Whether a named field is given another figure: « la DMT est plutôt de 8 min », « c'est plutôt 8 min la DMT »."""
    if not re.search("[0-9]", said.digits):
        return False
    for _, start, end in named_in(said.folded):
        if start <= _ARTICLE_LENGTH and _REVISING.match(said.folded[end:]):
            return True
        if not said.folded[end:].strip(" .!") and _REVISED.match(said.folded):
            return True
    return False


def without_correction(folded: str) -> str:
    """The message after « en fait », « je me suis trompé »…"""
    rest = folded
    while (found := _CORRECTING.match(rest)) and found.end() < len(rest):
        rest = rest[found.end() :].lstrip(" ,:;.!-")
    return rest


def edit_request(said: Said) -> str | None:
    """What follows « changer le… »; empty when nothing is named; None when no change is asked."""
    words = re.sub(r"\s+", " ", re.sub(r"[^\w' ]+", " ", said.folded)).strip()
    if re.fullmatch(lexicon.read("intents")["edit_alone"], said.bare):
        return ""
    if found := (_verbs().match(said.bare) or _verbs().match(words)):
        return found["rest"]
    return None


def edited_field(said: Said, question: Question) -> str | None:
    """The field that the message asks to change, empty when it does not say which; None when it asks no such thing."""
    rest = edit_request(said)
    if rest is not None:
        named = [name for name, start, _ in named_in(rest) if start == 0] or [name for name, _, _ in named_in(rest)]
        if named or not rest:
            return named[0] if named else ""
        return None
    if corrects(said):
        body = without_correction(said.folded)
        named = [name for name, _, _ in named_in(body)]
        own = question.id in named or question.id == unit_fields().get("", "")
        if (
            named
            and not own
            and (_assigns(body) or not re.search("[0-9]", said.digits))
            and _differs(named[0], question)
        ):
            return named[0]
    return None


def spoken_of(said: Said, question: Question) -> bool:
    """Whether the message assigns a figure to another field: « le volume c'est 4 500 » when the duration is asked."""
    named = named_in(said.digits)
    if not named or any(name == question.id for name, _, _ in named):
        return False
    return any(
        _differs(name, question) and not _same_family(name, question) and _ASSIGNED.match(said.digits[end:])
        for name, _, end in named
    )


def _assigns(text: str) -> bool:
    return bool(
        re.search(r"\bc'est\b|\best\b|\bis\b|:|=|\bde\b|\bto\b|\bdevient\b|\bpasse\b|\bon a\b|\bwe have\b", text)
    )


_FAMILIES = (
    {"peak_factor", "peak_months", "monthly_volume", "volume_certainty"},
    {
        "agents_fte",
        "pilot_capacity",
        "company_size",
        "loaded_cost_per_agent_eur_year",
        "turnover_pct",
        "absenteeism",
        "management",
    },
    {"contract_months_left", "exit_clause_known", "already_outsourced", "time_horizon_months"},
    {"customers", "margin_per_customer_eur_year"},
    {"monthly_volume", "aht_minutes"},
)


def _differs(name: str, question: Question) -> bool:
    return name != question.id


def _same_family(name: str, question: Question) -> bool:
    """Fields whose words are used to speak of one another: « 3 mois de pic »."""
    if {name, question.id} == {"monthly_volume", "aht_minutes"}:
        return False
    return any({name, question.id} <= family for family in _FAMILIES)
