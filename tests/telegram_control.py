"""The strict Bot API server as a process of its own, and how a driver in another process plays its people.

    python tests/telegram_server.py --port 8081 [--token 123456:TEST] [--username test_bot]

It prints ``ready http://127.0.0.1:8081`` once it listens, and ends with SIGTERM. The bot talks to it as to Telegram;
the driver posts JSON to ``/control``: one order or a list of them, each an object with its name in ``do``. Each is
answered by its result, or by ``{"error": "…"}``. ``Remote`` speaks it:

    remote = Remote("http://127.0.0.1:8081")
    remote.does("person", chat=7, language_code="fr")
    remote.does("says", chat=7, text="/start")
    cursor, shown = remote.shown(after=0, wait=5)

The orders are the functions of ``ORDERS``; times are seconds of this machine's monotonic clock, which its processes
share.
"""

import argparse
import http.client
import json
import signal
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from telegram_chats import Group, Message, Person, user
from telegram_hook import Hook
from telegram_http import Answer
from telegram_requests import JSON
from telegram_server import TelegramServer


class Control:
    """Carries out orders on a server."""

    def __init__(self, server: TelegramServer) -> None:
        self.server = server
        self._people: dict[tuple[int, int], Person] = {}
        self._hook: Hook | None = None

    def answer(self, body: bytes) -> Answer:
        """What to answer to a body posted to ``/control``."""
        try:
            orders = json.loads(body)
            several = isinstance(orders, list)
            results = [self._result(order) for order in (orders if several else [orders])]
        except (ValueError, AttributeError) as error:
            return Answer(400, json.dumps({"error": str(error)}).encode())
        return Answer(200, json.dumps(results if several else results[0]).encode())

    def _result(self, order: JSON) -> Any:
        options = dict(order)
        name = options.pop("do", None)
        if name not in ORDERS:
            return {"error": f"no such order: {name!r}"}
        try:
            return ORDERS[name](self, **options)
        except (AssertionError, KeyError, TypeError, IndexError) as error:
            return {"error": f"{name}: {type(error).__name__}: {error}"}

    # People

    def person(self, chat: int, first_name: str = "Alice", language_code: str | None = None) -> JSON:
        """Opens a private chat; once more is no fault."""
        if chat not in self.server.chats:
            self._people[(chat, chat)] = self.server.person(chat, first_name, language_code)
        return {}

    def group(self, chat: int, title: str = "Group", is_forum: bool = False) -> JSON:
        """Opens a group, whose members appear when they first speak (``by``, their id)."""
        if chat not in self.server.chats:
            self.server.group(chat, title, is_forum)
        return {}

    def says(self, chat: int, text: str, by: int | None = None, **fields: Any) -> JSON:
        """Sends a text."""
        message = self._person(chat, by).says(text, **fields)
        return {"message": message.id, "at": time.monotonic()}

    def edits(self, chat: int, message: int, text: str, by: int | None = None) -> JSON:
        """Changes a text sent before."""
        self._person(chat, by).edits(self._message(chat, message), text)
        return {"at": time.monotonic()}

    def presses(self, chat: int, message: int, button: str, by: int | None = None) -> JSON:
        """Presses the button of that label or callback data, under one of the bot's messages."""
        press = self._person(chat, by).presses(self._message(chat, message), button)
        return {"press": press.id, "at": time.monotonic()}

    def forges(self, chat: int, message: int, data: str, by: int | None = None) -> JSON:
        """Sends callback data that no button shows."""
        press = self._person(chat, by).forges(self._message(chat, message), data)
        return {"press": press.id, "at": time.monotonic()}

    def blocks(self, chat: int, again: bool = True) -> JSON:
        """Blocks the bot, or (``again`` false) no longer."""
        person = self._person(chat, None)
        person.blocks() if again else person.unblocks()
        return {}

    # What the bot did

    def shown(self, after: int = 0, wait: float = 0, chat: int | None = None, most: int = 1_000) -> JSON:
        """The bot's messages and edits since a cursor, of all chats or one, waiting for the first if need be."""
        deadline = time.monotonic() + wait
        with self.server.changed:
            while True:
                events = self.server.shown[after : after + most]
                found = [event for event in events if chat is None or event["chat"] == chat]
                left = deadline - time.monotonic()
                if found or left <= 0:
                    return {"cursor": after + len(events), "shown": found}
                after += len(events)
                self.server.changed.wait(left)

    def history(self, chat: int) -> list[JSON]:
        """Everything on the screen of a chat, oldest first."""
        with self.server.changed:
            return [_told(message) for message in self.server.chat(chat).history if not message.deleted]

    def report(self) -> JSON:
        """The calls so far by method and status, what was refused and why, and how many updates wait."""
        calls: dict[str, dict[str, int]] = {}
        with self.server.changed:
            for call in self.server.calls:
                by_status = calls.setdefault(call.method, {})
                by_status[str(call.status)] = by_status.get(str(call.status), 0) + 1
            refused = [f"{call.method}: {call.refusal}" for call in self.server.refused]
            return {"calls": calls, "refused": refused, "waiting": len(self.server.updates)}

    def forget_calls(self) -> JSON:
        """Frees the memory that recorded calls take."""
        with self.server.changed:
            self.server.calls.clear()
            self.server.refused.clear()
        return {}

    # Trouble

    def fail_next(self, **options: Any) -> JSON:
        """As ``TelegramServer.fail_next``; so do the next four."""
        self.server.fail_next(**options)
        return {}

    def drop_next(self, **options: Any) -> JSON:
        """See ``fail_next``."""
        self.server.drop_next(**options)
        return {}

    def slow(self, **options: Any) -> JSON:
        """See ``fail_next``."""
        self.server.slow(**options)
        return {}

    def limit_chat(self, **options: Any) -> JSON:
        """See ``fail_next``."""
        self.server.limit_chat(**options)
        return {}

    def limit_all(self, **options: Any) -> JSON:
        """See ``fail_next``."""
        self.server.limit_all(**options)
        return {}

    def away(self, seconds: float) -> JSON:
        """Hangs up on every call for that long."""
        self.server.away(seconds)
        return {}

    def hook(self, url: str = "", connections: int = 8) -> JSON:
        """Delivers updates to that address from now on (see ``Hook``); an empty one ends it."""
        if self._hook:
            self._hook.close()
        self._hook = Hook(self.server, url, connections) if url else None
        return {}

    def _person(self, chat: int, by: int | None) -> Person:
        place = self.server.chat(chat)
        number = chat if by is None else by
        if (chat, number) not in self._people:
            assert isinstance(place, Group), f"no person {number} in chat {chat}"
            self._people[(chat, number)] = Person(place, user(number, f"Member {number}", None))
        return self._people[(chat, number)]

    def _message(self, chat: int, number: int) -> Message:
        found = self.server.chat(chat).find(number)
        assert found, f"no message {number} in chat {chat}"
        return found


