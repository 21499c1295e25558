"""``python -m bench.calibrate``: fit how evidence is weighed, and write ``bot/faq/calibration.json``.

Fitted on the tuning half of the answerable questions and follow-ups and on ``calibration.yaml``; the report half and
``unanswerable.yaml`` are only printed. Run it after a change of encoder, of the corpus's shape or of the evidence.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from bench.labels import Labelled, read
from bot.faq.evidence import Evidence, weigh
from bot.settings import Settings
from index.opening import Library
from index.retriever import HybridRetriever
from index.settings import read_settings

TARGET = Path(__file__).parents[1] / "bot" / "faq" / "calibration.json"
REFUSED_AT_MOST = 0.075
"""The share of the tuning half's answerable questions that the threshold may refuse."""

MARGIN = 0.95
"""The threshold stands a little under the least probable question of that half which is still answered."""

ANSWERED_AT_MOST = 0.07
"""The share of ``calibration.yaml`` that may be answered by words alone, which say less rather than something wrong."""


def rows(retriever: HybridRetriever, labelled: list[Labelled]) -> np.ndarray:
    """The evidence of each question, (n_questions, n_fields)."""
    found = []
    for q in labelled:
        search = retriever.search(q.question, q.lang)
        found.append(list(asdict(weigh(q.question, search, retriever.lexical[q.lang])).values()))
    return np.array(found)


def fit(answerable: np.ndarray, unanswerable: np.ndarray, *, careful: bool) -> tuple[dict[str, float], float, float]:
    """Coefficients by field, intercept and threshold, in the evidence's own units.

    Args:
        careful: whether the threshold bounds the unanswerable that are answered, and not the answerable refused.
    """
    x = np.concatenate([answerable, unanswerable])
    y = np.r_[np.ones(len(answerable)), np.zeros(len(unanswerable))]
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=0.1, class_weight="balanced", max_iter=2_000).fit(scaler.transform(x), y)
    weights = model.coef_[0] / scaler.scale_
    intercept = float(model.intercept_[0] - np.dot(weights, scaler.mean_))
    known, unknown = (1 / (1 + np.exp(-(rows @ weights + intercept))) for rows in (answerable, unanswerable))
    if careful:
        threshold = float(np.quantile(unknown, 1 - ANSWERED_AT_MOST, method="higher"))
    else:
        threshold = MARGIN * float(np.quantile(known, REFUSED_AT_MOST, method="higher"))
    names = [f.name for f in fields(Evidence)]
    return (
        {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)},
        round(intercept, 4),
        round(threshold, 4),
    )


def main() -> None:
    """Fit both judges, print what they do to each set, and write them."""
    library = Library(read_settings(Settings))
    words = library.by_words()
    sets = {
        "tune": [q for lang in ("fr", "en") for q in read(f"questions.{lang}", lang) if q.half == "tune"],
        "report": [q for lang in ("fr", "en") for q in read(f"questions.{lang}", lang) if q.half == "report"],
        "calibration": read("calibration"),
        "unanswerable": read("unanswerable"),
    }
    judges = {}
    for name, retriever in (("dense", library.open(words)), ("words", words)):
        evidence = {s: rows(retriever, labelled) for s, labelled in sets.items()}
        coefficients, intercept, threshold = fit(evidence["tune"], evidence["calibration"], careful=name == "words")
        judges[name] = {"coefficients": coefficients, "intercept": intercept, "threshold": threshold}
        weights = np.array(list(coefficients.values()))
        print(f"{name}: threshold {threshold:.3f}", coefficients)
        for s, labelled in sets.items():
            refused = 1 / (1 + np.exp(-(evidence[s] @ weights + intercept))) < threshold
            near = np.array([q.near for q in labelled])
            parts = f"near {refused[near].mean():.3f}, far {refused[~near].mean():.3f}" if near.any() else ""
            print(f"  {s}: refused {refused.mean():.3f} {parts}")
    TARGET.write_text(
        json.dumps({"date": date.today().isoformat(), "judges": judges}, indent=2) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
