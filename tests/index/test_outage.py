"""A Chroma server that hangs, dies and comes back: words answer meanwhile, and nobody waits twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from chroma_server import COMMAND, ChromaServer

from index import breaker
from index.articles import Corpus
from index.build import update
from index.encoder import HashingEncoder
from index.errors import StoreProblem
from index.metric import Vectors
from index.retriever import HybridRetriever
from index.store import ServerStore

pytestmark = pytest.mark.skipif(not COMMAND.exists(), reason=f"there is no {COMMAND}")
ASKED = "Qu'est-ce que le nearshore ?"


class CountingEncoder(HashingEncoder):
    """Knows how many questions it has encoded."""

    questions = 0

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.questions += len(texts)
        return super().embed_queries(texts)


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.store.SEARCH_SECONDS", 1.0)
    monkeypatch.setattr("index.store.HEARTBEAT_SECONDS", 1.0)
    monkeypatch.setattr(breaker, "PAUSES", (0.05,))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    with ChromaServer(tmp_path) as server:
        server.start()
        yield server


def eventually(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_words_answer_while_the_server_hangs_or_is_dead_and_it_comes_back(
    server: ChromaServer, corpus: Corpus, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    encoder, store = CountingEncoder(32), ServerStore(server.url)
    update(corpus, encoder, store, tmp_path / "lock")
    manifest = store.manifest()
    assert manifest
    by_words = HybridRetriever.over(corpus, ())
    vectors = store.neighbourhood(manifest, encoder)
    retriever = by_words.with_vectors(vectors)
    whole, of_words = retriever.search(ASKED, "fr"), by_words.search(ASKED, "fr")
    assert whole.kinds
    for harm, mend in ((server.freeze, server.thaw), (server.kill, server.start)):
        harm()
        assert retriever.search(ASKED, "fr") == of_words
        assert vectors.resting
        encoded = encoder.questions
        for _ in range(20):
            assert retriever.search(ASKED, "fr") == of_words
        assert encoder.questions == encoded, "nothing is asked of the store, nor prepared for it"
        with pytest.raises(StoreProblem, match="CHROMA_URL"):
            store.manifest()
        assert caplog.text.count("words alone answer") == 1
        mend()
        eventually(lambda: not vectors.resting)
        assert retriever.search(ASKED, "fr") == whole
        assert caplog.text.count("works again") == 1
        caplog.clear()


def test_a_server_that_hangs_while_it_is_connected_to_is_given_up(server: ChromaServer) -> None:
    """Between the sign of life and the answer to the first request."""
    store = ServerStore(server.url)
    store._heartbeat = server.freeze  # type: ignore[method-assign]
    with pytest.raises(StoreProblem, match="CHROMA_URL"):
        store._searching_client("")


def test_what_was_opened_is_closed(corpus: Corpus, server: ChromaServer, tmp_path: Path) -> None:
    encoder, store = HashingEncoder(32), ServerStore(server.url)
    update(corpus, encoder, store, tmp_path / "lock")
    manifest = store.manifest()
    assert manifest
    vectors = store.neighbourhood(manifest, encoder)
    store.close()
    with pytest.raises(StoreProblem):
        vectors.around("x", 1)
    assert store.manifest() == manifest, "it opens again what it needs"
