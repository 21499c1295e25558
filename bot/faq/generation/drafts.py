"""A model's answer, sentence by sentence, as it comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from langchain_core.utils.json import parse_partial_json
from pydantic import ValidationError

from bot.faq.generation.prompts import Draft, Line
from bot.llm.model import Unanswered

_MAX_CHARS = 12_000
"""Of an answer; more than that is no answer."""


def lines(pieces: Iterable[str]) -> Iterator[Line]:
    """Each sentence once it is complete: when the next one has begun, or the answer has ended.

    Raises:
        Unanswered: what came is not of the form asked for, or does not end.
    """
    text, given = "", 0
    for piece in pieces:
        text += piece
        if len(text) > _MAX_CHARS:
            raise Unanswered("cut")
        if "}" in piece or "]" in piece:
            complete = _parsed(text)[:-1]
            yield from complete[given:]
            given = max(given, len(complete))
    try:
        whole = Draft.model_validate(parse_partial_json(_json(text), strict=False) if _ended(text) else None)
    except (ValidationError, ValueError):
        raise Unanswered("broken") from None
    yield from whole.sentences[given:]


def _parsed(text: str) -> list[Line]:
    try:
        raw = parse_partial_json(_json(text))
        found = raw.get("sentences") if isinstance(raw, dict) else None
        return [Line.model_validate(each) for each in found or ()]
    except (ValidationError, ValueError, TypeError):
        return []


def _json(text: str) -> str:
    """Without what some models put around it."""
    start = text.find("{")
    return text[start : text.rfind("}") + 1 if _ended(text) else None] if start >= 0 else ""


def _ended(text: str) -> bool:
    return text.rstrip().removesuffix("```").rstrip().endswith("}")
