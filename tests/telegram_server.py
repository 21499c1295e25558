"""A strict Telegram Bot API on the loopback, for tests: standard library only, no network, nothing forgiven.

    with TelegramServer() as server:
        ApplicationBuilder().token(server.token).base_url(f"{server.url}/bot").base_file_url(f"{server.url}/file/bot")
        alice = server.person(7, first_name="Alice", language_code="fr")
        alice.says("/start")
        [welcome] = alice.chat.wait_messages(1)
        alice.presses(welcome, "Commencer")

It refuses what Telegram refuses, in Telegram's words, and some of what Telegram lets pass in silence (unknown
parameters, a bare ``&``): ``refused`` is empty after a healthy run. It misbehaves only when told to.
The waiting methods block: from a coroutine, call them in ``asyncio.to_thread``.
``telegram_control.py`` tells how to run it as a process of its own, ``telegram_hook.py`` posts updates to a webhook.
"""

import json
import math
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

import telegram_messages  # noqa: F401 - registers its methods
from telegram_chats import Chat, Group, Message, Person, Press, user
from telegram_http import Answer, HttpServer
from telegram_methods import METHODS
from telegram_requests import JSON, Refused, Request, Upload, checked, decode
from telegram_updates import HungUp, UpdateQueue

T = TypeVar("T")
C = TypeVar("C", bound=Chat)


@dataclass(eq=False)
class Call:
    """One call of the bot."""

    method: str
    time: float  # monotonic seconds
    parameters: JSON = field(default_factory=dict)  # typed; as received where they were refused
    uploads: dict[str, Upload] = field(default_factory=dict)
    status: int = 200  # 0 where no answer was given
    refusal: str = ""  # Telegram's description

    @property
    def chat_id(self) -> int | str | None:
        chat_id: int | str | None = self.parameters.get("chat_id")
        return chat_id


@dataclass(eq=False)
class _Fault:
    """Something to do wrong: how many times (or until when), to which method, in which chat."""

    kind: str
    method: str = "*"
    chat_id: int | None = None
    value: float = 0
    left: float = math.inf
    until: float = math.inf


