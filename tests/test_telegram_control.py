"""The strict Bot API server as a process of its own: what a driver may have its people do, and a webhook served."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram_control import ORDERS, Remote
from telegram_hook import Hook
from telegram_server import TelegramServer

ALONE = Path(__file__).with_name("telegram_server.py")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with subprocess.Popen([sys.executable, "-W", "error", str(ALONE)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        ready, _, url = process.stdout.readline().strip().partition(" ")
        assert ready == "ready"
        yield url
        process.terminate()
        assert process.wait(30) == 0


@pytest.fixture
def remote(url: str) -> Iterator[Remote]:
    remote = Remote(url)
    yield remote
    remote.close()


def calls(url: str, method: str, **parameters: Any) -> Any:
    return httpx.post(f"{url}/bot123456:TEST/{method}", json=parameters, trust_env=False).json()


def test_a_driver_in_another_process_plays_people(url: str, remote: Remote) -> None:
    remote.does("person", chat=7, language_code="fr")
    said = remote.does("says", chat=7, text="/start")
    [update] = calls(url, "getUpdates")["result"]
    assert update["message"]["text"] == "/start"
    markup = {"inline_keyboard": [[{"text": "Oui", "callback_data": "y"}]]}
    calls(url, "sendMessage", chat_id=7, text="Bonjour", reply_markup=markup)
    cursor, [hello] = remote.shown()
    assert (hello["chat"], hello["text"], hello["buttons"], hello["edited"]) == (7, "Bonjour", [[["Oui", "y"]]], False)
    assert hello["at"] > said["at"]
    remote.does("presses", chat=7, message=hello["message"], button="Oui")
    [_, press] = calls(url, "getUpdates")["result"]
    assert press["callback_query"]["data"] == "y"
    calls(url, "editMessageText", chat_id=7, message_id=hello["message"], text="Merci")
    cursor, [thanks] = remote.shown(cursor, wait=5)
    assert (thanks["text"], thanks["buttons"], thanks["edited"]) == ("Merci", [], True)
    assert remote.shown(cursor) == (cursor, [])
    assert [each["text"] for each in remote.does("history", chat=7)] == ["/start", "Merci"]


def test_groups_trouble_and_what_became_of_the_calls(url: str, remote: Remote) -> None:
    remote.do_all(
        [{"do": "forget_calls"}, {"do": "group", "chat": -5}, {"do": "says", "chat": -5, "by": 9, "text": "!"}]
    )
    remote.does("fail_next", method="sendMessage", status=502)
    remote.does("limit_chat", chat_id=-5, retry_after=3)
    statuses = [calls(url, "sendMessage", chat_id=-5, text=text).get("error_code", 200) for text in "abc"]
    assert statuses == [502, 429, 200]
    report = remote.does("report")
    assert report["calls"] == {"sendMessage": {"502": 1, "429": 1, "200": 1}}
    assert report["refused"] == ["sendMessage: Too Many Requests: retry after 3"]
    remote.does("away", seconds=60)
    with pytest.raises(httpx.RemoteProtocolError):
        calls(url, "sendMessage", chat_id=-5, text="perdu")


@pytest.mark.parametrize("order", [{"do": "sing"}, {"do": "_person"}, {"do": "says", "chat": 404, "text": "?"}, {}])
def test_what_cannot_be_done_is_said(remote: Remote, order: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match=r"no such order|says: KeyError"):
        remote.do_all([order])
    assert "answer" not in ORDERS


class Bot(ThreadingHTTPServer):
    """A webhook that takes each update at the second try."""

    def __init__(self) -> None:
        self.taken: list[tuple[int, str]] = []
        self.seen: set[int] = set()
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Door)


class Door(BaseHTTPRequestHandler):
    server: Bot

    def do_POST(self) -> None:
        update = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            again = update["update_id"] in self.server.seen
            self.server.seen.add(update["update_id"])
            if again:
                assert self.headers["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
                self.server.taken.append((update["message"]["chat"]["id"], update["message"]["text"]))
        self.send_response(200 if again else 503)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def test_updates_are_posted_until_they_are_taken_in_order_within_a_chat() -> None:
    with TelegramServer() as server, Bot() as bot:
        threading.Thread(target=bot.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        server.secret = "s3cret"
        people = [server.person(number) for number in (7, 8)]
        for text in "abc":
            for person in people:
                person.says(text)
        hook = Hook(server, f"http://127.0.0.1:{bot.server_port}/hook", connections=3)
        server.wait_for(lambda: len(bot.taken) == 6)
        server.wait_for(lambda: not len(server.updates))
        hook.close()
        bot.shutdown()
    for person in people:
        assert [text for chat, text in bot.taken if chat == person.chat.id] == ["a", "b", "c"]
    assert (hook.posted, hook.tried) == (6, 12)
