"""What becomes of an update that fails, kills, or cannot be read; and of a reply in a chat that floods or blocks."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, update
from telegram_chats import Person
from telegram_server import TelegramServer

from bot.channels import telegram_sending, telegram_turns, upkeep
from bot.channels.limits import limit_of, overall
from bot.channels.telegram_letters import letters, read
from bot.channels.telegram_updates import Address
from bot.composition import build_assistant, build_knowledge
from bot.messages import Attachment, Choice, Incoming, Part, Reply, Style
from bot.queues import MAX_BEGUN, MAX_FAILURES, Arrived
from bot.sessions import Session, Sessions
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.errors import StorageProblem
from bot.storage.schema import inbox, outbox
from bot.storage.sessions import SqlSessions
from bot.wording.catalogue import say
from tests.bot.channels.test_telegram import TOKEN, Parrot, live, opened

FILE = Path("curseur.db")


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
    monkeypatch.setattr(telegram_turns, "_BACKOFF", (0.01, 0.02))


class Counter(Parrot):
    """Counts what each chat said, in the session; breaks at some words, so many times."""

    def __init__(self, **breaks: int) -> None:
        super().__init__()
        self.breaks = breaks
        self.sessions: Sessions | None = None

    def within(self, sessions: Sessions) -> Counter:
        bound = Counter()
        bound.breaks, bound.heard, bound.sessions = self.breaks, self.heard, sessions
        return bound

    def respond(self, incoming: Incoming) -> Sequence[Reply]:
        assert self.sessions
        before = self.sessions.get(incoming.chat).interview or {"said": []}
        said = [*before["said"], incoming.text]
        self.sessions.put(incoming.chat, Session("fr", (), {"said": said}))
        self.heard.append(incoming)
        if self.breaks.get(incoming.text, 0) > 0:
            self.breaks[incoming.text] -= 1
            raise ValueError(f"cannot hear {incoming.text!r}")
        return [Reply.of(f"{len(said)}: {incoming.text}")]


def set_aside(file: Path = FILE) -> list[tuple[str | None, str]]:
    database = Database.open(f"sqlite:///{file}")
    with database.reading() as connection:
        rows = connection.execute(select(inbox.c.chat, inbox.c.reason).where(inbox.c.state == "aside"))
        found = [(row.chat, row.reason) for row in rows]
    database.close()
    return found


def test_what_fails_for_a_while_is_answered_and_has_its_effect_once(server: TelegramServer, alice: Person) -> None:
    def script() -> None:
        for word in ("un", "deux", "trois"):
            alice.says(word)
        alice.chat.wait_messages(3)

    counter = Counter(deux=MAX_FAILURES - 1)
    live(server, script, counter)
    assert [message.text for message in alice.chat.messages] == ["1: un", "2: deux", "3: trois"]
    assert [i.text for i in counter.heard] == ["un", *["deux"] * MAX_FAILURES, "trois"]
    assert set_aside() == []


def test_what_always_fails_is_set_aside_and_its_chat_goes_on(
    server: TelegramServer, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    def script() -> None:
        for word in ("un", "zanzibar", "trois"):
            alice.says(word)
        alice.chat.wait_messages(3)

    counter = Counter(zanzibar=99)
    live(server, script, counter)
    assert [message.text for message in alice.chat.messages] == ["1: un", "Désolé.", "2: trois"]
    assert [i.text for i in counter.heard].count("zanzibar") == MAX_FAILURES
    [(chat, reason)] = set_aside()
    assert chat == "telegram:7"
    assert reason.startswith("ValueError at test_telegram_turns.py:")
    assert "zanzibar" not in reason + caplog.text
    assert "telegram:7" not in caplog.text


def test_a_retry_delays_no_other_chat(server: TelegramServer, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_turns, "_BACKOFF", (1.5,))
    bob = server.person(8, first_name="Bob")

    def script() -> None:
        alice.says("lent")
        alice.says("puis")
        bob.says("vite")
        bob.chat.wait_messages(1)
        assert alice.chat.messages == []
        assert [m.text for m in alice.chat.wait_messages(2)] == ["1: lent", "2: puis"]

    live(server, script, Counter(lent=1))


def test_what_the_process_died_with_too_often_is_set_aside_unheard(server: TelegramServer, alice: Person) -> None:
    message = {"message_id": 1, "date": 1, "chat": alice.chat.raw, "from": alice.user, "text": "fatal"}
    database, queues = opened(FILE)
    queues.inbox.store([Arrived(5, "telegram:7", json.dumps({"update_id": 5, "message": message}))])
    with database.writing() as connection:
        connection.execute(update(inbox).values(attempts=MAX_BEGUN))
    database.close()
    counter = Counter()
    live(server, lambda: alice.chat.wait_messages(1), counter)
    assert [message.text for message in alice.chat.messages] == ["Désolé."]
    assert counter.heard == []
    assert [reason for _, reason in set_aside()] == ["the process died with it, each time"]


def test_what_cannot_be_read_is_set_aside_at_once(
    server: TelegramServer, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    def script() -> None:
        server.deliver({"message": {"message_id": "x", "chat": 3, "text": "zanzibar"}})
        alice.says("Bonjour")
        alice.chat.wait_messages(1)

    live(server, script, Counter())
    [(chat, reason)] = set_aside()
    assert chat is not None
    assert chat.startswith("telegram:update:")
    assert reason.startswith("cannot be read: ")
    assert "zanzibar" not in reason + caplog.text


def test_a_database_that_fails_for_a_while_loses_nothing(
    server: TelegramServer, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each step in turn: keeping, taking, committing, marking as sent."""
    monkeypatch.setattr("bot.channels.pump._PAUSE", 0.01)
    fails = threading.Event()
    original = Database.writing
    failed: list[int] = []
    chance = random.Random(4)

    def writing(database: Database, lasting: bool = True) -> object:
        if fails.is_set() and chance.random() < 0.6:
            failed.append(1)
            raise StorageProblem("no database")
        failed.append(0)
        return original(database, lasting)

    def script() -> None:
        fails.set()
        for number in range(12):
            alice.says(str(number))
        alice.chat.wait_messages(12, timeout=20)
        fails.clear()

    with monkeypatch.context() as patch:
        patch.setattr(Database, "writing", writing)
        live(server, script, Counter())
    assert sum(failed) > 20
    texts = list(dict.fromkeys(message.text for message in alice.chat.messages))
    assert texts == [f"{number + 1}: {number}" for number in range(12)]


