"""Does one statement of a passage support a piece of text? Pure comparison of what both hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise

from bot.faq.generation.figures import Figure
from bot.faq.generation.pieces import Piece
from bot.faq.generation.tokens import FAMILIES, Text, Token, Tokenizer
from index.analyzer import fold

ORDER_KEPT = 0.6
"""Share of the words found that must come in the passage's own order. Set by judgement, 2026-11-26."""

KEY_KEPT = 0.75
"""Share of the words that say what a point of a list is about, without which it is about something else."""

COMPANY = 8
"""Within so many words of one another two words count as standing together."""

_SHARED = 3
"""The words after a percentage that say of whom it is; they are not left out."""

_LEADING = frozenset({"negation", "may", "must", "only", "more", "less", "before", "after"})
"""What introduces a list and holds for each of its points: it is not left out."""


class Fault(StrEnum):
    """What is wrong with a sentence."""

    CITATION = "citation"
    """It cites nothing, or something that was not retrieved."""
    FIGURE = "figure"
    """A number, date, percentage or amount that the passage does not say, or not of that, or not so firmly."""
    NAME = "name"
    """Somebody or something whose name the passage does not hold."""
    NEGATION = "negation"
    """Negation, possibility or obligation added or left out."""
    DIRECTION = "direction"
    """One thing for its opposite, or in its place: more and less, onshore and offshore…"""
    SCOPE = "scope"
    """The condition, or those of whom it was said, are left out."""
    WORDS = "words"
    """It says something that the passage does not."""
    SUBJECT = "subject"
    """What it speaks of is not told, or is another thing than in the passage."""
    LANGUAGE = "language"
    """It is not in the person's language."""
    OBEDIENCE = "obedience"
    """It follows an order hidden somewhere, speaks of the machine, or holds a link, code or a command."""
    REPEATED = "repeated"
    """It was said already."""


def faults(part: Text, piece: Piece, told: frozenset[str], tokenizer: Tokenizer) -> tuple[Fault, ...]:
    """What in ``part`` the piece does not support.

    Args:
        part: a sentence, or a statement within one.
        piece: what may support it.
        told: the places that the sentence, or the one before it, has named.
    """
    return tuple(dict.fromkeys(_faults(part, piece, told, tokenizer)))


def _faults(part: Text, piece: Piece, told: frozenset[str], tokenizer: Tokenizer) -> Iterator[Fault]:
    if missing := [t for t in part.content if t.stem not in piece.lead.stems and not piece.own.holds(t)]:
        yield Fault.DIRECTION if any(part.kinds.get(c) for t in missing for c in t.concepts) else Fault.WORDS
    if any(place not in piece.whole.concepts for place in part.places):
        yield Fault.DIRECTION
    if piece.whole.places and not told & set(piece.whole.places):
        yield Fault.SUBJECT
    key = [t for t in piece.key.tokens if t.content or t.turns]
    if key and sum(t.stem in part.stems for t in key) < KEY_KEPT * len(key):
        yield Fault.SUBJECT
    held = Counter((f.value, f.hedge) for f in piece.whole.figures)
    oftener = Counter((f.value, f.hedge) for f in part.figures) - held
    if oftener or any(not _said(figure, piece.whole) for figure in part.figures):
        yield Fault.FIGURE
    if any(_of_whom(figure, piece.own) - part.stems for figure in part.figures if figure.unit == "%"):
        yield Fault.SCOPE
    yield from _turned(part, piece, tokenizer)
    if not (_in_place(part, piece.whole) and _in_order(part, piece.whole) and _in_company(part, piece)):
        yield Fault.DIRECTION


def _said(figure: Figure, whole: Text) -> bool:
    alone = len(whole.figures) == 1
    return any(
        figure.value == other.value
        and figure.hedge is other.hedge
        and (figure.unit == other.unit or not (figure.unit and other.unit) or (alone and not figure.measured))
        for other in whole.figures
    )


def _of_whom(figure: Figure, whole: Text) -> frozenset[str]:
    """The stems of the words that say of whom a share is: « 65 % des entreprises qui externalisent leurs pics »."""
    for at, token in enumerate(whole.tokens):
        if token.figure and (token.figure.value, token.figure.hedge) == (figure.value, figure.hedge):
            return frozenset([t.stem for t in whole.tokens[at + 1 :] if t.content or t.turns][:_SHARED])
    return frozenset()


def _turned(part: Text, piece: Piece, tokenizer: Tokenizer) -> Iterator[Fault]:
    """Words of a class that only one of both holds; of the piece, only what stands beside words that were taken."""
    taken = {t.stem for t in part.content if not _is_place(t, part)}
    touched = _touched(taken, part, piece)
    said, held = part.counted, piece.whole.counted
    near = sum((s.counted for s in touched), Counter())
    led = piece.lead.counted
    for name in sorted({*said, *near, *led} & tokenizer.lexis.classes.keys()):
        symmetric = name in tokenizer.lexis.symmetric
        left_out = symmetric and said[name] < near[name]
        left_out = left_out or (name in _LEADING and led[name] > 0 and not said[name])
        if said[name] > held[name] or left_out:
            yield Fault.DIRECTION if name in tokenizer.lexis.opposed else Fault.NEGATION
    named = [c for c in part.concepts if part.kinds.get(c) in FAMILIES]
    words = [f"={t.stem}" for t in part.content if t.stem in piece.whole.stems]
    if any(said[each] > max(held[each], 1) for each in (*named, *words)):
        yield Fault.DIRECTION
    if not _negated(part) <= _negated(piece.whole):
        yield Fault.NEGATION


