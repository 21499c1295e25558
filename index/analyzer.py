"""Text to search terms: folding, elisions, stop words, stems, and the concepts of the lexicon."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import Stemmer

from index.lexicon import Concept

_WORD = re.compile(r"[a-z0-9]+(?:[.,/][0-9]+)*|[%€$£]")
_ELISION = re.compile(r"\b(?:l|d|j|m|t|s|n|c|qu|jusqu|lorsqu|puisqu|quelqu|aujourd)['’](?=\w)")
_POSSESSIVE = re.compile(r"['’]s\b")

STOP_WORDS = {
    lang: frozenset((Path(__file__).parent / "stop_words" / f"{lang}.txt").read_text(encoding="utf-8").split())
    for lang in ("fr", "en")
}
"""Words too common to carry a subject, folded."""

_STEMMERS = {"fr": "french", "en": "english"}


def fold(text: str) -> str:
    """Lower case, without accents or typographic variants: ``Éléphant’s`` becomes ``elephant's``. Idempotent."""
    folded = _folded_once(text)
    while folded != (again := _folded_once(folded)):
        folded = again
    return folded


def _folded_once(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("’", "'"))
    return "".join(c for c in text if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """The folded words and figures of a text, elided articles dropped; ``3,34`` and ``24/7`` stay whole."""
    return _WORD.findall(_POSSESSIVE.sub("", _ELISION.sub(" ", fold(text))))


@dataclass(frozen=True)
class Term:
    """A search term: a stem, or a concept (``§offshore``), with the words it was read from."""

    stem: str
    surface: str

    @property
    def is_concept(self) -> bool:
        return self.stem.startswith("§")


class Analyzer:
    """Turns texts of one language into terms; the same for what is indexed and what is asked."""

    def __init__(self, lang: str, concepts: Sequence[Concept] = ()) -> None:
        self.lang = lang
        self._stemmer = Stemmer.Stemmer(_STEMMERS[lang])
        self._stop = STOP_WORDS[lang]
        self.kinds = {f"§{c.name}": c.kind for c in concepts}
        self._phrases: dict[tuple[str, ...], str] = {}
        for spoken in (
            lang,
            "en" if lang == "fr" else "fr",
        ):  # the language's own forms first: « amende » is no amendment
            for concept in concepts:
                for form in concept.forms(spoken):
                    self._phrases.setdefault(self._phrase(form), f"§{concept.name}")
        self._phrases.pop((), None)

    def _phrase(self, text: str) -> tuple[str, ...]:
        return tuple(self.stem(w) for w in words(text))

    @cached_property
    def longest_phrase(self) -> int:
        return max((len(p) for p in self._phrases), default=0)

    def stem(self, word: str) -> str:
        stemmed: str = self._stemmer.stemWord(word)
        return stemmed

    def is_stop(self, word: str) -> bool:
        return word in self._stop

    def terms(self, text: str) -> list[Term]:
        """The stems of the text's words, stop words left out, then the concepts its phrases name."""
        surfaces = words(text)
        stems = [self.stem(w) for w in surfaces]
        found = [Term(s, w) for s, w in zip(stems, surfaces, strict=True) if not self.is_stop(w)]
        return found + self._concepts(stems, surfaces)

    def _concepts(self, stems: list[str], surfaces: list[str]) -> list[Term]:
        found: list[Term] = []
        at = 0
        while at < len(stems):
            for length in range(min(self.longest_phrase, len(stems) - at), 0, -1):
                if name := self._phrases.get(tuple(stems[at : at + length])):
                    found.append(Term(name, " ".join(surfaces[at : at + length])))
                    at += length
                    break
            else:
                at += 1
        return found
