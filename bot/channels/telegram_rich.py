"""Parts -> Telegram's rich messages (Bot API 10.1): headings, lists, tables and folds, in its larger HTML.

The API accepts them for everyone, but an app of before June 2026, or Telegram Web then, shows that it cannot: they are
a person's own choice, and only for what gains from it. PTB 22.8 does not know them yet, hence ``do_api_request``.
https://core.telegram.org/bots/api#rich-message-formatting-options
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from telegram import Bot, InlineKeyboardMarkup, ReplyParameters
from telegram.error import BadRequest, EndPointNotFound

from bot.channels.telegram_html import clean
from bot.messages import Part, Style, Table

MAX_BLOCKS = 500
"""Paragraphs, headings, list items, table rows and what holds them, in one message."""

MAX_COLUMNS = 20

_BULLET = "• "
_BLOCK = re.compile(r"<(?:p|h4|ul|li|table|tr|blockquote|details)\b")
_TAGS = {Style.BOLD: "b", Style.ITALIC: "i"}

_Line = tuple[Part, ...]


class _Block(NamedTuple):
    """Lines that belong together: of a list, those of each item."""

    kind: str
    lines: list[list[_Line]]


class Rich:
    """Sends rich messages; whoever calls it falls back when they are refused."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self.known = True
        """Whether the server has not said that it knows no such thing."""

    async def post(
        self,
        document: str,
        chat_id: int,
        message_thread_id: int | None = None,
        reply_markup: InlineKeyboardMarkup | None = None,
        reply_parameters: ReplyParameters | None = None,
    ) -> None:
        """Sends a document.

        Raises:
            BadRequest: it is refused, or the server knows no rich messages.
        """
        where = {"message_thread_id": message_thread_id, "reply_parameters": reply_parameters}
        await self._call("sendRichMessage", document, chat_id, reply_markup, where)

    async def edit(self, document: str, chat_id: int, message_id: int, markup: InlineKeyboardMarkup | None) -> None:
        """Puts a document in the place of a message.

        Raises:
            BadRequest: as for ``post``; or it is there already.
        """
        # All in small letters: PTB has a method of the usual name, without this parameter, and would warn.
        await self._call("editmessagetext", document, chat_id, markup, {"message_id": message_id})

    async def _call(
        self, method: str, document: str, chat_id: int, markup: InlineKeyboardMarkup | None, where: dict[str, Any]
    ) -> None:
        message = {"html": document, "skip_entity_detection": True}
        said = {"chat_id": chat_id, "rich_message": message, "reply_markup": markup, **where}
        try:
            await self._bot.do_api_request(method, {name: value for name, value in said.items() if value is not None})
        except EndPointNotFound:
            self.known = False
            raise BadRequest("the server knows no rich messages") from None


def document(parts: Sequence[Part]) -> str | None:
    """The parts as rich HTML; None when nothing in them gains from it, or they are too much for one message."""
    if not any(isinstance(part, Table) or part.style is Style.DETAIL for part in parts):
        return None
    if any(len(row) > MAX_COLUMNS for part in parts if isinstance(part, Table) for row in part.rows):
        return None
    whole = "".join(_written(_folded(_blocks(parts))))
    return whole if len(_BLOCK.findall(whole)) <= MAX_BLOCKS else None


def _lines(parts: Sequence[Part]) -> Iterator[_Line]:
    """The parts line by line; a table is a line of its own, a blank line has none."""
    line: list[Part] = []
    for part in parts:
        if isinstance(part, Table):
            if any(each.text for each in line):
                yield tuple(line)
            yield (part,)
            line = []
            continue
        first, *others = clean(part.text).split("\n")
        line.append(Part(first, part.style))
        for text in others:
            yield _told(line)
            line = [Part(text, part.style)]
    yield _told(line)


def _told(line: Sequence[Part]) -> _Line:
    """The runs of a line that say something; of a blank one inside a quote, that it is there."""
    said = tuple(part for part in line if part.text.strip())
    return said or tuple(part for part in line if part.style in (Style.QUOTE, Style.DETAIL))[-1:]


