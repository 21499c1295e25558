"""What Telegram shows of the bot before anybody writes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest
from telegram_server import TelegramServer

from bot.channels.telegram import make_bot
from bot.channels.telegram_profile import introduce
from bot.wording.catalogue import commands, say
from tests.bot.channels.test_telegram import TOKEN, Parrot

CHANGES = ("setMyCommands", "setMyDescription", "setMyShortDescription")


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer(token=TOKEN, username="CurseurBot") as server:
        yield server


class Talker(Parrot):
    """Says other things of itself once it has learnt English."""

    english = "Repeats"

    def description(self, lang: str) -> tuple[str, str]:
        return ("Répète ce qu’on lui dit", "Répète") if lang == "fr" else ("It repeats", self.english)


def introduced(server: TelegramServer, responder: Parrot) -> list[str]:
    """What was changed, in order."""
    before = len(server.calls)

    async def once() -> None:
        async with make_bot(server.token, server.url) as bot:
            await introduce(bot, responder)

    asyncio.run(once())
    return [call.method for call in server.calls[before:] if call.method in CHANGES]


def test_each_language_has_its_commands_and_descriptions(server: TelegramServer) -> None:
    introduced(server, Talker())
    alice = server.person(7, language_code="fr")
    bob = server.person(8, language_code="en")
    carla = server.person(9, language_code="de")
    assert alice.menu() == carla.menu() == {"aide": "De l’aide"}
    assert bob.menu() == {"help": "Help"}
    assert server.profile["description", ""] == "Répète ce qu’on lui dit"
    assert server.profile["short_description", "en"] == "Repeats"
    assert server.refused == []


def test_only_what_changed_is_said_again(server: TelegramServer) -> None:
    parrot = Talker()
    assert introduced(server, parrot)
    assert introduced(server, parrot) == []
    parrot.english = "Repeats, faster"
    assert introduced(server, parrot) == ["setMyShortDescription"]
    assert server.profile["short_description", "en"] == "Repeats, faster"


def test_what_fails_is_left_for_the_next_start(server: TelegramServer, caplog: pytest.LogCaptureFixture) -> None:
    server.fail_next("setMyDescription")
    with caplog.at_level(logging.WARNING):
        introduced(server, Talker())
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["descriptions not registered in fr"]
    assert "setMyDescription" in introduced(server, Talker())
    assert introduced(server, Talker()) == []


def test_ours_are_within_telegrams_limits(server: TelegramServer) -> None:
    class Curseur(Parrot):
        def commands(self, lang: str) -> tuple[tuple[str, str], ...]:
            return commands(lang)

        def description(self, lang: str) -> tuple[str, str]:
            return say(lang, "bot_description"), say(lang, "bot_short_description")

    introduced(server, Curseur())
    assert server.refused == []
    assert server.profile["description", "en"] != server.profile["description", ""]
