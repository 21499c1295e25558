"""The words on which meaning turns, from ``words.yaml``: folded words to the classes they belong to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from index import safe_yaml
from index.analyzer import fold

_PLAIN = re.compile(r"[\w\s.,;:!?'’«»“”\"()%€$£/&+°…–—-]*")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "…": "."})
"""What typography uses and NFKC would change."""


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
    partial: re.Pattern[str]
    """Of several things, not all: what is said of all must not be said of one."""
    pronouns: re.Pattern[str]
    statements: re.Pattern[str]

    def classes_of(self, word: str) -> frozenset[str]:
        """The classes of one folded word."""
        return frozenset(name for name, pattern in self.classes.items() if pattern.fullmatch(word))


@cache
def _raw() -> dict[str, Any]:
    raw: dict[str, Any] = safe_yaml.load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
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
        **{name: re.compile(raw[name][lang]) for name in ("conditions", "scopes", "partial", "pronouns", "statements")},
    )


def _any(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(str(w)).replace(r"\*", r"\w*") for w in words))


@cache
def _machine() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in _raw()["machine"]), re.MULTILINE)


def speaks_to_a_machine(text: str) -> bool:
    """Whether a text gives orders to a model, or speaks of one: it is then no source, and no answer."""
    return bool(_machine().search(fold(text)))


def is_plain(text: str) -> bool:
    """Whether it holds words and punctuation alone: no mark-up, and nothing hidden or disguised as something else."""
    return bool(_PLAIN.fullmatch(text)) and unicodedata.is_normalized("NFKC", text.translate(_SPACES))


def is_foreign(text: str) -> bool:
    """Whether it holds letters that no French or English word has: they would go unread."""
    return any(c.isalpha() and not fold(c).isascii() for c in text)


def is_source(text: str) -> bool:
    """Whether a statement of a passage may be rested on, and be shown to a model."""
    return is_plain(text) and not is_foreign(text) and not speaks_to_a_machine(text)
