"""The boundary between what the corpus answers and what lies beyond it."""

from __future__ import annotations

import numpy as np

from index.encoder import HashingEncoder
from index.scope import Scope, learn

ANSWERABLE = [
    "What does nearshore cost?",
    "How to choose a provider?",
    "Which calls to outsource?",
    "What is nearshore?",
]
BEYOND = ["Will it rain tomorrow?", "How do I cook an omelette?", "Who won the match?"]


def test_the_boundary_parts_both_kinds_and_generalises() -> None:
    encoder = HashingEncoder()
    scope = learn(encoder.embed_queries(ANSWERABLE), encoder.embed_queries(BEYOND))
    assert scope is not None
    assert all(scope.margin(v) > 0 for v in encoder.embed_queries(ANSWERABLE))
    assert all(scope.margin(v) < 0 for v in encoder.embed_queries(BEYOND))
    near, far = encoder.embed_queries(["Which provider for nearshore calls?", "Will an omelette match the rain?"])
    assert scope.margin(near) > 0 > scope.margin(far)


def test_learning_gives_the_same_boundary_each_time() -> None:
    encoder = HashingEncoder()
    sets = encoder.embed_queries(ANSWERABLE), encoder.embed_queries(BEYOND)
    assert learn(*sets) == learn(*sets)


def test_one_kind_alone_teaches_nothing() -> None:
    some, none = np.ones((2, 4), dtype=np.float32), np.zeros((0, 4), dtype=np.float32)
    assert learn(some, none) is None
    assert learn(none, some) is None


def test_the_margin_is_the_side_of_the_hyperplane() -> None:
    scope = Scope((2.0, -1.0), 0.5)
    assert scope.margin(np.array([1, 0], dtype=np.float32)) == 2.5
    assert scope.margin(np.array([0, 1], dtype=np.float32)) == -0.5
