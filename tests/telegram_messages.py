"""The Bot API methods that send, change and answer messages: their effect, and Telegram's refusals."""

import json
import mimetypes
import struct
import time
from typing import TYPE_CHECKING, Any

from telegram_chats import Chat, Message
from telegram_keyboards import check_markup
from telegram_methods import known_chat, method
from telegram_requests import JSON, Refused, Request, Upload
from telegram_rich_markup import parse_rich
from telegram_text import detected, formatted

if TYPE_CHECKING:
    from telegram_server import TelegramServer

REACTIONS = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤️‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 "
    "💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂️ 🤷 🤷‍♀️ 😡"
)
ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"),
    *("choose_sticker", "find_location", "record_video_note", "upload_video_note"),
}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
STALE_QUERY = "query is too old and response timeout expired or query ID is invalid"
MAX_ANSWER = 200
MAX_PHOTO, MAX_DOCUMENT = 10_000_000, 50_000_000  # bytes
SIGNATURES = {
    "application/pdf": b"%PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": b"PK\x03\x04",
    "application/zip": b"PK\x03\x04",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}

_SENDING = (
    "business_connection_id:str chat_id:chat! message_thread_id:int direct_messages_topic_id:int "
    "disable_notification:bool protect_content:bool allow_paid_broadcast:bool message_effect_id:str "
    "suggested_post_parameters:object reply_parameters:object reply_markup:object "
)
_TEXT = "text:str! parse_mode:str entities:array link_preview_options:object "
_CAPTION = "caption:str parse_mode:str caption_entities:array "
_EDITING = "business_connection_id:str chat_id:chat message_id:int inline_message_id:str reply_markup:object "
_REPLY_FIELDS = {
    *("message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_parse_mode", "quote_entities"),
    *("quote_position", "checklist_task_id", "poll_option_id"),
}
_RICH_FIELDS = {"html", "markdown", "blocks", "media", "is_rtl", "skip_entity_detection"}
_PREVIEW_FIELDS = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}


@method("sendMessage", _SENDING + _TEXT)
def send_message(server: "TelegramServer", request: Request) -> JSON:
    return _send(server, request, _text_content(request))


@method("sendRichMessage", _SENDING + "rich_message:object!")
def send_rich_message(server: "TelegramServer", request: Request) -> JSON:
    """Of Bot API 10.1, its HTML alone."""
    return _send(server, request, _rich_content(request))


@method("sendPhoto", _SENDING + _CAPTION + "photo:file! has_spoiler:bool show_caption_above_media:bool")
def send_photo(server: "TelegramServer", request: Request) -> JSON:
    caption, upload = _caption_content(request), _upload(server, request, "photo", MAX_PHOTO)
    width, height = _picture_size(upload.content)
    photo = server.store(upload) | {"width": width, "height": height}
    return _send(server, request, {"photo": [photo], **caption}, upload)


@method("sendDocument", _SENDING + _CAPTION + "document:file! thumbnail:file disable_content_type_detection:bool")
def send_document(server: "TelegramServer", request: Request) -> JSON:
    caption, upload = _caption_content(request), _upload(server, request, "document", MAX_DOCUMENT)
    mime = mimetypes.guess_type(upload.name)[0] or upload.mime
    document = server.store(upload) | {"file_name": upload.name, "mime_type": mime}
    return _send(server, request, {"document": document, **caption}, upload)


@method("sendMessageDraft", "chat_id:int! message_thread_id:int draft_id:int! text:str parse_mode:str entities:array")
def send_message_draft(server: "TelegramServer", request: Request) -> bool:
    plain = ""  # shown as "Thinking..."
    if request.get("text"):
        plain, _ = formatted(request["text"], request.get("parse_mode"), request.get("entities"), "text")
    if not request["draft_id"]:
        raise Refused("draft identifier must be non-zero")
    chat = _writable(server, request)
    if not chat.private:
        raise Refused("chat must be a private chat")
    chat.draft = plain
    chat.drafts.append(plain)
    return True


@method("sendChatAction", "business_connection_id:str chat_id:chat! message_thread_id:int action:str!")
def send_chat_action(server: "TelegramServer", request: Request) -> bool:
    if request["action"] not in ACTIONS:
        raise Refused("wrong parameter action in request")
    _writable(server, request).actions.append(request["action"])
    return True


@method("editMessageText", _EDITING + _TEXT.replace("!", "") + "rich_message:object")
def edit_message_text(server: "TelegramServer", request: Request) -> JSON:
    if (request.get("text") is None) == (request.get("rich_message") is None):
        raise Refused("message text is empty" if request.get("text") is None else "both text and rich_message given")
    content = _text_content(request) if request.get("text") is not None else _rich_content(request)
    message = _editable(server, request)
    if "text" not in message.raw and not message.rich:
        raise Refused("there is no text in the message to edit")
    return _edit(server, request, message, content, ("text", "entities", "link_preview_options", "rich_message"))


