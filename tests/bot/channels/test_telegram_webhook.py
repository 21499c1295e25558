"""Who is let in by the webhook, when it confirms, and what it says of its health."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from telegram_chats import Person
from telegram_server import TelegramServer

from bot.channels import telegram_webhook
from bot.queues import Arrived, Waiting
from bot.storage.database import Database
from bot.storage.errors import StorageProblem
from bot.storage.inbox import SqlInbox
from bot.storage.schema import inbox
from tests.bot.channels.test_telegram import TOKEN, Parrot, live

HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer(token=TOKEN, username="CurseurBot") as server:
        yield server


@pytest.fixture
def alice(server: TelegramServer) -> Person:
    return server.person(7, language_code="fr")


@pytest.fixture
def listen() -> str:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


class Telegram:
    """Calls the webhook as Telegram does, or as somebody else."""

    def __init__(self, server: TelegramServer, listen: str, person: Person) -> None:
        [call] = server.wait_for(lambda: server.calls_to("setWebhook"))
        self.secret: str = call.parameters["secret_token"]
        assert call.parameters["url"] == "https://bot.example/hook"
        self.client = httpx.Client(base_url=f"http://{listen}", timeout=10, trust_env=False)
        self.person = person

    def update(self, number: int, text: str = "Bonjour") -> dict[str, Any]:
        message = {"message_id": number, "date": 1, "chat": self.person.chat.raw, "from": self.person.user}
        return {"update_id": number, "message": message | {"text": text}}

    def posts(self, body: bytes | dict[str, Any], secret: str | None = None, path: str = "/hook") -> int:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {HEADER.encode(): (self.secret if secret is None else secret).encode()}
        return self.client.post(path, content=content, headers=headers).status_code


def webhooked(
    server: TelegramServer,
    listen: str,
    person: Person,
    script: Callable[[Telegram], None],
    parrot: Parrot | None = None,
) -> None:
    def play() -> None:
        telegram = Telegram(server, listen, person)
        with telegram.client:
            script(telegram)

    live(server, play, parrot, webhook=("https://bot.example/hook", listen))


def test_updates_are_answered_in_order_and_once(server: TelegramServer, alice: Person, listen: str) -> None:
    def script(telegram: Telegram) -> None:
        for number in (5, 6, 6, 5, 7):
            assert telegram.posts(telegram.update(number, f"message {number}")) == 200
        alice.chat.wait_messages(3)

    webhooked(server, listen, alice, script)
    assert [message.text for message in alice.chat.messages] == ["message 5", "message 6", "message 7"]
    assert server.calls_to("getUpdates") == []
    assert server.refused == []


def test_an_update_that_cannot_be_kept_is_not_confirmed(
    server: TelegramServer, alice: Person, listen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, fails = SqlInbox.store, [True]

    def sometimes(inbox: SqlInbox, arrived: Sequence[Arrived]) -> set[int]:
        if fails[0]:
            raise StorageProblem("no room left")
        return store(inbox, arrived)

    def script(telegram: Telegram) -> None:
        assert telegram.posts(telegram.update(5)) == 503
        fails[0] = False
        assert telegram.posts(telegram.update(5)) == 200
        alice.chat.wait_messages(1)

    monkeypatch.setattr(SqlInbox, "store", sometimes)
    webhooked(server, listen, alice, script)
    assert len(alice.chat.messages) == 1


def test_health(server: TelegramServer, alice: Person, listen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(telegram: Telegram) -> None:
        assert [telegram.client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]

        def broken(_: object) -> None:
            raise StorageProblem("gone")

        monkeypatch.setattr(SqlInbox, "waiting", broken)
        assert [telegram.client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 503]

    webhooked(server, listen, alice, script)


def test_of_a_thousand_hostile_requests_none_is_let_in(
    server: TelegramServer, alice: Person, listen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_webhook, "MAX_BODY", 20_000)
    chance = random.Random(4)
    parrot = Parrot()

    def hostile(telegram: Telegram) -> int:
        good = telegram.update(chance.randrange(10**6), "hostile")
        whole = json.dumps(good).encode()
        wrong = ["", "é", telegram.secret[:-1], telegram.secret + "0", telegram.secret.upper(), "x" * 5_000]
        match chance.randrange(7):
            case 0:
                return telegram.posts(good, secret=chance.choice(wrong))
            case 1:
                return telegram.posts(whole[: chance.randrange(len(whole))])
            case 2:
                return telegram.posts(chance.randbytes(chance.randrange(3_000)))
            case 3:
                return telegram.posts(b'{"update_id": 1, "message": {"text": "' + b"x" * 30_000 + b'"}}')
            case 4:
                return telegram.posts(chance.choice([b"[" * 9_000, b"null", b"[]", b"3", b"{}", b'"x"', b"NaN"]))
            case 5:
                bad = chance.choice([-1, 2**63, 1.5, "7", None, True, [], {}])
                return telegram.posts({**good, "update_id": bad})
            case _:
                kind = chance.choice(["channel_post", "poll", "my_chat_member", "message"])
                return telegram.posts({"update_id": 9, kind: 3 if kind == "message" else {"chat": {"id": 7}}})

    def script(telegram: Telegram) -> None:
        answers = [hostile(telegram) for _ in range(1_000)]
        assert set(answers) <= {400, 403, 413}
        assert {400, 403, 413} <= set(answers)
        for path in ("/", "/hook/", "/hook/x", "/hook2", "/healthz"):
            assert telegram.posts(telegram.update(1), path=path) in (403, 404, 405)
        assert telegram.client.get("/hook", headers={HEADER: telegram.secret}).status_code == 405
        assert telegram.posts(telegram.update(10**6, "bonjour")) == 200
        alice.chat.wait_messages(1)

    webhooked(server, listen, alice, script, parrot)
    assert [incoming.text for incoming in parrot.heard] == ["bonjour"]
    database = Database.open("sqlite:///curseur.db")
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(inbox)) == 1
    database.close()


def test_a_database_that_goes_away_as_it_begins(
    server: TelegramServer, listen: str, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, asked = SqlInbox.waiting, []

    def away_at_first(queue: SqlInbox) -> Waiting:
        asked.append(queue)
        if len(asked) == 1:
            raise StorageProblem("the database is away")
        return waiting(queue)

    monkeypatch.setattr(SqlInbox, "waiting", away_at_first)

    def script(telegram: Telegram) -> None:
        server.wait_for(lambda: asked)
        assert telegram.posts(telegram.update(10)) == 200
        alice.chat.wait_messages(1)

    webhooked(server, listen, alice, script)


def test_replicas_have_one_secret_and_it_is_not_the_token() -> None:
    one, two = (telegram_webhook.Webhook.of("https://x/y", "127.0.0.1:80", TOKEN) for _ in range(2))
    assert one == two
    assert one.secret != telegram_webhook.Webhook.of("https://x/y", "127.0.0.1:80", f"{TOKEN}x").secret
    assert one.secret not in repr(one)
    assert TOKEN not in one.secret
