"""Names of people in a text: announced, titled, known first names, and capitalised words that nothing explains."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from index.analyzer import STOP_WORDS, fold

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|['’-](?=[^\W_]))*")
_PARTICLES = frozenset(
    {"de", "du", "des", "d", "la", "le", "les", "van", "von", "der", "den", "di", "da", "del", "el", "al", "ben", "bin"}
)
_ENDS_SENTENCE = re.compile(r"(?:^|[.!?…:;|>\n\[\]•]|[-–]\s)[\s\"'«“(]*$")
_ELIDED = re.compile(r"^(?:[ldjmtsnc]|qu)['’](?=\w)", re.IGNORECASE)
_GAP = re.compile(r"[ \t\u00a0\u202f]+")
_MOST = 3
"""Words of a name written without capitals, at most."""


class Vocabulary:
    """Folded words that name nobody; a compound does not either when none of its parts does."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)

    def __contains__(self, word: str) -> bool:
        return word in self._words or all(part in self._words for part in re.split(r"['-]", word))


def words_of(text: str) -> Iterator[str]:
    """A text's words as ``Vocabulary`` takes them."""
    return (word.folded for word in _words(text, text.translate(_FLAT)))


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    text: str
    folded: str
    whole: int
    """Where it starts with its elided article: the place that an announcement ends in."""

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


class _Flat(dict[int, str]):
    """Each character to the first of its folded ones, so that a text keeps its length."""

    def __missing__(self, code: int) -> str:
        self[code] = fold(chr(code))[:1] or " "
        return self[code]


_FLAT = _Flat()


@dataclass(frozen=True)
class Names:
    """What ``names.yaml`` says."""

    first: frozenset[str]
    also_words: frozenset[str]
    nobody: frozenset[str]
    announced: re.Pattern[str]
    introduced: re.Pattern[str]
    titles: re.Pattern[str]

    @classmethod
    def read(cls, raw: Mapping[str, str]) -> Names:
        """From the file's own mapping."""
        return cls(
            first=frozenset(raw["first_names"].split()),
            also_words=frozenset(raw["also_words"].split()),
            nobody=frozenset(raw["nobody"].split()),
            announced=_before(raw["announced"]),
            introduced=_before(raw["introduced"]),
            titles=_before(raw["titles"], r"\s*"),
        )

    def masked(self, text: str, known: Vocabulary, placeholder: Callable[[], str]) -> str:
        """The text with every name replaced.

        Args:
            text: whatever a person or the corpus wrote.
            known: the words that name nobody.
            placeholder: what stands for the next name.
        """
        flat = text.translate(_FLAT)
        words = list(_words(text, flat))
        patterns = {"announced": self.announced, "titled": self.titles, "introduced": self.introduced}
        before = {name: {match.end() for match in each.finditer(flat)} for name, each in patterns.items()}
        kept: list[str] = []
        done = at = 0
        while at < len(words):
            word = words[at]
            said = {name for name, ends in before.items() if word.start in ends or word.whole in ends}
            length = 0 if _in_brackets(text, word) else self._length(text, words, at, known, said)
            if length:
                kept += [text[done : word.start], placeholder()]
                done = words[at + length - 1].end
            at += max(length, 1)
        return "".join([*kept, text[done:]])

    def _length(self, text: str, words: list[_Word], at: int, known: Vocabulary, said: Collection[str]) -> int:
        """How many words, from that one on, are one name; 0 for none. ``said``: what comes just before."""
        word = words[at]
        run = _capitals(text, words, at)
        if "announced" in said:
            return run or _small(text, words, at, STOP_WORDS["fr"] | STOP_WORDS["en"] | self.nobody)
        if "titled" in said:
            return run or int(word.folded not in known)
        if word.capital:
            return self._capitalised(text, words, at, run, known, "introduced" in said)
        if word.folded in self.first and word.folded not in self.also_words and word.folded not in known:
            following = words[at + 1] if at + 1 < len(words) else None
            surnamed = following and _adjoin(text, word, following) and following.folded not in known
            return 2 if surnamed else 1
        return 0

    def _capitalised(
        self, text: str, words: list[_Word], at: int, run: int, known: Vocabulary, introduced: bool
    ) -> int:
        word = words[at]
        is_first = any(part in self.first for part in word.folded.split("-"))
        if is_first and (run > 1 or word.folded not in self.also_words):
            return run
        if word.folded in known or _is_acronym(word.text):
            return 0
        unknown = _unknown(words, at, run, known)
        begins = not introduced and _ENDS_SENTENCE.search(text[max(0, word.start - 8) : word.start])
        return unknown if unknown > 1 or not begins else 0


def _before(alternatives: str, between: str = r"[\s,:«\"(]*") -> re.Pattern[str]:
    written = re.sub(r"\s*\|\s*", "|", alternatives.strip())
    return re.compile(rf"(?:^|(?<=\W))(?:{written}){between}")


def _words(text: str, flat: str) -> Iterator[_Word]:
    """The words of a text; ``d’Alembert`` begins after its apostrophe."""
    for match in _WORD.finditer(text):
        elision = _ELIDED.match(match[0])
        start = match.start() + (elision.end() if elision else 0)
        yield _Word(start, match.end(), text[start : match.end()], flat[start : match.end()], match.start())


def _in_brackets(text: str, word: _Word) -> bool:
    return text[word.start - 1 : word.start] == "[" and text[word.end : word.end + 1] == "]"


def _adjoin(text: str, left: _Word, right: _Word) -> bool:
    return bool(_GAP.fullmatch(text[left.end : right.start])) or text[left.end : right.start] in ("", "’", "'")


def _capitals(text: str, words: list[_Word], at: int) -> int:
    """How many words from that one on are capitalised, particles between them included; 0 when it is not itself."""
    if not words[at].capital:
        return 0
    last, here = at, at
    while here + 1 < len(words) and here - at < 6 and _adjoin(text, words[here], words[here + 1]):
        here += 1
        if words[here].capital:
            last = here
        elif words[here].folded not in _PARTICLES:
            break
    return last - at + 1


def _unknown(words: list[_Word], at: int, run: int, known: Vocabulary) -> int:
    """Of a run of capitalised words, how many from the first on nothing explains, but for what stands between two."""
    last = at
    for here in range(at, at + run):
        if words[here].capital and words[here].folded not in known:
            last = here
    return last - at + 1


def _small(text: str, words: list[_Word], at: int, ends: Collection[str]) -> int:
    """How many words from that one on may be a name in small letters."""
    length = 0
    while length < _MOST and at + length < len(words):
        word = words[at + length]
        if word.folded in ends or (length and not _adjoin(text, words[at + length - 1], word)):
            break
        length += 1
    return length


def _is_acronym(word: str) -> bool:
    return word.isupper() and len(word) <= 5