@method("editMessageCaption", _EDITING + _CAPTION + "show_caption_above_media:bool")
def edit_message_caption(server: "TelegramServer", request: Request) -> JSON:
    content = _caption_content(request)
    message = _editable(server, request)
    if not message.file:
        raise Refused("there is no caption in the message to edit")
    return _edit(server, request, message, content, ("caption", "caption_entities"))


@method("editMessageReplyMarkup", _EDITING)
def edit_message_reply_markup(server: "TelegramServer", request: Request) -> JSON:
    return _edit(server, request, _editable(server, request), {}, ())


@method("deleteMessage", "chat_id:chat! message_id:int!")
def delete_message(server: "TelegramServer", request: Request) -> bool:
    _delete(_message(server, request, "message to delete"))
    return True


@method("deleteMessages", "chat_id:chat! message_ids:array!")
def delete_messages(server: "TelegramServer", request: Request) -> bool:
    if not 1 <= len(request["message_ids"]) <= 100:
        raise Refused("message identifiers are not specified")
    if not all(isinstance(message_id, int) for message_id in request["message_ids"]):
        raise Refused("can't parse message identifier as Number")
    chat = known_chat(server, request["chat_id"])
    for message in [chat.find(message_id) for message_id in request["message_ids"]]:
        if message:  # unknown ones are skipped
            _delete(message)
    return True


@method("setMessageReaction", "chat_id:chat! message_id:int! reaction:array is_big:bool")
def set_message_reaction(server: "TelegramServer", request: Request) -> bool:
    reactions = request.get("reaction") or []
    for reaction in reactions:
        if not isinstance(reaction, dict) or reaction.get("type") not in ("emoji", "custom_emoji", "paid"):
            raise Refused("can't parse ReactionType: Unsupported type specified")
        if reaction["type"] != "emoji" or str(reaction.get("emoji")).removesuffix("\ufe0f") not in REACTIONS.split():
            raise Refused("REACTION_INVALID")
    if len(reactions) > 1:
        raise Refused("REACTIONS_TOO_MANY")
    _message(server, request, "message to react").reactions = [reaction["emoji"] for reaction in reactions]
    return True


@method("answerCallbackQuery", "callback_query_id:str! text:str show_alert:bool url:str cache_time:int")
def answer_callback_query(server: "TelegramServer", request: Request) -> bool:
    press = server.presses.get(request["callback_query_id"])
    if press is None or press.answered or press.expired:
        raise Refused(STALE_QUERY)
    if len(request.get("text") or "") > MAX_ANSWER:
        raise Refused("MESSAGE_TOO_LONG")
    if request.get("url"):
        raise Refused("URL_INVALID")  # only games and t.me links of one's own
    press.answered, press.text, press.alert = True, request.get("text") or "", bool(request.get("show_alert"))
    return True


def _writable(server: "TelegramServer", request: Request) -> Chat:
    """The chat of a request that writes in it."""
    if request.get("business_connection_id"):
        raise Refused("business connection not found")
    chat = known_chat(server, request["chat_id"])
    if chat.blocked:
        raise Refused("bot was blocked by the user", 403)
    if request.get("message_thread_id") is not None and request["message_thread_id"] not in chat.topics:
        raise Refused("message thread not found")
    return chat


def _message(server: "TelegramServer", request: Request, what: str) -> Message:
    message = _writable(server, request).find(request["message_id"])
    if message is None:
        raise Refused(f"{what} not found")
    return message


def _editable(server: "TelegramServer", request: Request) -> Message:
    if request.get("inline_message_id") is not None:
        raise Refused("MESSAGE_ID_INVALID")
    if request.get("chat_id") is None:
        raise Refused("chat_id is empty")
    if request.get("message_id") is None:
        raise Refused("message identifier is not specified")
    message = _message(server, request, "message to edit")
    if not message.from_bot or (message.markup and "inline_keyboard" not in message.markup):
        raise Refused("message can't be edited")
    return message


def _text_content(request: Request) -> JSON:
    plain, entities = formatted(request["text"], request.get("parse_mode"), request.get("entities"), "text")
    entities = detected(plain, entities)
    preview = request.get("link_preview_options")
    if unknown := set(preview or ()) - _PREVIEW_FIELDS:
        raise Refused(f"can't parse link preview options: unknown fields {sorted(unknown)}")
    content: JSON = {"text": plain} | ({"entities": entities} if entities else {})
    if preview and any(entity["type"] in ("url", "text_link") for entity in entities):
        content["link_preview_options"] = preview  # without a link it changes nothing
    return content


