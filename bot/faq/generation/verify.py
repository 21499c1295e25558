"""Sentences against the passages they cite, before anybody sees them. Pure, and no model has a say in it.

A sentence passes when every one of its content words stands in one statement of a passage that it cites, with the same
figures, said as firmly of the same things, in the same direction. It may join, shorten and reorder; it may not add.
Strict on purpose: what is dropped costs fluency, what is let through wrongly costs trust.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from bot import language
from bot.faq.generation.lexis import is_foreign, is_plain, speaks_to_a_machine
from bot.faq.generation.pieces import Piece, pieces
from bot.faq.generation.support import Fault, crossed, faults, unsaid
from bot.faq.generation.tokens import Text, Tokenizer
from bot.faq.outcome import Dropped, Sentence
from index.analyzer import fold
from index.articles import Passage
from index.lexical import LexicalIndex

MAX_SENTENCE_CHARS = 700

MIN_CONTENT = 3
"""Fewer content words and figures say nothing that can be checked."""

REPLACED_FROM = 0.5
"""A failing sentence is replaced by the statement that holds at least this share of its content words."""

_REPEATED = 0.8
_ADDRESS = re.compile(
    r"\w+://|www\.|\w@\w|(?<!\w)[@/]\w{2,}|\b\w+\.(?:com|fr|org|net|io|ai|dev|ru|info|biz)\b", re.IGNORECASE
)
_FRAGMENT = re.compile(r"\s*(?:(?<!\d)[,:]|[,:](?!\d)|[()–—]|\s-\s)\s*")

_CLAUSE = re.compile(rf"{_FRAGMENT.pattern}|\s+(?:et|and|;)\s+")

_ATTRIBUTED = re.compile(r"(selon|d['’]apr[èe]s|according to) ([^,]+), (.+?)\.?", re.IGNORECASE)
"""Who says it, first: the passages tell it last, and it means the same."""


class Verifier:
    """Judges the sentences of one answer, in order; knows what the reader has read before."""

    def __init__(
        self, passages: Mapping[str, Passage], lang: str, tokenizer: Tokenizer, vocabularies: Mapping[str, LexicalIndex]
    ) -> None:
        """Args:
        passages: what was retrieved, by the ids that the model was told.
        lang: the person's language.
        tokenizer: of that language.
        vocabularies: by language, to tell one from another.
        """
        self._passages = passages
        self._lang = lang
        self._tokenizer = tokenizer
        self._vocabularies = vocabularies
        self._pieces = {name: pieces(passage, tokenizer) for name, passage in passages.items()}
        self._told: frozenset[str] = frozenset()
        self._said: list[frozenset[str]] = []
        self.sentences: list[Sentence] = []
        """Those that passed, and those put in the place of one that did not."""
        self.dropped: list[Dropped] = []

    def judge(self, text: str, cited: Sequence[str]) -> Sentence | None:
        """What may be shown of one sentence: itself, the passage's own words instead, or nothing."""
        text = " ".join(text.split())
        found = self._faults(text, cited)
        if not found:
            return self._keep(Sentence(text, self._resting(text, cited)))
        self.dropped.append(Dropped(text, found))
        if {Fault.OBEDIENCE, Fault.LANGUAGE, Fault.REPEATED} & set(found):
            return None
        instead = self._instead(text, cited)
        return self._keep(instead) if instead else None

    def _faults(self, text: str, cited: Sequence[str]) -> tuple[Fault, ...]:
        """Why a sentence may not be shown; nothing when it may."""
        if speaks_to_a_machine(text) or not is_plain(text):
            return (Fault.OBEDIENCE,)
        if not cited or any(name not in self._pieces for name in cited):
            return (Fault.CITATION,)
        if any(a not in self._passages[name].text for a in _ADDRESS.findall(text) for name in cited):
            return (Fault.OBEDIENCE,)
        if is_foreign(text) or language.detect(text, self._vocabularies) not in (self._lang, None):
            return (Fault.LANGUAGE,)
        read = self._tokenizer.read(text)
        if len(text) > MAX_SENTENCE_CHARS or text.endswith("?") or _weight(read) < MIN_CONTENT:
            return (Fault.WORDS,)
        if self._tokenizer.lexis.pronouns.match(fold(text)):
            return (Fault.SUBJECT,)
        if self._repeats(read):
            return (Fault.REPEATED,)
        candidates = [p for name in cited for p in self._pieces[name]]
        found = self._unsupported(text, read, candidates)
        if found and (said_last := _said_last(text)):
            return self._unsupported(said_last, self._tokenizer.read(said_last), candidates) and found
        return found

    def _unsupported(self, text: str, read: Text, candidates: Sequence[Piece]) -> tuple[Fault, ...]:
        """The faults of the sentence against the statement that supports it best, or of its parts against theirs."""
        if crossed([self._tokenizer.read(f) for f in _CLAUSE.split(text)], candidates):
            return (Fault.DIRECTION,)
        partial = self._tokenizer.lexis.partial
        if partial.search(fold(text)) and not any(partial.search(fold(p.unit)) for p in candidates):
            return (Fault.SCOPE,)
        own = frozenset(read.places)
        best = self._best(read, read, candidates, own or self._told)
        if not best:
            return ()
        statements = [s for s in self._tokenizer.lexis.statements.split(fold(text)) if s.strip(" .,;:")]
        told = own or self._told
        for statement in statements:
            part = self._tokenizer.read(statement)
            told = frozenset(part.places) or told
            if (lacking := self._best(part, read, candidates, told)) and not self._in_fragments(
                statement, read, candidates, told
            ):
                return _named_first(lacking if len(statements) > 1 else best, text, candidates)
        return ()

    def _in_fragments(self, statement: str, read: Text, candidates: Sequence[Piece], told: frozenset[str]) -> bool:
        """Whether each fragment between commas rests on a statement about the same place, which must be told."""
        fragments = [f for part in _FRAGMENT.split(statement) if _weight(f := self._tokenizer.read(part))]
        named = Counter(self._tokenizer.read(statement).named)
        if not told or len(fragments) < 2 or any(named[place] > 1 for place in told):
            return False
        about = [p for p in candidates if told <= set(p.whole.places)]
        return all(not self._best(f, read, about, told) for f in fragments)

    def _best(self, part: Text, sentence: Text, candidates: Sequence[Piece], told: frozenset[str]) -> tuple[Fault, ...]:
        """The faults against the statement that holds most of the words; none when any of them supports it."""
        found: tuple[Fault, ...] = (Fault.WORDS,)
        most = -1
        for piece in candidates:
            these = faults(part, piece, told, self._tokenizer)
            if not these and unsaid(sentence, piece, self._tokenizer, figured=bool(part.figures)):
                these = (Fault.SCOPE,)
            if not these:
                return ()
            if (held := sum(piece.whole.holds(t) for t in part.content)) > most:
                most, found = held, these
        return found

    def _resting(self, text: str, cited: Sequence[str]) -> tuple[Passage, ...]:
        """Of the passages cited, those that are needed."""
        for name in dict.fromkeys(cited):
            if not self._unsupported(text, self._tokenizer.read(text), self._pieces[name]):
                return (self._passages[name],)
        return tuple(self._passages[name] for name in dict.fromkeys(cited))

    def _instead(self, text: str, cited: Sequence[str]) -> Sentence | None:
        """The unit that the sentence seems to be made from, unless it was said already."""
        read = self._tokenizer.read(text)
        if not read.content:
            return None
        candidates = [p for name in dict.fromkeys(cited) for p in self._pieces.get(name, ())]
        near = [(sum(p.whole.holds(t) for t in read.content) / len(read.content), p) for p in candidates]
        share, piece = max(near, key=lambda pair: pair[0], default=(0.0, None))
        if piece is None or share < REPLACED_FROM or self._repeats(self._tokenizer.read(piece.unit)):
            return None
        return Sentence(piece.unit, (piece.passage,), replaced=True)

    def _keep(self, sentence: Sentence) -> Sentence:
        read = self._tokenizer.read(sentence.text)
        self._told = frozenset(read.places) or self._told
        self._said.append(read.stems)
        self.sentences.append(sentence)
        return sentence

    def _repeats(self, read: Text) -> bool:
        stems = {t.stem for t in read.tokens if t.content or t.figure}
        return any(len(stems & said) > _REPEATED * len(stems) for said in self._said) if stems else False


def _said_last(text: str) -> str | None:
    """The sentence with who says it at its end; None when it does not begin with that."""
    found = _ATTRIBUTED.fullmatch(text)
    return f"{found[3]}, {found[1].lower()} {found[2]}." if found else None


def _weight(text: Text) -> int:
    return sum(bool(t.content or t.figure or t.classes) for t in text.tokens)


def _named_first(found: tuple[Fault, ...], text: str, candidates: Sequence[Piece]) -> tuple[Fault, ...]:
    """The faults, a name where that is what the passage lacks."""
    held = {word for p in candidates for word in re.findall(r"\w+", fold(f"{p.unit} {p.passage.heading}"))}
    names = re.findall(r"(?<=[\w,;:»)]\s)[A-ZÀ-Ý][\w’'-]+|\b[A-Z]{2,}\b", text)
    if any(word not in held for name in names for word in re.findall(r"\w+", fold(name))):
        return (Fault.NAME, *(f for f in found if f is not Fault.WORDS))
    return found
