"""Parts of a reply -> messages that Telegram accepts: safe HTML, none longer than a message may be."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence

from telegram.constants import MessageLimit

from bot.messages import Part, Style, flat

LIMIT: int = MessageLimit.MAX_TEXT_LENGTH.value
"""The longest message, in UTF-16 units of its plain text."""

LONG = 300
"""A quote, or a detail, of more characters than this is folded."""

# Never a no-break space, which French puts before "?" and ":".
_SPACES = " \t\r\n"
_PARAGRAPH = re.compile(r"(?=[ \t\r]*\n[ \t\r]*\n)")
_LINE = re.compile(r"(?=\n)")
_SENTENCE = re.compile(r"(?<=[.!?…])(?:[\u00a0\u202f]?[»”\")\]])?(?=[ \t\r\n])")
_WORD = re.compile(r"(?=[ \t\r\n])")
_CUTS = (_PARAGRAPH, _LINE, _SENTENCE, _WORD)
_FARTHEST_LOOK = 16
_LONGEST_CLUSTER = 64

_Spans = Sequence[tuple[int, int]]
"""Where the styled runs of a text begin and end, as indices of characters."""


def units(text: str) -> int:
    """The length of a text as Telegram counts it: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """The text with each lone surrogate, which cannot be sent nor stored, replaced by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def render(parts: Sequence[Part]) -> str:
    """The parts as Telegram's HTML, everything in them escaped."""
    return "".join(map(_rendered, parts))


def split(parts: Sequence[Part], limit: int = LIMIT) -> list[tuple[Part, ...]]:
    """The parts of each message to send: none blank, none over ``limit`` units, all there but white space at the cuts.

    Cuts between paragraphs, else lines, else sentences, else words, rather outside a styled run than inside one,
    and never inside a character (hence a ``limit`` of at least 2).
    """
    whole = [Part(clean(part.text), part.style) for part in flat(parts) if part.text]
    plain = "".join(part.text for part in whole)
    spans = _styled_spans(whole)
    pieces = []
    start = _next_start(plain, 0)
    while start < len(plain):
        end = _cut(plain, start, limit, spans)
        piece = tuple(_between(whole, start, start + len(plain[start:end].rstrip(_SPACES))))
        if "".join(part.text for part in piece).strip():
            pieces.append(piece)
        start = _next_start(plain, end)
    return pieces


def _rendered(part: Part) -> str:
    text = html.escape(part.text, quote=False)
    core = text.strip()
    if part.style is Style.PLAIN or not core:
        return text
    match part.style:
        case Style.BOLD:
            opening, closing = "<b>", "</b>"
        case Style.ITALIC:
            opening, closing = "<i>", "</i>"
        case Style.DETAIL if len(core) <= LONG:
            opening, closing = "<i>", "</i>"
        case Style.QUOTE | Style.DETAIL:
            folded = " expandable" if len(core) > LONG else ""
            opening, closing = f"<blockquote{folded}>", "</blockquote>"
    before, after = text[: text.index(core)], text[text.index(core) + len(core) :]
    return f"{before}{opening}{core}{closing}{after}"


def _next_start(plain: str, index: int) -> int:
    """Where the next piece begins: past the white space."""
    return len(plain) - len(plain[index:].lstrip(_SPACES))


def _styled_spans(parts: Sequence[Part]) -> _Spans:
    spans, start = [], 0
    for part in parts:
        end = start + len(part.text)
        if part.style is not Style.PLAIN:
            spans.append((start, end))
        start = end
    return spans


def _between(parts: Sequence[Part], start: int, end: int) -> Iterator[Part]:
    """The parts of the plain text from ``start`` to ``end``."""
    at = 0
    for part in parts:
        text = part.text[max(start - at, 0) : max(end - at, 0)]
        if text:
            yield Part(text, part.style)
        at += len(part.text)


def _cut(plain: str, start: int, limit: int, spans: _Spans) -> int:
    """Where the piece that begins at ``start`` ends."""
    if units(plain[start:]) <= limit:
        return len(plain)
    last = _last_fit(plain, start, limit)
    for begin, end in spans:
        fits_in_the_next = begin < last < end and units(plain[begin:end]) <= limit
        if fits_in_the_next and plain[start:begin].strip():
            last = begin

    middle = max(start + (last - start) // 2, start + 1)
    outside_spans_first = (True, False)
    attempts = [
        *((middle, outside, pattern) for outside in outside_spans_first for pattern in _CUTS),
        *((start + 1, outside, _WORD) for outside in outside_spans_first),
    ]
    for lowest, outside, pattern in attempts:
        ends = (match.end() for match in pattern.finditer(plain, lowest, last + _FARTHEST_LOOK))
        found = [end for end in ends if end <= last and not (outside and _inside(end, spans))]
        if found:
            return found[-1]
    return _whole_cluster(plain, start, last)


def _inside(index: int, spans: _Spans) -> bool:
    return any(begin < index < end for begin, end in spans)


def _last_fit(plain: str, start: int, limit: int) -> int:
    """The last index such that the text from ``start`` to it is not over ``limit`` units."""
    last = min(start + limit, len(plain))
    while (excess := units(plain[start:last]) - limit) > 0:
        last -= (excess + 1) // 2
    return last


def _whole_cluster(plain: str, start: int, last: int) -> int:
    """``last``, or a little before, so that no accent or emoji loses a part of itself."""
    for index in range(last, max(start, last - _LONGEST_CLUSTER), -1):
        if not _extends(plain[index]) and plain[index - 1] != "\u200d":
            return index
    return last


def _extends(character: str) -> bool:
    """Whether a character belongs with the one before it: an accent, a joiner, a skin tone."""
    return unicodedata.category(character).startswith("M") or character == "\u200d" or "🏻" <= character <= "🏿"
