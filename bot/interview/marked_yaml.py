"""YAML read into plain data that remembers its lines. Safe: no tags, no cycles, no duplicate keys, bounded in size.

Words are words: only ``true`` and ``false`` are yes/no values, so that an answer ``no`` and an hour ``09:30`` stay as
they are written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from index.safe_yaml import LOADER

MAX_CHARS = 1_000_000
MAX_DEPTH = 30
MAX_NODES = 100_000

Scalar = str | bool | int | float | None

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?[0-9][0-9_]*\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}


class YamlProblem(Exception):
    """The text cannot be read; ``line`` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


@dataclass(eq=False)
class Node:
    """A value and the line on which it starts."""

    value: Scalar | list[Node] | dict[str, Node]
    line: int
    key_lines: dict[str, int] = field(default_factory=dict)
    """Of a mapping: the line of each key."""
    size: int = 1
    """How many values it holds, itself included, aliases written out."""

    @property
    def scalar(self) -> Scalar:
        """The value when it is neither a list nor a mapping, else None."""
        return None if isinstance(self.value, list | dict) else self.value


def read_marked(text: str) -> Node:
    """Read one YAML document; an empty one is a null.

    Raises:
        YamlProblem: the text is malformed, too large, too deep, cyclic, tagged, or repeats a key.
    """
    if len(text) > MAX_CHARS:
        raise YamlProblem(0, f"longer than {MAX_CHARS:,} characters: cut it into several files")
    if odd := yaml.reader.Reader.NON_PRINTABLE.search(text):
        raise YamlProblem(text.count("\n", 0, odd.start()) + 1, f"the character {odd.group()!a} does not belong here")
    try:
        events = yaml.parse(text, Loader=LOADER)
        return _Builder().build(events)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = ", ".join(part for part in (error.context, error.problem) if part)
        raise YamlProblem(mark.line + 1 if mark else 0, f"not valid YAML: {what}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise YamlProblem(0, f"not valid YAML: {' '.join(str(error).split())}") from error


@dataclass
class _Open:
    """A list or mapping being filled."""

    node: Node
    anchor: str | None
    key: tuple[str, int] | None = None
    merged: list[Node] = field(default_factory=list)


class _Builder:
    """Builds nodes from parser events, without recursion: depth cannot exhaust the stack."""

    def __init__(self) -> None:
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._root: Node | None = None

    def build(self, events: Iterator[Any]) -> Node:
        for event in events:
            line = event.start_mark.line + 1
            if getattr(event, "tag", None) is not None:
                raise YamlProblem(line, f"the tag '{event.tag}' is not allowed here: write the plain value")
            match event:
                case yaml.DocumentStartEvent() if self._root is not None:
                    raise YamlProblem(line, "a second document starts here: keep one a file, without '---' between")
                case yaml.ScalarEvent():
                    plain = event.implicit[0]
                    self._anchored(event.anchor, node := Node(_scalar(event.value) if plain else event.value, line))
                    self._add(node)
                case yaml.AliasEvent():
                    self._add(self._alias(str(event.anchor), line))
                case yaml.SequenceStartEvent():
                    self._start(Node([], line), event.anchor)
                case yaml.MappingStartEvent():
                    self._start(Node({}, line), event.anchor)
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    self._end()
        return self._root or Node(None, 1)

    def _start(self, node: Node, anchor: str | None) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise YamlProblem(node.line, f"more than {MAX_DEPTH} levels deep")
        if anchor:
            self._anchors[anchor] = None
        self._stack.append(_Open(node, anchor))

    def _end(self) -> None:
        done = self._stack.pop()
        for source in done.merged:
            assert isinstance(done.node.value, dict)
            assert isinstance(source.value, dict)
            for key, value in source.value.items():
                if key not in done.node.value:
                    _put(done.node, key, value, done.node.line)
        self._anchored(done.anchor, done.node)
        self._add(done.node)

    def _anchored(self, anchor: str | None, node: Node) -> None:
        if anchor:
            self._anchors[anchor] = node

    def _alias(self, anchor: str, line: int) -> Node:
        if anchor not in self._anchors:
            raise YamlProblem(line, f"'*{anchor}' stands for nothing: '&{anchor}' is not above")
        if (node := self._anchors[anchor]) is None:
            raise YamlProblem(line, f"'*{anchor}' stands inside of itself")
        return node

    def _add(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        if isinstance(parent.node.value, list):
            parent.node.value.append(node)
            _grow(parent.node, node.size)
        elif parent.key is None:
            parent.key = (self._key(parent.node, node), node.line)
        else:
            key, line = parent.key
            parent.key = None
            if key == "<<":
                parent.merged.extend(self._sources(node))
            else:
                _put(parent.node, key, node, line)

    def _key(self, parent: Node, node: Node) -> str:
        if not isinstance(node.value, str):
            raise YamlProblem(node.line, f"a key must be a word: put it in quotes ({node.scalar!r})")
        if node.value in parent.key_lines:
            first = parent.key_lines[node.value]
            raise YamlProblem(node.line, f"the key '{node.value}' stands twice, first on line {first}: keep one")
        return node.value

    def _sources(self, node: Node) -> list[Node]:
        sources = node.value if isinstance(node.value, list) else [node]
        if any(not isinstance(source.value, dict) for source in sources):
            raise YamlProblem(node.line, "'<<' takes a mapping: '<<: *name', where '&name' marks a mapping above")
        return sources


def _put(parent: Node, key: str, node: Node, line: int) -> None:
    assert isinstance(parent.value, dict)
    parent.value[key] = node
    parent.key_lines[key] = line
    _grow(parent, node.size)


def _grow(node: Node, by: int) -> None:
    node.size += by
    if node.size > MAX_NODES:
        raise YamlProblem(node.line, f"holds more than {MAX_NODES:,} values")


def _scalar(text: str) -> Scalar:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INT.fullmatch(text) and len(text) < 20:
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
