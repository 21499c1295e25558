"""A question to ranked passages: BM25 and dense search over passages and their questions, fused."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from numpy.typing import NDArray
from pydantic import ConfigDict

from index.analyzer import Analyzer, Term
from index.articles import LANGUAGES, Corpus, Passage
from index.encoder import MAX_QUERY_CHARS
from index.entries import BEYOND, QUESTION, SENTENCE, TEXT, TOPIC, Near, Surroundings
from index.errors import StoreProblem
from index.kinds import RIVALS, Kinds, KindsByWords
from index.lexical import LexicalIndex
from index.lexicon import Concept
from index.neighbourhood import Neighbourhood

log = logging.getLogger(__name__)

DENSE_ENTRIES = 200
"""Nearest entries asked of the vector store: enough to reach some forty passages by several ways each."""


@dataclass(frozen=True)
class Weights:
    """What each way into a passage counts for in its score. From bench/, 2026-11-22."""

    topic: float = 1.0
    question: float = 0.5
    text: float = 0.3
    sentence: float = 0.3
    lexical_text: float = 0.3
    lexical_question: float = 0.3


@dataclass(frozen=True)
class Hit:
    """A passage found, with what speaks for it."""

    passage: Passage
    score: float
    """Fused; only its order and its ratio to other scores of the same search mean something."""
    cosine: float
    """The cosine of its topic, in [-1, 1]; 0 without dense search."""
    lexical: float
    """BM25 of text and questions, as a share of what a passage holding every term once would get; 0 and up."""
    unit_cosines: tuple[float, ...]
    """For each unit of the passage, its cosine when it was among the nearest entries, else 0."""


@dataclass(frozen=True)
class Search:
    """The outcome of one search: hits, best first, and the question's terms as the index understood them."""

    lang: str
    terms: tuple[Term, ...]
    hits: tuple[Hit, ...]
    kinds: Kinds | None = None
    """None without dense search, or where the corpus has no example of what lies beyond it."""
    by_words: Kinds | None = None
    """The same by shared words, where there is no dense search."""
    words_only: bool = False
    """Whether there was no dense search."""


