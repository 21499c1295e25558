"""What a question can come to."""

from __future__ import annotations

from dataclasses import dataclass

from index.articles import Passage


@dataclass(frozen=True)
class Quote:
    """Consecutive units of one passage, word for word."""

    passage: Passage
    text: str


@dataclass(frozen=True)
class Answer:
    """Quotes that answer, the lead first; every word of them stands in its passage."""

    lang: str
    question: str
    """As it was understood: a follow-up completed from the conversation."""
    probability: float
    """That the corpus holds the answer, in [0, 1], as ``evidence`` weighs it."""
    quotes: tuple[Quote, ...]
    see_also: tuple[Passage, ...] = ()
    other_language: bool = False
    """Whether only an article in the other language knows."""
    who_says: bool = False
    """Whether the person asked who says so."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages cited, in the order of their numbers."""
        return tuple(dict.fromkeys(q.passage for q in self.quotes))


@dataclass(frozen=True)
class NoAnswer:
    """The corpus does not say; the nearest passages are offered instead."""

    lang: str
    question: str
    probability: float
    nearest: tuple[Passage, ...]
    reason: str | None = None
    """What the corpus lacks, when the question is of a known kind."""


@dataclass(frozen=True)
class SmallTalk:
    """Not a question about the subject: a greeting, thanks, "who are you?"…"""

    lang: str
    kind: str


Outcome = Answer | NoAnswer | SmallTalk
