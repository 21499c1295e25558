"""A whole conversation, then /effacer: no file and no log holds anything of the person, and they have a receipt."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_assistant import RECEIPT, assistant_over
from telegram_server import TelegramServer

from bot.channels import upkeep
from bot.quotas import Quotas, per_minute, per_second
from bot.storage.database import Database
from bot.storage.sessions import SqlSessions
from bot.wording.catalogue import say
from tests.bot.channels.test_telegram import TOKEN, live

FILE = Path("curseur.db")
CHAT = 9876543210
DISTINCTIVE = (str(CHAT), "zanzibar", "Zorblax", "zoe_z")
"""What the person is called, and said."""


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer(token=TOKEN, username="CurseurBot") as server:
        yield server


def held() -> list[str]:
    """The words that any file holds."""
    content = b"".join(path.read_bytes() for path in FILE.absolute().parent.iterdir() if path.is_file())
    return [word for word in DISTINCTIVE if word.encode() in content]


def test_nothing_is_left_anywhere(
    server: TelegramServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upkeep, "_LOOK_EVERY", 0.1)
    caplog.set_level(logging.DEBUG)
    database = Database.open(f"sqlite:///{FILE}")
    quotas = Quotas(per_minute(2), per_minute(60), per_second(9))
    assistant = assistant_over(SqlSessions(database), quotas=quotas)
    zoe = server.person(CHAT, first_name="Zorblax", username="zoe_z", language_code="fr")
    said = zoe.chat

    def script() -> None:
        zoe.says("Combien coûte un téléconseiller à zanzibar ?")
        answer = said.wait_messages(1)[0]
        zoe.presses(answer, "👎")
        zoe.presses(said.wait_messages(2)[1], "Incomplet")
        assert said.wait_messages(3)[2].text == say("fr", "feedback_reason_noted", reason="incomplet")
        assert said.messages[0].buttons == answer.buttons
        zoe.says("et la nuit ?")
        said.wait_messages(4)
        zoe.says("zanzibar, vraiment ?")
        assert said.wait_messages(5)[4].text == say("fr", "quota_person", seconds=30)
        for number, text in enumerate(("/entretien", "coûts", "oui, zanzibar"), start=6):
            zoe.says(text)
            said.wait_messages(number)
        assert held()
        told = SqlSessions(database).export(f"telegram:{CHAT}")
        assert "zanzibar" in json.dumps(told["messages"])
        assert [opinion["reason"] for opinion in told["feedback"]] == ["incomplete"]
        zoe.says("/effacer")
        receipt = said.wait_messages(9)[8].text
        assert receipt.startswith(say("fr", "erased"))
        assert f"Reçu {RECEIPT}" in receipt
        server.wait_for(lambda: not held(), 5, "nothing to be held")

    live(server, script, assistant)
    assert not SqlSessions(database).holds(f"telegram:{CHAT}")
    database.close()
    assert held() == []
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    assert RECEIPT in logged
    assert [word for word in (*DISTINCTIVE, TOKEN) if word in logged] == []
