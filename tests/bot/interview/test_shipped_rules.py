"""The shipped rules and gates as content: each is fired by an example, and cites what the corpus holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.advice.predicates import PREDICATES
from bot.interview.conditions import evaluate
from bot.interview.loader import SHIPPED, load_interview
from bot.interview.model import Example, Gate, Rule, Truth
from index.articles import read_corpus

INTERVIEW = load_interview(SHIPPED, PREDICATES)
CORPUS = read_corpus(Path(__file__).parents[3] / "corpus")
REASONS: tuple[Rule | Gate, ...] = (*INTERVIEW.rules, *INTERVIEW.gates)


@pytest.mark.parametrize("reason", REASONS, ids=lambda r: r.id)
def test_its_examples_hold(reason: Rule | Gate) -> None:
    condition = reason.when if isinstance(reason, Rule) else reason.opens
    for example in reason.examples:
        assert evaluate(condition, example.answers, PREDICATES).truth is example.fires, example


@pytest.mark.parametrize("reason", REASONS, ids=lambda r: r.id)
def test_some_example_fires_it_and_some_does_not(reason: Rule | Gate) -> None:
    def fires(example: Example) -> bool:
        return example.fires is Truth.YES

    assert any(map(fires, reason.examples))
    assert not all(map(fires, reason.examples))


@pytest.mark.parametrize("reason", REASONS, ids=lambda r: r.id)
def test_it_cites_what_both_languages_hold(reason: Rule | Gate) -> None:
    assert reason.cites
    for passage in reason.cites:
        assert CORPUS.has(passage, "fr"), passage
        assert CORPUS.has(passage, "en"), passage


def test_each_named_predicate_serves() -> None:
    from bot.interview.conditions import names_of

    conditions = [r.when for r in INTERVIEW.rules] + [a.when for a in INTERVIEW.advice]
    used = frozenset().union(*(names_of(c) for c in conditions))
    assert used == frozenset(PREDICATES)
