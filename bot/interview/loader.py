"""Reads an interview from the YAML files of its folder. Every mistake is told at once: file, line, id, likely mend."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

from bot.interview.condition_reader import JOINING, Fields, read_condition
from bot.interview.conditions import fields_of
from bot.interview.errors import InterviewError, Problem
from bot.interview.marked_yaml import MAX_CHARS, Node, YamlProblem, read_marked
from bot.interview.model import Interview, Question, Rule
from bot.interview.question_reader import read_question
from bot.interview.reader import Reader, is_id, mend, shown
from bot.interview.rule_reader import read_advice, read_gate, read_rule

MAIN = "interview.yaml"
ASSUMPTIONS = "assumptions.yaml"
"""The figures that stand in for missing ones: read by the advice, see ``bot.advice``."""
LISTS = ("questions", "rules", "gates", "advice")

SHIPPED = Path(__file__).parents[1] / "interviews"


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Identified)


@dataclass(frozen=True)
class _Item:
    """One entry of a list, and how to tell what is wrong with it."""

    node: Node
    reader: Reader


@cache
def shipped_interview() -> Interview:
    """The interview that the assistant conducts.

    Raises:
        InterviewError: its files hold mistakes.
    """
    return load_interview(SHIPPED)


def load_interview(folder: Path, predicates: Collection[str] | None = None) -> Interview:
    """Read every ``*.yaml`` of the folder as one interview.

    Items stand in the order of the files: ``interview.yaml``, those that its ``order:`` names, the others by name.

    Args:
        folder: Holds ``interview.yaml``, with ``id:`` and ``version:``.
        predicates: The names that ``check:`` may use; None: any.

    Raises:
        InterviewError: a file cannot be read or holds mistakes; the message tells all of them.
    """
    problems: list[Problem] = []
    trees = _read(folder, problems)
    name, version, order = _identity(trees.get(MAIN), trees, problems)
    listed = [MAIN, *order, *sorted(trees)]
    items = _items({file: trees[file] for file in listed if file in trees}, problems)

    files_read = not problems
    read = [(item, read_question(item.node, item.reader)) for item in items["questions"]]
    unread = {item.reader.item for item, question in read if question is None}
    complete = files_read and all(is_id(name) and name not in JOINING for name in unread)
    fields = Fields({question.id: question for _, question in read if question}, predicates, unread, complete)
    questions = [_with_ask_if(question, item, fields) for item, question in read if question]
    rules = _each(items["rules"], lambda item: read_rule(item.node, fields, item.reader))
    whole = len(rules) == len(items["rules"])
    fields = fields.with_conclusions(_reasons(rules) if whole else ())
    gates = _each(items["gates"], lambda item: read_gate(item.node, fields, item.reader))
    advice = _each(items["advice"], lambda item: read_advice(item.node, fields, item.reader))
    if problems:
        raise InterviewError(sorted(problems))
    return Interview(name, version, tuple(questions), tuple(rules), tuple(gates), tuple(advice))


def _read(folder: Path, problems: list[Problem]) -> dict[str, Node]:
    """The files by name; those that cannot be read are noted."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".yaml" and not path.name.startswith("."))
    except OSError as error:
        raise InterviewError([Problem(str(folder), 0, "", f"cannot be listed: {error.strerror}")]) from error
    trees: dict[str, Node] = {}
    for path in paths:
        try:
            if path.stat().st_size > 4 * MAX_CHARS:
                raise YamlProblem(0, f"longer than {MAX_CHARS:,} characters: cut it into several files")
            tree = read_marked(path.read_text(encoding="utf-8-sig"))
        except YamlProblem as error:
            problems.append(Problem(path.name, error.line, "", str(error)))
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            problems.append(Problem(path.name, line, "", "is not UTF-8 text: save it with that encoding"))
        except OSError as error:
            problems.append(Problem(path.name, 0, "", f"cannot be read: {error.strerror}"))
        else:
            if not (path.name == ASSUMPTIONS and isinstance(tree.value, dict) and list(tree.value) == ["assumptions"]):
                trees[path.name] = tree
    if not any(path.name == MAIN for path in paths):
        problems.append(Problem(str(folder), 0, "", f"{MAIN} is missing: write 'id:', 'version:' and 'order:' in it"))
    return trees


def _identity(node: Node | None, files: Collection[str], problems: list[Problem]) -> tuple[str, int, list[str]]:
    """The id, version and order that ``interview.yaml`` gives."""
    if node is None or not isinstance(node.value, dict):
        return "", 0, []
    reader = Reader(MAIN, problems)
    parts = reader.mapping(node, MAIN, ("id", "version", "order", *LISTS), ("id", "version"))
    name = reader.id(parts["id"], "'id'") if "id" in parts else ""
    version = parts["version"].value if "version" in parts else 0
    if isinstance(version, bool) or not isinstance(version, int):
        reader.note(parts["version"].line, f"'version' is a whole number, not {shown(parts['version'])}")
        version = 0
    order = []
    for entry in reader.items(parts["order"], "'order'") if "order" in parts else []:
        if not isinstance(entry.value, str) or entry.value not in files:
            known = {problem.file for problem in problems}
            if entry.value not in known:
                reader.note(entry.line, f"'order' names no file: {shown(entry)}{mend(str(entry.value), files)}")
        elif entry.value in order:
            reader.note(entry.line, f"'order' names {shown(entry)} twice")
        else:
            order.append(entry.value)
    return name, version, order


def _items(trees: Mapping[str, Node], problems: list[Problem]) -> dict[str, list[_Item]]:
    """The entries of each list over all files, in order."""
    items: dict[str, list[_Item]] = {name: [] for name in LISTS}
    seen: dict[tuple[str, str], str] = {}
    for file, tree in trees.items():
        reader = Reader(file, problems)
        if file == MAIN and isinstance(tree.value, dict):
            lists = {name: node for name, node in tree.value.items() if name in LISTS}
        else:
            lists = reader.mapping(tree, "the file", LISTS)
        for name, node in lists.items():
            for entry in reader.items(node, f"'{name}'"):
                item = _Item(entry, reader.of_item(_id(entry)))
                place = f"{file}:{entry.line}"
                if item.reader.item and (first := seen.setdefault((name, item.reader.item), place)) != place:
                    item.reader.note(entry.line, f"the id stands twice in '{name}', first at {first}: rename one")
                items[name].append(item)
    return items


def _id(node: Node) -> str:
    found = node.value.get("id") if isinstance(node.value, dict) else None
    return found.value if found and isinstance(found.value, str) else ""


def _each(items: list[_Item], read: Callable[[_Item], T | None]) -> list[T]:
    return [found for item in items if (found := read(item)) is not None]


def _with_ask_if(question: Question, item: _Item, fields: Fields) -> Question:
    """The question with the condition under which it is asked."""
    node = item.node.value.get("ask_if") if isinstance(item.node.value, dict) else None
    if node is None:
        return question
    condition = read_condition(node, fields, item.reader)
    looked_at = {name: fields.questions[name].scope for name in fields_of(condition) if name in fields.questions}
    if question.id in looked_at:
        item.reader.note(node.line, "'ask_if' looks at the question's own answer")
    for name, scope in sorted(looked_at.items()):
        if (question.scope, scope) == ("company", "flow"):
            item.reader.note(node.line, f"a company question cannot depend on a flow's answer, '{name}'")
    return replace(question, ask_if=condition)


def _reasons(rules: list[Rule]) -> set[str]:
    """Why a part of a flow may go out: what ``extent`` holds."""
    return {str(rule.then[key]) for rule in rules for key in ("reason", "partial") if key in rule.then}
