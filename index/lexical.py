"""BM25 over the passages of one language and over the questions that lead to them; typos forgiven."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from math import log
from operator import itemgetter

import bm25s
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from index.analyzer import Analyzer, Term, words
from index.articles import Passage

logging.getLogger("bm25s").setLevel(logging.WARNING)  # which it lowers itself, when it is first imported
_MIN_TYPO_LENGTH = 5
_HEADING_WEIGHT = 2


@dataclass(frozen=True)
class LexicalScores:
    """BM25 of one question against every passage, (n_passages,) float32, in the passages' order."""

    text: NDArray[np.float32]
    questions: NDArray[np.float32]
    """For each passage, the best of its questions."""
    best_question: NDArray[np.intp]
    """For each passage, the position of that question among its own; -1 when it has none."""


class LexicalIndex:
    """BM25 of one language. Building takes about 50 ms for 1,000 short texts; a question about 1 ms."""

    def __init__(self, passages: Sequence[Passage], analyzer: Analyzer) -> None:
        self.passages = tuple(passages)
        self.analyzer = analyzer
        texts = [self._passage_terms(p) for p in self.passages]
        asked = [(i, n, q) for i, p in enumerate(self.passages) for n, q in enumerate(p.questions)]
        self._owner = np.array([i for i, _, _ in asked], dtype=np.intp)
        self._rank = np.array([n for _, n, _ in asked], dtype=np.intp)
        questions = [[t.stem for t in analyzer.terms(q)] for _, _, q in asked]
        self._texts = bm25(texts)
        self._questions = bm25(questions)
        own: list[set[str]] = [set(terms) for terms in texts]
        for owner, terms in zip(self._owner, questions, strict=True):
            own[owner].update(terms)
        self._terms_of = {p.key: frozenset(terms) for p, terms in zip(self.passages, own, strict=True)}
        frequency = Counter(term for terms in own for term in terms)
        self._idf = {t: log(1 + (len(self.passages) - n + 0.5) / (n + 0.5)) for t, n in frequency.items()}
        self.unseen_idf = log(1 + (len(self.passages) + 0.5) / 0.5)
        self._vocabulary = self._surfaces()
        self._mend = lru_cache(maxsize=4096)(self._nearest)
        self.stems = lru_cache(maxsize=8192)(self._stems)

    def _passage_terms(self, passage: Passage) -> list[str]:
        weighted = [*[passage.heading] * _HEADING_WEIGHT, passage.article, passage.text]
        return [t.stem for text in weighted for t in self.analyzer.terms(text)]

    def _stems(self, text: str) -> frozenset[str]:
        """The stems and concepts of a text of the corpus, which are asked for again and again."""
        return frozenset(t.stem for t in self.analyzer.terms(text))

    def _surfaces(self) -> dict[str, list[str]]:
        """Every word of the corpus, by its first letter: what a mistyped word may have meant."""
        texts = [t for p in self.passages for t in (p.heading, p.text, *p.questions)]
        found = sorted({w for text in texts for w in words(text) if len(w) >= _MIN_TYPO_LENGTH})
        return {initial: list(alike) for initial, alike in groupby(found, itemgetter(0))}

    def terms_of_passage(self, key: str) -> frozenset[str]:
        """All stems and concepts of a passage's text, heading and questions; empty for an unknown one."""
        return self._terms_of.get(key, frozenset())

    def knows(self, stem: str) -> bool:
        return stem in self._idf

    def idf(self, stem: str) -> float:
        """Inverse document frequency over passages, in [0, ``unseen_idf``]; the highest for a term never seen."""
        return self._idf.get(stem, self.unseen_idf)

    def terms(self, text: str) -> list[Term]:
        """The question's terms, each unknown word replaced by the corpus's nearest spelling when there is one."""
        mended: list[str] = []
        changed = False
        for term in self.analyzer.terms(text):
            if not term.is_concept and not self.knows(term.stem) and (near := self._mend(term.surface)):
                mended.append(near)
                changed = True
            elif not term.is_concept:
                mended.append(term.surface)
        return self.analyzer.terms(" ".join([*mended, text])) if changed else self.analyzer.terms(text)

    def _nearest(self, word: str) -> str | None:
        """The known word of the same first letter within one slip (two for long words), or None."""
        if len(word) < _MIN_TYPO_LENGTH or word[0].isdigit():
            return None
        alike = self._vocabulary.get(word[0], [])
        slips = 1 if len(word) < 8 else 2
        found = process.extractOne(word, alike, scorer=DamerauLevenshtein.distance, score_cutoff=slips)
        return found[0] if found and found[1] else None

    def scores(self, stems: Sequence[str]) -> LexicalScores:
        """BM25 of the stems against each passage's text and questions."""
        count = len(self.passages)
        best = np.zeros(count, dtype=np.float32)
        which = np.full(count, -1, dtype=np.intp)
        text = get_scores(self._texts, stems, count)
        asked = get_scores(self._questions, stems, len(self._owner))
        order = np.argsort(asked, kind="stable")  # of a passage's questions, the best is written last, and stays
        best[self._owner[order]], which[self._owner[order]] = asked[order], self._rank[order]
        return LexicalScores(text, best, which)


def bm25(texts: list[list[str]]) -> bm25s.BM25 | None:
    """The index of texts given as stems; None when there is no stem at all."""
    if not any(texts):
        return None
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
    index.index(texts, show_progress=False)
    return index


def get_scores(index: bm25s.BM25 | None, stems: Sequence[str], count: int) -> NDArray[np.float32]:
    """BM25 of each of the ``count`` texts indexed, (count,) float32."""
    known = [s for s in stems if index is not None and s in index.vocab_dict]
    if index is None or not known:
        return np.zeros(count, dtype=np.float32)
    return np.asarray(index.get_scores(known), dtype=np.float32)
