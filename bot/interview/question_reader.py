"""Reads questions and their options."""

from __future__ import annotations

from typing import Literal

from bot.interview.condition_reader import JOINING, read_value
from bot.interview.marked_yaml import Node
from bot.interview.model import NUMERIC, Kind, Option, Question
from bot.interview.reader import Reader, shown

NEEDED = ("id", "scope", "kind", "ask", "label", "why", "cites")
KEYS = (*NEEDED, "options", "examples", "unit", "low", "high", "ask_if", "open", "refines", "probes")
LONGEST_LABEL = 30
"""Characters of a button, so that it is read whole on a phone."""

_CHOSEN = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.BOOLEAN})


def read_question(node: Node, reader: Reader) -> Question | None:
    """The question without its ``ask_if``; None when something in it is wrong."""
    parts = reader.mapping(node, "the question", KEYS, NEEDED)
    kind = reader.one_of(parts["kind"], "kind", Kind) if "kind" in parts else None
    scope = reader.among(parts["scope"], "scope", ("company", "flow")) if "scope" in parts else ""
    field_id = reader.id(parts["id"], "'id'") if "id" in parts else ""
    if field_id in JOINING:
        reader.note(parts["id"].line, f"'{field_id}' cannot be an id: conditions use that word")
    options = _options(parts["options"], reader) if "options" in parts else ()
    low, high = (reader.number(parts[end], f"'{end}'") if end in parts else None for end in ("low", "high"))
    said = {key: reader.texts(parts[key], f"'{key}'") for key in ("ask", "label", "why", "unit") if key in parts}
    cites = reader.cites(parts["cites"]) if "cites" in parts else ()
    examples = reader.phrases(parts["examples"], "'examples'") if "examples" in parts else {}
    is_open, refines = (reader.flag(parts[key], f"'{key}'") if key in parts else False for key in ("open", "refines"))
    if kind is None or not scope:
        return None
    if low is not None and high is not None and low > high:
        reader.note(parts["low"].line, f"the bounds are the wrong way round: write low: {high:g}, high: {low:g}")
        return None
    _check_kind(node, kind, options, set(parts), reader)
    question = Question(
        id=field_id,
        scope=_scope(scope),
        kind=kind,
        ask=said.get("ask", {}),
        label=said.get("label", {}),
        why=said.get("why", {}),
        cites=cites,
        options=options,
        examples=examples,
        unit=said.get("unit", {}),
        low=low,
        high=high,
        open=is_open,
        refines=refines,
    )
    if "probes" not in parts:
        return None if reader.failed else question
    probes = tuple(read_value(probe, question, reader) for probe in reader.items(parts["probes"], "'probes'"))
    return None if reader.failed else Question(**{**vars(question), "probes": probes})


def _scope(name: str) -> Literal["company", "flow"]:
    return "company" if name == "company" else "flow"


def _check_kind(node: Node, kind: Kind, options: tuple[Option, ...], given: set[str], reader: Reader) -> None:
    """What one kind needs and another cannot have."""
    if kind in _CHOSEN and "options" not in given:
        reader.note(node.line, f"a question of kind '{kind}' lacks 'options:'")
    if kind not in _CHOSEN and "options" in given:
        reader.note(node.line, f"'options' suit the kinds boolean, choice and choices, not '{kind}'")
    if kind not in NUMERIC and (odd := given & {"low", "high", "unit"}):
        reader.note(node.line, f"'{min(odd)}' suits numbers only, and the kind is '{kind}'")
    if "open" in given and kind not in _CHOSEN - {Kind.BOOLEAN}:
        reader.note(node.line, f"'open' suits the kinds choice and choices, not '{kind}'")
    values = [option.value for option in options]
    if kind is Kind.BOOLEAN and "options" in given and (set(values) - {True, False} or len(values) != 2):
        reader.note(node.line, "a yes/no question has two options, with 'value: true' and 'value: false'")
    elif kind is not Kind.BOOLEAN and any(isinstance(value, bool) for value in values):
        reader.note(node.line, f"true and false are options of the kind boolean, not '{kind}'")


def _options(node: Node, reader: Reader) -> tuple[Option, ...]:
    options: list[Option] = []
    for entry in reader.items(node, "'options'"):
        parts = reader.mapping(entry, "an option", ("value", "label", "words"), ("value", "label"))
        if "value" not in parts or "label" not in parts:
            continue
        value = parts["value"].value
        if not isinstance(value, str | bool | int) or value == "":
            reader.note(
                parts["value"].line, f"an option's value is a word, true, false or a whole number: {shown(entry)}"
            )
            continue
        if any(value == option.value and type(value) is type(option.value) for option in options):
            reader.note(parts["value"].line, f"the option {shown(parts['value'])} stands twice: keep one")
        label = reader.texts(parts["label"], f"the label of {shown(parts['value'])}", LONGEST_LABEL)
        words = reader.phrases(parts["words"], "'words'") if "words" in parts else {}
        lowered = {lang: tuple(word.lower() for word in several) for lang, several in words.items()}
        options.append(Option(value, label, lowered))
    return tuple(options)
