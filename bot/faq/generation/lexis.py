"""The words on which meaning turns, from ``words.yaml``: folded words to the classes they belong to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from index.analyzer import fold


@dataclass(frozen=True)
class Lexis:
    """One language's."""

    glue: re.Pattern[str]
    classes: Mapping[str, re.Pattern[str]]
    """All but the glue, by name."""
    symmetric: frozenset[str]
    """Those that may neither be added nor left out."""
    opposed: frozenset[str]
    """Those that have an opposite."""
    conditions: re.Pattern[str]
    scopes: re.Pattern[str]
    pronouns: re.Pattern[str]
    statements: re.Pattern[str]

    def classes_of(self, word: str) -> frozenset[str]:
        """The classes of one folded word."""
        return frozenset(name for name, pattern in self.classes.items() if pattern.fullmatch(word))


@cache
def _raw() -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
    return raw


@cache
def lexis(lang: str) -> Lexis:
    """The words of ``fr`` or ``en``."""
    raw = _raw()
    named = {**raw["both_ways"], **raw["claims"], **raw["opposites"]}
    return Lexis(
        glue=_any(raw["glue"][lang]),
        classes={name: _any(words[lang]) for name, words in named.items()},
        symmetric=frozenset(raw["both_ways"]),
        opposed=frozenset({*raw["opposites"], "more", "less", "before", "after"}),
        **{name: re.compile(raw[name][lang]) for name in ("conditions", "scopes", "pronouns", "statements")},
    )


def _any(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(str(w)).replace(r"\*", r"\w*") for w in words))


@cache
def _machine() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in _raw()["machine"]), re.MULTILINE)


def speaks_to_a_machine(text: str) -> bool:
    """Whether a text gives orders to a model, or speaks of one: it is then no source, and no answer."""
    return bool(_machine().search(fold(text)))
