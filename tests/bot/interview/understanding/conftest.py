"""The shipped questions, and the table of what people type."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot.interview.loader import shipped_interview
from bot.interview.model import Interview, Question
from index import safe_yaml


class Utterance(NamedTuple):
    """One line of the table."""

    field: str
    lang: str
    text: str
    expected: Any


@cache
def utterances() -> list[Utterance]:
    """The whole table."""
    table = safe_yaml.load((Path(__file__).parent / "utterances.yaml").read_text(encoding="utf-8"))
    return [
        Utterance(field, lang, text, expected)
        for field, langs in table.items()
        for lang, rows in langs.items()
        for text, expected in rows.items()
    ]


@pytest.fixture(scope="session")
def interview() -> Interview:
    """The interview that ships."""
    return shipped_interview()


@pytest.fixture(scope="session")
def ask(interview: Interview) -> dict[str, Question]:
    """Its questions by field."""
    return dict(interview.by_id)
