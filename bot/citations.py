"""How a passage is cited outside of the answers: « Article › Section », from the corpus, read when first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from index.articles import Corpus


class Citations:
    """Titles of passages, in both languages. Safe to share between threads."""

    def __init__(self, read: Callable[[], Corpus]) -> None:
        self._read = read

    @cached_property
    def _corpus(self) -> Corpus:
        return self._read()

    def titles(self, lang: str) -> Callable[[str], str]:
        """From a passage's id to its title in that language; an id that the corpus no longer has stands for itself."""

        def title(passage_id: str) -> str:
            found = self._corpus.get(passage_id, lang)
            return f"{found.article} › {found.heading}" if found else passage_id

        return title
