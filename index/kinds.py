"""Is a question like those that the corpus answers, or like those that it cannot answer?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.analyzer import Analyzer
from index.articles import Passage
from index.lexical import bm25, get_scores
from index.themes import Theme

RIVALS = 10
"""Nearest examples of each kind that are compared."""


@dataclass(frozen=True)
class Kinds:
    """The examples of each kind that are most like one question."""

    margin: float
    """Log-odds that it is of the answerable kind, from ``index.scope``; 0 without dense search."""
    answerable: tuple[float, ...]
    """Cosines of the ten nearest sample questions of articles, best first; by words, as ``KindsByWords`` tells."""
    beyond: tuple[float, ...]
    """The same of the ten nearest examples of what no article answers."""
    theme: str | None
    """The theme of the nearest such example."""


class KindsByWords:
    """Compares by shared words, in one language, for when there is no dense search; cheap as ``LexicalIndex`` is."""

    def __init__(self, passages: Sequence[Passage], themes: Iterable[Theme], lang: str, analyzer: Analyzer) -> None:
        answerable = [q for p in passages for q in p.questions]
        beyond = [(theme.name, example) for theme in themes for example in theme.examples.get(lang, ())]
        texts = [*answerable, *(example for _, example in beyond)]
        self._answerable = len(answerable)
        self._themes = [name for name, _ in beyond]
        self._index = bm25([[t.stem for t in analyzer.terms(text)] for text in texts])

    def of(self, stems: Sequence[str], ceiling: float) -> Kinds | None:
        """The examples most like a question; None where the corpus has none of what lies beyond it.

        Args:
            stems: the question's.
            ceiling: what a text holding each of them once would get; likeness is BM25 as a share of it, 0 and up.
        """
        if not self._themes:
            return None
        scores = get_scores(self._index, stems, self._answerable + len(self._themes)) / ceiling
        inside, outside = scores[: self._answerable], scores[self._answerable :]
        theme = self._themes[int(outside.argmax())] if outside.any() else None
        return Kinds(0.0, _best(inside), _best(outside), theme)


def _best(scores: np.ndarray) -> tuple[float, ...]:
    return tuple([*(float(s) for s in -np.sort(-scores)[:RIVALS]), *[0.0] * RIVALS][:RIVALS])
