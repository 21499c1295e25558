"""A text as the verification reads it: content words, the words on which meaning turns, figures, things named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.faq.generation.figures import Figure, figures, readable_figures
from bot.faq.generation.lexis import Lexis, lexis
from index.analyzer import Analyzer, words

PLACES = frozenset({"location", "place"})
"""The kinds of concepts that a statement is about, if it names one: what holds for one never holds for another."""

FAMILIES = frozenset({"location", "place", "model", "party", "channel", "metric"})
"""The kinds of which one member could be taken for another."""

_WORDS_KEPT, _TEXTS_KEPT = 20_000, 4_000
_NOT = re.compile(r"n't\b")
_SEGMENT = re.compile(r"\s*(?:(?<!\d)[,:]|[,:](?!\d)|;|[()–—\n«»“”\"]|[.!?…](?=\s|$))\s*|\s-\s")


@dataclass(frozen=True)
class Token:
    """One word."""

    word: str
    stem: str
    classes: frozenset[str]
    concepts: frozenset[str]
    figure: Figure | None = None
    content: bool = False
    """Whether it must stand in the passage, as itself or as the same concept."""
    turns: bool = False
    """Whether meaning turns on it: of a class, or naming a thing that could be taken for another."""


@dataclass(frozen=True)
class Text:
    """The tokens of a text, in order."""

    tokens: tuple[Token, ...]
    kinds: dict[str, str]
    """Of each concept."""

    def __add__(self, other: Text) -> Text:
        return Text(self.tokens + other.tokens, self.kinds)

    @cached_property
    def content(self) -> tuple[Token, ...]:
        """The words that must be supported."""
        return tuple(t for t in self.tokens if t.content)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(t.stem for t in self.tokens)

    @cached_property
    def concepts(self) -> frozenset[str]:
        return frozenset(c for t in self.tokens for c in t.concepts)

    @cached_property
    def named(self) -> tuple[str, ...]:
        """The concepts named, each as often as it is."""
        found: list[str] = []
        before: Token | None = None
        for token in self.tokens:
            goes_on = before.concepts if before and before.word != token.word else frozenset()
            found += sorted(token.concepts - goes_on)
            before = token
        return tuple(found)

    @cached_property
    def counted(self) -> Counter[str]:
        """How often each class, each concept and each word is there."""
        classes = (c for t in self.tokens for c in t.classes)
        return Counter([*classes, *self.named, *(f"={t.stem}" for t in self.content)])

    @cached_property
    def classes(self) -> frozenset[str]:
        return frozenset(c for t in self.tokens for c in t.classes)

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(t.figure for t in self.tokens if t.figure)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The places named, in order."""
        named = (c for t in self.tokens for c in sorted(t.concepts) if self.kinds.get(c) in PLACES)
        return tuple(dict.fromkeys(named))

    @cached_property
    def turning(self) -> tuple[tuple[str, object], ...]:
        """What must not change places, in order: (family, member)."""
        return tuple(self._turning())

    def _turning(self) -> Iterator[tuple[str, object]]:
        for token in self.tokens:
            for concept in sorted(token.concepts):
                if (kind := self.kinds.get(concept, "")) in FAMILIES:
                    yield "place" if kind in PLACES else kind, concept
            for name in sorted(token.classes & _ORDERED.keys()):
                yield _ORDERED[name], name
            if token.figure:
                yield "figure", token.figure.value

    def holds(self, token: Token) -> bool:
        """Whether a word stands here, as itself or as another name of the same thing."""
        return token.stem in self.stems or bool(token.concepts & self.concepts)


_PAIRS = (
    *(("more", "less"), ("before", "after"), ("inside", "outside"), ("good", "bad"), ("fast", "slow")),
    *(("simple", "complex"), ("near", "far"), ("start", "end"), ("fixed", "variable")),
)
_ORDERED = {name: "/".join(pair) for pair in _PAIRS for name in pair}


class Tokenizer:
    """Reads texts of one language."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.lang = analyzer.lang
        self.lexis: Lexis = lexis(analyzer.lang)
        self._analyzer = analyzer
        self._classes_of = lru_cache(_WORDS_KEPT)(self.lexis.classes_of)
        self.read = lru_cache(_TEXTS_KEPT)(self._read)
        """A text's tokens."""

    def _read(self, text: str) -> Text:
        readable = _NOT.sub(" not", readable_figures(text, self.lang))
        surfaces = words(readable)
        named = self._concepts(readable, surfaces)
        counted = iter(figures(readable, self.lang))
        return Text(
            tuple(self._token(word, named[at], counted) for at, word in enumerate(surfaces)), self._analyzer.kinds
        )

    def segments(self, text: str) -> tuple[Text, ...]:
        """The same between its punctuation marks."""
        parts = _SEGMENT.split(text.replace("\n- ", "\n"))
        return tuple(found for part in parts if (found := self.read(part)).tokens)

    def _token(self, word: str, concepts: frozenset[str], counted: Iterator[Figure]) -> Token:
        figure = next(counted, None) if word[0].isdigit() else None
        classes = frozenset() if figure else self._classes_of(word)
        small = self._analyzer.is_stop(word) or len(word) == 1 or self.lexis.glue.fullmatch(word)
        content = "all" in classes or not (figure or classes or small or word in "%€$£")
        turns = bool(classes - {"all"}) or any(self._analyzer.kinds[c] in FAMILIES for c in concepts)
        return Token(word, self._analyzer.stem(word), classes, concepts, figure, content, turns)

    def _concepts(self, text: str, surfaces: Sequence[str]) -> list[frozenset[str]]:
        named: list[set[str]] = [set() for _ in surfaces]
        for term in {t for t in self._analyzer.terms(text) if t.is_concept}:
            phrase = term.surface.split()
            for at in range(len(surfaces) - len(phrase) + 1):
                if surfaces[at : at + len(phrase)] == phrase:
                    for place in named[at : at + len(phrase)]:
                        place.add(term.stem)
        return [frozenset(found) for found in named]
