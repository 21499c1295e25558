"""Replies -> Telegram's sendPhoto, sendDocument and sendMessage, in spite of floods, cuts and refusals."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, FileSizeLimit, MessageLimit, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.blind import blind
from bot.channels.telegram_html import clean, render, split, units
from bot.channels.telegram_updates import Address
from bot.messages import Attachment, Part, Reply

TRIES = 3
"""How often one message is tried when Telegram asks to wait, and as often when it does not answer."""

_BACKOFF = (1.0, 3.0)
_TYPING_AFTER = 0.05
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
class Place:
    """Where one message goes, and what hangs on it."""

    address: Address
    buttons: InlineKeyboardMarkup | None = None
    answered: int | None = None
    """The message it answers, in groups."""


class Sender:
    """Sends replies; what cannot be sent is logged, never raised."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, reply: Reply, address: Address) -> bool:
        """Sends a reply's attachments, then its text in one message or more, its buttons under the last of all.

        Returns:
            Whether the chat can be reached; when not, there is no point in sending more.
        """
        contents: list[Attachment | tuple[Part, ...]] = [*reply.attachments, *split(reply.parts)]
        if not contents and reply.choices:
            contents = [(Part("…"),)]
        for number, content in enumerate(contents, start=1):
            buttons = _keyboard(reply) if number == len(contents) else None
            place = Place(address, buttons, address.reply_to if number == 1 else None)
            ways = self._upload(content) if isinstance(content, Attachment) else self._message(content)
            if reply.replaces and address.pressed is not None and not isinstance(content, Attachment):
                ways = [self._edit(content, address.pressed), *ways]
            if not await self._deliver(ways, place):
                return False
        return True

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

    def _message(self, piece: tuple[Part, ...]) -> list[_Way]:
        plain = "".join(part.text for part in piece)
        post = partial(self._bot.send_message, link_preview_options=_NO_PREVIEW)
        return [partial(post, text=render(piece), parse_mode=ParseMode.HTML), partial(post, text=plain)]

    def _edit(self, piece: tuple[Part, ...], message_id: int) -> _Way:
        """In the place of the message whose button was pressed; Telegram refuses when it is too old."""

        async def edit(chat_id: int, *, reply_markup: InlineKeyboardMarkup | None, **_: object) -> object:
            return await self._bot.edit_message_text(
                render(piece),
                chat_id=chat_id,
                message_id=message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=reply_markup,
                link_preview_options=_NO_PREVIEW,
            )

        return edit

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

    async def _deliver(self, ways: Sequence[_Way], place: Place) -> bool:
        """Sends one message in the first of these ways that Telegram accepts."""
        name = blind(place.address.conversation)
        refusal = "too large"
        try:
            for way in ways:
                try:
                    await _insist(way, place)
                except BadRequest as refused:
                    refusal = refused.message
                else:
                    return True
        except Forbidden:
            _LOG.info("conversation %s: blocked the bot or removed it", name)
            return False
        except TelegramError as error:
            _LOG.warning("conversation %s: message not sent: %s", name, type(error).__name__)
            return False
        # The last way has no markup, so there is none that Telegram could quote.
        _LOG.warning("conversation %s: message refused: %s", name, refusal)
        return True


async def _insist(way: _Way, place: Place) -> None:
    """Sends one message, in spite of floods and cuts.

    Raises:
        TelegramError: it was refused, or tried often enough.
    """
    chat_id = place.address.chat_id
    failures: Counter[type[TelegramError]] = Counter()
    while True:
        try:
            await way(
                chat_id,
                message_thread_id=place.address.thread_id,
                reply_markup=place.buttons,
                reply_parameters=_reply_to(place.answered),
            )
        except (RetryAfter, ChatMigrated, NetworkError) as error:
            failures[type(error)] += 1
            if isinstance(error, BadRequest) or failures[type(error)] == TRIES:
                raise
            if isinstance(error, ChatMigrated):
                chat_id = error.new_chat_id
            elif isinstance(error, RetryAfter):
                await asyncio.sleep(seconds(error))
            else:
                await asyncio.sleep(_BACKOFF[failures[type(error)] - 1])
        else:
            return


def seconds(flood: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = flood.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)


def _reply_to(message_id: int | None) -> ReplyParameters | None:
    return ReplyParameters(message_id, allow_sending_without_reply=True) if message_id is not None else None


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    if not reply.choices:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(choice.label, callback_data=choice.code) for choice in row] for row in reply.choices]
    )


def _caption(text: str) -> str | None:
    """The text, cut where a caption must end."""
    text = clean(text).strip()
    if units(text) <= _CAPTION_UNITS:
        return text or None
    [first, *_] = split((Part(text),), _CAPTION_UNITS - 1)
    return "".join(part.text for part in first) + "…"
