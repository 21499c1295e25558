"""The chats of the strict Bot API server, their messages as a person sees them, and the people who write in them."""

import copy
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram_requests import JSON, Upload
from telegram_rich_markup import plain_text
from telegram_text import detected

if TYPE_CHECKING:
    from telegram_server import TelegramServer

PIXEL = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")  # enough of a JPEG to be one


@dataclass(eq=False)
class Message:
    """One message, kept up to date: an edit changes it, a deletion marks it."""

    chat: "Chat" = field(repr=False)
    raw: JSON = field(repr=False)  # as the Bot API writes it
    from_bot: bool
    markup: JSON = field(default_factory=dict, repr=False)  # the reply markup as the bot sent it
    file: Upload | None = None
    versions: list[str] = field(default_factory=list)  # every text it has had, the last one included
    reactions: list[str] = field(default_factory=list)  # the bot's
    deleted: bool = False

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def text(self) -> str:
        """The text or the caption, without markup; that of a rich message line by line."""
        return plain_text(self.rich) if self.rich else str(self.raw.get("text", self.raw.get("caption", "")))

    @property
    def rich(self) -> list[JSON]:
        """The blocks of a rich message; none of another."""
        return list(self.raw.get("rich_message", {}).get("blocks", []))

    @property
    def entities(self) -> list[JSON]:
        return [*self.raw.get("entities", []), *self.raw.get("caption_entities", [])]

    @property
    def edited(self) -> bool:
        """Whether its text has changed; new buttons alone do not show."""
        return len(self.versions) > 1

    @property
    def buttons(self) -> list[list[str]]:
        """The labels under the message (or on the reply keyboard it brought), row by row."""
        rows = self.markup.get("inline_keyboard") or self.markup.get("keyboard") or []
        return [[button if isinstance(button, str) else button["text"] for button in row] for row in rows]

    @property
    def reply_to(self) -> int | None:
        """The id of the message it answers."""
        replied = self.raw.get("reply_to_message")
        return int(replied["message_id"]) if replied else None

    def button(self, label_or_data: str) -> JSON:
        """The inline button with this label or callback data."""
        for row in self.markup.get("inline_keyboard", []):
            for button in row:
                if label_or_data in (button["text"], button.get("callback_data")):
                    return dict(button)
        raise AssertionError(f"no button {label_or_data!r} under {self.text!r}: {self.buttons}")

    def show(self) -> None:
        """Brings the raw message in line with its inline keyboard; Telegram drops empty rows."""
        rows = [row for row in self.markup.get("inline_keyboard", []) if row]
        self.raw.pop("reply_markup", None)
        if rows:
            self.raw["reply_markup"] = {"inline_keyboard": rows}


@dataclass(eq=False)
class Chat:
    """A private chat or a group, with everything written in it."""

    server: "TelegramServer" = field(repr=False)
    raw: JSON  # as the Bot API writes it
    history: list[Message] = field(default_factory=list, repr=False)  # both sides, deleted messages too
    topics: set[int] = field(default_factory=set)
    actions: list[str] = field(default_factory=list)  # "typing", "upload_photo"...
    drafts: list[str] = field(default_factory=list)  # every streamed draft, as plain text
    draft: str | None = None  # the one on the screen
    blocked: bool = False

    @property
    def id(self) -> int:
        return int(self.raw["id"])

    @property
    def private(self) -> bool:
        return str(self.raw["type"]) == "private"

    @property
    def messages(self) -> list[Message]:
        """The bot's messages still on the screen, oldest first."""
        with self.server.changed:
            return [message for message in self.history if message.from_bot and not message.deleted]

    def wait_messages(self, n: int, timeout: float = 30) -> list[Message]:
        """The bot's messages, once there are at least ``n``."""
        self.server.wait_for(lambda: len(self.messages) >= n, timeout, lambda: f"{n} messages in\n{self.transcript()}")
        return self.messages

    def transcript(self) -> str:
        """The conversation on the screen, one line a message."""
        with self.server.changed:
            return "\n".join(
                f"{'bot' if message.from_bot else message.raw['from']['first_name']}: {message.text!r}"
                + "".join(f" [{label}]" for row in message.buttons for label in row)
                for message in self.history
                if not message.deleted
            )

    def find(self, message_id: int) -> Message | None:
        """The message with this id, unless it was deleted."""
        if not 0 < message_id <= len(self.history) or self.history[message_id - 1].deleted:
            return None
        return self.history[message_id - 1]

    def add(
        self,
        sender: JSON,
        content: JSON,
        reply_to: Message | None = None,
        markup: JSON | None = None,
        file: Upload | None = None,
    ) -> Message:
        """Writes a message down. The caller holds ``server.changed``."""
        raw = {"message_id": len(self.history) + 1, "from": sender, "chat": self.raw, "date": int(time.time())}
        if reply_to:
            raw["reply_to_message"] = {k: v for k, v in copy.deepcopy(reply_to.raw).items() if k != "reply_to_message"}
        if "message_thread_id" in content:
            self.topics.add(content["message_thread_id"])
            if self.raw.get("is_forum"):
                raw["is_topic_message"] = True
        message = Message(self, raw | content, bool(sender["is_bot"]), markup or {}, file)
        message.versions.append(message.text)
        message.show()
        self.history.append(message)
        return message


@dataclass(eq=False)
class Press:
    """A button somebody pressed, and what the bot made of it."""

    id: str
    message: Message
    data: str
    answered: bool = False
    expired: bool = False
    text: str = ""
    alert: bool = False


