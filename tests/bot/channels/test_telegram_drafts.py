"""An answer shown while it is written: in private chats alone, never in a burst, never after the message itself."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from telegram_server import TelegramServer

from bot.channels import telegram_drafts
from bot.messages import Incoming, Reply
from tests.bot.channels.test_telegram import TOKEN, Parrot, live

SENTENCES = [f"Phrase {n}." for n in range(1, 7)]


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer(token=TOKEN, username="CurseurBot") as server:
        yield server


def writing(pause: float) -> Parrot:
    def write(incoming: Incoming) -> Reply:
        for n in range(1, len(SENTENCES) + 1):
            if incoming.show:
                incoming.show(" ".join(SENTENCES[:n]))
            time.sleep(pause)
        return Reply.of(" ".join(SENTENCES))

    return Parrot(write)


def test_what_there_is_so_far_is_shown_and_then_the_message(
    server: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_drafts, "EVERY", 0.05)
    alice = server.person(7, language_code="fr")

    def script() -> None:
        alice.says("Quels coûts ?")
        [message] = alice.chat.wait_messages(1)
        assert message.text == " ".join(SENTENCES)

    live(server, script, writing(0.06))
    drafts = alice.chat.drafts
    assert len(drafts) >= 2
    assert drafts == sorted(drafts, key=len)
    assert all(" ".join(SENTENCES).startswith(draft) for draft in drafts)


def test_sentences_that_come_at_once_make_one_draft(server: TelegramServer) -> None:
    alice = server.person(7)

    def script() -> None:
        alice.says("Quels coûts ?")
        alice.chat.wait_messages(1)

    live(server, script, writing(0.0))
    assert alice.chat.drafts in ([], [SENTENCES[0]])


def test_a_group_is_shown_no_draft(server: TelegramServer) -> None:
    parrot = writing(0.0)
    group = server.group(-1_001)
    alice = group.member(7)

    def script() -> None:
        alice.says("@CurseurBot Quels coûts ?")
        group.wait_messages(1)

    live(server, script, parrot)
    assert group.drafts == []
    assert parrot.heard[0].show is None


def test_refused_drafts_cost_nothing(server: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_drafts, "EVERY", 0.0)
    monkeypatch.setattr(telegram_drafts, "LIMIT", 1_000_000)
    alice = server.person(7)

    def write(incoming: Incoming) -> Reply:
        assert incoming.show
        incoming.show("x" * 5_000)
        return Reply.of("Voici.")

    def script() -> None:
        alice.says("Quels coûts ?")
        assert alice.chat.wait_messages(1)[0].text == "Voici."

    live(server, script, Parrot(write))
