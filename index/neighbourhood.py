"""What lies around a question in a build opened for searching, and what happens when the build cannot be searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from index import chroma
from index.breaker import Breaker
from index.entries import Near, Surroundings
from index.errors import StoreProblem
from index.metric import Metric
from index.scope import Scope

if TYPE_CHECKING:
    from langchain_core.documents import Document

    from index.encoder import Encoder


class _Searched(Protocol):
    """A LangChain vector store with Chroma's search by vector; the numbers are distances."""

    def similarity_search_by_vector_with_relevance_scores(
        self, embedding: list[float], k: int
    ) -> list[tuple[Document, float]]: ...


class Neighbourhood:
    """A build opened for searching."""

    _breaker = Breaker("dense search")  # of those that stand in for it

    def __init__(self, store: _Searched, encoder: Encoder, metric: Metric, scope: Scope | None) -> None:
        self._store = store
        self._encoder = encoder
        self._metric = metric
        self._scope = scope
        self._breaker = Breaker("dense search")

    @property
    def resting(self) -> bool:
        """Whether a search failed and none has succeeded since: one is tried now and then in the background."""
        return self._breaker.open

    def around(self, text: str, k: int) -> Surroundings:
        """The ``k`` entries nearest to a question.

        Raises:
            StoreProblem: the store does not answer, and rests from now on.
        """
        vector = self._encoder.embed_queries([text])
        learnt = self._metric.apply(vector)[0].tolist()
        store = self._store  # and not self, which the breaker would keep alive
        search = store.similarity_search_by_vector_with_relevance_scores
        try:
            found = chroma.guarded(lambda: search(learnt, k=k), "the index")
        except StoreProblem:
            self._breaker.failed(lambda: search(learnt, k=1))
            raise
        return Surroundings(
            tuple(
                Near(d.metadata["owner"], d.metadata["kind"], d.metadata["position"], 1 - distance)
                for d, distance in found
            ),
            self._scope.margin(vector[0]) if self._scope else 0.0,
        )