def _rich_content(request: Request) -> JSON:
    rich = request["rich_message"]
    if unknown := set(rich) - _RICH_FIELDS:
        raise Refused(f"can't parse rich message: unknown fields {sorted(unknown)}")
    if [kind for kind in ("html", "markdown", "blocks") if kind in rich] != ["html"]:
        raise Refused("RICH_MESSAGE_CONTENT_REQUIRED")  # or another kind, not spoken here
    if not isinstance(rich["html"], str):
        raise Refused('Field "html" must be of type String')
    return {"rich_message": {"blocks": parse_rich(rich["html"])} | ({"is_rtl": True} if rich.get("is_rtl") else {})}


def _caption_content(request: Request) -> JSON:
    caption = request.get("caption") or ""
    plain, entities = formatted(caption, request.get("parse_mode"), request.get("caption_entities"), "caption")
    entities = detected(plain, entities)
    return ({"caption": plain} if plain else {}) | ({"caption_entities": entities} if entities else {})


def _send(server: "TelegramServer", request: Request, content: JSON, file: Upload | None = None) -> JSON:
    markup = request.get("reply_markup")
    if markup:
        positive = str(request["chat_id"]).isdecimal()  # only people have positive ids
        check_markup(markup, inline_only=False, private=positive)
    chat = _writable(server, request)
    replied = _replied(server, chat, request.get("reply_parameters"))
    thread = request.get("message_thread_id") or (replied.raw.get("message_thread_id") if replied else None)
    if thread is not None:
        content["message_thread_id"] = thread
    chat.draft = None
    sent = chat.add(server.bot, content, replied, markup, file)
    server.show(sent)
    return sent.raw


def _replied(server: "TelegramServer", chat: Chat, reply: JSON | None) -> Message | None:
    if not reply:
        return None
    if unknown := set(reply) - _REPLY_FIELDS:
        raise Refused(f"can't parse reply parameters: unknown fields {sorted(unknown)}")
    if not isinstance(reply.get("message_id"), int):
        raise Refused('can\'t parse reply parameters: Field "message_id" must be of type Number')
    if "chat_id" in reply:
        chat = known_chat(server, reply["chat_id"])
    message = chat.find(reply["message_id"])
    if message is None and not reply.get("allow_sending_without_reply"):
        raise Refused("message to be replied not found")
    if message and str(reply.get("quote", "")) not in message.text:
        raise Refused("QUOTE_TEXT_INVALID")
    return message


def _edit(server: "TelegramServer", request: Request, message: Message, content: JSON, fields: tuple[str, ...]) -> JSON:
    """Gives a message its new content and keyboard; without one in the request, it loses the one it had."""
    markup = request.get("reply_markup") or {}
    if markup:
        check_markup(markup, inline_only=True, private=message.chat.private)
    before = json.dumps([message.raw.get(field) for field in fields] + [_rows(message.markup)], sort_keys=True)
    if before == json.dumps([content.get(field) for field in fields] + [_rows(markup)], sort_keys=True):
        raise Refused(NOT_MODIFIED)
    text = message.text
    for field in fields:
        message.raw.pop(field, None)
    message.raw |= content | {"edit_date": int(time.time())}
    message.markup = markup
    if message.text != text:
        message.versions.append(message.text)
    message.show()
    server.show(message)
    return message.raw


def _rows(markup: JSON) -> list[Any]:
    return [row for row in markup.get("inline_keyboard", []) if row]


def _delete(message: Message) -> None:
    if not message.from_bot and not message.chat.private:
        raise Refused("message can't be deleted")
    message.deleted = True


def _upload(server: "TelegramServer", request: Request, name: str, limit: int) -> Upload:
    """The file of a request, new or known by its id. Links are refused: this server fetches nothing.

    Telegram lets pass in silence a file that is not what its type or its name says, which nobody can open then.
    """
    upload = request.file(name)
    if isinstance(upload, str):
        if upload.startswith(("http://", "https://")):
            raise Refused("failed to get HTTP URL content")
        if upload not in server.files:
            raise Refused("wrong file identifier/HTTP URL specified")
        upload = server.files[upload]
    if upload is None or not upload.content:
        raise Refused("file must be non-empty")
    if len(upload.content) > limit:
        raise Refused(status=413)
    for mime in (upload.mime, mimetypes.guess_type(upload.name)[0]):
        if not upload.content.startswith(SIGNATURES.get(str(mime), b"")):
            raise Refused(f"the file {upload.name} is no {mime}")
    return upload


def _picture_size(content: bytes) -> tuple[int, int]:
    if content.startswith(b"\xff\xd8\xff"):
        return 800, 600  # not looked up in a JPEG
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) < 24:
        raise Refused("IMAGE_PROCESS_FAILED")
    width, height = struct.unpack(">II", content[16:24])
    if width + height > 10_000 or not 1 / 20 <= width / max(height, 1) <= 20:
        raise Refused("PHOTO_INVALID_DIMENSIONS")
    return width, height