def _touched(taken: set[str], part: Text, piece: Piece) -> list[Text]:
    """The segments that the words were taken from: the fewest, those that give most first."""
    gives = {id(s): {t.stem for t in s.content if t.stem in taken or _named(t, part)} for s in piece.segments}
    touched: list[Text] = []
    given: set[str] = set()
    for segment in sorted(piece.segments, key=lambda s: -len(gives[id(s)])):
        if gives[id(segment)] - given:
            touched.append(segment)
            given |= gives[id(segment)]
    return touched or [s for s in piece.segments if s.classes & part.classes]


def _is_place(token: Token, text: Text) -> bool:
    return bool(token.concepts & set(text.places))


def _named(token: Token, part: Text) -> bool:
    return bool(token.concepts & part.concepts) and not _is_place(token, part)


def _negated(text: Text) -> frozenset[str]:
    """The first content word after each negation."""
    found = set()
    for at, token in enumerate(text.tokens):
        if "negation" in token.classes:
            found.update([t.stem for t in text.tokens[at + 1 :] if t.content][:1])
    return frozenset(found)


def _in_place(part: Text, whole: Text) -> bool:
    """Whether things that could be mistaken for one another stand beside the same things as in the passage."""
    several = {
        family
        for family in {f for f, _ in whole.turning}
        if len({member for f, member in whole.turning if f == family}) > 1
    }
    turning = list(dict.fromkeys(part.turning))
    for first, second in pairwise(turning):
        if {first[0], second[0]} & several and not _follows(first, second, whole):
            return False
    return True


def _follows(first: tuple[str, object], second: tuple[str, object], whole: Text) -> bool:
    """Whether ``second`` comes after ``first`` in the passage with no rival of either in between."""
    families = {first[0], second[0]}
    for at, one in enumerate(whole.turning):
        if one != first:
            continue
        for other in whole.turning[at + 1 :]:
            if other == second:
                return True
            if other[0] in families and other != first:
                break
    return False


def _in_company(part: Text, piece: Piece) -> bool:
    """Whether each word on which meaning turns stands between words that it stands between in the passage."""
    telling = [t for t in part.tokens if t.content or t.turns]
    places = {id(t): at for at, t in enumerate(piece.own.tokens)}
    for at, token in enumerate(telling):
        if not token.turns or _among(token, piece.lead.tokens):
            continue
        fixed = not _only_place(token, piece.whole)
        spots = [places[id(t)] for t in piece.own.tokens if _alike(token, t)]
        for other, before in ((telling[at - 1], True) if at else (None, True), (_next(telling, at), False)):
            if other is None or _among(other, piece.lead.tokens):
                continue
            beside = [places[id(t)] for t in piece.own.tokens if _alike(other, t)]
            gaps = [spot - b if before else b - spot for spot in spots for b in beside]
            if not any(0 < (gap if fixed else abs(gap)) <= COMPANY for gap in gaps):
                return False
    return True


def _only_place(token: Token, whole: Text) -> bool:
    """Whether it names the one place that the passage speaks of: nothing else could be meant."""
    return bool(token.concepts & set(whole.places)) and len(whole.places) == 1 and not token.classes


def _next(tokens: list[Token], at: int) -> Token | None:
    return tokens[at + 1] if at + 1 < len(tokens) else None


def _among(token: Token, others: Sequence[Token]) -> bool:
    return any(_alike(token, other) for other in others)


def _alike(one: Token, other: Token) -> bool:
    """Whether both are the same word, the same thing or of the same class."""
    return one.stem == other.stem or bool(one.concepts & other.concepts) or bool(one.classes & other.classes)


def _in_order(part: Text, whole: Text) -> bool:
    """Whether most of the words come in the passage's own order."""
    places = {t.stem: at for at, t in reversed(list(enumerate(whole.tokens)))}
    taken = [places[t.stem] for t in part.content if t.stem in places]
    return len(taken) < 3 or _longest_rise(taken) / len(taken) >= ORDER_KEPT


def _longest_rise(numbers: list[int]) -> int:
    best: list[int] = []
    for at, number in enumerate(numbers):
        best.append(1 + max((best[i] for i in range(at) if numbers[i] <= number), default=0))
    return max(best, default=0)


def crossed(fragments: Sequence[Text], candidates: Sequence[Piece]) -> bool:
    """Whether a fragment says of a place what the passage says of another: « onshore… , offshore… » the other way."""
    named = [f for f in fragments if len(f.places) == 1 and f.content]
    return len({f.places for f in named}) > 1 and not all(_of_its_place(f, candidates) for f in named)


def _of_its_place(fragment: Text, candidates: Sequence[Piece]) -> bool:
    [place] = fragment.places
    about = [p.whole for p in candidates if p.whole.places == (place,)]
    about += [s for p in candidates for s in p.segments if place in s.places]
    return any(all(text.holds(t) for t in fragment.content) for text in about)


def unsaid(sentence: Text, piece: Piece, tokenizer: Tokenizer, *, figured: bool) -> bool:
    """Whether a condition of the piece, or those of whom its figure holds, are left out of the sentence."""
    text = fold(piece.text)
    patterns = [tokenizer.lexis.conditions, *([tokenizer.lexis.scopes] if figured else [])]
    for pattern in patterns:
        for match in pattern.finditer(text):
            narrowing = tokenizer.segments(text[match.start() :])
            needed = narrowing[0].content if narrowing else ()
            if needed and sum(sentence.holds(t) for t in needed) < len(needed) / 2:
                return True
    return False
