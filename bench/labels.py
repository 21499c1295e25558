"""The labelled questions: reading them, the two halves, and grading an answer's text against its facts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index import safe_yaml

HERE = Path(__file__).parent
MAX_ANSWER_CHARS = 1_200

Half = Literal["tune", "report"]


@dataclass(frozen=True)
class Labelled:
    """One question of the bench; an unanswerable one has no facts."""

    id: str
    lang: str
    question: str
    history: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    near: bool = False
    """For an unanswerable one: whether it is in the domain's own words."""

    @property
    def half(self) -> Half:
        """Odd ids tune, even ids report."""
        return "tune" if int(self.id.rpartition("-")[2]) % 2 else "report"


def read(name: str, lang: str | None = None) -> list[Labelled]:
    """The questions of ``bench/<name>.yaml``."""
    rows = safe_yaml.load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return [
        Labelled(
            id=row["id"],
            lang=lang or row["lang"],
            question=row["question"],
            history=tuple(row.get("history", ())),
            facts=tuple(row.get("facts", ())),
            near=row.get("near", False),
        )
        for row in rows
    ]


def normalise(text: str) -> str:
    """Lower case, no accents, plain spaces and apostrophes: the form in which facts are written."""
    text = unicodedata.normalize("NFKD", text.lower().replace("’", "'").replace("œ", "oe"))
    return re.sub(r"\s+", " ", "".join(c for c in text if not unicodedata.combining(c)))


def found_facts(answer: str, facts: tuple[str, ...]) -> list[bool]:
    """For each fact, whether the first 1,200 characters of the answer hold it."""
    text = normalise(answer[:MAX_ANSWER_CHARS])
    return [re.search(fact, text) is not None for fact in facts]


def complete(answer: str, facts: tuple[str, ...]) -> bool:
    """Whether the answer holds every fact."""
    return all(found_facts(answer, facts))
