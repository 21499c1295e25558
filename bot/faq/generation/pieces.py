"""A passage cut into the statements that a sentence may rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.faq.generation.lexis import is_source
from bot.faq.generation.tokens import Text, Tokenizer
from index.articles import Passage

_COLON = re.compile(r"\s?:\s")


@dataclass(frozen=True)
class Piece:
    """One statement of a passage: a sentence, a point of a list with what introduces it, or a whole list."""

    passage: Passage
    unit: str
    """The unit of the passage that it is, or is of."""
    text: str
    """Its own words."""
    lead: Text
    """What introduces a point of a list; empty for a sentence."""
    key: Text
    """What a point of a list is about, when it says so before a colon; else empty."""
    segments: tuple[Text, ...]
    """Its own words between punctuation marks."""

    @cached_property
    def own(self) -> Text:
        return Text(tuple(t for segment in self.segments for t in segment.tokens), self.lead.kinds)

    @cached_property
    def whole(self) -> Text:
        """With what introduces it."""
        return self.lead + self.own


@lru_cache(1_000)
def pieces(passage: Passage, tokenizer: Tokenizer) -> tuple[Piece, ...]:
    """The statements of a passage; those that are no source are left out."""
    return tuple(p for p in _pieces(passage, tokenizer) if is_source(p.unit))


def _pieces(passage: Passage, tokenizer: Tokenizer) -> Iterator[Piece]:
    nothing = tokenizer.read("")

    def piece(unit: str, text: str, lead: Text, key: Text = nothing) -> Piece:
        return Piece(passage, unit, text, lead, key, tokenizer.segments(text))

    for unit in passage.units:
        if not unit.is_list and not unit.text.startswith("- "):
            yield piece(unit.text, unit.text, nothing)
            continue
        lines = unit.text.split("\n")
        points = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
        introduction = " ".join(line for line in lines if not line.startswith("- "))
        lead = tokenizer.read(introduction)
        if introduction:
            yield piece(unit.text, introduction, nothing)
        if not _tells_apart(points, tokenizer):
            yield piece(unit.text, "\n".join(points), lead)
        keys = [_COLON.split(point, maxsplit=1)[0] if _COLON.search(point) else "" for point in points]
        if all(keys):
            yield piece(unit.text, "\n".join(keys), lead)
        for key, point in zip(keys, points, strict=True):
            yield piece(unit.text, point, lead, tokenizer.read(key))


def _tells_apart(points: list[str], tokenizer: Tokenizer) -> bool:
    """Whether a list says a different thing of different things: its points must then not be mixed."""
    read = [tokenizer.read(point) for point in points]
    places = {place for text in read for place in text.places}
    return any(map(_COLON.search, points)) or len(places) > 1 or sum(bool(t.figures) for t in read) > 1
