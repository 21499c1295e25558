"""Is a question of the kind the corpus answers? A boundary learnt at build time from examples of both kinds.

Similarity cannot tell "what does nearshore save?" from "what does an hour cost in Morocco?": both are near the same
passages. So the articles' sample questions (answerable) are set against ``corpus/beyond-*.yaml`` (what people ask and
the corpus lacks) in the encoder's space, by a logistic regression. An article added with its sample questions moves
the boundary by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from index.errors import CorpusProblem

_REGULARISATION = 3.0


@dataclass(frozen=True)
class Theme:
    """One thing that people ask and the corpus does not hold."""

    name: str
    reason: dict[str, str]
    """By language: what the corpus lacks and where such a thing is found, for the person refused."""
    examples: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Scope:
    """A hyperplane in the encoder's space."""

    weights: tuple[float, ...]
    bias: float

    def margin(self, vector: NDArray[np.float32]) -> float:
        """Log-odds that a question is of the answerable kind: 0 at the boundary, most within [-10, 10]."""
        return float(np.dot(np.asarray(self.weights, dtype=np.float32), vector)) + self.bias

    @classmethod
    def learn(cls, answerable: NDArray[np.float32], beyond: NDArray[np.float32]) -> Scope | None:
        """Fit the boundary between two sets of unit vectors, (n, dimension) each; None when one set is empty."""
        if not len(answerable) or not len(beyond):
            return None
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=_REGULARISATION, class_weight="balanced", max_iter=2_000)
        model.fit(np.concatenate([answerable, beyond]), np.r_[np.ones(len(answerable)), np.zeros(len(beyond))])
        return cls(tuple(round(float(w), 5) for w in model.coef_[0]), float(model.intercept_[0]))


def read_themes(root: Path) -> tuple[Theme, ...]:
    """Read ``root/beyond-*.yaml``; none is no theme.

    Raises:
        CorpusProblem: a file is malformed, or a theme stands twice; the message names the file.
    """
    themes: dict[str, Theme] = {}
    for path in sorted(root.glob("beyond-*.yaml")):
        try:
            rows: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or []
            for row in rows:
                theme = Theme(
                    name=str(row["theme"]),
                    reason={lang: str(row["reason"][lang]) for lang in ("fr", "en")},
                    examples={lang: _texts(row[lang]) for lang in ("fr", "en")},
                )
                if theme.name in themes:
                    raise CorpusProblem(f"{path}: the theme '{theme.name}' stands twice")
                themes[theme.name] = theme
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise CorpusProblem(f"{path}: not valid YAML: {error}") from error
        except (KeyError, TypeError) as error:
            raise CorpusProblem(
                f"{path}: each entry needs 'theme:', 'reason: {{fr, en}}', 'fr: [...]' and 'en: [...]' ({error})"
            ) from error
    return tuple(themes.values())


def _texts(raw: Sequence[Any]) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise TypeError("a list of questions is expected")
    return tuple(str(text) for text in raw)