def _kind(line: _Line, fresh: bool) -> str:
    styles = {part.style for part in line}
    if not line:
        return "blank"
    if isinstance(line[0], Table):
        return "table"
    if styles in ({Style.QUOTE}, {Style.DETAIL}):
        return str(line[0].style)
    if line[0].text.startswith(_BULLET):
        return "item"
    return "heading" if fresh and styles == {Style.BOLD} else "text"


def _blocks(parts: Sequence[Part]) -> list[_Block]:
    """The lines put together, blank ones between them gone."""
    blocks: list[_Block] = []
    fresh = True
    for line in _lines(parts):
        kind = _kind(line, fresh)
        last = None if fresh or not blocks else blocks[-1]
        fresh = kind == "blank"
        if fresh:
            continue
        if last and last.kind == "item" and kind == "text" and _goes_on(last.lines[-1], line):
            last.lines[-1].append(line)
        elif last and last.kind == kind and kind in ("item", "quote", "detail"):
            last.lines.append([line])
        else:
            blocks.append(_Block(kind, [[line]]))
    return blocks


def _goes_on(item: Sequence[_Line], line: _Line) -> bool:
    """Whether a line that follows an item of a list is a part of it: the text under its title, or a note."""
    said = [part for part in item[-1] if part.text.strip() != _BULLET.strip()]
    only_a_title = len(item) == 1 and bool(said) and all(part.style is Style.BOLD for part in said)
    return only_a_title or all(part.style is Style.ITALIC for part in line)


def _folded(blocks: Sequence[_Block]) -> Iterator[_Block]:
    """The blocks, each detail with the heading over it as its title."""
    for n, block in enumerate(blocks):
        follower = blocks[n + 1].kind if n + 1 < len(blocks) else ""
        if block.kind == "heading" and follower == "detail":
            continue
        if block.kind == "detail" and n and blocks[n - 1].kind == "heading":
            yield _Block("fold", [*blocks[n - 1].lines, *block.lines])
        else:
            yield block


def _written(blocks: Iterator[_Block]) -> Iterator[str]:
    for kind, lines in blocks:
        whole = [line for each in lines for line in each]
        match kind:
            case "heading":
                yield f"<h4>{_escaped(''.join(part.text for part in whole[0]))}</h4>"
            case "table":
                yield from (_table(part) for line in whole for part in line if isinstance(part, Table))
            case "item":
                yield "<ul>" + "".join(f"<li>{_item(item)}</li>" for item in lines) + "</ul>"
            case "quote":
                yield f"<blockquote>{_paragraphs(whole)}</blockquote>"
            case "fold":
                title, *rest = whole
                yield f"<details><summary>{_runs(title)}</summary>{_paragraphs(rest)}</details>"
            case _:
                yield _paragraphs(whole)


def _table(table: Table) -> str:
    if not any(table.rows):
        return ""
    rows = [f"<tr>{''.join(f'<th>{_escaped(cell)}</th>' for cell in table.head)}</tr>"] if table.head else []
    for name, *cells in table.rows:
        rows.append(f"<tr><th>{_escaped(name)}</th>{''.join(f'<td>{_escaped(cell)}</td>' for cell in cells)}</tr>")
    return f"<table bordered striped>{''.join(rows)}</table>"


def _item(lines: Sequence[_Line]) -> str:
    first = (Part(lines[0][0].text.removeprefix(_BULLET), lines[0][0].style), *lines[0][1:])
    said = [_runs(line) for line in (first, *lines[1:])]
    return said[0] if len(said) == 1 else "".join(f"<p>{line}</p>" for line in said)


def _paragraphs(lines: Sequence[_Line]) -> str:
    return "".join(f"<p>{said}</p>" for line in lines if (said := _runs(line)))


def _runs(line: _Line) -> str:
    marked = []
    for part in line:
        tag = _TAGS.get(part.style)
        text = _escaped(part.text)
        marked.append(f"<{tag}>{text}</{tag}>" if tag and text.strip() else text)
    return "".join(marked).strip(" \t\r")


def _escaped(text: str) -> str:
    """The text as it may stand in a line: a line break there is but a space to Telegram."""
    return html.escape(re.sub(r"[\t\r\n]+", " ", clean(text)), quote=False)
