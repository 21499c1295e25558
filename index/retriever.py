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
from pydantic import ConfigDict, SkipValidation

from index.analyzer import Analyzer, Term
from index.articles import LANGUAGES, Corpus, Passage
from index.encoder import Encoder
from index.errors import StoreProblem
from index.lexical import LexicalIndex
from index.lexicon import Concept
from index.scope import Scope
from index.store import BEYOND, QUESTION, SENTENCE, TEXT, Near, Neighbourhood

log = logging.getLogger(__name__)

DENSE_ENTRIES = 200
"""Nearest entries asked of the vector store: enough to reach some forty passages by several ways each."""

RIVALS = 3
"""Nearest examples of each kind that are compared."""

COSINE_FLOOR, COSINE_SPAN = 0.78, 0.18
"""Cosines of e5 crowd between these: the floor is taken as 0, floor + span as 1. From bench/, 2026-11-22."""


@dataclass(frozen=True)
class Weights:
    """What each way into a passage counts for in its score. From bench/, 2026-11-22."""

    text: float = 0.20
    question: float = 0.35
    sentence: float = 0.15
    lexical_text: float = 0.30
    lexical_question: float = 0.20


@dataclass(frozen=True)
class Hit:
    """A passage found, with what speaks for it."""

    passage: Passage
    score: float
    """Fused; only its order and its ratio to other scores of the same search mean something."""
    cosine: float
    """The best cosine over the passage's text, questions and sentences, in [-1, 1]; 0 without dense search."""
    question_cosine: float
    """The best cosine over its questions alone."""
    lexical: float
    """BM25 of text and questions, as a share of what a passage holding every term once would get; 0 and up."""
    unit_cosines: tuple[float, ...]
    """For each unit of the passage, its cosine when it was among the nearest entries, else 0."""


@dataclass(frozen=True)
class Kinds:
    """Is the question like those the corpus answers, or like those it cannot answer?"""

    margin: float
    """Log-odds that it is of the answerable kind, from ``index.scope``."""
    answerable: tuple[float, ...]
    """Cosines of the three nearest sample questions of articles, best first."""
    beyond: tuple[float, ...]
    """Cosines of the three nearest examples of what no article answers, best first."""
    theme: str | None
    """The theme of the nearest such example."""


@dataclass(frozen=True)
class Search:
    """The outcome of one search: hits, best first, and the question's terms as the index understood them."""

    lang: str
    terms: tuple[Term, ...]
    hits: tuple[Hit, ...]
    kinds: Kinds | None = None
    """None without dense search, or where the corpus has no example of what lies beyond it."""


