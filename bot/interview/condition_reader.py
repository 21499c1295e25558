"""Reads conditions and answers out of an interview's files, against the questions that exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from bot.interview.marked_yaml import Node
from bot.interview.model import (
    NUMERIC,
    All,
    Any_,
    Condition,
    Example,
    Kind,
    Known,
    Named,
    Not,
    Option,
    Question,
    Test,
    Truth,
    Value,
)
from bot.interview.reader import Reader, mend, quoting, shown
from bot.interview.schedule import intervals

JOINING = ("all", "any", "not", "known", "check")
"""Keys of a condition that are not fields."""
MEMBERSHIP = ("in", "has")
BOUNDS = ("above", "below", "at_least", "at_most")
OPERATORS = ("is", *MEMBERSHIP, *BOUNDS)
LISTS = frozenset({Kind.CHOICES, Kind.LANGUAGES})

_NEVER = Known(())
"""Stands for a condition that could not be read; the interview is refused anyway."""


@dataclass(frozen=True)
class Fields:
    """What conditions may look at: answers and, in gates and advice, what was concluded from them."""

    questions: Mapping[str, Question]
    predicates: Collection[str] | None = None
    """The named predicates that exist; None: any name is taken."""
    unread: Collection[str] = ()
    """Questions that are there but wrong: told once, and not in every condition that looks at them."""
    complete: bool = True
    """False when others may be there, in a file that cannot be read: then no field is called unknown."""

    def with_conclusions(self, reasons: Collection[str]) -> Fields:
        """The same, with what is concluded; ``reasons`` are those of a partial verdict, none meaning any."""
        outcomes = ("in_house", "partial", "full", "not_ready")
        options: dict[str, tuple[Kind, Collection[str]]] = {
            "verdict": (Kind.CHOICE, outcomes),
            "target": (Kind.CHOICE, outcomes[:3]),
            "location": (Kind.CHOICE, ("onshore", "nearshore", "offshore", "none")),
            "push": (Kind.CHOICES, ("economic", "specialisation")),
            "extent": (Kind.CHOICES, sorted(reasons)),
        }
        concluded = {
            name: Question(name, "flow", kind, {}, {}, {}, (), tuple(Option(value, {}) for value in values))
            for name, (kind, values) in options.items()
        }
        return replace(self, questions={**concluded, **self.questions})


def read_condition(node: Node, fields: Fields, reader: Reader) -> Condition:
    """The condition; its mistakes are noted."""
    if not isinstance(node.value, dict):
        hint = ": put 'all:' or 'any:' before the list" if isinstance(node.value, list) else ""
        reader.note(node.line, f"a condition is written 'field: value', not {shown(node)}{hint}")
        return _NEVER
    if not node.value:
        reader.note(node.line, "the condition is empty: leave its key out if it always holds")
    parts = [part for key, value in node.value.items() for part in _part(key, value, node, fields, reader)]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _part(key: str, value: Node, parent: Node, fields: Fields, reader: Reader) -> list[Condition]:
    match key:
        case "all":
            return [All(_several(value, key, fields, reader))]
        case "any":
            return [Any_(_several(value, key, fields, reader))]
        case "not":
            return [Not(read_condition(value, fields, reader))]
        case "known":
            names = value.value if isinstance(value.value, list) else [value]
            for name in names:
                _field(name.value, name.line, fields, reader)
            return [Known(tuple(str(name.value) for name in names))]
        case "check":
            return [Named(_predicate(value, fields, reader))]
    question = _field(key, parent.key_lines[key], fields, reader)
    return _tests(key, question, value, reader) if question else []


def _several(node: Node, key: str, fields: Fields, reader: Reader) -> tuple[Condition, ...]:
    entries = reader.items(node, f"'{key}'")
    if isinstance(node.value, list) and not entries:
        reader.note(node.line, f"'{key}' is empty")
    return tuple(read_condition(entry, fields, reader) for entry in entries)


def _field(name: object, line: int, fields: Fields, reader: Reader) -> Question | None:
    question = fields.questions.get(name) if isinstance(name, str) else None
    if question is None and fields.complete and name not in fields.unread:
        reader.note(line, f"unknown field '{name}' in a condition{mend(str(name), (*fields.questions, *JOINING))}")
    return question


def _predicate(node: Node, fields: Fields, reader: Reader) -> str:
    if fields.predicates is None:
        return reader.text(node, "'check'")
    return reader.among(node, "predicate", fields.predicates)


def _tests(name: str, question: Question, node: Node, reader: Reader) -> list[Condition]:
    if not isinstance(node.value, dict):
        if isinstance(node.value, list):
            op = "has" if question.kind in LISTS else "in"
            reader.note(node.line, f"'{name}' is compared with a list: write {name}: {{{op}: […]}}")
            return []
        if question.kind in LISTS:
            reader.note(node.line, f"'{name}' is a list: write {name}: {{has: {node.value}}}")
            return []
        return [Test(name, "is", read_value(node, question, reader))]
    tests = reader.mapping(node, f"the condition on '{name}'", OPERATORS)
    if not node.value:
        reader.note(node.line, f"the condition on '{name}' is empty")
    return [Test(name, op, _operand(op, name, value, question, reader)) for op, value in tests.items()]  # type: ignore[arg-type]


def _operand(op: str, name: str, node: Node, question: Question, reader: Reader) -> Value:
    if op in BOUNDS:
        if question.kind not in NUMERIC and not all(
            type(o.value) is int for o in question.options or (Option("", {}),)
        ):
            reader.note(node.line, f"'{op}' compares numbers, and '{name}' is of kind '{question.kind}'")
            return 0
        return reader.number(node, f"'{op}' of '{name}'")
    if op == "is":
        return read_value(node, question, reader)
    if (op == "has") != (question.kind in LISTS):
        other = "has" if op == "in" else "in"
        reader.note(node.line, f"'{op}' does not suit '{name}', of kind '{question.kind}': write '{other}'")
        return ()
    entries = node.value if isinstance(node.value, list) else [node]
    if not entries:
        reader.note(node.line, f"'{op}' of '{name}' is an empty list")
    values = (_single(entry, question, reader) for entry in entries)
    return tuple(values)  # type: ignore[arg-type]  # an ``in`` over numbers holds numbers


def read_value(node: Node, question: Question, reader: Reader) -> Value:
    """An answer in its canonical form, see ``Kind``; what the question would refuse is noted."""
    if question.kind not in LISTS:
        return _single(node, question, reader)
    entries = reader.items(node, f"'{question.id}'")
    return tuple(str(_single(entry, question, reader)) for entry in entries)


def _single(node: Node, question: Question, reader: Reader) -> str | bool | int | float:
    name = question.id
    match question.kind:
        case Kind.BOOLEAN:
            return reader.flag(node, f"'{name}'")
        case Kind.CHOICE | Kind.CHOICES:
            return _option(node, question, reader)
        case Kind.TEXT:
            return reader.text(node, f"'{name}'")
        case Kind.LANGUAGES:
            code = reader.text(node, f"'{name}'")
            if code and not re.fullmatch("[a-z]{2}", code):
                reader.note(node.line, f"'{name}': '{code}' is no language code: write two letters, as in 'en'")
            return code
        case Kind.SCHEDULE:
            hours = reader.text(node, f"'{name}'")
            if hours and not _is_schedule(hours):
                wanted = "'24/7' or 'Mon-Fri 09:00-18:00, Sat 09:00-12:00'"
                reader.note(node.line, f"'{name}': '{hours}' is no schedule: write {wanted}")
            return hours
    number = reader.number(node, f"'{name}'")
    low, high = question.low, question.high
    if (low is not None and number < low) or (high is not None and number > high):
        reader.note(node.line, f"'{name}': {number:g} is outside of its bounds, {low} to {high}")
    return number


def _is_schedule(hours: str) -> bool:
    try:
        return bool(intervals(hours))
    except ValueError:
        return False


def _option(node: Node, question: Question, reader: Reader) -> str | bool | int:
    value = node.value
    if isinstance(value, str | bool | int):
        if not question.options or question.option(value):
            return value
        spelt = next((o.value for o in question.options if str(o.value).lower() == str(value).lower()), None)
        if spelt is not None and not isinstance(spelt, str):
            reader.note(node.line, f"'{question.id}': write {str(spelt).lower()} without quotes")
            return value
    names = [str(option.value) for option in question.options]
    hint = mend(str(value), names) if isinstance(value, str) else quoting(node) + mend("", names)
    reader.note(node.line, f"'{question.id}' has no option {shown(node)}{hint}")
    return ""


def read_examples(node: Node, fields: Fields, reader: Reader) -> tuple[Example, ...]:
    """The worked examples of a rule or gate."""
    examples = []
    for entry in reader.items(node, "'examples'"):
        parts = reader.mapping(entry, "an example", ("answers", "fires"), ("answers", "fires"))
        if len(parts) == 2:
            examples.append(Example(_answers(parts["answers"], fields, reader), _fires(parts["fires"], reader)))
    return tuple(examples)


def _answers(node: Node, fields: Fields, reader: Reader) -> dict[str, Value]:
    given = node.value if isinstance(node.value, dict) and not fields.complete else ()
    found = reader.mapping(node, "the answers of an example", (*fields.questions, *fields.unread, *given))
    return {
        name: read_value(value, fields.questions[name], reader)
        for name, value in found.items()
        if name in fields.questions
    }


def _fires(node: Node, reader: Reader) -> Truth:
    if isinstance(node.value, bool):
        return Truth.YES if node.value else Truth.NO
    if node.value != "unknown":
        reader.note(node.line, f"'fires' is true, false or unknown, not {shown(node)}")
    return Truth.UNKNOWN
