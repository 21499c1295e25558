"""Replies -> letters: one for each message of Telegram's, kept as JSON until it is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.telegram_html import split
from bot.channels.telegram_rich import document
from bot.channels.telegram_updates import Address
from bot.messages import Attachment, Choice, Part, Reply, Style
from bot.queues import Outgoing


@dataclass(frozen=True)
class Message:
    """What a letter says."""

    chat_id: int
    thread_id: int | None
    answered: int | None
    """The message it answers, in groups."""
    edited: int | None
    """The message whose place it takes, where Telegram lets it."""
    content: tuple[Part, ...] | Attachment
    buttons: tuple[tuple[Choice, ...], ...]
    rich: str | None = None
    """The content as a rich message, to be tried first."""

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        """Its buttons as Telegram's."""
        if not self.buttons:
            return None
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(choice.label, callback_data=choice.code) for choice in row] for row in self.buttons]
        )


def letters(reply: Reply, address: Address) -> list[Outgoing]:
    """A reply's attachments, then its text in one message or more, its buttons under the last of all.

    A text of several messages is never rich: each must have a message to fall back on.
    """
    texts = split(reply.parts)
    contents: list[Attachment | tuple[Part, ...]] = [*reply.attachments, *texts]
    rich = document(reply.parts) if reply.rich and len(texts) == 1 else None
    if not contents and reply.choices:
        contents = [(Part("…"),)]
    last = len(contents) - 1
    return [
        _packed(
            address.conversation,
            Message(
                address.chat_id,
                address.thread_id,
                address.reply_to if number == 0 else None,
                address.pressed if reply.replaces and not isinstance(content, Attachment) else None,
                content,
                reply.choices if number == last else (),
                None if isinstance(content, Attachment) else rich,
            ),
        )
        for number, content in enumerate(contents)
    ]


def read(letter: Outgoing) -> Message:
    """What a letter says.

    Raises:
        KeyError, TypeError, ValueError: it was not written by ``letters``.
    """
    body = json.loads(letter.body)
    content: tuple[Part, ...] | Attachment
    if letter.content is not None:
        content = Attachment(body["name"], body["mime"], letter.content, body["caption"])
    else:
        content = tuple(Part(text, Style(style)) for text, style in body["parts"])
    buttons = tuple(tuple(Choice(label, code) for label, code in row) for row in body["buttons"])
    chat_id, thread_id, answered, edited = body["to"]
    return Message(chat_id, thread_id, answered, edited, content, buttons, body.get("rich"))


def _packed(chat: str, message: Message) -> Outgoing:
    body: dict[str, Any] = {
        "to": [message.chat_id, message.thread_id, message.answered, message.edited],
        "buttons": [[[choice.label, choice.code] for choice in row] for row in message.buttons],
    }
    if isinstance(message.content, Attachment):
        file = message.content
        body |= {"name": file.name, "mime": file.mime, "caption": file.caption}
        return Outgoing(chat, json.dumps(body), file.content)
    body["parts"] = [[part.text, part.style.value] for part in message.content]
    if message.rich:
        body["rich"] = message.rich
    return Outgoing(chat, json.dumps(body))