def test_a_blocked_chat_is_dropped_with_a_mark_and_comes_back(server: TelegramServer, alice: Person) -> None:
    release = threading.Event()

    def reply(incoming: Incoming) -> Reply:
        release.wait(30)
        return Reply.of("mot " * 3_000 if incoming.text == "long" else incoming.text)

    def script() -> None:
        alice.says("long")
        server.wait_for(lambda: alice.chat.actions)
        alice.blocks()
        release.set()
        server.wait_for(lambda: server.calls_to("sendMessage"))
        time.sleep(0.2)
        alice.unblocks()
        alice.says("Me revoilà")
        assert alice.chat.wait_messages(1)[0].text == "Me revoilà"

    live(server, script, Parrot(reply))
    assert len(server.calls_to("sendMessage")) == 2
    database = Database.open(f"sqlite:///{FILE}")
    with database.reading() as connection:
        kept = list(connection.execute(select(outbox.c.state, outbox.c.reason, outbox.c.body)))
    database.close()
    assert len(kept) >= 2
    assert set(kept) == {("dropped", "blocked", None)}


def test_replies_left_by_a_dead_process_are_sent_by_the_next(server: TelegramServer, alice: Person) -> None:
    server.fail_next("sendMessage", times=10_000, status=502)

    def hears() -> None:
        alice.says("un")
        alice.says("deux")
        server.wait_for(lambda: len(server.calls_to("sendMessage")) > 2)

    live(server, hears, Counter())
    assert alice.chat.messages == []
    server._faults.clear()
    live(server, lambda: alice.chat.wait_messages(2), Counter())
    assert [message.text for message in alice.chat.messages] == ["1: un", "2: deux"]
    database = Database.open(f"sqlite:///{FILE}")
    assert SqlSessions(database).get("telegram:7").interview == {"said": ["un", "deux"]}
    database.close()


