"""Is a question of the kind the corpus answers? A boundary learnt at build time from examples of both kinds.

The articles' sample questions (answerable) are set against the themes' examples (``index.themes``) in the encoder's own
space, by a logistic regression. It sees the kind of question where the nearest examples see its subject.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_REGULARISATION = 3.0


@dataclass(frozen=True)
class Scope:
    """A hyperplane in the encoder's space."""

    weights: tuple[float, ...]
    bias: float

    def margin(self, vector: NDArray[np.float32]) -> float:
        """Log-odds that a question is of the answerable kind: 0 at the boundary, most within [-10, 10]."""
        return float(np.dot(np.asarray(self.weights, dtype=np.float32), vector)) + self.bias


def learn(answerable: NDArray[np.float32], beyond: NDArray[np.float32]) -> Scope | None:
    """Fit the boundary between two sets of unit vectors, (n, dimension) each; None when one of them is empty."""
    if not len(answerable) or not len(beyond):
        return None
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_REGULARISATION, class_weight="balanced", max_iter=2_000)
    model.fit(np.concatenate([answerable, beyond]), np.r_[np.ones(len(answerable)), np.zeros(len(beyond))])
    return Scope(tuple(round(float(w), 5) for w in model.coef_[0]), float(model.intercept_[0]))
