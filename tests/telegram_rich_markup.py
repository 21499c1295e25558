"""The HTML of rich messages (Bot API 10.1), read into blocks: what the product needs of it, and nothing forgiven.

Markdown, media, formulas and buttons inside of messages are not spoken here. Where Telegram would show something else
than was meant (a line break in a text, which it takes for a space; text beside the cells of a table), it refuses.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from telegram_markup import REFERENCE, decoded
from telegram_requests import JSON, Refused

MAX_TEXT = 32_768  # characters
MAX_BLOCKS = 500
MAX_DEPTH = 16
MAX_COLUMNS = 20

_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<name>[a-z][a-z0-9-]*)(?P<attributes>(?:\s+[a-z-]+(?:=\"[^\"<>]*\")?)*)\s*>|[^<]+|<"
)
_INLINE = {
    **{"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "s": "strikethrough"},
    **{"code": "code", "mark": "marked", "sub": "subscript", "sup": "superscript", "tg-spoiler": "spoiler"},
}
_HEADINGS = {f"h{size}" for size in range(1, 7)}
_FLOW = {"p", *_HEADINGS, "ul", "ol", "blockquote", "details", "table", "footer", "hr"}
_INSIDE = {
    **dict.fromkeys(("", "li", "blockquote"), _FLOW),
    "details": {*_FLOW, "summary"},
    "ul": {"li"},
    "ol": {"li"},
    "table": {"caption", "tr"},
    "tr": {"th", "td"},
}
_NO_TEXT = {"ul", "ol", "table", "tr"}
_ATTRIBUTES = {"table": {"bordered", "striped"}, "details": {"open"}, "th": {"align"}, "td": {"align"}}
_COUNTED = {*_FLOW, "li", "tr"}


@dataclass
class _Node:
    """A tag and what is in it: other tags, and text."""

    name: str
    attributes: set[str]
    inside: "list[_Node | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(each if isinstance(each, str) else each.text for each in self.inside)

    def nodes(self, *names: str) -> "list[_Node]":
        return [each for each in self.inside if isinstance(each, _Node) and each.name in names]


def parse_rich(source: str) -> list[JSON]:
    """The blocks of a message as the Bot API writes them.

    Raises:
        Refused: it is not sound, says nothing, or is too much.
    """
    root = _tree(source)
    blocks = _blocks(root)
    if not plain_text(blocks).strip():
        raise Refused("RICH_MESSAGE_EMPTY")
    if len(root.text) > MAX_TEXT:
        _unsound("the text is too long")
    return blocks


def plain_text(blocks: list[JSON]) -> str:
    """The text line by line; the cells of a row are in one, with bars between."""
    return "\n".join(_plain(blocks))


def _tree(source: str) -> _Node:
    path = [_Node("", set())]
    count = 0
    for token in _TOKEN.finditer(source):
        name = token["name"]
        if token[0] == "<":
            _unsound(f"unexpected < at {token.start()}")
        elif name is None:
            path[-1].inside.append(_text(token[0], path[-1]))
        elif token["end"]:
            if path[-1].name != name:
                _unsound(f"unexpected end tag {name} in {path[-1].name or 'the message'}")
            path.pop()
        else:
            _check_place(name, path)
            node = _Node(name, set(re.findall(r"[a-z-]+(?==|\s|$)", token["attributes"] or "")))
            if unknown := node.attributes - _ATTRIBUTES.get(name, set()):
                _unsound(f"unsupported attributes {sorted(unknown)} of {name}")
            path[-1].inside.append(node)
            count += name in _COUNTED
            if name != "hr":
                path.append(node)
            if len(path) > MAX_DEPTH or count > MAX_BLOCKS:
                _unsound("too many blocks, or too deep")
    if len(path) > 1:
        _unsound(f"no end tag of {path[-1].name}")
    return path[0]


def _check_place(name: str, path: list[_Node]) -> None:
    outer = path[-1].name
    if name in _INLINE:
        if outer in _NO_TEXT:
            _unsound(f"{name} in {outer}")
    elif name not in {each for inside in _INSIDE.values() for each in inside}:
        _unsound(f"unsupported start tag {name}")
    elif name not in _INSIDE.get(outer, set()):
        _unsound(f"{name} in {outer or 'the message'}")
    if name == "summary" and path[-1].inside:
        _unsound("a summary that is not the first of its details")


def _text(raw: str, outer: _Node) -> str:
    if re.search(r"[\r\n]", raw):
        _unsound("a line break, which is but a space")
    if outer.name in _NO_TEXT and raw.strip():
        _unsound(f"text in {outer.name}")
    if "&" in REFERENCE.sub("", raw):
        _unsound("unescaped &")
    return REFERENCE.sub(decoded, raw)


def _blocks(node: _Node) -> list[JSON]:
    """What is in a node; text of its own is a paragraph."""
    blocks: list[JSON] = []
    run: list[_Node | str] = []
    for each in [*node.inside, _Node("hr", set())]:
        if isinstance(each, str) or each.name in _INLINE:
            run.append(each)
            continue
        if any(isinstance(part, _Node) or part.strip() for part in run):
            blocks.append({"type": "paragraph", "text": _rich_text(run)})
        run = []
        if each.name != "summary":
            blocks.append(_block(each))
    return blocks[:-1]


def _block(node: _Node) -> JSON:
    match node.name:
        case "p":
            return {"type": "paragraph", "text": _rich_text(node.inside)}
        case "footer":
            return {"type": "footer", "text": _rich_text(node.inside)}
        case "ul" | "ol":
            items = [{"label": "•" if node.name == "ul" else f"{n}.", "blocks": _blocks(item)}
                     for n, item in enumerate(node.nodes("li"), 1)]  # fmt: skip
            return {"type": "list", "items": items}
        case "blockquote":
            return {"type": "blockquote", "blocks": _blocks(node)}
        case "details":
            if not (summary := node.nodes("summary")) or not summary[0].text.strip():
                _unsound("details without a summary")
            opened = {"is_open": True} if "open" in node.attributes else {}
            return {"type": "details", "summary": _rich_text(summary[0].inside), "blocks": _blocks(node), **opened}
        case "table":
            return _table(node)
        case "hr":
            return {"type": "divider"}
    return {"type": "heading", "size": int(node.name[1]), "text": _rich_text(node.inside)}


def _table(node: _Node) -> JSON:
    rows = [row.nodes("th", "td") for row in node.nodes("tr")]
    if not rows or max(map(len, rows)) > MAX_COLUMNS or len(set(map(len, rows))) > 1:
        _unsound("a table without rows, with rows of several lengths, or too wide")
    looks = {f"is_{name}": True for name in sorted(node.attributes)}
    return {"type": "table", "cells": [[_cell(cell) for cell in row] for row in rows], **looks}


def _cell(node: _Node) -> JSON:
    header = {"is_header": True} if node.name == "th" else {}
    return {"text": _rich_text(node.inside), "align": "left", "valign": "top", **header}


def _rich_text(inside: "list[_Node | str]") -> Any:
    """A string, an object of a style, or an array of these."""
    said = [e if isinstance(e, str) else {"type": _INLINE[e.name], "text": _rich_text(e.inside)} for e in inside]
    return said[0] if len(said) == 1 else said or ""


def _plain(blocks: list[JSON]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        match block["type"]:
            case "list":
                for item in block["items"]:
                    first, *rest = _plain(item["blocks"]) or [""]
                    lines += [f"{item['label']} {first}", *rest]
            case "table":
                lines += [" | ".join(_words(cell["text"]) for cell in row) for row in block["cells"]]
            case "details":
                lines += [_words(block["summary"]), *_plain(block["blocks"])]
            case "blockquote":
                lines += _plain(block["blocks"])
            case "divider":
                pass
            case _:
                lines.append(_words(block["text"]))
    return lines


def _words(text: Any) -> str:
    if isinstance(text, list):
        return "".join(map(_words, text))
    return text if isinstance(text, str) else _words(text["text"])


def _unsound(reason: str) -> NoReturn:
    raise Refused(f"can't parse rich message: {reason}")
