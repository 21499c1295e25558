"""Reads rules, gates and advice: what is concluded from the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.interview.condition_reader import Fields, read_condition, read_examples
from bot.interview.marked_yaml import Node
from bot.interview.model import Advice, Chapter, Condition, Gate, Raise, Rule, Stage
from bot.interview.reader import Reader

RULE = ("id", "stage", "title", "when", "then", "because", "cites", "examples")
GATE_NEEDED = ("id", "title", "opens", "weight", "action", "because", "cites", "examples")
GATE = (*GATE_NEEDED, "partly", "applies", "weeks")
ADVICE_NEEDED = ("id", "chapter", "title", "text")
ADVICE = (*ADVICE_NEEDED, "cites", "when", "assumed", "raises", "weeks")

PLACES = ("onshore", "nearshore", "offshore")
EFFECTS: Mapping[Stage, tuple[str, ...]] = {
    Stage.KEEP: ("verdict",),
    Stage.PUSH: ("push",),
    Stage.CAP: ("at_most", "reason"),
    Stage.CONSTRAINT: ("exclude",),
    Stage.LOCATION: ("prefer", "weight"),
    Stage.NOTE: ("direction",),
}
"""What ``then`` holds, by stage."""
OPTIONAL_EFFECTS: Mapping[Stage, tuple[str, ...]] = {
    Stage.PUSH: ("partial",),
    Stage.CAP: ("unknown_counts",),
    Stage.CONSTRAINT: ("unknown_counts",),
}
"""What ``then`` may hold besides."""
_WORDS: Mapping[str, tuple[str, ...]] = {
    "verdict": ("in_house",),
    "push": ("economic", "specialisation"),
    "at_most": ("partial",),
    "prefer": PLACES,
    "direction": ("caution", "prepare", "in_house", "outsource"),
}


def read_rule(node: Node, fields: Fields, reader: Reader) -> Rule | None:
    """The rule; None when something in it is wrong."""
    parts = reader.mapping(node, "the rule", RULE, RULE)
    stage = reader.one_of(parts["stage"], "stage", Stage) if "stage" in parts else None
    when = _condition(parts, "when", fields, reader)
    effect = _effect(parts["then"], stage, reader) if stage and "then" in parts else {}
    said = _said(parts, ("title", "because"), reader)
    examples = read_examples(parts["examples"], fields, reader) if "examples" in parts else ()
    cites = _sourced(node, parts, reader)
    name = reader.id(parts["id"], "'id'") if "id" in parts else ""
    if reader.failed or stage is None or when is None:
        return None
    return Rule(name, stage, when, effect, said["because"], cites, examples, said["title"])


def read_gate(node: Node, fields: Fields, reader: Reader) -> Gate | None:
    """The gate; None when something in it is wrong."""
    parts = reader.mapping(node, "the gate", GATE, GATE_NEEDED)
    opens, partly, applies = (_condition(parts, key, fields, reader) for key in ("opens", "partly", "applies"))
    weight = reader.number(parts["weight"], "'weight'", low=0) if "weight" in parts else 0
    weeks = reader.weeks(parts["weeks"]) if "weeks" in parts else None
    said = _said(parts, ("title", "action", "because"), reader)
    examples = read_examples(parts["examples"], fields, reader) if "examples" in parts else ()
    cites = _sourced(node, parts, reader)
    name = reader.id(parts["id"], "'id'") if "id" in parts else ""
    if reader.failed or opens is None:
        return None
    action, because = said["action"], said["because"]
    return Gate(name, said["title"], opens, partly, applies, weight, action, weeks, because, cites, examples)


def read_advice(node: Node, fields: Fields, reader: Reader) -> Advice | None:
    """The line of advice; None when something in it is wrong."""
    parts = reader.mapping(node, "the advice", ADVICE, ADVICE_NEEDED)
    chapter = reader.one_of(parts["chapter"], "chapter", Chapter) if "chapter" in parts else None
    when = _condition(parts, "when", fields, reader)
    said = _said(parts, ("title", "text"), reader)
    assumed = reader.flag(parts["assumed"], "'assumed'") if "assumed" in parts else False
    cites = reader.cites(parts["cites"]) if "cites" in parts else ()
    if not cites and not assumed and chapter is not Chapter.WARNING:
        reader.note(node.line, "the advice cites no passage: add 'cites:', or 'assumed: true' if it is your own")
    raises = _raises(parts["raises"], fields, reader) if "raises" in parts else ()
    weeks = reader.weeks(parts["weeks"]) if "weeks" in parts else None
    name = reader.id(parts["id"], "'id'") if "id" in parts else ""
    if reader.failed or chapter is None:
        return None
    return Advice(name, chapter, said["title"], said["text"], cites, when, assumed, raises, weeks)


def _condition(parts: Mapping[str, Node], key: str, fields: Fields, reader: Reader) -> Condition | None:
    return read_condition(parts[key], fields, reader) if key in parts else None


def _said(parts: Mapping[str, Node], keys: tuple[str, ...], reader: Reader) -> dict[str, dict[str, str]]:
    return {key: reader.texts(parts[key], f"'{key}'") for key in keys if key in parts}


def _sourced(node: Node, parts: Mapping[str, Node], reader: Reader) -> tuple[str, ...]:
    """The passages cited, of which there must be one."""
    if "cites" not in parts:
        return ()
    if not (cites := reader.cites(parts["cites"])):
        reader.note(node.line, "'cites' names no passage of the corpus: write article#section")
    return cites


def _effect(node: Node, stage: Stage, reader: Reader) -> dict[str, Any]:
    needed = EFFECTS[stage]
    known = (*needed, *OPTIONAL_EFFECTS.get(stage, ()))
    effect: dict[str, Any] = {}
    for key, value in reader.mapping(node, f"'then' at the stage '{stage}'", known, needed).items():
        match key:
            case "weight":
                effect[key] = reader.number(value, "'weight'")
                if effect[key] <= 0:
                    reader.note(value.line, "'weight' must be above 0")
            case "exclude":
                effect[key] = tuple(reader.among(place, "place", PLACES) for place in reader.items(value, "'exclude'"))
            case "unknown_counts":
                effect[key] = reader.flag(value, "'unknown_counts'")
            case _ if key in _WORDS:
                effect[key] = reader.among(value, key, _WORDS[key])
            case _:
                effect[key] = reader.id(value, f"'{key}'")
    return effect


def _raises(node: Node, fields: Fields, reader: Reader) -> tuple[Raise, ...]:
    raises = []
    keys = ("when", "by", "why")
    for entry in reader.items(node, "'raises'"):
        parts = reader.mapping(entry, "what raises the risk", keys, keys)
        if len(parts) < len(keys):
            continue
        when = read_condition(parts["when"], fields, reader)
        by = reader.number(parts["by"], "'by'", low=1)
        if by != int(by):
            reader.note(parts["by"].line, f"'by' is a whole number of levels, not {by}")
        raises.append(Raise(when, int(by), reader.texts(parts["why"], "'why'")))
    return tuple(raises)