class HybridRetriever(BaseRetriever):
    """LangChain retriever over a corpus; ``search`` gives the same with its evidence.

    Without a vector store (still warming up, or unreachable) it searches by BM25 alone.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    corpus: Corpus
    lexical: dict[str, LexicalIndex]
    encoder: SkipValidation[Encoder | None] = None
    vectors: Neighbourhood | None = None
    scope: Scope | None = None
    weights: Weights = Weights()
    k: int = 8

    @classmethod
    def over(cls, corpus: Corpus, concepts: Sequence[Concept]) -> HybridRetriever:
        """The retriever of a corpus by words alone: builds the lexical indexes in memory."""
        lexical = {lang: LexicalIndex(corpus.readable_in(lang), Analyzer(lang, concepts)) for lang in LANGUAGES}
        return cls(corpus=corpus, lexical=lexical)

    def with_vectors(self, encoder: Encoder, vectors: Neighbourhood, scope: Scope | None) -> HybridRetriever:
        """The same retriever with dense search beside BM25."""
        return self.model_copy(update={"encoder": encoder, "vectors": vectors, "scope": scope})

    def search(self, question: str, lang: str, leave_out: frozenset[str] = frozenset()) -> Search:
        """Rank the passages of one language, and those that no article says in it.

        Args:
            question: any text; only its first 1,000 characters are encoded.
            lang: ``fr`` or ``en``.
            leave_out: ids of entries' questions to ignore, as ``key?position``; bench/ hides a question from itself.
        """
        index = self.lexical[lang]
        terms = tuple(index.terms(question))
        if not index.passages:
            return Search(lang, terms, ())
        stems = [t.stem for t in terms]
        ceiling = sum(index.idf(s) for s in stems) or 1.0
        lexical = index.scores(stems)
        vector, near = self._near(question)
        dense = _Dense.gather(near, index.passages, leave_out) if near else None
        text, asked = lexical.text / ceiling, lexical.questions / ceiling
        w = self.weights
        score = w.lexical_text * np.minimum(text, 1.5) + w.lexical_question * np.minimum(asked, 1.5)
        if dense is not None:
            score = score + w.text * _scaled(dense.text) + w.question * _scaled(dense.question)
            score = score + w.sentence * _scaled(dense.sentence)
        order = np.argsort(-score, kind="stable")[: self.k]
        return Search(
            lang,
            terms,
            tuple(
                Hit(
                    passage=index.passages[i],
                    score=float(score[i]),
                    cosine=float(max(dense.text[i], dense.question[i], dense.sentence[i])) if dense else 0.0,
                    question_cosine=float(dense.question[i]) if dense else 0.0,
                    lexical=float(text[i] + asked[i]),
                    unit_cosines=dense.units(index.passages[i], int(i)) if dense else (),
                )
                for i in order
            ),
            kinds=self._kinds(vector, near),
        )

    def _kinds(self, vector: NDArray[np.float32] | None, near: Sequence[Near]) -> Kinds | None:
        if self.scope is None or vector is None or not near:
            return None
        least = near[-1].cosine

        def nearest(kind: str) -> tuple[float, ...]:
            return tuple([*(n.cosine for n in near if n.kind == kind), *[least] * RIVALS][:RIVALS])

        theme = next((n.owner.partition("/")[2] for n in near if n.kind == BEYOND), None)
        return Kinds(self.scope.margin(vector), nearest(QUESTION), nearest(BEYOND), theme)

    def _near(self, question: str) -> tuple[NDArray[np.float32] | None, list[Near]]:
        """The question's vector and the entries near it; nothing while there is no dense search, or when it fails."""
        if self.encoder is None or self.vectors is None:
            return None, []
        vector = self.encoder.embed_queries([question])[0]
        try:
            return vector, self.vectors.near(vector.tolist(), DENSE_ENTRIES)
        except StoreProblem as problem:
            log.warning("dense search failed, words alone answer: %s", problem)
            return None, []

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


@dataclass(frozen=True)
class _Dense:
    """Cosines by passage, (n_passages,) float32 each; those not among the nearest get the least one seen."""

    text: NDArray[np.float32]
    question: NDArray[np.float32]
    sentence: NDArray[np.float32]
    sentences: dict[tuple[int, int], float]

    @classmethod
    def gather(cls, found: Sequence[Near], passages: Sequence[Passage], leave_out: frozenset[str]) -> _Dense:
        position = {p.key: i for i, p in enumerate(passages)}
        least = min(n.cosine for n in found)
        by_kind = {kind: np.full(len(passages), least, dtype=np.float32) for kind in (TEXT, QUESTION, SENTENCE)}
        sentences: dict[tuple[int, int], float] = {}
        for near in found:
            at = position.get(near.owner)
            if at is None or near.kind == BEYOND or (near.kind == QUESTION and near.key in leave_out):
                continue
            by_kind[near.kind][at] = max(by_kind[near.kind][at], near.cosine)
            if near.kind == SENTENCE:
                sentences[at, near.position] = near.cosine
        return cls(by_kind[TEXT], by_kind[QUESTION], by_kind[SENTENCE], sentences)

    def units(self, passage: Passage, at: int) -> tuple[float, ...]:
        return tuple(self.sentences.get((at, n), 0.0) for n in range(len(passage.units)))


def _scaled(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    scaled: NDArray[np.float32] = np.clip((cosines - COSINE_FLOOR) / COSINE_SPAN, 0.0, 1.0)
    return scaled