@dataclass(eq=False)
class Person:
    """Somebody in a chat: alone with the bot, or a member of a group."""

    chat: Chat
    user: JSON  # as the Bot API writes it

    def says(self, text: str, reply_to: Message | None = None, **extra: Any) -> Message:
        """Writes a text; mentions, commands and links get their entities."""
        entities = detected(text, [])
        return self.sends(reply_to, **({"text": text} | ({"entities": entities} if entities else {}) | extra))

    def sends(self, reply_to: Message | None = None, file: Upload | None = None, **content: Any) -> Message:
        """Sends any content, given as the fields of a Bot API message."""
        server = self.chat.server
        with server.changed:
            assert not self.chat.blocked, f"{self.user['first_name']} has blocked the bot"
            message = self.chat.add(self.user, content, reply_to, file=file)
            if self.chat.private or not server.privacy or self._meant_for_bot(message):
                server.updates.publish({"message": message.raw})
            return message

    def sends_photo(self, caption: str | None = None, **extra: Any) -> Message:
        upload = Upload("photo.jpg", PIXEL, "image/jpeg")
        photo = self.chat.server.store(upload) | {"width": 90, "height": 60}
        return self.sends(file=upload, photo=[photo], **_caption(caption), **extra)

    def sends_voice(self, **extra: Any) -> Message:
        upload = Upload("voice.oga", b"OggS" + bytes(24), "audio/ogg")
        voice = self.chat.server.store(upload) | {"duration": 2, "mime_type": upload.mime}
        return self.sends(file=upload, voice=voice, **extra)

    def sends_sticker(self, emoji: str = "👍", **extra: Any) -> Message:
        upload = Upload("sticker.webp", b"RIFF" + bytes(4) + b"WEBP", "image/webp")
        look = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular", "emoji": emoji}
        return self.sends(file=upload, sticker=self.chat.server.store(upload) | look, **extra)

    def edits(self, message: Message, text: str) -> None:
        """Changes the text of an own message."""
        with self.chat.server.changed:
            message.raw |= {"text": text, "entities": detected(text, []), "edit_date": int(time.time())}
            message.versions.append(text)
            self.chat.server.updates.publish({"edited_message": message.raw})

    def presses(self, message: Message, label_or_data: str) -> Press:
        """Presses a button now under a message."""
        button = message.button(label_or_data)
        assert "callback_data" in button, f"{label_or_data!r} is not a callback button: {button}"
        return self.forges(message, button["callback_data"])

    def forges(self, message: Message, data: str) -> Press:
        """Sends callback data from a message that need not show it (any longer)."""
        server = self.chat.server
        with server.changed:
            press = Press(str(4_000_000 + len(server.presses)), message, data)
            server.presses[press.id] = press
            gone = {"chat": self.chat.raw, "message_id": message.id, "date": 0}
            query = {"id": press.id, "from": self.user, "chat_instance": str(self.chat.id), "data": data}
            server.updates.publish({"callback_query": query | {"message": gone if message.deleted else message.raw}})
            return press

    def blocks(self) -> None:
        """Blocks the bot, which is told, then refused."""
        self._moves("member", "kicked")

    def unblocks(self) -> None:
        self._moves("kicked", "member")

    def menu(self) -> dict[str, str]:
        """The commands this person is shown, in the order Telegram looks for them."""
        here, server = self.chat.id, self.chat.server
        alone = [f"chat:{here}", "all_private_chats", "default"]
        together = [f"chat_member:{here}:{self.user['id']}", f"chat:{here}", "all_group_chats", "default"]
        for scope in alone if self.chat.private else together:
            for language in (self.user.get("language_code", ""), ""):
                if commands := server.commands.get((scope, language)):
                    return {command["command"]: command["description"] for command in commands}
        return {}

    def _moves(self, before: str, after: str) -> None:
        assert self.chat.private, "only a private chat can be blocked"
        server = self.chat.server
        with server.changed:
            self.chat.blocked = after == "kicked"
            change = {"chat": self.chat.raw, "from": self.user, "date": int(time.time())}
            for when, status in (("old", before), ("new", after)):
                until = {"until_date": 0} if status == "kicked" else {}
                change[f"{when}_chat_member"] = {"user": server.bot, "status": status, **until}
            server.updates.publish({"my_chat_member": change})

    def _meant_for_bot(self, message: Message) -> bool:
        """Whether a bot in privacy mode gets this group message."""
        name = f"@{self.chat.server.bot['username']}".lower()
        replied = message.raw.get("reply_to_message", {})
        to_bot = replied.get("from", {}).get("id") == self.chat.server.bot["id"]
        commands = [word for word in message.text.split() if word.startswith("/")]
        return to_bot or name in message.text.lower() or any("@" not in command for command in commands)


@dataclass(eq=False)
class Group(Chat):
    """A group the bot belongs to."""

    def member(
        self, user_id: int, first_name: str = "Member", language_code: str | None = None, **fields: Any
    ) -> Person:
        """Somebody of the group; the same id is the same person."""
        return Person(self, user(user_id, first_name, language_code, **fields))


def user(user_id: int, first_name: str, language_code: str | None, **fields: Any) -> JSON:
    """A person as the Bot API writes one."""
    language = {"language_code": language_code} if language_code else {}
    return {"id": user_id, "is_bot": False, "first_name": first_name, **language, **fields}


def _caption(caption: str | None) -> JSON:
    if caption is None:
        return {}
    entities = detected(caption, [])
    return {"caption": caption} | ({"caption_entities": entities} if entities else {})