class TelegramServer:
    """The server. ``changed`` guards everything and is notified after every call."""

    def __init__(
        self,
        token: str = "123456:TEST",
        username: str = "test_bot",
        first_name: str = "Test",
        privacy: bool = False,
        port: int = 0,
    ) -> None:
        self.token = token
        self.bot: JSON = {
            "id": int(token.split(":", maxsplit=1)[0]),
            "is_bot": True,
            "first_name": first_name,
            "username": username,
        }
        self.privacy = privacy  # in groups, sees only what is meant for it
        self.unknown: set[str] = set()  # methods that a server of an earlier day does not have
        self.calls: list[Call] = []
        self.refused: list[Call] = []
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, Upload] = {}
        self.presses: dict[str, Press] = {}  # by callback query id
        self.commands: dict[tuple[str, str], list[JSON]] = {}  # by scope ("default", "chat:7") and language
        self.profile: dict[tuple[str, str], str] = {}  # by field ("name", "description"...) and language
        self.secret = ""  # of setWebhook
        self.shown: list[JSON] = []  # the bot's messages and edits, as they came
        self.control: Callable[[bytes], Answer] | None = None  # what answers to /control
        self.changed = threading.Condition()
        self.updates = UpdateQueue(self.changed)
        self._faults: list[_Fault] = []
        self._crashes: list[Exception] = []
        self._closing = threading.Event()
        self._http = HttpServer(self, port)
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if self._crashes and error is None:
            raise self._crashes[0]

    def close(self) -> None:
        """Hangs up on the bot and frees the port."""
        self._closing.set()
        self.updates.close()
        self._http.close()

    # People and chats

    def person(
        self, chat_id: int, first_name: str = "Alice", language_code: str | None = None, **fields: Any
    ) -> Person:
        """Somebody who has opened a private chat with the bot."""
        someone = user(chat_id, first_name, language_code, **fields)
        names = {key: value for key, value in someone.items() if key in ("id", "first_name", "last_name", "username")}
        return Person(self._open(Chat(self, names | {"type": "private"})), someone)

    def group(self, chat_id: int, title: str = "Group", is_forum: bool = False, **fields: Any) -> Group:
        """A supergroup the bot belongs to."""
        forum = {"is_forum": True} if is_forum else {}
        return self._open(Group(self, {"id": chat_id, "title": title, "type": "supergroup", **forum, **fields}))

    def chat(self, chat_id: int) -> Chat:
        """A chat opened before."""
        return self.chats[chat_id]

    def expire_presses(self) -> None:
        """Makes every callback query too old to be answered."""
        with self.changed:
            for press in self.presses.values():
                press.expired = True

    # Waiting and looking

    def wait_for(
        self, condition: Callable[[], T], timeout: float = 30, what: str | Callable[[], str] = "the condition"
    ) -> T:
        """What ``condition`` returns, once it is true. It is tried after every call, and now and then between.

        Raises:
            AssertionError: it stayed false for ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        with self.changed:
            while not (value := condition()):
                if (left := deadline - time.monotonic()) <= 0:
                    reasons = [call.refusal for call in self.refused]
                    wanted = what if isinstance(what, str) else what()
                    raise AssertionError(f"waited {timeout} s in vain for {wanted}; refused so far: {reasons}")
                self.changed.wait(min(left, 0.05))
            return value

    def calls_to(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        with self.changed:
            return [call for call in self.calls if call.method == method]

    # Faults

    def deliver(self, update: JSON, twice: bool = False) -> int:
        """Queues a raw update, with its own ``update_id`` or the next one; returns that id."""
        return self.updates.deliver(update, twice)

    def twice(self) -> AbstractContextManager[None]:
        """``with server.twice(): person.says(...)``: the update comes back once after it was confirmed."""
        return self.updates.twice()

    def out_of_order(self) -> AbstractContextManager[None]:
        """``with server.out_of_order(): ...``: the updates of the block arrive together, the last one first."""
        return self.updates.out_of_order()

    def fail_next(self, method: str, times: int = 1, status: int = 500) -> None:
        """The next calls of ``method`` ("*" for any) do nothing and are answered with ``status``."""
        assert status >= 500, "for 429, see limit_chat and limit_all"
        self._plan(_Fault("fail", method, value=status, left=times))

    def drop_next(self, method: str, times: int = 1, before: bool = False) -> None:
        """The next calls of ``method`` take effect, then the connection breaks in the middle of the answer.

        With ``before``, it breaks before they take effect.
        """
        self._plan(_Fault("drop before" if before else "drop", method, left=times))

    def slow(self, method: str, seconds: float, times: float = math.inf) -> None:
        """Calls of ``method`` take effect at once and are answered ``seconds`` later; 0 ends it."""
        with self.changed:
            self._faults = [fault for fault in self._faults if (fault.kind, fault.method) != ("slow", method)]
        if seconds:
            self._plan(_Fault("slow", method, value=seconds, left=times))

    def limit_chat(self, chat_id: int, retry_after: int, times: int | None = 1) -> None:
        """The next calls about this chat get 429; with ``times=None``, all of them for ``retry_after`` seconds."""
        self._limit(chat_id, retry_after, times)

    def limit_all(self, retry_after: int, times: int | None = 1) -> None:
        """The next calls about any chat get 429; with ``times=None``, all of them for ``retry_after`` seconds."""
        self._limit(None, retry_after, times)

    def away(self, seconds: float) -> None:
        """For that long, every call breaks before it takes effect; so do the connections that are open now."""
        self._plan(_Fault("drop before", until=time.monotonic() + seconds))
        self._http.hang_up()

    # For the methods and the HTTP side

    def show(self, message: Message) -> None:
        """Notes that a message of the bot's has come, or has changed."""
        told: JSON = {"chat": message.chat.id, "message": message.id, "at": time.monotonic(), "text": message.text}
        rows = message.markup.get("inline_keyboard", [])
        told["buttons"] = [[[button["text"], button.get("callback_data")] for button in row] for row in rows if row]
        told["edited"] = "edit_date" in message.raw
        self.shown.append(told | ({"file": message.file.name} if message.file else {}))

    def store(self, upload: Upload) -> JSON:
        """Keeps a file; returns it as the Bot API writes one."""
        with self.changed:
            file_id = f"file{len(self.files) + 1}"
            self.files[file_id] = upload
            return self.file(file_id)

    def file(self, file_id: str) -> JSON:
        """A file kept before, as the Bot API writes one."""
        size = len(self.files[file_id].content)
        return {"file_id": file_id, "file_unique_id": f"unique-{file_id}", "file_size": size}

    def download(self, token: str, file_id: str) -> Answer:
        """The content of a file."""
        upload = self.files.get(file_id)
        if token != self.token or upload is None:
            return Answer(404, b'{"ok":false,"error_code":404,"description":"Not Found"}')
        return Answer(200, upload.content, mime=upload.mime)

    def answer(
        self, token: str, name: str, content_type: str, body: bytes, query: str, gone: Callable[[], bool]
    ) -> Answer:
        """Records, checks and executes one call.

        Raises:
            HungUp: there is nobody, or nothing, to answer.
        """
        method = METHODS.get(name.lower())
        call = Call(method.name if method else name, time.monotonic())
        with self.changed:
            self.calls.append(call)
            try:
                if token != self.token:
                    raise Refused(status=401)
                if method is None or method.name in self.unknown:
                    raise Refused("method not found", 404)
                if status := self._take("fail", call):
                    call.status = int(status)
                elif self._take("drop before", call) is not None:
                    raise HungUp
                else:
                    call.parameters, call.uploads = decode(content_type, body, query)
                    call.parameters = checked(method.signature, call.parameters, call.uploads)
                    self._check_limits(call)
                    result = method.run(self, Request(call.parameters, call.uploads, gone))
                    payload = {"ok": True, "result": result}
            except Refused as refusal:
                call.status, call.refusal = refusal.status, refusal.description
                self.refused.append(call)
                payload = _error(refusal)
            except HungUp:
                call.status = 0
                raise
            except Exception as error:
                self._crashes.append(error)
                call.status = 500
            if call.status >= 500:
                payload = _error(Refused(status=call.status))
            content = json.dumps(payload).encode()
            self.changed.notify_all()
            delay, cut = self._take("slow", call), self._take("drop", call) is not None
        if delay:
            self._closing.wait(delay)
        return Answer(call.status, content, cut)

    def _open(self, chat: C) -> C:
        with self.changed:
            assert chat.id not in self.chats, f"chat {chat.id} is open already"
            self.chats[chat.id] = chat
            return chat

    def _plan(self, fault: _Fault) -> None:
        with self.changed:
            self._faults.append(fault)

    def _take(self, kind: str, call: Call) -> float | None:
        """The value of the first fault of this kind that is due for a call; it then has one time less."""
        now = time.monotonic()
        for fault in self._faults:
            concerned = fault.method in ("*", call.method) and fault.chat_id in (None, call.chat_id)
            if fault.kind == kind and concerned and fault.left > 0 and now < fault.until:
                fault.left -= 1
                return fault.value if fault.until == math.inf else math.ceil(fault.until - now)
        return None

    def _limit(self, chat_id: int | None, retry_after: int, times: int | None) -> None:
        if times is None:
            self._plan(_Fault("limit", chat_id=chat_id, until=time.monotonic() + retry_after))
        else:
            self._plan(_Fault("limit", chat_id=chat_id, value=retry_after, left=times))

    def _check_limits(self, call: Call) -> None:
        if call.chat_id is not None and (retry_after := self._take("limit", call)) is not None:
            raise Refused(f"retry after {int(retry_after)}", 429, int(retry_after))


def _error(refusal: Refused) -> JSON:
    error: JSON = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    return error | ({"parameters": {"retry_after": refusal.retry_after}} if refusal.retry_after is not None else {})


if __name__ == "__main__":
    from telegram_control import main

    main()
