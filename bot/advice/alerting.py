"""What the checks of plausibility look at, and the sentences that say what they found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from bot.advice.model import Alert, Costs, Staffing
from bot.advice.places import LANGUAGES, written
from bot.advice.staffing import staffing
from bot.interview.errors import InterviewError, Problem
from bot.interview.marked_yaml import Node, YamlProblem, read_marked
from bot.interview.model import Facts, Texts
from bot.interview.reader import Reader
from index.typography import typeset

ALERTS = Path(__file__).parent / "alerts.yaml"


@dataclass(frozen=True)
class Case:
    """One contact flow under examination."""

    facts: Facts
    costs: Costs | None = None

    @cached_property
    def staffing(self) -> Staffing:
        """How many people the flow needs."""
        return self.costs.staffing if self.costs else staffing(self.facts)

    def number(self, field: str) -> float | None:
        """A number answered, or None."""
        value = self.facts.get(field)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def text(self, field: str) -> str | None:
        """An answer in words, or None."""
        value = self.facts.get(field)
        return value if isinstance(value, str) else None

    def listed(self, field: str) -> tuple[str, ...]:
        """An answer that is a list; empty when there is none."""
        value = self.facts.get(field)
        return value if isinstance(value, tuple) else ()


Check = Callable[[Case], Alert | None]
"""Looks at a flow; what it finds strange, or None."""


def alert(name: str, **places: float | Texts) -> Alert:
    """The alert of that id, its ``{places}`` filled with numbers as each language writes them, or with words.

    Raises:
        KeyError: there is no such alert, or a place is left empty.
    """
    said = sentences()[name]
    text = {}
    for lang in LANGUAGES:
        words = {k: v[lang] if isinstance(v, Mapping) else written(v, lang) for k, v in places.items()}
        text[lang] = typeset(said.text[lang].format_map(words), lang)
    return Alert(name, text, said.fields, said.cites)


@cache
def sentences() -> Mapping[str, Alert]:
    """Every alert by its id, its places still empty.

    Raises:
        InterviewError: the file cannot be read or holds mistakes.
    """
    problems: list[Problem] = []
    try:
        tree = read_marked(ALERTS.read_text(encoding="utf-8"))
    except YamlProblem as error:
        raise InterviewError([Problem(ALERTS.name, error.line, "", str(error))]) from error
    reader = Reader(ALERTS.name, problems)
    lists = reader.mapping(tree, "the file", ("alerts",), ("alerts",))
    read = [_sentence(entry, reader) for entry in reader.items(lists["alerts"], "'alerts'")] if lists else []
    if problems:
        raise InterviewError(sorted(problems))
    return {one.id: one for one in read}


def _sentence(node: Node, reader: Reader) -> Alert:
    needed = ("id", "fields", "text")
    parts = reader.mapping(node, "an alert", (*needed, "cites"), needed)
    if not parts.keys() >= set(needed):
        return Alert("", {})
    fields = tuple(reader.id(field, "'fields'") for field in reader.items(parts["fields"], "'fields'"))
    cites = reader.cites(parts["cites"]) if "cites" in parts else ()
    return Alert(reader.id(parts["id"], "'id'"), reader.texts(parts["text"], "'text'"), fields, cites)
