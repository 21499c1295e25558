"""A metric learnt from the corpus: which directions of the encoder's space tell sections apart.

Sentence encoders crowd all texts of one trade together (cosines of e5: 0.75 to 0.90). But every section comes with its
sentences and its sample questions, in two languages: how these scatter around their section is noise. Within-class
covariance normalisation (Hatch, Kajarekar and Stolcke, 2006) divides that noise out. On the bench's tuning half, the
right section came first for 80 % of the questions by the learnt metric alone, for 62 % by the encoder's own
(docs/decisions/0004-learnt-metric.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHRINKAGE = 0.2
"""Share of the covariance replaced by its average: rare directions are not blown up. From bench/, 2026-11-22."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Metric:
    """A centre and a linear map."""

    mean: Vectors
    """(dimension,)"""
    matrix: Vectors
    """(dimension, dimension)"""

    def apply(self, vectors: Vectors) -> Vectors:
        """Unit vectors of the encoder's space, (n, dimension), as unit vectors of the learnt one."""
        return unit((vectors - self.mean).astype(np.float32) @ self.matrix)

    @property
    def rows(self) -> Vectors:
        """The metric as (dimension + 1, dimension): its centre, then its map; what a store keeps."""
        return np.concatenate([self.mean[None], self.matrix]).astype(np.float32)

    @classmethod
    def of_rows(cls, rows: Vectors) -> Metric:
        """The metric that those rows hold."""
        return cls(rows[0], rows[1:])


def learn(vectors: Vectors, classes: Sequence[str]) -> Metric:
    """Learn the metric from unit vectors, (n, dimension), and the section each belongs to.

    Where no section has two texts there is no scatter to learn from: the encoder's own space is kept, centred.
    """
    mean = vectors.mean(axis=0)
    _, of = np.unique(np.asarray(classes), return_inverse=True)
    scatter = vectors - class_means(vectors, of)[of]
    covariance = (scatter.T @ scatter / len(vectors)).astype(np.float64)
    variances, directions = np.linalg.eigh(covariance)
    average = variances.mean()
    if average <= 1e-9:
        return Metric(mean, np.eye(vectors.shape[1], dtype=np.float32))
    shrunk = (1 - SHRINKAGE) * np.maximum(variances, 0) + SHRINKAGE * average
    matrix = directions @ np.diag(shrunk**-0.5) @ directions.T
    matrix /= np.abs(matrix).max()
    matrix[np.abs(matrix) < 1e-9] = 0  # rounding noise, which would make later sums crawl through denormal floats
    return Metric(mean, matrix.astype(np.float32))


def class_means(vectors: Vectors, of: NDArray[np.intp]) -> Vectors:
    """The mean of each class's vectors, (n_classes, dimension), from each vector's class number."""
    sums = np.zeros((of.max() + 1, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, of, vectors)
    means: Vectors = (sums / np.bincount(of)[:, None]).astype(np.float32)
    return means


def unit(vectors: Vectors) -> Vectors:
    """Each row brought to length 1; a row of zeros stays."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return scaled
