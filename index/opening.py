"""From settings to a retriever that answers: the composition of this package, and its self-mending."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from index.articles import Corpus, read_corpus
from index.build import Report, is_current, update
from index.encoder import Encoder, load_encoder
from index.entries import Manifest
from index.errors import IndexProblem, StoreProblem
from index.lexicon import Concept, read_lexicon
from index.retriever import HybridRetriever
from index.settings import IndexSettings
from index.store import VectorStore, open_store

log = logging.getLogger(__name__)


class Library:
    """The corpus, its encoder and its store, as the settings name them; cheap to make, nothing heavy loaded."""

    def __init__(self, settings: IndexSettings, say: Callable[[str], None] = log.info) -> None:
        """Read the corpus and the lexicon.

        Raises:
            CorpusProblem: one of their files is missing or malformed.
        """
        self.corpus: Corpus = read_corpus(settings.corpus_dir)
        self.concepts: tuple[Concept, ...] = read_lexicon(settings.lexicon_file)
        self.encoder: Encoder = load_encoder(settings.embedding_model, settings.data_dir, say)
        self.store: VectorStore = open_store(settings.chroma_url, settings.data_dir)
        self._lock: Path = settings.build_lock

    def by_words(self) -> HybridRetriever:
        """A retriever without dense search: ready in a fraction of a second."""
        return HybridRetriever.over(self.corpus, self.concepts)

    def update(self, *, rebuild: bool = False, progress: Callable[[int, int], None] = lambda *_: None) -> Report:
        """Bring the index to the corpus.

        Raises:
            IndexProblem: the store or the encoder cannot be used.
        """
        return update(self.corpus, self.encoder, self.store, self._lock, rebuild=rebuild, progress=progress)

    def stale(self) -> str | None:
        """Why the index must be updated before it is used, in a few words; None when it need not be."""
        manifest = self.store.manifest()
        if manifest is None:
            return "nothing built yet, or the manifest cannot be read"
        if not is_current(manifest, self.corpus, self.encoder):
            return "built from another corpus, encoder or format"
        return None if self.store.sound(manifest) else "it cannot be read, or entries are missing from it"

    def open(
        self, by_words: HybridRetriever, progress: Callable[[int, int], None] = lambda *_: None
    ) -> HybridRetriever:
        """The full retriever: mends the index when it must, loads the encoder, and tries one search.

        Raises:
            IndexProblem: it cannot be mended; the message says what to do.
        """
        self.update(progress=progress)
        self.encoder.warm_up()
        try:
            return self._probe(by_words)
        except IndexProblem as problem:
            log.warning("the index cannot be searched (%s): building it anew", problem)
            self.update(rebuild=True, progress=progress)
            return self._probe(by_words)

    def _probe(self, by_words: HybridRetriever) -> HybridRetriever:
        manifest = self.published()
        vectors = self.store.neighbourhood(manifest, self.encoder)
        vectors.around("bonjour", 1)
        return by_words.with_vectors(vectors)

    def reachable(self) -> bool:
        """Whether the store answers, whatever it holds."""
        try:
            self.store.manifest()
        except StoreProblem:
            return False
        return True

    def close(self) -> None:
        """Close what was opened; its retrievers are left with words alone."""
        self.store.close()

    def published(self) -> Manifest:
        """The current build's manifest.

        Raises:
            IndexProblem: there is none.
        """
        if manifest := self.store.manifest():
            return manifest
        raise IndexProblem(f"no index in {self.store.where()}: run 'python -m index'")

    def build_name(self) -> str | None:
        """The name of the current build, or None; a change means that somebody ran ``python -m index``."""
        with suppress(IndexProblem):
            if manifest := self.store.manifest():
                return manifest.build
        return None
