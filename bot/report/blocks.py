"""Headed lists of lines, as messages and as plain text, with their citations numbered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.messages import Part, Style, Table, flat
from bot.report.phrases import counted, phrase

Titles = Callable[[str], str]
"""A passage id to « article › section »."""

MAX_CHARS = 3500
"""Of one section, under Telegram's 4096 with room for what the dialogue adds."""


@dataclass(frozen=True)
class Line:
    """One thing said: its few words of title, its text, what decided it, and the passages that say so."""

    text: str
    title: str = ""
    detail: str = ""
    cites: tuple[str, ...] = ()
    bullet: bool = True
    cells: tuple[str, ...] = ()
    """The same as a row of a table, with those beside it that have cells too."""


@dataclass(frozen=True)
class Block:
    """Lines under a heading; no heading: they follow the block before."""

    heading: str
    lines: tuple[Line, ...]
    head: tuple[str, ...] = ()
    """What the cells of its lines are."""


def cited(blocks: Iterable[Block]) -> tuple[str, ...]:
    """The passages, in the order in which they are first cited."""
    return tuple(dict.fromkeys(passage for block in blocks for line in block.lines for passage in line.cites))


def parts(blocks: Sequence[Block], lang: str, titles: Titles) -> tuple[Part, ...]:
    """The blocks as a message, whole: bold headings, bullets, then the sources by number."""
    passages = cited(blocks)
    numbers = {passage: n for n, passage in enumerate(passages, 1)}
    said: list[Part] = []
    for block in blocks:
        gap = "\n\n" if said else ""
        if block.heading:
            said.append(Part(gap + block.heading, Style.BOLD))
            gap = "\n"
        for in_table, lines in groupby(block.lines, lambda line: bool(line.cells)):
            run: list[Part] = []
            rows = []
            for line in lines:
                run += _line(line, gap, numbers)
                rows.append(line.cells)
                gap = "\n"
            said += [Table.of(rows, run, block.head)] if in_table else run
    if passages:
        said.append(Part("\n\n" + phrase(lang, "sources_footer"), Style.BOLD))
        said.append(Part("".join(f"\n[{n}] {titles(passage)}" for passage, n in numbers.items()), Style.DETAIL))
    return tuple(said)


def _line(line: Line, gap: str, numbers: dict[str, int]) -> list[Part]:
    said = [Part(gap + ("• " if line.bullet else ""))]
    if line.title:
        said.append(Part(line.title, Style.BOLD))
    marks = " ".join(f"[{numbers[passage]}]" for passage in dict.fromkeys(line.cites))
    text = f"\n{line.text}" if line.title and line.text else line.text
    if text or marks:
        said.append(Part(f"{text} {marks}".rstrip() if marks else text))
    if line.detail:
        said.append(Part(f"\n{line.detail}", Style.ITALIC))
    return said


def fitted(blocks: Sequence[Block], lang: str, titles: Titles, limit: int = MAX_CHARS) -> tuple[Part, ...]:
    """The same within ``limit`` characters: the longest lists lose their last lines, and say how many."""
    kept = list(blocks)
    left_out = [0] * len(kept)
    while True:
        shown = [_with_rest(block, n, lang) for block, n in zip(kept, left_out, strict=True)]
        whole = parts(shown, lang, titles)
        if sum(len(part.text) for part in whole) <= limit:
            return whole
        longest = max(range(len(kept)), key=lambda n: _size(kept[n]))
        if len(kept[longest].lines) <= 1:
            return _cut(whole, limit)
        kept[longest] = replace(kept[longest], lines=kept[longest].lines[:-1])
        left_out[longest] += 1


def _size(block: Block) -> int:
    if len(block.lines) <= 1:
        return 0
    return sum(len(line.title) + len(line.text) + len(line.detail) for line in block.lines)


def _with_rest(block: Block, left_out: int, lang: str) -> Block:
    if not left_out:
        return block
    return replace(block, lines=(*block.lines, Line(counted(lang, "rest_in_document", left_out))))


def _cut(whole: Sequence[Part], limit: int) -> tuple[Part, ...]:
    """The last resort, for one line that alone is too long."""
    kept: list[Part] = []
    room = limit - 1
    for part in flat(whole):
        if len(part.text) > room:
            kept.append(replace(part, text=part.text[:room].rstrip() + "…"))
            break
        kept.append(part)
        room -= len(part.text)
    return tuple(kept)


def plain(said: Iterable[Part]) -> str:
    """The text without its styles."""
    return "".join(part.text for part in said)
