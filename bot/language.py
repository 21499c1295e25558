"""French or English? Told from the small words, then from the corpus's own vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from index.analyzer import STOP_WORDS, words

if TYPE_CHECKING:
    from index.lexical import LexicalIndex

_SIGNS = {
    "fr": (STOP_WORDS["fr"] - STOP_WORDS["en"]) | {"bonjour", "salut", "merci", "oui", "aide", "coucou", "bonsoir"},
    "en": (STOP_WORDS["en"] - STOP_WORDS["fr"]) | {"hello", "hi", "thanks", "yes", "help", "hey", "goodbye"},
}
_ACCENTS = frozenset("éèêëàâùûçîïôœ")


def detect(text: str, vocabularies: Mapping[str, LexicalIndex] | None = None) -> str | None:
    """``fr`` or ``en``, or None when the text speaks for neither ("onshore ?", "123").

    Args:
        text: any text.
        vocabularies: the lexical index of each language, asked when the small words do not tell.
    """
    found = words(text)
    french = sum(w in _SIGNS["fr"] for w in found) + bool(_ACCENTS & set(text.lower()))
    english = sum(w in _SIGNS["en"] for w in found)
    if french == english and vocabularies:
        french, english = (sum(_known(w, vocabularies[lang]) for w in found) for lang in ("fr", "en"))
    return None if french == english else "fr" if french > english else "en"


def _known(word: str, index: LexicalIndex) -> bool:
    return index.knows(index.analyzer.stem(word))