class HybridRetriever(BaseRetriever):
    """LangChain retriever over a corpus; ``search`` gives the same with its evidence.

    Without a vector store (still warming up, or unreachable) it searches by BM25 alone.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    corpus: Corpus
    lexical: dict[str, LexicalIndex]
    kinds_by_words: dict[str, KindsByWords]
    vectors: Neighbourhood | None = None
    weights: Weights = Weights()
    k: int = 8

    @classmethod
    def over(cls, corpus: Corpus, concepts: Sequence[Concept]) -> HybridRetriever:
        """The retriever of a corpus by words alone: builds the lexical indexes in memory."""
        lexical = {lang: LexicalIndex(corpus.readable_in(lang), Analyzer(lang, concepts)) for lang in LANGUAGES}
        kinds = {
            lang: KindsByWords(index.passages, corpus.themes, lang, index.analyzer) for lang, index in lexical.items()
        }
        return cls(corpus=corpus, lexical=lexical, kinds_by_words=kinds)

    def with_vectors(self, vectors: Neighbourhood) -> HybridRetriever:
        """The same retriever with dense search beside BM25."""
        return self.model_copy(update={"vectors": vectors})

    def search(self, question: str, lang: str, leave_out: frozenset[str] = frozenset()) -> Search:
        """Rank the passages of one language, and those that no article says in it.

        Args:
            question: any text; only its first 1,000 characters are encoded.
            lang: ``fr`` or ``en``.
            leave_out: ids of entries' questions to ignore, as ``key?position``; bench/ hides a question from itself.
        """
        index = self.lexical[lang]
        question = question[:MAX_QUERY_CHARS]
        terms = tuple(index.terms(question))
        if not index.passages:
            return Search(lang, terms, ())
        stems = [t.stem for t in terms]
        ceiling = sum(index.idf(s) for s in stems) or 1.0
        lexical = index.scores(stems)
        around = self._around(question)
        dense = _Dense.gather(around.near, index.passages, leave_out) if around else None
        text, asked = lexical.text / ceiling, lexical.questions / ceiling
        w = self.weights
        score = w.lexical_text * np.minimum(text, 1.5) + w.lexical_question * np.minimum(asked, 1.5)
        if dense is not None:
            for kind, weight in ((TOPIC, w.topic), (QUESTION, w.question), (TEXT, w.text), (SENTENCE, w.sentence)):
                score = score + weight * np.maximum(dense.by_kind[kind], 0)
        order = np.argsort(-score, kind="stable")[: self.k]
        return Search(
            lang,
            terms,
            tuple(
                Hit(
                    passage=index.passages[i],
                    score=float(score[i]),
                    cosine=float(dense.by_kind[TOPIC][i]) if dense else 0.0,
                    lexical=float(text[i] + asked[i]),
                    unit_cosines=dense.units(index.passages[i], int(i)) if dense else (),
                )
                for i in order
            ),
            kinds=_kinds(around) if around else None,
            by_words=None if around else self.kinds_by_words[lang].of(stems, ceiling),
            words_only=around is None,
        )

    def _around(self, question: str) -> Surroundings | None:
        """What lies around the question; None while there is no dense search, or when it fails."""
        if self.vectors is None or self.vectors.resting:
            return None
        try:
            around = self.vectors.around(question, DENSE_ENTRIES)
            return around if around.near else None
        except StoreProblem as problem:
            log.warning("dense search failed, words alone answer: %s", problem)
            return None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 (LangChain passes it)
    ) -> list[Document]:
        return [as_document(hit) for hit in self.search(query, LANGUAGES[0]).hits]


def as_document(hit: Hit) -> Document:
    """A hit as LangChain passes it on."""
    metadata: dict[str, Any] = {"article": hit.passage.article, "heading": hit.passage.heading, "score": hit.score}
    return Document(id=hit.passage.key, page_content=hit.passage.text, metadata=metadata)


def _kinds(around: Surroundings) -> Kinds | None:
    near = around.near
    theme = next((n.owner.partition("/")[2] for n in near if n.kind == BEYOND), None)
    if theme is None and not any(n.kind == QUESTION for n in near):
        return None
    least = near[-1].cosine

    def nearest(kind: str) -> tuple[float, ...]:
        return tuple([*(n.cosine for n in near if n.kind == kind), *[least] * RIVALS][:RIVALS])

    return Kinds(around.margin, nearest(QUESTION), nearest(BEYOND), theme)


@dataclass(frozen=True)
class _Dense:
    """Cosines of one question's neighbours, by passage; one without a near entry of a kind gets the least seen."""

    by_kind: dict[str, NDArray[np.float32]]
    """For each kind, (n_passages,) float32."""
    sentences: dict[tuple[int, int], float]
    """By passage and unit."""

    @classmethod
    def gather(cls, found: Sequence[Near], passages: Sequence[Passage], leave_out: frozenset[str]) -> _Dense:
        position = {p.key: i for i, p in enumerate(passages)} | {p.id: i for i, p in enumerate(passages)}
        least = min(n.cosine for n in found)
        by_kind = {k: np.full(len(passages), least, dtype=np.float32) for k in (TOPIC, TEXT, QUESTION, SENTENCE)}
        sentences: dict[tuple[int, int], float] = {}
        for near in found:
            at = position.get(near.owner)
            if at is None or near.kind == BEYOND or (near.kind == QUESTION and near.key in leave_out):
                continue
            by_kind[near.kind][at] = max(by_kind[near.kind][at], near.cosine)
            if near.kind == SENTENCE:
                sentences[at, near.position] = near.cosine
        return cls(by_kind, sentences)

    def units(self, passage: Passage, at: int) -> tuple[float, ...]:
        return tuple(self.sentences.get((at, n), 0.0) for n in range(len(passage.units)))