def test_an_edit_whose_answer_was_lost_is_not_made_twice(server: TelegramServer, alice: Person) -> None:
    choices = [[Choice("Oui", "y")]]

    def reply(incoming: Incoming) -> Reply:
        text = Reply.of("Oui ?", choices) if incoming.text == "start" else Reply.of("Noté.")
        return Reply(text.parts, text.choices, replaces=True)

    def script() -> None:
        alice.says("/start")
        [asked] = alice.chat.wait_messages(1)
        server.drop_next("editMessageText")
        alice.presses(asked, "Oui")
        server.wait_for(lambda: len(server.calls_to("editMessageText")) == 2)
        time.sleep(0.2)

    live(server, script, Parrot(reply))
    assert [message.text for message in alice.chat.messages] == ["Noté."]
    assert len(server.calls_to("sendMessage")) == 1


def test_after_an_erasure_no_file_holds_anything_of_the_chat(
    server: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real assistant, an interview begun, and the journal looked into while the process lives."""
    monkeypatch.setattr(upkeep, "_LOOK_EVERY", 0.1)
    settings = Settings(_env_file=None, embedding_model="hashing", data_dir=tmp_path / "var", corpus_dir=tmp_path)
    database = Database.open(f"sqlite:///{FILE}")
    assistant = build_assistant(settings, build_knowledge(settings), SqlSessions(database))
    somebody = server.person(9876543210, first_name="Zoé", language_code="fr")

    def held() -> bool:
        files = [path.read_bytes() for path in FILE.absolute().parent.glob("curseur.db*")]
        return any(word in content for content in files for word in (b"9876543210", b"zanzibar", "Zoé".encode()))

    def script() -> None:
        for number, text in enumerate(("/entretien", "coûts", "oui, zanzibar"), start=1):
            somebody.says(text)
            somebody.chat.wait_messages(number)
        assert held()
        somebody.says("/effacer")
        assert somebody.chat.wait_messages(4)[3].text.startswith(say("fr", "erased"))
        server.wait_for(lambda: not held(), 5, "nothing to be held")

    live(server, script, assistant)
    assert not SqlSessions(database).holds("telegram:9876543210")
    database.close()


@pytest.mark.parametrize(
    "reply",
    [
        Reply.of("é\ud800\u0000 <b>", [[Choice("Oui", "y"), Choice("Non", "n:1")], [Choice("?", "x")]]),
        Reply((Part("un", Style.BOLD), Part("deux", Style.QUOTE)), replaces=True),
    ],
)
def test_a_letter_says_what_the_reply_said(reply: Reply) -> None:
    address = Address(-100, 4, reply_to=9, pressed=8)
    [letter] = letters(reply, address)
    assert letter.chat == "telegram:-100:4"
    assert letter.body.isascii()
    message = read(letter)
    assert (message.chat_id, message.thread_id, message.answered) == (-100, 4, 9)
    assert message.edited == (8 if reply.replaces else None)
    assert message.buttons == reply.choices


def test_a_letter_is_rich_for_who_chose_it_when_it_falls_back_on_one_message() -> None:
    sources = (Part("Réponse. [1]\n\n"), Part("Sources", Style.BOLD), Part("\n[1] Article", Style.DETAIL))
    [simple] = letters(Reply(sources), Address(7))
    [rich] = letters(Reply(sources, rich=True), Address(7))
    assert read(simple).rich is None
    assert "<details>" in str(read(rich).rich)
    assert read(rich).content == read(simple).content
    long = letters(Reply((Part("mot " * 2_000), *sources), rich=True), Address(7))
    assert [read(letter).rich for letter in long] == [None, None]


def test_attachments_come_first_and_buttons_last() -> None:
    files = (Attachment("a.png", "image/png", b"\x00\xff", "Coûts"), Attachment("b.pdf", "application/pdf", b"%PDF"))
    messages = [read(each) for each in letters(Reply.of("Voici.", [[Choice("Oui", "y")]]), Address(7))]
    assert [bool(message.buttons) for message in messages] == [True]
    reply = Reply((Part("Voici."),), ((Choice("Oui", "y"),),), files)
    first, second, text = (read(each) for each in letters(reply, Address(7)))
    assert (first.content, second.content) == files
    assert [bool(message.buttons) for message in (first, second, text)] == [False, False, True]


def test_limits_are_telegrams() -> None:
    for per_second in (2, 3, 10, 30, 1_000):
        limit = overall(per_second)
        assert limit.burst + 1 / limit.every.total_seconds() <= per_second * 1.01
    person, group, topic = limit_of("telegram:7"), limit_of("telegram:-100"), limit_of("telegram:-100:4")
    assert person.every.total_seconds() == 1
    assert group == topic
    assert group.every.total_seconds() * 20 == 60
