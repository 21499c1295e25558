"""Does what is left of a model's answer still answer? If not, the quotes are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.faq.generation.tokens import Text, Tokenizer
from bot.faq.outcome import Answer, Sentence
from index.articles import split_units

ASKED_KEPT = 0.9
"""Share of the question's words found in the quotes, weighed by rarity, that the sentences must hold too."""

BEST_KEPT = 0.6
"""Share of the words of the statement nearest to the question that they must hold."""

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
    best = max(
        (tokenizer.read(unit) for unit in _units(answer.quotes[0].text)),
        key=lambda unit: sum(idf(t.stem) for t in found if unit.holds(t)),
    )
    kept = sum(told.holds(t) for t in best.content)
    return kept >= BEST_KEPT * len(best.content) and {f.value for f in best.figures} <= {f.value for f in told.figures}


def _units(text: str) -> list[str]:
    return [unit.text for unit in split_units(text)]


def _joined(texts: Sequence[Text], tokenizer: Tokenizer) -> Text:
    whole = tokenizer.read("")
    for text in texts:
        whole += text
    return whole
