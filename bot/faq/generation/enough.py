"""Does what is left of a model's answer still answer? If not, the quotes are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.faq.generation.tokens import Text, Tokenizer
from bot.faq.outcome import Answer, Quote, Sentence
from index.articles import split_units

ASKED_KEPT = 0.9
"""Share of the question's words found in the quotes, weighed by rarity, that the sentences must hold too."""

BEST_KEPT = 0.6
"""Share of the words of the statement nearest to the question that they must hold."""

SHORTER = 0.9
"""An answer is completed up to this share of the quotes' length."""

_FIGURE_WEIGHT = 9.0

TRUSTED = 0.5
"""Share of its sentences that must stand: a model that is mostly wrong is not quoted for the rest."""


def enough(
    answer: Answer, sentences: Sequence[Sentence], dropped: int, tokenizer: Tokenizer, idf: Callable[[str], float]
) -> bool:
    """Whether these sentences may take the place of the quotes.

    Args:
        answer: what would be given without a model.
        sentences: those that passed, and those put in the place of one that did not.
        dropped: how many did not pass.
        tokenizer: of the answer's language.
        idf: a stem's inverse document frequency.
    """
    own = sum(not s.replaced for s in sentences)
    if not own or own < TRUSTED * (own + dropped):
        return False
    if not any(answer.quotes[0].passage in s.passages for s in sentences):
        return False
    told = _joined([tokenizer.read(s.text) for s in sentences], tokenizer)
    quoted = _joined([tokenizer.read(unit) for q in answer.quotes for unit in _units(q.text)], tokenizer)
    asked = tokenizer.read(answer.question).content
    found = [t for t in asked if quoted.holds(t)]
    total = sum(idf(t.stem) for t in found)
    if sum(idf(t.stem) for t in found if told.holds(t)) < ASKED_KEPT * total:
        return False
    return _covered(tokenizer.read(_nearest(answer.quotes[0], answer.question, tokenizer, idf)), told)


def completed(
    answer: Answer, sentences: Sequence[Sentence], tokenizer: Tokenizer, idf: Callable[[str], float]
) -> list[Sentence]:
    """The sentences, and what they leave out of the quotes, in the passages' own words.

    Of each further quote, the statement nearest to the question; then lists, which hold the most, and others about what
    was asked, the nearest first, as long as the whole stays clearly shorter than the quotes.
    """
    kept = list(sentences)
    room = SHORTER * sum(len(q.text) for q in answer.quotes) - sum(len(s.text) for s in kept)

    def add(unit: str, quote: Quote, *, needed: bool) -> None:
        nonlocal room
        told = _joined([tokenizer.read(s.text) for s in kept], tokenizer)
        if (needed or len(unit) <= room) and not _covered(tokenizer.read(unit), told):
            kept.append(Sentence(unit, (quote.passage,), replaced=True))
            room -= len(unit)

    for quote in answer.quotes[1:]:
        add(_nearest(quote, answer.question, tokenizer, idf), quote, needed=True)
    units = [
        (_nearness(unit, answer.question, tokenizer, idf), unit, q) for q in answer.quotes for unit in _units(q.text)
    ]
    for nearness, unit, quote in sorted(units, key=lambda found: (-("\n- " in found[1]), -found[0])):
        if nearness > 0 or "\n- " in unit:
            add(unit, quote, needed=False)
    return sorted(kept, key=lambda s: [q.passage for q in answer.quotes].index(s.passages[0]))


def _nearest(quote: Quote, question: str, tokenizer: Tokenizer, idf: Callable[[str], float]) -> str:
    return max(_units(quote.text), key=lambda unit: _nearness(unit, question, tokenizer, idf))


def _nearness(unit: str, question: str, tokenizer: Tokenizer, idf: Callable[[str], float]) -> float:
    """How much of what is asked a statement holds, its rare words and its figures above all."""
    asked, read = tokenizer.read(question), tokenizer.read(unit)
    figures = {f.value for f in read.figures} & {f.value for f in asked.figures}
    return sum(idf(t.stem) for t in asked.content if read.holds(t)) + _FIGURE_WEIGHT * len(figures)


def _covered(unit: Text, told: Text) -> bool:
    """Whether most of a statement's words are there, and all its figures."""
    kept = sum(told.holds(t) for t in unit.content)
    return kept >= BEST_KEPT * len(unit.content) and {f.value for f in unit.figures} <= {f.value for f in told.figures}


def _units(text: str) -> list[str]:
    return [unit.text for unit in split_units(text)]


def _joined(texts: Sequence[Text], tokenizer: Tokenizer) -> Text:
    whole = tokenizer.read("")
    for text in texts:
        whole += text
    return whole
