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
class Sentence:
    """One sentence that a model wrote and its passages support."""

    text: str
    passages: tuple[Passage, ...]
    """Those that it rests on, at least one."""
    replaced: bool = False
    """Whether it is the passage's own words, in the place of a sentence that failed."""


@dataclass(frozen=True)
class Dropped:
    """A sentence that a model wrote and nobody was shown."""

    text: str
    faults: tuple[str, ...]
    """Why, as ``generation.support`` names it."""


@dataclass(frozen=True)
class Written:
    """What a model made of an answer."""

    sentences: tuple[Sentence, ...] = ()
    """To be shown in place of the quotes; none when the quotes are to be shown."""
    dropped: tuple[Dropped, ...] = ()
    unwritten: str = ""
    """Why the quotes are shown: ``model.Reason``, or ``unsupported``, ``incomplete``, ``none``; empty otherwise."""


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
    words_only: bool = False
    """Whether it was found by words alone, dense search being out of reach."""

    written: Written | None = None
    """None when no model was asked."""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What a model wrote to be shown in place of the quotes; none when the quotes are shown."""
        return self.written.sentences if self.written else ()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages cited, in the order of their numbers."""
        if self.sentences:
            return tuple(dict.fromkeys(passage for s in self.sentences for passage in s.passages))
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
    words_only: bool = False
    """Whether it was searched by words alone, dense search being out of reach."""


@dataclass(frozen=True)
class SmallTalk:
    """Not a question about the subject: a greeting, thanks, "who are you?"…"""

    lang: str
    kind: str


Outcome = Answer | NoAnswer | SmallTalk
