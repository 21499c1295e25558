"""The register of the Bot API methods the strict server knows (Bot API 10.0), and those about the bot itself.

Those about messages register themselves in ``telegram_messages.py``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram_chats import Chat
from telegram_markup import utf16
from telegram_requests import JSON, Refused, Request

if TYPE_CHECKING:
    from telegram_server import TelegramServer

_Run = Callable[["TelegramServer", Request], Any]


@dataclass(frozen=True)
class Method:
    """A method: its name, its parameters and what it does."""

    name: str
    signature: str
    run: _Run


METHODS: dict[str, Method] = {}  # by lower-case name: Telegram does not mind the case


def method(name: str, signature: str = "") -> Callable[[_Run], _Run]:
    def register(run: _Run) -> _Run:
        METHODS[name.lower()] = Method(name, signature, run)
        return run

    return register


@method("getMe")
def get_me(server: "TelegramServer", request: Request) -> JSON:
    can = {"can_join_groups": True, "can_read_all_group_messages": not server.privacy}
    return {**server.bot, **can, "supports_inline_queries": False, "can_connect_to_business": False}


@method("getUpdates", "offset:int limit:int timeout:int allowed_updates:array")
def get_updates(server: "TelegramServer", request: Request) -> list[JSON]:
    limit = request.get("limit") if request.get("limit") is not None else 100
    if not 1 <= limit <= 100:  # Telegram would silently move it into the range
        raise Refused('Field "limit" must be between 1 and 100')
    if request.get("allowed_updates") is not None:
        server.updates.allow(request["allowed_updates"])
    return server.updates.poll(request.get("offset") or 0, limit, request.get("timeout") or 0, request.gone)


@method("deleteWebhook", "drop_pending_updates:bool")
def delete_webhook(server: "TelegramServer", request: Request) -> bool:
    if request.get("drop_pending_updates"):
        server.updates.forget()
    return True


@method("setWebhook", "url:str! secret_token:str allowed_updates:array max_connections:int drop_pending_updates:bool")
def set_webhook(server: "TelegramServer", request: Request) -> bool:
    """Takes note of it, and calls nobody: a test makes the calls itself, or has a ``Hook`` make them."""
    if not request["url"].startswith("https://"):
        raise Refused("bad webhook: An HTTPS URL must be provided for webhook")
    if not re.fullmatch("[A-Za-z0-9_-]{0,256}", request.get("secret_token") or ""):
        raise Refused("secret token contains unallowed characters")
    if request.get("allowed_updates") is not None:
        server.updates.allow(request["allowed_updates"])
    if request.get("drop_pending_updates"):
        server.updates.forget()
    server.secret = request.get("secret_token") or ""
    return True


@method("getWebhookInfo")
def get_webhook_info(server: "TelegramServer", request: Request) -> JSON:
    return {"url": "", "has_custom_certificate": False, "pending_update_count": len(server.updates)}


def _scope(server: "TelegramServer", scope: JSON | None) -> str:
    """A scope as one word: ``default``, ``chat:5``..."""
    kind = (scope or {"type": "default"}).get("type")
    if kind in ("default", "all_private_chats", "all_group_chats", "all_chat_administrators"):
        return str(kind)
    if scope is None or kind not in ("chat", "chat_administrators", "chat_member"):
        raise Refused("can't parse BotCommandScope: Unsupported type specified")
    words = [str(kind), str(known_chat(server, scope.get("chat_id")).id)]
    if kind == "chat_member":
        words.append(str(scope.get("user_id")))
    return ":".join(words)


def _language(request: Request) -> str:
    language = str(request.get("language_code") or "")
    if not re.fullmatch("([a-z]{2})?", language):
        raise Refused("invalid language code specified")
    return language


@method("setMyCommands", "commands:array! scope:object language_code:str")
def set_my_commands(server: "TelegramServer", request: Request) -> bool:
    for command in request["commands"]:
        if not isinstance(command, dict) or set(command) != {"command", "description"}:
            raise Refused("can't parse BotCommand: expected an Object with command and description")
        if not re.fullmatch("[a-z0-9_]{1,32}", str(command["command"])):
            raise Refused("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command["description"]).strip()) <= 256:
            raise Refused("BOT_COMMAND_DESCRIPTION_INVALID")
    if len(request["commands"]) > 100:
        raise Refused("BOT_COMMANDS_TOO_MUCH")
    server.commands[(_scope(server, request.get("scope")), _language(request))] = request["commands"]
    return True


@method("getMyCommands", "scope:object language_code:str")
def get_my_commands(server: "TelegramServer", request: Request) -> list[JSON]:
    return server.commands.get((_scope(server, request.get("scope")), _language(request)), [])


@method("deleteMyCommands", "scope:object language_code:str")
def delete_my_commands(server: "TelegramServer", request: Request) -> bool:
    server.commands.pop((_scope(server, request.get("scope")), _language(request)), None)
    return True


def _profile(field: str, limit: int) -> None:
    """The pair of methods that set and get one line of the bot's profile, per language."""
    words = "".join(word.title() for word in field.split("_"))

    def change(server: "TelegramServer", request: Request) -> bool:
        value = request.get(field) or ""
        if utf16(value) > limit:
            raise Refused(f"bot {field.replace('_', ' ')} is too long")
        server.profile[(field, _language(request))] = value
        return True

    def read(server: "TelegramServer", request: Request) -> JSON:
        default = server.bot["first_name"] if field == "name" else ""
        return {field: server.profile.get((field, _language(request))) or server.profile.get((field, ""), default)}

    method(f"setMy{words}", f"{field}:str language_code:str")(change)
    method(f"getMy{words}", "language_code:str")(read)


for _field, _limit in {"name": 64, "description": 512, "short_description": 120}.items():
    _profile(_field, _limit)


@method("getChat", "chat_id:chat!")
def get_chat(server: "TelegramServer", request: Request) -> JSON:
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, True)}
    return known_chat(server, request["chat_id"]).raw | full


@method("getFile", "file_id:str!")
def get_file(server: "TelegramServer", request: Request) -> JSON:
    if request["file_id"] not in server.files:
        raise Refused("wrong file_id or the file is temporarily unavailable")
    upload = server.files[request["file_id"]]
    return server.file(request["file_id"]) | {"file_path": f"{request['file_id']}/{upload.name}"}


def known_chat(server: "TelegramServer", chat_id: Any) -> Chat:
    for chat in server.chats.values():
        if chat_id in (chat.id, str(chat.id)) or (not chat.private and chat_id == f"@{chat.raw.get('username')}"):
            return chat
    raise Refused("chat not found")
