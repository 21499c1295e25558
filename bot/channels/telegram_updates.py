"""Telegram's updates -> what a person did; silence for whatever is not addressed to the bot.

- A text that was edited is heard anew, and marked so: a question corrected gets its answer, but an answer of an
  interview, which has had its effect, is not taken for the answer to the next question. What an edit did not change
  (a link's preview, a location that moves) is left alone.
- In a group, and in each topic of a forum, those who address the bot share one conversation: any member may press any
  button of it. A code from elsewhere bears the mark of another interview, or means the same everywhere.
- Who blocks the bot, and who comes back, is not asked for (``my_chat_member``): the next message to them is refused,
  which drops what waits; and whoever comes back begins by writing.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from telegram import Bot, CallbackQuery, Message, MessageEntity, Update
from telegram.constants import ChatID, ChatType, MessageEntityType

from bot.channels.telegram_html import clean
from bot.messages import Incoming, Kind

_MEMORY = 2_000
_COMMAND = re.compile(r"/(\w{1,64})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
# In this order: an animation is also a document, a venue also a location.
_MEDIA = (
    *("photo", "voice", "audio", "video", "video_note", "animation", "live_photo", "document", "sticker", "venue"),
    *("location", "contact", "poll", "dice", "story", "paid_media", "game", "checklist", "invoice"),
)


@dataclass(frozen=True)
class Address:
    """Where a reply goes."""

    chat_id: int
    thread_id: int | None = None
    """The forum topic."""
    reply_to: int | None = None
    """The message replied to, in groups."""
    pressed: int | None = None
    """The message whose button was pressed."""

    @property
    def private(self) -> bool:
        """Whether it is a person's own chat: those of groups and channels have negative ids."""
        return self.chat_id > 0

    @property
    def conversation(self) -> str:
        """The id of the conversation, as in ``Incoming.chat``."""
        return f"telegram:{self.chat_id}" + (f":{self.thread_id}" if self.thread_id is not None else "")


@dataclass(frozen=True)
class Received:
    """What a person did, and where to answer."""

    incoming: Incoming
    address: Address


@dataclass(frozen=True)
class _Words:
    text: str
    """Without the mentions of the bot."""
    mentioned: bool


class Reader:
    """Reads updates; remembers digests of recent messages to tell what an edit changed, in this process alone."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._texts = Recent()
        self._albums = Recent()

    def read(self, update: Update) -> Received | None:
        """What to respond to, or None for what concerns others or nobody.

        Raises:
            RuntimeError: the bot was not initialized, so it does not know its own name.
            TypeError: it is not as Telegram writes updates.
        """
        _check_types(update)
        received = self._received(update)
        shared = update.effective_chat is not None and update.effective_chat.type != ChatType.PRIVATE
        if received is None:
            return None
        return replace(received, incoming=replace(received.incoming, id=str(update.update_id), shared=shared))

    def remember(self, update: Update) -> None:
        """Takes note of an update that has been handled: until then, reading it again says the same."""
        message = update.message or update.edited_message
        if message:
            self._texts.put(_place(message), hash(_text(message)))
            if message.media_group_id:
                self._albums.put((message.chat.id, message.media_group_id), True)

    def _received(self, update: Update) -> Received | None:
        if update.callback_query:
            return _press(update.callback_query)
        if update.message:
            return self._message(update.message)
        edited = update.edited_message
        if edited and _text(edited) and self._texts.news(_place(edited), hash(_text(edited))):
            received = self._message(edited)
            return received and replace(received, incoming=replace(received.incoming, edited=True))
        return None

    def _message(self, message: Message) -> Received | None:
        if message.chat.type == ChatType.CHANNEL or not _from_a_person(message):
            return None
        words = self._words(message)
        command = _COMMAND.fullmatch(words.text)
        in_group = message.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)
        if in_group and not self._addressed(message, words, command):
            return None
        quoted = "" if self._answers_the_bot(message) else _quoted(message)
        media = self._media(message)
        if not words.text and words.mentioned and quoted:
            kind, text, argument, quoted = Kind.TEXT, quoted, "", ""
        elif command:
            kind, text, argument = Kind.COMMAND, command[1].lower(), (command[3] or "").strip()
        elif media and not words.text:
            kind, text, argument = Kind.MEDIA, media, ""
        elif words.text or words.mentioned:
            kind, text, argument = Kind.TEXT, words.text, ""
        else:
            return None
        locale = message.from_user.language_code if message.from_user else None
        address = Address(message.chat.id, _topic(message), message.message_id if in_group else None)
        sent = (message.edit_date or message.date).timestamp()
        return Received(Incoming(address.conversation, kind, text, argument, locale, quoted, sent=sent), address)

    def _words(self, message: Message) -> _Words:
        """The text or caption; Telegram counts its entities in UTF-16 units."""
        source = _text(message).encode("utf-16-le", "surrogatepass")
        entities = sorted(message.entities or message.caption_entities, key=lambda entity: entity.offset)
        chunks, at = [], 0
        for entity in entities:
            begin, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
            if begin >= at and self._names_the_bot(entity, _decoded(source[begin:end])):
                chunks.append(_decoded(source[at:begin]))
                at = end
        text = reduce(_joined, [*chunks, _decoded(source[at:])]).strip()
        return _Words(text.lstrip(",;: \t\n") if chunks else text, mentioned=bool(chunks))

    def _names_the_bot(self, entity: MessageEntity, name: str) -> bool:
        if entity.type == MessageEntityType.TEXT_MENTION:
            return entity.user is not None and entity.user.id == self._bot.id
        return entity.type == MessageEntityType.MENTION and name.lower() == self._bot.name.lower()

    def _addressed(self, message: Message, words: _Words, command: re.Match[str] | None) -> bool:
        if command and command[2]:
            return command[2].lower() == self._bot.username.lower()
        return bool(command) or words.mentioned or self._answers_the_bot(message)

    def _answers_the_bot(self, message: Message) -> bool:
        answered = message.reply_to_message
        # In a topic that the bot opened, every message answers the service message that opened it.
        return bool(
            answered
            and answered.from_user
            and answered.from_user.id == self._bot.id
            and not answered.forum_topic_created
        )

    def _media(self, message: Message) -> str | None:
        """The kind of media; None for service messages, and for an album of which a piece has already come."""
        kind = next((name for name in _MEDIA if getattr(message, name, None)), None)
        album = message.media_group_id
        if kind and album and not self._albums.news((message.chat.id, album), True):
            return None
        return kind


class Recent:
    """The latest values by key; forgets the oldest."""

    def __init__(self, size: int = _MEMORY) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, object] = OrderedDict()

    def news(self, key: Hashable, value: object) -> bool:
        """Whether the value is another than the one kept, or none is."""
        return key not in self._values or self._values[key] != value

    def put(self, key: Hashable, value: object) -> None:
        """Keeps the value."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._size:
            self._values.popitem(last=False)


