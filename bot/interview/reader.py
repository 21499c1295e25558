"""Reads the parts of an item of an interview, noting every mistake with its place instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import TypeVar

from rapidfuzz import fuzz, process

from bot.interview.errors import Problem
from bot.interview.marked_yaml import Node
from index.typography import typeset

LANGUAGES = ("fr", "en")
_ID = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_CITE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*#[a-z0-9]+(?:-[a-z0-9]+)*")

E = TypeVar("E", bound=StrEnum)


class Reader:
    """Reads the nodes of one item, or of one file; what it cannot read it notes, and gives back something empty."""

    def __init__(self, file: str, problems: list[Problem], item: str = "") -> None:
        self.file = file
        self.item = item
        self._problems = problems
        self._noted = 0

    def of_item(self, item: str) -> Reader:
        """A reader for one item of the same file."""
        return Reader(self.file, self._problems, item)

    @property
    def failed(self) -> bool:
        """Whether something was wrong with this item."""
        return self._noted > 0

    def note(self, line: int, message: str) -> None:
        """One mistake."""
        self._noted += 1
        self._problems.append(Problem(self.file, line, self.item, message))

    def mapping(self, node: Node, what: str, known: Collection[str], needed: Iterable[str] = ()) -> dict[str, Node]:
        """The entries under known keys; unknown and missing keys are noted."""
        if not isinstance(node.value, dict):
            self.note(node.line, f"{what}: expected 'key: value' lines, not {shown(node)}")
            return {}
        for key in node.value:
            if key not in known:
                self.note(node.key_lines[key], f"unknown key '{key}' in {what}{mend(key, known)}")
        for key in needed:
            if key not in node.value:
                self.note(node.line, f"{what} lacks '{key}:'")
        return {key: value for key, value in node.value.items() if key in known}

    def items(self, node: Node, what: str) -> list[Node]:
        """The entries of a list."""
        if not isinstance(node.value, list):
            self.note(node.line, f"{what}: expected a list ('- …' lines), not {shown(node)}")
            return []
        return node.value

    def text(self, node: Node, what: str) -> str:
        """Words, not empty."""
        if not isinstance(node.value, str) or not node.value.strip():
            self.note(node.line, f"{what}: expected words, not {shown(node)}{quoting(node)}")
            return ""
        return node.value.strip()

    def id(self, node: Node, what: str) -> str:
        """A short name in lower case."""
        name = self.text(node, what)
        if name and not is_id(name):
            self.note(
                node.line, f"{what} '{name}': use lower-case letters, digits, '-' and '_', as in 'monthly_volume'"
            )
        return name

    def texts(self, node: Node, what: str, longest: int | None = None) -> dict[str, str]:
        """A sentence in every language, set in its typography."""
        said: dict[str, str] = {}
        for lang, entry in self.mapping(node, what, LANGUAGES, LANGUAGES).items():
            said[lang] = typeset(self.text(entry, f"{what}, '{lang}'"), lang)
            if longest and len(said[lang]) > longest:
                long = len(said[lang])
                self.note(entry.line, f"{what}, '{lang}': {long} characters, {longest} at most: '{said[lang]}'")
        return said

    def phrases(self, node: Node, what: str) -> dict[str, tuple[str, ...]]:
        """Lists of words in every language, as written."""
        return {
            lang: tuple(str(word) for n in self.items(entry, f"{what}, '{lang}'") if (word := self._phrase(n, what)))
            for lang, entry in self.mapping(node, what, LANGUAGES, LANGUAGES).items()
        }

    def _phrase(self, node: Node, what: str) -> str:
        """Words or a number: an example of an answer may be ``3000``."""
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return str(node.value)
        return self.text(node, what)

    def flag(self, node: Node, what: str) -> bool:
        """True or false."""
        if not isinstance(node.value, bool):
            self.note(node.line, f"{what}: expected true or false, not {shown(node)}")
            return False
        return node.value

    def number(self, node: Node, what: str, low: float | None = None) -> float:
        """A number, at least ``low``."""
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            self.note(node.line, f"{what}: expected a number, not {shown(node)}")
            return 0
        if low is not None and node.value < low:
            self.note(node.line, f"{what}: {node.value} is below {low:g}")
        return node.value

    def weeks(self, node: Node) -> tuple[float, float] | None:
        """A duration, at least and at most; null when nobody says."""
        if node.value is None:
            return None
        ends = self.items(node, "'weeks'")
        if len(ends) != 2:
            if isinstance(node.value, list):
                self.note(node.line, "'weeks' takes two numbers, at least and at most, as in [4, 8]")
            return None
        low, high = (self.number(end, "'weeks'", low=0) for end in ends)
        if low > high:
            self.note(node.line, f"'weeks' is the wrong way round: write [{high:g}, {low:g}]")
        return low, high

    def cites(self, node: Node) -> tuple[str, ...]:
        """Ids of corpus passages."""
        found = []
        for entry in self.items(node, "'cites'"):
            cite = self.text(entry, "'cites'")
            if cite and not _CITE.fullmatch(cite):
                self.note(entry.line, f"'cites': '{cite}' names no passage: write article#section")
            found.append(cite)
        return tuple(found)

    def one_of(self, node: Node, what: str, kind: type[E]) -> E | None:
        """A member of an enumeration."""
        name = self.among(node, what, [member.value for member in kind])
        return kind(name) if name else None

    def among(self, node: Node, what: str, allowed: Collection[str]) -> str:
        """One of these words; empty when it is none."""
        if isinstance(node.value, str) and node.value in allowed:
            return node.value
        word = node.value if isinstance(node.value, str) else ""
        self.note(node.line, f"unknown {what} {shown(node)}{mend(word, allowed)}")
        return ""


def is_id(name: str) -> bool:
    """Whether it can be the id of something."""
    return bool(_ID.fullmatch(name))


def shown(node: Node) -> str:
    """The value as an author recognises it."""
    match node.value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case bool():
            return str(node.value).lower()
        case str():
            return f"'{node.value}'" if len(node.value) <= 60 else f"'{node.value[:57]}…'"
    return str(node.value)


def mend(word: str, allowed: Collection[str]) -> str:
    """What was probably meant, else what is allowed; begins with a comma, or is empty."""
    close = process.extractOne(word, sorted(allowed), scorer=fuzz.ratio, score_cutoff=65)
    if close:
        return f", did you mean '{close[0]}'?"
    return f", expected one of: {', '.join(sorted(allowed))}" if 0 < len(allowed) <= 15 else ""


def quoting(node: Node) -> str:
    """The mend for a value that YAML took for something other than words."""
    return ": put it in quotes" if isinstance(node.value, bool | int | float) else ""
