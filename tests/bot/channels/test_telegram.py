"""The Telegram channel against a strict Bot API server, and against answers that server never gives."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot
from telegram.request import BaseRequest, RequestData
from telegram_chats import Person
from telegram_server import TelegramServer

from bot.channels import Responder, limits, telegram_sending, telegram_turns
from bot.channels.telegram import Channel, make_bot, run, serve
from bot.channels.telegram_letters import letters
from bot.channels.telegram_polling import Line, Stopped
from bot.channels.telegram_sending import Later
from bot.channels.telegram_updates import Address
from bot.messages import Attachment, Choice, Incoming, Kind, Part, Reply, Style
from bot.meter import UNMETERED, Meter
from bot.queues import Letter, Limit, Queues
from bot.sessions import Sessions
from bot.storage.claims import Claims
from bot.storage.database import Database
from bot.storage.inbox import SqlInbox
from bot.storage.outbox import SqlOutbox
from bot.storage.sessions import SqlSessions
from bot.storage.upkeep import SqlUpkeep

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
Script = Callable[[], Any]


def png(width: int = 640, height: int = 480, size: int = 0) -> bytes:
    """The beginning of a picture, and bytes up to a size."""
    return (b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)).ljust(size, b"\0")


CHART = Attachment("coûts.png", "image/png", png(), "Coûts sur 3 ans")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCUMENTS = (
    Attachment("recommandation – été.pdf", "application/pdf", b"%PDF-1.7\r\n--x\r\n"),
    Attachment("cahier des charges.docx", DOCX, b"PK\x03\x04"),
    Attachment("answers.json", "application/json", b"{}"),
)
YES = ((Choice("Oui", "y"),),)


class Parrot:
    """Repeats; says what else it can do in ``replies``, and keeps what it heard."""

    def __init__(self, reply: Callable[[Incoming], Reply] | None = None) -> None:
        self.heard: list[Incoming] = []
        self.reply = reply or (lambda incoming: Reply.of(incoming.text))

    def respond(self, incoming: Incoming) -> Sequence[Reply]:
        self.heard.append(incoming)
        return [self.reply(incoming)]

    def within(self, sessions: Sessions) -> Parrot:
        return self

    def commands(self, lang: str) -> Sequence[tuple[str, str]]:
        return [("aide", "De l’aide")] if lang == "fr" else [("help", "Help")]

    def description(self, lang: str) -> tuple[str, str]:
        return (f"Perroquet ({lang})", f"Répète ({lang})")

    def trouble(self, incoming: Incoming) -> Reply:
        return Reply.of("Désolé.")


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer(token=TOKEN, username="CurseurBot") as server:
        yield server


@pytest.fixture
def alice(server: TelegramServer) -> Person:
    return server.person(7, language_code="fr")


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_sending, "_BACKOFF", (0.01, 0.02))
    monkeypatch.setattr(telegram_sending, "_TYPING_EVERY", 0.05)
    monkeypatch.setattr(telegram_turns, "_BACKOFF", (0.01, 0.02))


def opened(file: Path) -> tuple[Database, Queues]:
    """A database, and queues in it that nothing limits."""
    database = Database.open(f"sqlite:///{file}")
    claims, sessions = Claims(database), SqlSessions(database)
    inbox = SqlInbox(database, sessions, claims)
    outbox = SqlOutbox(database, claims, limits.overall(1_000), lambda chat: Limit(chat, timedelta(0), 1))
    return database, Queues(inbox, outbox, SqlUpkeep(database, sessions, claims, timedelta(days=90)))


def live(
    server: TelegramServer,
    script: Script,
    parrot: Responder | None = None,
    ready: Script = lambda: None,
    webhook: tuple[str, str] | None = None,
    meter: Meter = UNMETERED,
) -> None:
    """Runs the channel while ``script`` plays the people, in another thread."""

    async def both(queues: Queues) -> None:
        stop = asyncio.Event()
        with ThreadPoolExecutor(32) as thinking, ThreadPoolExecutor(4) as keeping:
            bot = make_bot(server.token, server.url, meter)
            channel = Channel(bot, parrot or Parrot(), queues, thinking, keeping, meter)
            serving = asyncio.create_task(serve(channel, Line(server.url, pause=0.05), ready, stop, webhook))
            playing = asyncio.create_task(asyncio.to_thread(script))
            await asyncio.wait({serving, playing}, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            await serving
            await playing

    database, queues = opened(Path("curseur.db"))
    asyncio.run(both(queues))
    database.close()


def test_says_hello_and_introduces_itself(server: TelegramServer, alice: Person) -> None:
    ready: list[float] = []
    alice.says("/start")

    def script() -> None:
        alice.chat.wait_messages(1)
        server.wait_for(lambda: len(server.calls_to("setMyCommands")) == 3)
        server.wait_for(lambda: ready)

    live(server, script, ready=lambda: ready.append(time.monotonic()))
    assert [message.text for message in alice.chat.messages] == ["start"]
    assert server.commands == {
        ("default", ""): [{"command": "aide", "description": "De l’aide"}],
        ("default", "fr"): [{"command": "aide", "description": "De l’aide"}],
        ("default", "en"): [{"command": "help", "description": "Help"}],
    }
    assert len(ready) == 1
    assert ready[0] > server.calls_to("sendMessage")[0].time
    assert not any(call.parameters.get("drop_pending_updates") for call in server.calls)
    assert server.refused == []


def test_an_introduction_that_fails_breaks_nothing(server: TelegramServer, alice: Person) -> None:
    server.fail_next("setMyCommands", times=3)
    server.slow("setMyCommands", 3)

    def script() -> None:
        server.wait_for(lambda: server.calls_to("setMyCommands"))
        alice.says("Bonjour")
        alice.chat.wait_messages(1)
        assert len(server.calls_to("setMyCommands")) == 1, "it was waited for"

    live(server, script)


def test_styles_reach_the_screen_and_hostile_text_does_nothing(server: TelegramServer, alice: Person) -> None:
    hostile = "<b>x</b> & </i><a href='x'> &lt; <script>"
    reply = Reply((Part(hostile), Part("titre", Style.BOLD), Part("cité" * 100, Style.QUOTE)))

    def script() -> None:
        alice.says(hostile)
        [message] = alice.chat.wait_messages(1)
        assert message.text == reply.plain
        assert {entity["type"] for entity in message.entities} >= {"bold", "expandable_blockquote"}

    live(server, script, Parrot(lambda incoming: reply))
    assert server.refused == []
    assert server.calls_to("sendMessage")[0].parameters["link_preview_options"] == {"is_disabled": True}


def test_a_long_reply_is_split_and_its_buttons_come_last(server: TelegramServer, alice: Person) -> None:
    text = "Une phrase 👍. " * 400

    def script() -> None:
        alice.says("x" * 5000)
        first, second = alice.chat.wait_messages(2)
        assert f"{first.text} {second.text}" == text.strip()
        assert (first.buttons, second.buttons) == ([], [["Oui", "Non"]])

    live(server, script, Parrot(lambda incoming: Reply.of(text, [[Choice("Oui", "y"), Choice("Non", "n")]])))
    assert server.refused == []


def test_a_press_is_acknowledged_at_once_even_when_its_chat_is_busy(server: TelegramServer, alice: Person) -> None:
    release = threading.Event()

    def reply(incoming: Incoming) -> Reply:
        if incoming.text == "attends":
            release.wait(30)
        return Reply.of(f"{incoming.kind} {incoming.text}", [[Choice("Oui", "q1:oui")]])

    def script() -> None:
        alice.says("/start")
        [welcome] = alice.chat.wait_messages(1)
        alice.says("attends")
        press = alice.presses(welcome, "Oui")
        server.wait_for(lambda: press.answered)
        assert len(alice.chat.messages) == 1
        release.set()
        assert [m.text for m in alice.chat.wait_messages(3)][1:] == ["text attends", "press q1:oui"]

    live(server, script, Parrot(reply))


def test_a_stale_press_is_still_answered(server: TelegramServer, alice: Person) -> None:
    def script() -> None:
        alice.says("/start")
        [welcome] = alice.chat.wait_messages(1)
        alice.forges(welcome, "vieux")
        server.expire_presses()
        assert alice.chat.wait_messages(2)[1].text == "vieux"

    live(server, script)
    assert {call.method for call in server.refused} <= {"answerCallbackQuery"}


def test_photos_and_edits(server: TelegramServer, alice: Person) -> None:
    parrot = Parrot()

    def script() -> None:
        alice.sends_photo()
        alice.sends_photo(caption="Et ça ?")
        question = alice.says("12 agents")
        alice.chat.wait_messages(3)
        alice.edits(question, "15 agents")
        alice.chat.wait_messages(4)

    live(server, script, parrot)
    assert [(incoming.kind, incoming.text) for incoming in parrot.heard] == [
        (Kind.MEDIA, "photo"),
        (Kind.TEXT, "Et ça ?"),
        (Kind.TEXT, "12 agents"),
        (Kind.TEXT, "15 agents"),
    ]


def test_a_group_is_answered_under_the_message_and_only_when_it_asks(server: TelegramServer) -> None:
    group = server.group(-100, is_forum=True)
    member = group.member(8)

    def script() -> None:
        member.says("Bonjour à tous")
        question = member.says("👍🏽 @CurseurBot combien ?", message_thread_id=4)
        [answer] = group.wait_messages(1)
        assert (answer.text, answer.reply_to, answer.raw["message_thread_id"]) == ("👍🏽 combien ?", question.id, 4)
        thanks = member.says("Merci", reply_to=answer, message_thread_id=4)
        assert group.wait_messages(2)[1].reply_to == thanks.id

    live(server, script)
    assert server.refused == []


def test_a_chat_keeps_its_order_and_delays_nobody(server: TelegramServer, alice: Person) -> None:
    bob = server.person(8, first_name="Bob")
    said = [f"message {number}" for number in range(40)]

    def reply(incoming: Incoming) -> Reply:
        if incoming.chat == "telegram:7":
            time.sleep(0.02)
        return Reply.of(incoming.text)

    def script() -> None:
        for text in said:
            alice.says(text)
        bob.says("Et moi ?")
        bob.chat.wait_messages(1)
        assert len(alice.chat.messages) < len(said)
        assert [message.text for message in alice.chat.wait_messages(len(said))] == said

    live(server, script, Parrot(reply))


def test_many_slow_chats_delay_nobody(server: TelegramServer) -> None:
    release = threading.Event()
    people = [server.person(number) for number in range(100, 120)]
    bob = server.person(8, first_name="Bob")

    def script() -> None:
        for person in people:
            person.says("lent")
        bob.says("vite")
        bob.chat.wait_messages(1)
        assert not any(person.chat.messages for person in people)
        release.set()
        for person in people:
            person.chat.wait_messages(1)

    live(server, script, Parrot(lambda i: Reply.of(i.text if i.text == "vite" or release.wait(30) else "")))


def test_a_flooded_chat_waits_alone(server: TelegramServer, alice: Person) -> None:
    bob = server.person(8, first_name="Bob")
    server.limit_chat(7, retry_after=2, times=2)  # the typing indicator, and the message

    def script() -> None:
        began = time.monotonic()
        alice.says("a")
        bob.says("b")
        bob.chat.wait_messages(1)
        assert alice.chat.messages == []
        alice.chat.wait_messages(1)
        assert time.monotonic() - began >= 2

    live(server, script)


@pytest.mark.parametrize("trouble", ["drop", "fail"])
def test_a_message_that_does_not_get_through_is_sent_again(server: TelegramServer, alice: Person, trouble: str) -> None:
    if trouble == "drop":
        server.drop_next("sendMessage", times=2, before=True)
    else:
        server.fail_next("sendMessage", times=2)

    def script() -> None:
        alice.says("Bonjour")
        alice.chat.wait_messages(1)

    live(server, script)
    assert len(server.calls_to("sendMessage")) == 3


def test_being_blocked_is_no_trouble(server: TelegramServer, alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    release = threading.Event()

    def script() -> None:
        alice.says("Bonjour")
        server.wait_for(lambda: alice.chat.actions)
        alice.blocks()
        release.set()
        server.wait_for(lambda: server.calls_to("sendMessage"))
        alice.unblocks()
        alice.says("Me revoilà")
        assert alice.chat.wait_messages(1)[0].text == "Me revoilà"

    live(server, script, Parrot(lambda incoming: Reply.of(incoming.text if release.wait(30) else "")))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_typing_shows_as_long_as_a_reply_takes(server: TelegramServer, alice: Person) -> None:
    release = threading.Event()

    def script() -> None:
        alice.says("Bonjour")
        server.wait_for(lambda: len(alice.chat.actions) >= 3)
        release.set()
        alice.chat.wait_messages(1)
        shown = len(alice.chat.actions)
        time.sleep(0.15)
        assert len(alice.chat.actions) == shown

    live(server, script, Parrot(lambda incoming: Reply.of(incoming.text if release.wait(30) else "")))
    assert set(alice.chat.actions) == {"typing"}


def test_when_the_assistant_breaks_it_says_so_and_logs_no_text(
    server: TelegramServer, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    def reply(incoming: Incoming) -> Reply:
        raise ValueError(f"cannot read {incoming.text!r}, {TOKEN}")

    def script() -> None:
        alice.says("mon secret")
        assert alice.chat.wait_messages(1)[0].text == "Désolé."

    live(server, script, Parrot(reply))
    assert "ValueError" in caplog.text
    assert "test_telegram.py" in caplog.text
    assert not any(word in caplog.text for word in ("secret", TOKEN, "telegram:7"))


def test_an_update_that_comes_twice_is_answered_once(server: TelegramServer, alice: Person) -> None:
    def script() -> None:
        with server.twice():
            alice.says("un")
        alice.says("deux")
        alice.chat.wait_messages(2)
        server.wait_for(lambda: len(server.updates) == 0)

    live(server, script)
    assert [message.text for message in alice.chat.messages] == ["un", "deux"]


def test_an_update_that_cannot_be_read_stops_nothing(server: TelegramServer, alice: Person) -> None:
    def script() -> None:
        server.deliver({"message": {"message_id": "x", "chat": 3}})
        alice.says("Bonjour")
        alice.chat.wait_messages(1)
        server.wait_for(lambda: len(server.updates) == 0)

    live(server, script)


def test_updates_are_confirmed_once_they_are_kept_and_not_before(server: TelegramServer, alice: Person) -> None:
    release = threading.Event()
    kept: list[bool] = []
    store = SqlInbox.store

    def slow(inbox: SqlInbox, arrived: Sequence[Any]) -> set[int]:
        if arrived and not kept:
            kept.append(len(server.updates) == 1)
            raise OSError("the disk is full")
        return store(inbox, arrived)

    def script() -> None:
        alice.says("attends")
        server.wait_for(lambda: alice.chat.actions)
        server.wait_for(lambda: len(server.updates) == 0)
        assert alice.chat.messages == []
        release.set()
        alice.chat.wait_messages(1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlInbox, "store", slow)
        live(server, script, Parrot(lambda incoming: Reply.of(incoming.text if release.wait(30) else "")))
    assert kept == [True]
    assert [message.text for message in alice.chat.messages] == ["attends"]


def test_stopping_lets_a_reply_finish_and_confirms_it(server: TelegramServer, alice: Person) -> None:
    release = threading.Event()

    def script() -> None:
        alice.says("attends")
        server.wait_for(lambda: alice.chat.actions)
        threading.Timer(0.3, release.set).start()  # by then the stop has begun

    def reply(incoming: Incoming) -> Reply:
        release.wait(30)
        return Reply.of(incoming.text)

    live(server, script, Parrot(reply))
    assert [message.text for message in alice.chat.messages] == ["attends"]
    assert len(server.updates) == 0


def test_a_server_away_at_the_start_is_waited_for(
    server: TelegramServer, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    server.fail_next("*", times=4, status=502)

    def script() -> None:
        alice.says("Bonjour")
        alice.chat.wait_messages(1)

    live(server, script)
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(told) == 2
    assert "TELEGRAM_API_URL" in told[0]


def test_another_process_polling_is_told_once(server: TelegramServer) -> None:
    rival = make_bot(server.token, server.url)

    async def steal() -> None:
        async with rival:
            for _ in range(3):
                await rival.get_updates(timeout=0)

    def script() -> None:
        server.wait_for(lambda: [c for c in server.calls_to("getUpdates") if c.parameters.get("timeout")])
        asyncio.run(steal())

    with pytest.raises(Stopped, match="TELEGRAM_BOT_TOKEN"):
        live(server, script)


@pytest.mark.parametrize("token", ["", "123456:nonsense-nonsense-nonsense"])
def test_a_refused_token_ends_in_one_line_that_does_not_show_it(server: TelegramServer, token: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(token, server.url, Parrot(), opened(Path("curseur.db"))[1], lambda: None)
    said = str(stopped.value)
    assert "TELEGRAM_BOT_TOKEN" in said
    assert "\n" not in said
    assert "nonsense" not in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
def test_the_process_starts_fast_stops_cleanly_and_hides_its_token(server: TelegramServer, alice: Person) -> None:
    program = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
from bot.composition import build_storage
from bot.channels.telegram import run
from bot.messages import Reply
from bot.settings import Settings
class Assistant:
    def respond(self, incoming): return [Reply.of("Bonjour")]
    def within(self, sessions): return self
    def commands(self, lang): return [("aide", "Aide")]
    def description(self, lang): return ("Aide", "Aide")
    def trouble(self, incoming): return Reply.of("Désolé.")
def ready():
    logging.info("ready")
    try:
        raise ValueError(f"https://x/bot{sys.argv[1]}/getMe")
    except ValueError:
        logging.exception("with %s", sys.argv[1])
run(sys.argv[1], sys.argv[2], Assistant(), build_storage(Settings()).queues, ready)
"""
    alice.says("/start")
    command = [sys.executable, "-W", "error", "-c", program, TOKEN, server.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            alice.chat.wait_messages(1)
            server.wait_for(lambda: len(server.calls_to("setMyCommands")) == 3)
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "<token>" in output
    assert "ready" in output
    assert "AAbbCC" not in output
    assert "start" not in [line.strip() for line in output.splitlines()]
    assert "Traceback" in output
    assert output.count("Traceback") == 1


def test_pictures_and_documents_come_before_the_text_and_its_buttons(server: TelegramServer, alice: Person) -> None:
    def script() -> None:
        alice.says("Bonjour")
        picture, *documents, text = alice.chat.wait_messages(5)
        assert (picture.raw["photo"][0]["width"], picture.text, picture.buttons) == (640, "Coûts sur 3 ans", [])
        sent = [message.file for message in documents if message.file]
        assert [(file.name, file.mime, file.content) for file in sent] == [
            (each.name, each.mime, each.content) for each in DOCUMENTS
        ]
        assert (text.text, text.buttons) == ("Voici.", [["Oui"]])

    live(server, script, Parrot(lambda incoming: Reply((Part("Voici."),), YES, (CHART, *DOCUMENTS))))
    assert server.refused == []


def test_without_a_text_the_buttons_are_under_the_last_document(server: TelegramServer, alice: Person) -> None:
    def script() -> None:
        alice.says("Bonjour")
        assert [message.buttons for message in alice.chat.wait_messages(2)] == [[], [["Oui"]]]
        time.sleep(0.1)
        assert len(alice.chat.messages) == 2

    live(server, script, Parrot(lambda incoming: Reply((), YES, DOCUMENTS[:2])))
    assert server.refused == []


def test_in_a_group_only_the_first_of_them_answers_the_question(server: TelegramServer) -> None:
    group = server.group(-100, is_forum=True)

    def script() -> None:
        question = group.member(8).says("/aide", message_thread_id=4)
        messages = group.wait_messages(3)
        assert [message.reply_to for message in messages] == [question.id, None, None]
        assert {message.raw["message_thread_id"] for message in messages} == {4}

    live(server, script, Parrot(lambda incoming: Reply((Part("Voici."),), (), (CHART, DOCUMENTS[0]))))
    assert server.refused == []


@pytest.mark.parametrize("content", [png(2_100, 100), png(size=10_000_001)], ids=["too wide", "too large"])
def test_a_picture_that_telegram_will_not_show_is_sent_as_a_document(
    server: TelegramServer, alice: Person, content: bytes
) -> None:
    def script() -> None:
        alice.says("Bonjour")
        picture, text = alice.chat.wait_messages(2)
        assert picture.raw["document"]["file_name"] == "large.png"
        assert (picture.text, text.text) == ("Large", "Voici.")

    large = Attachment("large.png", "image/png", content, "Large")
    live(server, script, Parrot(lambda incoming: Reply((Part("Voici."),), (), (large,))))


def test_a_document_too_large_for_telegram_holds_back_nothing_else(
    server: TelegramServer, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    def script() -> None:
        alice.says("Bonjour")
        assert alice.chat.wait_messages(1)[0].text == "Voici."

    large = Attachment("secret.json", "application/json", bytes(50_000_001))
    live(server, script, Parrot(lambda incoming: Reply((Part("Voici."),), (), (large,))))
    assert "too large" in caplog.text
    assert "secret" not in caplog.text
    assert server.refused == []


@pytest.mark.parametrize(
    ("caption", "shown"),
    [
        ("😀" * 512, "😀" * 512),
        ("😀" * 513, "😀" * 511 + "…"),
        ("mot " * 300, ("mot " * 256).strip() + "…"),
        ("un\ud800 <b>", "un\ufffd <b>"),
        (" \n" * 600, ""),
    ],
)
def test_a_caption_is_plain_text_and_not_too_long(
    server: TelegramServer, alice: Person, caption: str, shown: str
) -> None:
    def script() -> None:
        alice.says("Bonjour")
        assert alice.chat.wait_messages(1)[0].text == shown

    chart = Attachment("coûts.png", "image/png", png(), caption)
    live(server, script, Parrot(lambda incoming: Reply((), (), (chart,))))
    assert server.refused == []


@pytest.mark.parametrize("trouble", ["drop", "fail", "flood"])
def test_a_document_that_does_not_get_through_is_sent_again(
    server: TelegramServer, alice: Person, trouble: str
) -> None:
    release = threading.Event()

    def script() -> None:
        alice.says("Bonjour")
        server.wait_for(lambda: alice.chat.actions)
        match trouble:
            case "drop":
                server.drop_next("sendDocument", times=2, before=True)
            case "fail":
                server.fail_next("sendDocument", times=2)
            case "flood":
                server.limit_chat(7, retry_after=1, times=1)
        release.set()
        document, text = alice.chat.wait_messages(2)
        assert document.file is not None
        assert (document.file.content, text.text) == (DOCUMENTS[0].content, "Voici.")

    def reply(incoming: Incoming) -> Reply:
        release.wait(30)
        return Reply((Part("Voici."),), (), DOCUMENTS[:1])

    live(server, script, Parrot(reply))


def test_who_blocked_the_bot_gets_neither_document_nor_text(server: TelegramServer, alice: Person) -> None:
    release = threading.Event()

    def script() -> None:
        alice.says("Bonjour")
        server.wait_for(lambda: alice.chat.actions)
        alice.blocks()
        release.set()
        server.wait_for(lambda: server.calls_to("sendDocument"))
        alice.unblocks()

    live(server, script, Parrot(lambda i: Reply((Part("Voici." if release.wait(30) else ""),), (), DOCUMENTS)))
    assert len(server.calls_to("sendDocument")) == 1
    assert server.calls_to("sendMessage") == []


class Recorder(BaseRequest):
    """Answers from a list, then with success; keeps what was sent. No network."""

    def __init__(self, *answers: tuple[int, dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.sent: list[dict[str, Any]] = []

    @property
    def read_timeout(self) -> float:
        return 1

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more_timeouts: Any
    ) -> tuple[int, bytes]:
        name = url.rsplit("/", 1)[1]
        if name == "getMe":
            me = {"id": 123456, "is_bot": True, "first_name": "Curseur", "username": "CurseurBot"}
            return 200, json.dumps({"ok": True, "result": me}).encode()
        if name != "sendMessage":
            return 200, b'{"ok": true, "result": true}'
        assert request_data is not None
        self.sent.append(request_data.parameters)
        if self.answers:
            status, error = self.answers.pop(0)
            return status, json.dumps({"ok": False, "error_code": status, **error}).encode()
        message = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}
        return 200, json.dumps({"ok": True, "result": message}).encode()


def offline(recorder: Recorder, *replies: Reply) -> None:
    """These replies through a real bot whose every request is recorded; each tried until it is sent or given up."""

    async def once() -> None:
        async with Bot(TOKEN, request=recorder, get_updates_request=Recorder()) as bot:
            sender = telegram_sending.Sender(bot)
            for reply in replies:
                for each in letters(reply, Address(7)):
                    for tried in count(1):
                        letter = Letter(each.chat, each.body, each.content, 1, tried)
                        if not isinstance(await sender.send(letter), Later):
                            break

    asyncio.run(once())


def test_refused_markup_is_sent_as_plain_text() -> None:
    recorder = Recorder((400, {"description": "Bad Request: can't parse entities"}))
    reply = Reply((Part("1 < 2", Style.BOLD),), ((Choice("Oui", "y"),),))
    offline(recorder, reply)
    first, second = recorder.sent
    assert (first["text"], first["parse_mode"]) == ("<b>1 &lt; 2</b>", "HTML")
    assert second["text"] == "1 < 2"
    assert "parse_mode" not in second
    assert first["reply_markup"] == second["reply_markup"]


def test_what_is_refused_twice_is_logged_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    refusal = (400, {"description": "Bad Request: message thread not found"})
    offline(Recorder(refusal, refusal), Reply.of("mon secret"))
    assert "Message thread not found" in caplog.text
    assert "secret" not in caplog.text


def test_a_group_that_became_a_supergroup_is_followed() -> None:
    recorder = Recorder((400, {"description": "migrated", "parameters": {"migrate_to_chat_id": -1007}}))
    offline(recorder, Reply.of("Bonjour"))
    assert [message["chat_id"] for message in recorder.sent] == [7, -1007]


def test_a_reply_with_nothing_to_say_is_not_sent() -> None:
    recorder = Recorder()
    offline(recorder, Reply.of(" \n"))
    assert recorder.sent == []


def test_a_flood_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_sending, "TRIES", 3)
    flood = (429, {"description": "Too Many Requests", "parameters": {"retry_after": 0.01}})
    recorder = Recorder(*[flood] * 9)
    offline(recorder, Reply.of("Bonjour"))
    assert len(recorder.sent) == 3