def conversation_of(raw: Mapping[str, Any]) -> str:
    """The conversation of an update as it came; one of its own where it has none, or cannot be read."""
    try:
        what = raw.get("message") or raw.get("edited_message") or raw["callback_query"]["message"]
        thread = int(what["message_thread_id"]) if what.get("is_topic_message") else None
        return Address(int(what["chat"]["id"]), thread).conversation
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return f"telegram:update:{raw.get('update_id')}"


def _check_types(update: Update) -> None:
    """PTB takes what it is given; of another type, it would break what uses it, long after.

    Raises:
        TypeError: something is of another type than Telegram says.
    """
    query = update.callback_query
    message = update.message or update.edited_message or (query and query.message)
    user = query.from_user if query else getattr(message, "from_user", None)
    numbers: list[object] = [update.update_id]
    texts: list[object] = []
    if message:
        numbers += [message.chat.id, message.message_id]
        texts += [message.chat.type]
    if isinstance(message, Message):
        numbers += [message.message_thread_id or 0]
        texts += [message.text or "", message.caption or "", message.media_group_id or ""]
    if user:
        numbers += [user.id]
        texts += [user.language_code or ""]
    if not all(type(each) is int for each in numbers) or not all(isinstance(each, str) for each in texts):
        raise TypeError("an update with a value of another type than Telegram's")


def _press(query: CallbackQuery) -> Received | None:
    message = query.message
    if message is None or query.data is None or query.from_user.is_bot:
        return None
    # Of a message too old, Telegram tells no more than its chat.
    thread = _topic(message) if isinstance(message, Message) else None
    address = Address(message.chat.id, thread, pressed=message.message_id)
    incoming = Incoming(address.conversation, Kind.PRESS, clean(query.data), locale=query.from_user.language_code)
    return Received(incoming, address)


def _from_a_person(message: Message) -> bool:
    """Not from a bot, nor from a channel linked to the group; an anonymous administrator is a person."""
    if message.is_automatic_forward or message.from_user is None:
        return False
    return not message.from_user.is_bot or message.from_user.id == ChatID.ANONYMOUS_ADMIN


def _topic(message: Message) -> int | None:
    # Outside of forums a thread id only tells which message began a chain of replies.
    return message.message_thread_id if message.is_topic_message else None


def _place(message: Message) -> tuple[int, int]:
    return message.chat.id, message.message_id


def _text(message: Message) -> str:
    return message.text or message.caption or ""


def _quoted(message: Message) -> str:
    """What the person selected in the message they reply to, or all of it."""
    if message.quote:
        return clean(message.quote.text).strip()
    return clean(_text(message.reply_to_message)).strip() if message.reply_to_message else ""


def _decoded(utf16: bytes) -> str:
    return utf16.decode("utf-16-le", "replace")


def _joined(before: str, after: str) -> str:
    """Two stretches of text, with at most one space where a mention stood between them."""
    if not before or not after.strip():
        return before + after.lstrip(" \t")
    spaced = (before[-1].isspace() or after[0].isspace()) and after.lstrip()[0] not in ",."
    return before.rstrip(" \t") + (" " if spaced else "") + after.lstrip(" \t")
