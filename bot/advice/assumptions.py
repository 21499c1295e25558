"""The figures that stand in for missing answers, and the items of a cost: read once from their YAML files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.advice.model import Assumption, Range
from bot.interview.errors import InterviewError, Problem
from bot.interview.marked_yaml import Node, YamlProblem, read_marked
from bot.interview.model import Texts
from bot.interview.reader import Reader

ASSUMPTIONS = Path(__file__).parents[1] / "interviews" / "assumptions.yaml"
COST_LINES = Path(__file__).parent / "cost_lines.yaml"


@dataclass(frozen=True)
class Item:
    """One item of a cost, or an answer, without its amount."""

    id: str
    label: Texts
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Items:
    """The items of each table, in the order in which they are shown."""

    internal: tuple[Item, ...]
    external: tuple[Item, ...]
    once: tuple[Item, ...]
    answers: Mapping[str, Item]
    """Answers that no assumption stands in for, by field id."""


@cache
def assumptions() -> Mapping[str, Assumption]:
    """The shipped assumptions by id.

    Raises:
        InterviewError: the file holds mistakes.
    """
    return read_assumptions(ASSUMPTIONS)


@cache
def cost_items() -> Items:
    """The shipped items of a cost.

    Raises:
        InterviewError: the file holds mistakes.
    """
    problems: list[Problem] = []
    reader = Reader(COST_LINES.name, problems)
    tables = ("internal", "external", "once", "answers")
    lists = reader.mapping(_tree(COST_LINES), "the file", tables, tables)
    read = {name: _items(node, name, reader) for name, node in lists.items()}
    if problems:
        raise InterviewError(sorted(problems))
    answers = {item.id: item for item in read["answers"]}
    return Items(read["internal"], read["external"], read["once"], answers)


def read_assumptions(path: Path) -> Mapping[str, Assumption]:
    """The assumptions of a file by id.

    Raises:
        InterviewError: the file cannot be read or holds mistakes; the message tells all of them.
    """
    problems: list[Problem] = []
    reader = Reader(path.name, problems)
    lists = reader.mapping(_tree(path), "the file", ("assumptions",), ("assumptions",))
    read: dict[str, Assumption] = {}
    for node in reader.items(lists["assumptions"], "'assumptions'") if lists else ():
        one = reader.of_item(_name(node))
        assumption = _assumption(node, one)
        if assumption and assumption.id in read:
            one.note(node.line, "the id stands twice: rename one")
        elif assumption:
            read[assumption.id] = assumption
    if problems:
        raise InterviewError(sorted(problems))
    return read


def _assumption(node: Node, reader: Reader) -> Assumption | None:
    needed = ("id", "label", "low", "central", "high", "unit")
    parts = reader.mapping(node, "an assumption", (*needed, "field"), needed)
    if reader.failed:
        return None
    low, central, high = (reader.number(parts[end], f"'{end}'") for end in ("low", "central", "high"))
    if not low <= central <= high or low == high:
        reader.note(node.line, f"a range goes up, from low to high: {low:g}, {central:g}, {high:g}")
    name, label, unit = (
        reader.id(parts["id"], "'id'"),
        reader.texts(parts["label"], "'label'"),
        reader.texts(parts["unit"], "'unit'"),
    )
    field = reader.id(parts["field"], "'field'") if "field" in parts else None
    return None if reader.failed else Assumption(name, label, Range(low, central, high), unit, field)


def _items(node: Node, name: str, reader: Reader) -> tuple[Item, ...]:
    read = []
    for entry in reader.items(node, f"'{name}'"):
        one = reader.of_item(_name(entry))
        parts = one.mapping(entry, "an item", ("id", "label", "cites"), ("id", "label"))
        cites = tuple(
            one.text(cite, "'cites'") for cite in (one.items(parts["cites"], "'cites'") if "cites" in parts else ())
        )
        if not one.failed:
            read.append(Item(one.id(parts["id"], "'id'"), one.texts(parts["label"], "'label'"), cites))
    return tuple(read)


def _name(node: Node) -> str:
    found = node.value.get("id") if isinstance(node.value, dict) else None
    return str(found.value) if found else ""


def _tree(path: Path) -> Node:
    try:
        return read_marked(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InterviewError([Problem(path.name, 0, "", f"cannot be read: {error}")]) from error
    except YamlProblem as error:
        raise InterviewError([Problem(path.name, error.line, "", str(error))]) from error
