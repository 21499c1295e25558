"""The Faq behind the assistant: warmed up in the background, and replaced when the index changes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from index.errors import IndexProblem

if TYPE_CHECKING:  # LangChain takes a second to load, and people are greeted meanwhile
    from bot.faq.faq import Faq
    from index.lexical import LexicalIndex
    from index.opening import Library
    from index.retriever import HybridRetriever

log = logging.getLogger(__name__)

CHECK_SECONDS = 10.0
"""How often, at most, the current build is looked at."""

LONGEST_PAUSE = 600.0
"""How long it may take until dense search that failed to load is loaded again."""


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
        self._replaced: Library | None = None
        self._retriever: HybridRetriever | None = None
        self._words_only = False
        self._build: str | None = None
        self._looked = 0.0
        self._looking = False
        self._pause: float | None = None
        self._again = 0.0

    def warm(self, progress: Callable[[int, int], None] = lambda *_: None) -> None:
        """Read the corpus, mend the index if it must be, load the encoder. Takes seconds; call it in a thread.

        When dense search cannot be had, words alone answer, and the log says what the operator can do.
        """
        try:
            self._load(progress)
        finally:
            self._ready.set()

    def warm_in_background(self) -> None:
        """Start ``warm`` in a thread of its own, which goes on until dense search can be had."""
        Thread(target=self._warm_until_whole, name="warm-up", daemon=True).start()

    def faq(self, timeout: float = 180.0) -> Faq:
        """The current Faq, once it is there.

        Raises:
            NotReady: it is not, after ``timeout`` seconds, or could not be loaded.
        """
        if not self._ready.wait(timeout) or self._faq is None:
            raise NotReady
        self._look_in_background()
        return self._faq

    @property
    def vocabularies(self) -> Mapping[str, LexicalIndex] | None:
        """The lexical index of each language; None while warming up."""
        return self._retriever.lexical if self._retriever else None

    @property
    def reduced(self) -> bool:
        """Whether words alone answer, dense search being out of reach."""
        vectors = self._retriever.vectors if self._retriever else None
        return self._words_only or (vectors is not None and vectors.resting)

    def _warm_until_whole(self) -> None:
        _quietly(self.warm)
        while self._words_only:
            time.sleep(max(CHECK_SECONDS, 1.0))
            self._look_in_background()

    def _load(self, progress: Callable[[int, int], None] = lambda *_: None) -> None:
        library = self._open_library()
        retriever, words_only = library.by_words(), False
        try:
            retriever = library.open(retriever, progress)
        except IndexProblem as problem:
            log.error("dense search is off, words alone answer: %s", problem)
            if self._retriever and not self._words_only:
                return  # what is there has the words too, and may come back by itself
            words_only = True
        if self._replaced:
            self._replaced.close()
        self._replaced, self._library = self._library, library  # a question may still be searching the last one
        self._retriever, self._words_only = retriever, words_only
        self._build = None if words_only else library.build_name()
        self._looked = time.monotonic()
        self._faq = self._make_faq(retriever)
        log.info("ready: %d passages", len(library.corpus.passages))

    def _look_in_background(self) -> None:
        """Now and then, and not while a person waits: the store may be slow."""
        with self._lock:
            if self._looking or time.monotonic() - self._looked < CHECK_SECONDS or self._library is None:
                return
            self._looked, self._looking = time.monotonic(), True
        Thread(target=self._look, name="refresh", daemon=True).start()

    def _look(self) -> None:
        try:
            _quietly(lambda: self._load() if self._due() else None)
        finally:
            self._looking = False

    def _due(self) -> bool:
        """Whether to load anew: somebody has run ``python -m index``, or dense search may be had again."""
        assert self._library is not None
        now = time.monotonic()
        changed = self._library.build_name() not in (None, self._build)
        if not changed and not self.reduced:
            self._pause = None
            return False
        if self._pause is None:  # a store that was out of reach most often comes back without being loaded anew
            self._pause, self._again = CHECK_SECONDS, now + CHECK_SECONDS
            return changed
        if now < self._again or not self._library.reachable():
            return False
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        self._again = now + self._pause
        return True


def _quietly(work: Callable[[], None]) -> None:
    try:
        work()
    except IndexProblem as problem:
        log.error("cannot answer questions: %s", problem)
    except Exception:
        log.exception("cannot answer questions")
