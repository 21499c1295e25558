"""Does what is left of a model's answer tell all that the quotes tell, in fewer words? If not, the quotes are given."""

from __future__ import annotations

from collections.abc import Sequence

from bot.faq.generation.tokens import Text, Tokenizer
from bot.faq.outcome import Answer, Sentence
from index.articles import split_units

KEPT = 0.7
"""Share of a statement's words that sentences must hold to tell it, besides all its figures and places."""

NOTICE, HEADING = 30, 10
"""Characters that the line saying that an AI wrote adds to a message, and that the heading between quotes took."""

TRUSTED = 0.5
"""Share of its sentences that must stand: a model that is mostly wrong is not quoted for the rest."""


def completed(answer: Answer, sentences: Sequence[Sentence], tokenizer: Tokenizer) -> list[Sentence]:
    """The sentences, and each statement of the quotes that they do not tell, in the passages' own words.

    A statement takes the place of the sentence that tells a part of it and of nothing else.
    """
    whole: list[Sentence] = []
    for quote in answer.quotes:
        own = [s for s in sentences if s.passages[0] == quote.passage]
        told = tokenizer.read("")
        for sentence in sentences:
            if quote.passage in sentence.passages:
                told += tokenizer.read(sentence.text)
        for unit in split_units(quote.text):
            statement = tokenizer.read(unit.text)
            if _told(statement, told):
                continue
            part = next((s for s in own if all(map(statement.holds, tokenizer.read(s.text).content))), None)
            at = own.index(part) if part else len(own)
            own[at : at + 1] = [Sentence(unit.text, (quote.passage,), replaced=True)]
        whole += own
    return whole


def _told(statement: Text, told: Text) -> bool:
    """Whether most of a statement's words are there, and all its figures and places."""
    kept = sum(told.holds(t) for t in statement.content)
    figures = {f.value for f in statement.figures} <= {f.value for f in told.figures}
    return kept >= KEPT * len(statement.content) and figures and set(statement.places) <= set(told.places)


def enough(answer: Answer, sentences: Sequence[Sentence], dropped: int) -> bool:
    """Whether these sentences, completed, may take the place of the quotes: the model's own in part, and shorter.

    Args:
        answer: what would be given without a model.
        sentences: those that passed, those put in the place of one that did not, and what completes them.
        dropped: how many did not pass.
    """
    own = sum(not s.replaced for s in sentences)
    gained = sum(len(q.text) for q in answer.quotes) - sum(len(s.text) for s in sentences)
    spent = NOTICE - (HEADING if len(answer.quotes) > 1 else 0)
    return bool(own) and own >= TRUSTED * (own + dropped) and gained > spent
