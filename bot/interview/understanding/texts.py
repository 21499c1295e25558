"""Free words kept as typed: a name, a sector, a country."""

from __future__ import annotations

import re

from bot.interview.model import Question
from bot.interview.understanding import figures, intents, lexicon, places
from bot.interview.understanding.measures import Measure, measures
from bot.interview.understanding.outcome import Outcome, Understood
from bot.interview.understanding.said import Said

MAX_CHARACTERS = 200

_QUOTES = re.compile(r"^[\s«»\"“”'‘.,;:!?*_–—-]+|[\s«»\"“”'.,;:!?*_–—-]+$")
_LEAD = re.compile(lexicon.expression("texts", "lead").pattern, re.IGNORECASE)


def read(said: Said, question: Question) -> Understood | None:
    """The words, cleaned. None for what names nothing."""
    text = cleaned(said.raw)
    if not text or intents.nonsense(said):
        return None
    if len(text) > MAX_CHARACTERS:
        return figures.invalid_for(
            question,
            (f"Trop long : {MAX_CHARACTERS} caractères au plus.", f"Too long: {MAX_CHARACTERS} characters at most."),
        )
    if question.id == "country" and not places.named(text):
        return None
    told = [m for m in measures(said.digits) if not m.number.weak]
    if told and not re.search(r"[a-z]{3,}", _without(said.digits, told)):
        return figures.looks_like(told[0], question)
    return Understood(Outcome.VALUE, places.bare(text) if question.id == "country" else text)


def cleaned(raw: str) -> str:
    """Without quotes around it, nor « ça s'appelle » before it."""
    text = _QUOTES.sub("", raw)
    shorter = _QUOTES.sub("", _LEAD.sub("", text, count=1))
    return shorter if len(shorter) >= 2 else text


def _without(text: str, told: list[Measure]) -> str:
    for measure in reversed(told):
        text = text[: measure.start] + text[measure.end :]
    return text
