"""The Faq behind the assistant: warmed up in the background, and replaced when the index changes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from index.errors import IndexProblem
from index.lexical import LexicalIndex
from index.opening import Library
from index.retriever import HybridRetriever

if TYPE_CHECKING:  # LangChain takes a second to load, and people are greeted meanwhile
    from bot.faq.faq import Faq

log = logging.getLogger(__name__)

CHECK_SECONDS = 10.0
"""How often, at most, the current build is looked at."""


class NotReady(Exception):
    """The index and the encoder are still being loaded."""


class Knowledge:
    """One Faq at a time. ``warm`` loads it; until then ``faq`` waits."""

    def __init__(self, open_library: Callable[[], Library], make_faq: Callable[[HybridRetriever], Faq]) -> None:
        """Nothing is read yet.

        Args:
            open_library: reads the corpus and the settings' encoder and store.
            make_faq: binds the pipeline to a retriever.
        """
        self._open_library = open_library
        self._make_faq = make_faq
        self._ready = Event()
        self._lock = Lock()
        self._faq: Faq | None = None
        self._library: Library | None = None
        self._retriever: HybridRetriever | None = None
        self._build: str | None = None
        self._checked = 0.0
        self._loading = False

    def warm(self, progress: Callable[[int, int], None] = lambda *_: None) -> None:
        """Read the corpus, mend the index if it must be, load the encoder. Takes seconds; call it in a thread.

        When dense search cannot be had, words alone answer, and the log says what the operator can do.
        """
        try:
            self._load(progress)
        finally:
            self._ready.set()

    def warm_in_background(self) -> None:
        """Start ``warm`` in a thread of its own."""
        Thread(target=self._warm_quietly, name="warm-up", daemon=True).start()

    def faq(self, timeout: float = 180.0) -> Faq:
        """The current Faq, once it is there.

        Raises:
            NotReady: it is not, after ``timeout`` seconds, or could not be loaded.
        """
        if not self._ready.wait(timeout) or self._faq is None:
            raise NotReady
        self._refresh_when_rebuilt()
        return self._faq

    @property
    def vocabularies(self) -> Mapping[str, LexicalIndex] | None:
        """The lexical index of each language; None while warming up."""
        return self._retriever.lexical if self._retriever else None

    def _warm_quietly(self) -> None:
        try:
            self.warm()
        except IndexProblem as problem:
            log.error("cannot answer questions: %s", problem)
        except Exception:
            log.exception("cannot answer questions")
        finally:
            self._loading = False

    def _load(self, progress: Callable[[int, int], None]) -> None:
        library = self._open_library()
        words = library.by_words()
        try:
            retriever = library.open(words, progress)
        except IndexProblem as problem:
            log.error("dense search is off, words alone answer: %s", problem)
            retriever = words
        self._library, self._retriever, self._build = library, retriever, library.build_name()
        self._faq = self._make_faq(retriever)
        log.info("ready: %d passages", len(library.corpus.passages))

    def _refresh_when_rebuilt(self) -> None:
        """Load anew, in the background, when somebody has run ``python -m index``."""
        now = time.monotonic()
        with self._lock:
            if self._loading or now - self._checked < CHECK_SECONDS or self._library is None:
                return
            self._checked = now
            self._loading = self._library.build_name() not in (None, self._build)
            if self._loading:
                Thread(target=self._warm_quietly, name="refresh", daemon=True).start()
