"""Hits to an answer made of their own sentences: those most to the point, told in each passage's own order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.faq.outcome import Quote
from index.articles import Passage
from index.retriever import Hit, Search

MAX_PASSAGES = 3
"""More citations than this are not read on a phone."""

FOLLOWING_FLOOR = 0.4
"""A further passage must score at least this share of the first one's. From bench/, 2026-11-22."""

_REPEATED = 0.6
"""Share of a unit's stems already said from which it adds nothing."""

_LEAST_CUT = 200
"""A unit too long for an answer is cut to no less than this."""

_LEAD_MARGIN = 0.25
"""How much more to the point a later unit must be to be said before the passage's first one."""


@dataclass(frozen=True)
class _Candidate:
    hit: Hit
    rank: int
    position: int
    text: str
    stems: frozenset[str]
    relevance: float


def compose(
    search: Search,
    stems_of: Callable[[str], frozenset[str]],
    idf: Callable[[str], float],
    budget: int,
    cost: Callable[[Passage], int],
) -> tuple[Quote, ...]:
    """Choose and order the units to quote.

    Args:
        search: ranked hits, at least one.
        stems_of: a text's search stems.
        idf: a stem's inverse document frequency.
        budget: the most characters that the quotes and their citations may take together.
        cost: the characters that citing a passage takes.

    Returns:
        One quote a passage, the best first; none when the budget holds no unit.
    """
    asked = {t.stem for t in search.terms}
    total = sum(idf(s) for s in asked) or 1.0
    top = search.hits[0].score or 1.0

    def candidates(rank: int, hit: Hit) -> Iterator[_Candidate]:
        for position, unit in enumerate(hit.passage.units):
            stems = stems_of(unit.text)
            nearness = max(hit.unit_cosines[position], 0.0) if hit.unit_cosines else 0.0
            covered = sum(idf(s) for s in asked & stems) / total
            yield _Candidate(hit, rank, position, unit.text, stems, nearness + covered)

    found = [
        candidate
        for rank, hit in enumerate(search.hits)
        if hit.score >= FOLLOWING_FLOOR * top
        for candidate in candidates(rank, hit)
    ]
    found.sort(key=lambda c: -(c.hit.score / top) * (1 + c.relevance))
    room = _Room(budget, cost)
    for candidate in found:
        room.take(candidate)
    if quotes := room.quotes():
        return quotes
    length = budget - cost(found[0].hit.passage) if found else 0
    return (_cut(found[0], length),) if length >= _LEAST_CUT else ()


def _cut(candidate: _Candidate, length: int) -> Quote:
    """As much of one unit, too long for an answer, as fits: whole bullets, or words."""
    kept = candidate.text[:length]
    end = max(kept.rfind("\n"), 0) or max(kept.rfind(" "), 0) or len(kept)
    return Quote(candidate.hit.passage, kept[:end])


def _answer_first(units: Sequence[_Candidate]) -> list[_Candidate]:
    """One passage's units in its order, save that one clearly more to the point than the first comes before it."""
    in_order = sorted(units, key=lambda u: u.position)
    best = max(in_order, key=lambda u: u.relevance)
    if best.relevance > in_order[0].relevance + _LEAD_MARGIN:
        return [best, *(u for u in in_order if u is not best)]
    return in_order


class _Room:
    """The quotes taken so far and the characters left."""

    def __init__(self, budget: int, cost: Callable[[Passage], int]) -> None:
        self._left = budget
        self._cost = cost
        self._taken: list[_Candidate] = []

    def take(self, candidate: _Candidate) -> None:
        cited = {c.rank for c in self._taken}
        new = candidate.rank not in cited
        needed = len(candidate.text) + 1 + (self._cost(candidate.hit.passage) if new else 0)
        if needed > self._left or len(cited) + new > MAX_PASSAGES or self._said(candidate):
            return
        self._taken.append(candidate)
        self._left -= needed

    def _said(self, candidate: _Candidate) -> bool:
        """Whether another passage has said about the same."""
        return any(
            len(candidate.stems & c.stems) > _REPEATED * min(len(candidate.stems), len(c.stems))
            for c in self._taken
            if c.stems and candidate.stems and c.rank != candidate.rank
        )

    def quotes(self) -> tuple[Quote, ...]:
        """One quote a passage, the best passage first."""
        by_rank: dict[int, list[_Candidate]] = {}
        for candidate in sorted(self._taken, key=lambda c: c.rank):
            by_rank.setdefault(candidate.rank, []).append(candidate)
        return tuple(
            Quote(units[0].hit.passage, joined([u.text for u in _answer_first(units)])) for units in by_rank.values()
        )


def joined(units: Sequence[str]) -> str:
    """Units put together: sentences in a row, a list on lines of its own."""
    text = ""
    previous_is_list = False
    for unit in units:
        is_list = "\n" in unit
        text += ("\n" if is_list or previous_is_list else " ") * bool(text) + unit
        previous_is_list = is_list
    return text
