"""Does the corpus hold the answer? What speaks for and against, weighed into one probability.

Passages near a question need not answer it: "what does an hour cost in Morocco?" is near all that the corpus says of
costs and of Morocco. So the decision looks at what similarity leaves out: which of the question's specifics the best
passage covers, which words the corpus has never seen, whether an amount or a figure that is asked for is there, and
whether the question is of the kind that the corpus answers (``index.scope``). See docs/decisions/0003-abstention.md;
the coefficients come from ``python -m bench.calibrate``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import exp

from index.analyzer import fold
from index.kinds import Kinds
from index.lexical import LexicalIndex
from index.retriever import Search

_AMOUNT_ASKED = re.compile(
    r"\b(prix|tarifs?|salaires?|chiffre d'affaires|\bca d[eu']|budget|remuner\w+|couts? horaires?|facture\w*|prime|"
    r"price\w*|rates?\b|fees?\b|salar\w+|wages?|pay\b|paid|turnover|revenue|profits?\b|hourly)"
    r"|combien (?:coute|ca coute|gagne|paie|est paye|facture)|how much (?:does|do|is|are|should)"
)
_FIGURE_ASKED = re.compile(
    r"\b(combien|pourcentage|quelle part|quel (?:taux|chiffre|nombre|montant|delai|volume)|quelle (?:proportion|duree)|"
    r"how (?:many|much|long|often|fast)|what (?:percentage|share|proportion|rate|number))\b|\b%"
)
_MONEY = re.compile(
    r"\d[\d\s.,]*\s?(?:€|euros?|eur\b|k€|m€|\$|milliards|millions|billion|million)|€\s?\d", re.IGNORECASE
)
_SCOPE_LIMIT = 6.0
_READ = 3
"""Of the best passages, how many are looked through for a figure that the question names."""
_DIGITS = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Evidence:
    """What is known of one question and its search, each roughly within [-5, 5] or [0, 1]."""

    scope: float
    """Log-odds that the question is of the kind the corpus answers, from ``index.scope``, kept within [-6, 6]."""
    rival: float
    """The nearest answerable example's likeness (its cosine, where there is dense search) less the nearest unanswerable
    one's, times ten."""
    few: float
    """The same for the three nearest of each."""
    many: float
    """The same for the ten nearest of each."""
    topic: float
    """The best passage's topic's cosine, times ten."""
    score: float
    """The best passage's fused score."""
    coverage: float
    """Share of the question's terms, weighed by rarity, that the best passage holds."""
    unseen: float
    """Share of the question's terms, weighed alike, that the whole corpus has never seen."""
    value_missing: float
    """1 when the question asks for an amount or a figure, or names one, that the best passages do not hold."""


def weigh(question: str, search: Search, index: LexicalIndex) -> Evidence:
    """Gather the evidence of one search that has at least one hit."""
    terms = list(dict.fromkeys(t.stem for t in search.terms))
    total = sum(index.idf(t) for t in terms) or 1e-9
    best = search.hits[0]
    held = index.terms_of_passage(best.passage.key)
    found = [fold(f"{h.passage.heading} {h.passage.text}") for h in search.hits[:_READ]]
    kinds = search.kinds or search.by_words
    return Evidence(
        scope=max(-_SCOPE_LIMIT, min(_SCOPE_LIMIT, kinds.margin)) if kinds else 0.0,
        rival=_lead(kinds, 1),
        few=_lead(kinds, 3),
        many=_lead(kinds, 10),
        topic=10 * max(h.cosine for h in search.hits),
        score=best.score,
        coverage=sum(index.idf(t) for t in terms if t in held) / total,
        unseen=sum(index.idf(t) for t in terms if not index.knows(t)) / total,
        value_missing=float(_value_missing(fold(question), found)),
    )


def _lead(kinds: Kinds | None, count: int) -> float:
    """By how much the nearest answerable examples are nearer than the nearest unanswerable ones, times ten."""
    if kinds is None:
        return 0.0
    return 10 * (sum(kinds.answerable[:count]) - sum(kinds.beyond[:count])) / count


def _value_missing(asked: str, found: Sequence[str]) -> bool:
    if _AMOUNT_ASKED.search(asked) and not any(map(_MONEY.search, found[:2])):
        return True
    if _FIGURE_ASKED.search(asked) and not any(map(_DIGITS.search, found[:2])):
        return True
    return any(not any(figure in text for text in found) for figure in _DIGITS.findall(asked))


@dataclass(frozen=True)
class Judge:
    """A logistic regression over ``Evidence``."""

    coefficients: Mapping[str, float]
    intercept: float
    threshold: float
    """The least probability at which an answer is given."""

    def probability(self, evidence: Evidence) -> float:
        """That the corpus answers, in [0, 1]."""
        total = self.intercept + sum(self.coefficients[f.name] * getattr(evidence, f.name) for f in fields(evidence))
        return 1 / (1 + exp(-max(-50.0, min(50.0, total))))

    def answers(self, evidence: Evidence) -> bool:
        return self.probability(evidence) >= self.threshold
