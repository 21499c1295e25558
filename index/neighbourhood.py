"""What lies around a question in a build opened for searching, and what happens when the build cannot be searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index import chroma
from index.breaker import Breaker
from index.entries import Near, Surroundings
from index.errors import StoreProblem
from index.metric import Metric
from index.scope import Scope

if TYPE_CHECKING:
    from chromadb import QueryResult
    from chromadb.api.models.Collection import Collection

    from index.encoder import Encoder


class Neighbourhood:
    """A build opened for searching."""

    _breaker = Breaker("dense search")  # of those that stand in for it

    def __init__(self, searched: Collection, encoder: Encoder, metric: Metric, scope: Scope | None) -> None:
        self._searched = searched
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
        learnt = self._metric.apply(vector)
        searched = self._searched  # and not self, which the breaker would keep alive

        def search(k: int) -> QueryResult:
            return searched.query(query_embeddings=learnt, n_results=k, include=["distances"])

        try:
            found = chroma.guarded(lambda: search(k), "the index")
        except StoreProblem:
            self._breaker.failed(lambda: search(1))
            raise
        return Surroundings(
            tuple(map(Near.at, found["ids"][0], found["distances"][0])),
            self._scope.margin(vector[0]) if self._scope else 0.0,
        )