ORDERS: dict[str, Callable[..., Any]] = {
    name: function
    for name, function in vars(Control).items()
    if callable(function) and not name.startswith("_") and name != "answer"
}
"""What may be asked for, by name."""


class Remote:
    """A driver's line to a server's ``/control``. Not to be shared between threads."""

    def __init__(self, url: str, timeout: float = 60) -> None:
        parts = urlsplit(url)
        assert parts.hostname, url
        self.url = url
        self._line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)

    def does(self, name: str, **options: Any) -> Any:
        """The result of one order.

        Raises:
            AssertionError: it could not be carried out.
        """
        return self.do_all([{"do": name, **options}])[0]

    def do_all(self, orders: list[JSON]) -> list[Any]:
        """The results of several, in one request.

        Raises:
            AssertionError: one could not be carried out; those after it may have been.
        """
        self._line.request("POST", "/control", json.dumps(orders))
        results: list[Any] = json.loads(self._line.getresponse().read())
        for result in results:
            assert not (isinstance(result, dict) and "error" in result), result["error"]
        return results

    def shown(self, after: int = 0, wait: float = 0, chat: int | None = None) -> tuple[int, list[JSON]]:
        """What the bot showed since a cursor: the next cursor, then ``chat``, ``message``, ``at``, ``text``…"""
        result = self.does("shown", after=after, wait=wait, chat=chat)
        return result["cursor"], result["shown"]

    def close(self) -> None:
        """Hangs up."""
        self._line.close()


def _told(message: Message) -> JSON:
    told: JSON = {"message": message.id, "bot": message.from_bot, "text": message.text, "buttons": message.buttons}
    return told | ({"file": message.file.name} if message.file else {})


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="A strict Telegram Bot API on the loopback.")
    parser.add_argument("--port", type=int, default=0, help="any free one by default")
    parser.add_argument("--token", default="123456:TEST")
    parser.add_argument("--username", default="test_bot")
    options = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with TelegramServer(options.token, options.username, port=options.port) as server:
        server.control = Control(server).answer
        print(f"ready {server.url}", flush=True)
        ended.wait()
