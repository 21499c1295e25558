"""The real ``python -m bot run`` against a strict Bot API server: people talk, nobody is left without an answer."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import IO

import pytest
import shipped as on_disk
from telegram_chats import Group, Message, Person
from telegram_server import TelegramServer

from bot.metrics_reading import read
from bot.wording.catalogue import examples, say

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
ONSHORE = "C'est quoi l'onshore ?"
HOSTILE = "<b>zanzibar</b> & </i><a href='http://x'> &lt; <script>alert(1)</script> *_[`"


@dataclass
class Running:
    """The bot's process, and the people who talk with it."""

    server: TelegramServer
    process: subprocess.Popen[bytes]
    log: IO[bytes]
    first: Person
    started: float
    metrics: str
    """Where its figures are read."""
    _ids: Iterator[int] = field(default_factory=lambda: count(100))

    def person(self, language_code: str | None = "fr") -> Person:
        """Somebody who has never talked with the bot."""
        return self.server.person(next(self._ids), language_code=language_code)

    def group(self) -> Group:
        return self.server.group(-next(self._ids), title="Équipe")

    def stop(self) -> str:
        """Ends the process as an operator would; what it wrote on standard error."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        self.log.seek(0)
        return self.log.read().decode()


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    shipped = on_disk.hashed(tmp_path_factory)
    folder = tmp_path_factory.mktemp("run")
    with TelegramServer(token=TOKEN, username="CurseurBot") as server, (folder / "stderr").open("w+b") as log:
        first = server.person(7, language_code="fr")
        first.says("/start")
        with socket.create_server(("127.0.0.1", 0)) as free:
            metrics = f"127.0.0.1:{free.getsockname()[1]}"
        own = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": server.url, "LOG_LEVEL": "DEBUG"}
        own["METRICS_LISTEN"] = metrics
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "bot", "run"],
            env={**shipped.environment(), **own},
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            yield Running(server, process, log, first, started, metrics)
        finally:
            process.kill()
            process.wait(30)


def hears(person: Person, number: int = 1) -> Message:
    """The bot's message of that number in the person's chat, counted from 1."""
    return person.chat.wait_messages(number, timeout=30)[number - 1]


def asks(person: Person, text: str, **options: object) -> Message:
    """What the bot answers to a text."""
    before = len(person.chat.messages)
    person.says(text, **options)  # type: ignore[arg-type]
    return hears(person, before + 1)


def presses(bot: Running, person: Person, message: Message, label: str) -> Message:
    """What the bot answers to a button, whose spinner it stops."""
    before = len(person.chat.messages)
    press = person.presses(message, label)
    answer = hears(person, before + 1)
    bot.server.wait_for(lambda: press.answered)
    return answer


def test_start_is_answered_while_the_models_load(bot: Running) -> None:
    welcome = hears(bot.first)
    [sent] = [call for call in bot.server.calls_to("sendMessage") if call.chat_id == bot.first.chat.id][:1]
    assert sent.time - bot.started < 5
    assert welcome.text.startswith(say("fr", "welcome"))
    assert welcome.buttons == [
        [say("fr", "button_start")],
        *([text] for text in examples("fr")),
        ["Français", "English"],
    ]
    bot.server.wait_for(lambda: len(bot.server.calls_to("setMyCommands")) == 3)
    assert "aide" in bot.first.menu()
    assert "help" in bot.person("en").menu()


def test_a_conversation(bot: Running) -> None:
    alice = bot.person()
    assert asks(alice, "Bonjour !").text == say("fr", "greeting")
    answer = asks(alice, ONSHORE)
    assert answer.text.startswith("L’onshore confie votre service client à un prestataire local")
    assert {entity["type"] for entity in answer.entities} >= {"bold", "italic"}
    assert answer.buttons[0][0] == "[1]"
    assert answer.buttons[-1] == ["🇬🇧 In English"]
    assert answer.reply_to is None
    assert asks(alice, "et l'offshore ?").text.startswith("L’offshore délocalise votre service client")
    quoted = presses(bot, alice, answer, "[1]")
    assert quoted.text.startswith("L’onshore\u00a0: proximité")
    assert "blockquote" in " ".join(entity["type"] for entity in quoted.entities)
    assert presses(bot, alice, answer, answer.buttons[1][0]).text
    assert "Offshore outsourcing" in presses(bot, alice, answer, "🇬🇧 In English").text
    assert asks(alice, "KPI ?").text.count("Sources") == 1
    assert asks(alice, "/privacy").text == say(
        "en", "privacy", turns=6, hours=12, model=say("en", "model_privacy_none")
    )
    erased, receipt, _ = asks(alice, "/effacer").text.split("\n\n")
    assert erased == say("en", "erased")
    assert receipt.startswith("Receipt ")
    assert alice.chat.actions
    assert set(alice.chat.actions) == {"typing"}


def test_a_conversation_in_english(bot: Running) -> None:
    bob = bot.person("en")
    assert asks(bob, "/start").text.startswith(say("en", "welcome"))
    assert asks(bob, "What is offshore?").text.startswith("Offshore outsourcing relocates")
    assert asks(bob, "who says so?").text.startswith("Who says so")
    assert asks(bob, "Thanks!").text == say("en", "thanks")
    assert asks(bob, "/language fr").text == say("fr", "language_set")


def test_a_newcomer_taps_an_example(bot: Running) -> None:
    alice = bot.person()
    welcome = asks(alice, "/start")
    assert "Sources" in presses(bot, alice, welcome, examples("fr")[0]).text
    assert presses(bot, alice, welcome, "English").text == say("en", "language_set")


def test_buttons_of_another_age_and_of_nobodys_making(bot: Running) -> None:
    alice = bot.person()
    welcome = asks(alice, "/start")
    codes = ("p:fr:no-such-article#section", "x:fr:99", "☠️", "p:fr:<b>&", "l:klingon")
    forged = [alice.forges(welcome, code) for code in codes]
    assert {message.text for message in alice.chat.wait_messages(1 + len(codes), 30)[1:]} == {say("fr", "stale")}
    bot.server.wait_for(lambda: all(press.answered for press in forged))


def test_in_a_group_it_answers_when_called_and_only_then(bot: Running) -> None:
    group = bot.group()
    alice, bob = group.member(8, "Alice", "fr"), group.member(9, "Bob", "fr")
    alice.says("Bonjour à tous, qui connaît l'onshore ?")
    called = bob.says(f"@CurseurBot {ONSHORE}")
    [answer] = group.wait_messages(1, timeout=30)
    assert answer.reply_to == called.id
    assert answer.text.startswith("L’onshore confie")
    replied = alice.says("et l'offshore ?", reply_to=answer)
    follow = group.wait_messages(2, timeout=30)[1]
    assert follow.reply_to == replied.id
    assert follow.text.startswith("L’offshore délocalise")
    bob.says("merci à tous les deux")
    command = bob.says("/aide@CurseurBot")
    assert group.wait_messages(3, timeout=30)[2].reply_to == command.id
    assert len(group.messages) == 3


def test_what_is_not_text(bot: Running) -> None:
    alice = bot.person()
    alice.sends_photo()
    assert hears(alice, 1).text == say("fr", "media")
    alice.sends_voice()
    assert hears(alice, 2).text == say("fr", "media")
    alice.sends_sticker()
    assert hears(alice, 3).text == say("fr", "media")
    alice.sends_photo(caption=ONSHORE)
    assert hears(alice, 4).text.startswith("L’onshore confie")


def test_five_thousand_characters(bot: Running) -> None:
    alice = bot.person()
    story = "Nous vendons des meubles dans le zanzibar. " * 113
    assert len(story + ONSHORE + story) > 5_000
    answer = asks(alice, f"{story}{ONSHORE} {story}"[-5_000:])
    assert answer.text.startswith(say("fr", "long_message"))
    assert "onshore" in answer.text
    assert asks(alice, "zanzibar " * 550).text


def test_hostile_markup_is_only_text(bot: Running) -> None:
    alice = bot.person()
    for text in (HOSTILE, "&lt;b&gt; &amp;amp; %s {lang} \u202e\u200b zanzibar", "'; DROP TABLE zanzibar; --"):
        answer = asks(alice, text)
        assert answer.text
        assert not any(entity["type"] in ("text_link", "url", "pre") for entity in answer.entities)


def test_an_edited_question_is_answered_anew(bot: Running) -> None:
    alice = bot.person()
    question = alice.says(ONSHORE)
    assert hears(alice, 1).text.startswith("L’onshore confie")
    alice.edits(question, "C'est quoi l'offshore ?")
    assert hears(alice, 2).text.startswith("L’offshore délocalise")


def test_who_blocks_and_comes_back(bot: Running) -> None:
    alice = bot.person()
    asks(alice, "Bonjour")
    alice.says("C'est quoi le zanzibar ?")
    alice.blocks()
    refused = ("sendMessage", alice.chat.id)
    bot.server.wait_for(lambda: refused in [(call.method, call.chat_id) for call in bot.server.refused], timeout=30)
    alice.unblocks()
    assert asks(alice, "Merci").text == say("fr", "thanks")


def test_many_people_at_once(bot: Running) -> None:
    people = [bot.person() for _ in range(20)]
    for person in people:
        person.says(ONSHORE)
        person.says("merci")
    for person in people:
        answer, thanks = person.chat.wait_messages(2, timeout=30)
        assert answer.text.startswith("L’onshore confie")
        assert thanks.text == say("fr", "thanks")


def test_in_the_end_it_stops_cleanly_and_nothing_was_refused_or_told(bot: Running) -> None:
    hears(bot.first)
    figures = read(bot.metrics)
    log = bot.stop()
    assert bot.process.returncode == 0, log
    assert len(bot.server.updates) == 0, "an update was not confirmed"
    assert all(press.answered for press in bot.server.presses.values())
    assert [call for call in bot.server.refused if "blocked by the user" not in call.refusal] == []
    records = [json.loads(line) for line in log.splitlines()]  # no terminal: a JSON object a line
    log = "\n".join(str(value) for record in records for value in record.values())
    assert "ready: " in log
    assert "Traceback" not in log
    assert TOKEN.partition(":")[2] not in log
    said = {m.text for chat in bot.server.chats.values() for m in chat.history if not m.from_bot and len(m.text) > 6}
    told = {m.text for chat in bot.server.chats.values() for m in chat.history if m.from_bot}
    assert not [text for text in said | told if text in log]
    assert "zanzibar" not in log
    assert figures is not None
    assert figures.turns.keys() == {"done"}
    assert figures.questions["answer"] >= 20
    assert list(figures.stages) == ["store", "inbox", "turn", "outbox", "send"]
    assert figures.messages["sent"] >= figures.questions["answer"]
