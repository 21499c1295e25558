"""What a channel hands to the assistant and what it gets back; no channel's own types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

MAX_CODE_BYTES = 64
"""Telegram's limit on a button's data; every channel keeps to it."""


class Kind(StrEnum):
    """How a message came."""

    TEXT = "text"
    COMMAND = "command"
    PRESS = "press"
    MEDIA = "media"


@dataclass(frozen=True)
class Incoming:
    """One thing a person did."""

    chat: str
    """An opaque id of the conversation, such as ``telegram:42`` or, in a forum, ``telegram:42:7``."""
    kind: Kind
    text: str = ""
    """The words typed; a command's name without its slash; a pressed button's code; the kind of media."""
    argument: str = ""
    """What follows a command."""
    locale: str | None = None
    """The person's language as the channel tells it, such as ``fr`` or ``en-GB``."""
    quoted: str = ""
    """The text of the message that this one replies to, when it is not the assistant's own."""
    id: str = ""
    """What tells it from every other of its conversation; the same when it is delivered again. Empty: not known."""
    shared: bool = False
    """Whether several people write in that conversation."""
    edited: bool = False
    """Whether it takes the place of a message that came before, which has had its effect."""
    sent: float | None = field(default=None, compare=False)
    """When the person sent it, in Unix seconds; None where the channel does not tell."""
    show: Callable[[str], None] | None = field(default=None, compare=False, repr=False)
    """Shows the person what there is of the reply so far; None where the channel cannot. Returns at once."""


class Style(StrEnum):
    """How a part of a reply looks."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    QUOTE = "quote"
    DETAIL = "detail"
    """Of lesser interest: a channel may fold it, under the line before it."""


@dataclass(frozen=True)
class Part:
    """A run of text in one style. Never holds markup of its own."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True)
class Table(Part):
    """Rows of cells; its text is how it reads where a channel, or a person, has no tables."""

    rows: tuple[tuple[str, ...], ...] = ()
    """The first cell of each names it. All of one length."""
    head: tuple[str, ...] = ()
    """What the columns hold; empty when that needs no saying."""
    instead: tuple[Part, ...] = ()
    """The text, in its styles."""

    @classmethod
    def of(cls, rows: Iterable[tuple[str, ...]], instead: Iterable[Part], head: tuple[str, ...] = ()) -> Table:
        """A table, and how it reads elsewhere; rows are filled up with empty cells, empty last columns go."""
        cells = list(rows)
        width = max((n for row in [*cells, head] for n, cell in enumerate(row, 1) if cell), default=0)
        full = [(*row, *[""] * width)[:width] for row in [*cells, head]]
        plain = tuple(instead)
        text = "".join(part.text for part in plain)
        return cls(text, rows=tuple(full[:-1]), head=full[-1] if any(head) else (), instead=plain)


def flat(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same without tables: what stands for them is in their place."""
    return tuple(each for part in parts for each in (part.instead if isinstance(part, Table) else (part,)))


@dataclass(frozen=True)
class Choice:
    """A button: what it says, and the code that comes back when it is pressed."""

    label: str
    code: str

    def __post_init__(self) -> None:
        if not self.label or not self.code or len(self.code.encode()) > MAX_CODE_BYTES:
            raise ValueError(f"a button needs a label and a code of 1 to {MAX_CODE_BYTES} bytes: {self.code!r}")


@dataclass(frozen=True)
class Attachment:
    """A document or a picture that comes with a reply."""

    name: str
    """As the person sees it and saves it, such as ``recommandation.pdf``."""
    mime: str
    content: bytes = field(repr=False)
    caption: str = ""
    """A line of plain text; a channel may cut it after 1,024 UTF-16 units."""

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.content:
            raise ValueError(f"an attachment needs a name and a content: {self.name!r}")

    @property
    def picture(self) -> bool:
        """Whether it is to be looked at at once rather than opened."""
        return self.mime == "image/png"


@dataclass(frozen=True)
class Reply:
    """One message to send, after its attachments; the channel splits what is too long for it."""

    parts: tuple[Part, ...]
    choices: tuple[tuple[Choice, ...], ...] = ()
    """Rows of buttons."""
    attachments: tuple[Attachment, ...] = ()
    """Shown in this order, before the text: the buttons stay at the bottom."""
    replaces: bool = False
    """Whether it takes the place of the message whose button was pressed, where the channel can do that."""
    typed: bool = False
    """Whether a bare number may be typed in answer: a channel that numbers its buttons then uses letters."""
    rich: bool = False
    """Whether the person chose tables and folds, where the channel has them."""

    @property
    def plain(self) -> str:
        """The text as a person reads it, without markup."""
        return "".join(part.text for part in self.parts)

    @classmethod
    def of(cls, text: str, choices: Iterable[Iterable[Choice]] = ()) -> Reply:
        """A reply in one style."""
        return cls((Part(text),), tuple(tuple(row) for row in choices))
