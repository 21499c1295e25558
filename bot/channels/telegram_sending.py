"""Letters -> Telegram's sendPhoto, sendDocument, sendMessage and editMessageText, and what becomes of each."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from telegram import Bot, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, FileSizeLimit, MessageLimit, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.blind import blind, fault
from bot.channels.telegram_html import clean, render, split, units
from bot.channels.telegram_letters import Message, read
from bot.channels.telegram_rich import Rich
from bot.channels.telegram_updates import Address
from bot.messages import Attachment, Part
from bot.queues import Letter

TRIES = 500
"""How often one message is tried: with the pauses below, most of a day."""

_BACKOFF = (0.5, 2.0, 5.0, 15.0, 60.0)
"""Seconds before it is tried again when Telegram does not answer; then always the last."""

_TYPING_AFTER = 0.3
_TYPING_EVERY = 4.0  # Telegram shows it for five seconds.
_UPLOAD_SECONDS = 30.0
_CAPTION_UNITS: int = MessageLimit.CAPTION_LENGTH.value
_PHOTO_BYTES: int = FileSizeLimit.PHOTOSIZE_UPLOAD.value
_DOCUMENT_BYTES: int = FileSizeLimit.FILESIZE_UPLOAD.value
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_LOG = logging.getLogger(__name__)

_Way = Callable[..., Awaitable[object]]
"""One of the bot's methods, all said but where."""

# Without it, PTB 22 warns each time a RetryAfter is made or read.
os.environ.setdefault("PTB_TIMEDELTA", "true")


@dataclass(frozen=True)
class Sent:
    """It is on the person's screen."""

    told = ("sent", "none")
    """The outcome and its reason, as in ``meter.MESSAGES``."""


@dataclass(frozen=True)
class Later:
    """It is to be tried again; it may have been sent, when Telegram's answer did not come."""

    after: timedelta
    reason: str

    @property
    def told(self) -> tuple[str, str]:
        """As of ``Sent``."""
        return ("later", self.reason)


@dataclass(frozen=True)
class Dropped:
    """It cannot be sent."""

    reason: str
    whole_chat: bool = False
    """Nor can anything else in that chat."""

    @property
    def told(self) -> tuple[str, str]:
        """As of ``Sent``."""
        return ("dropped", self.reason)


class Sender:
    """Sends letters; what cannot be sent is logged, never raised."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._rich = Rich(bot)

    async def send(self, letter: Letter) -> Sent | Later | Dropped:
        """Tries to send one message, once, in the first of its forms that Telegram accepts."""
        name = blind(letter.chat)
        try:
            return await self._delivered(read(letter))
        except Forbidden:
            _LOG.info("conversation %s: blocked the bot or removed it", name)
            return Dropped("blocked", whole_chat=True)
        except BadRequest as refused:
            # The last form has no markup, so there is none that Telegram could quote.
            _LOG.warning("conversation %s: message refused: %s", name, refused.message)
            return Dropped("refused")
        except TelegramError as error:
            if letter.tried >= TRIES:
                _LOG.warning("conversation %s: message not sent: %s", name, type(error).__name__)
                return Dropped(type(error).__name__)
            if isinstance(error, RetryAfter):
                return Later(timedelta(seconds=seconds(error)), "flood")
            pause = _BACKOFF[min(letter.tried, len(_BACKOFF)) - 1]
            _LOG.info("conversation %s: message tried again in %s s: %s", name, pause, type(error).__name__)
            return Later(timedelta(seconds=pause), type(error).__name__)
        except Exception as error:
            _LOG.error("conversation %s: message cannot be made: %s", name, fault(error))
            return Dropped(type(error).__name__)

    async def keep_typing(self, address: Address, done: asyncio.Event) -> None:
        """Shows that a reply is under way, until ``done`` is set; a reply that comes at once needs no such sign."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_TYPING_AFTER):
                await done.wait()
        while not done.is_set():
            try:
                await self._bot.send_chat_action(address.chat_id, ChatAction.TYPING, address.thread_id)
            except TelegramError as error:
                _LOG.debug("typing not shown: %s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TYPING_EVERY):
                    await done.wait()

    async def _delivered(self, message: Message) -> Sent:
        refusal = BadRequest("too large")
        if message.edited is not None and not isinstance(message.content, Attachment):
            try:
                await self._edit(message, message.content, message.edited)
                return Sent()
            except BadRequest as refused:
                if "not modified" in refused.message.lower():
                    return Sent()  # by the try whose answer did not come, or a press on another device
        content = message.content
        for way in self._upload(content) if isinstance(content, Attachment) else self._post(content, message.rich):
            try:
                await self._insert(way, message)
                return Sent()
            except BadRequest as refused:
                refusal = refused
        raise refusal

    async def _insert(self, way: _Way, message: Message) -> None:
        where = {
            "message_thread_id": message.thread_id,
            "reply_markup": message.keyboard,
            "reply_parameters": _reply_to(message.answered),
        }
        try:
            await way(message.chat_id, **where)
        except ChatMigrated as moved:
            await way(moved.new_chat_id, **where)

    async def _edit(self, message: Message, piece: tuple[Part, ...], message_id: int) -> None:
        """In the place of the message whose button was pressed; Telegram refuses when it is too old."""
        keyboard: InlineKeyboardMarkup | None = message.keyboard
        if message.rich and self._rich.known:
            try:
                await self._rich.edit(message.rich, message.chat_id, message_id, keyboard)
                return
            except BadRequest as refused:
                if "not modified" in refused.message.lower():
                    raise
        await self._bot.edit_message_text(
            render(piece),
            chat_id=message.chat_id,
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard,
            link_preview_options=_NO_PREVIEW,
        )

    def _post(self, piece: tuple[Part, ...], rich: str | None) -> list[_Way]:
        plain = "".join(part.text for part in piece)
        post = partial(self._bot.send_message, link_preview_options=_NO_PREVIEW)
        ways: list[_Way] = [partial(self._rich.post, rich)] if rich and self._rich.known else []
        return [*ways, partial(post, text=render(piece), parse_mode=ParseMode.HTML), partial(post, text=plain)]

    def _upload(self, attachment: Attachment) -> list[_Way]:
        """As a picture when Telegram can show it as one, and else as a document."""
        file = InputFile(attachment.content, clean(attachment.name))
        file.mimetype = attachment.mime
        caption = _caption(attachment.caption)
        ways: list[_Way] = []
        if attachment.picture and len(attachment.content) <= _PHOTO_BYTES:
            ways.append(partial(self._bot.send_photo, photo=file, caption=caption, read_timeout=_UPLOAD_SECONDS))
        if len(attachment.content) <= _DOCUMENT_BYTES:
            ways.append(partial(self._bot.send_document, document=file, caption=caption, read_timeout=_UPLOAD_SECONDS))
        return ways


def seconds(flood: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = flood.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)


def _reply_to(message_id: int | None) -> ReplyParameters | None:
    return ReplyParameters(message_id, allow_sending_without_reply=True) if message_id is not None else None


def _caption(text: str) -> str | None:
    """The text, cut where a caption must end."""
    text = clean(text).strip()
    if units(text) <= _CAPTION_UNITS:
        return text or None
    [first, *_] = split((Part(text),), _CAPTION_UNITS - 1)
    return "".join(part.text for part in first) + "…"
