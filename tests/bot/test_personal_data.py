"""Erasing with a receipt, and handing over: what is said, over sessions in memory and in SQL."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from small_assistant import RECEIPT, Person, assistant_over

from bot.feedback import Opinion, Verdict
from bot.queues import Arrived, Outgoing
from bot.sessions import MemorySessions
from bot.storage.claims import Claims
from bot.storage.database import Database
from bot.storage.inbox import SqlInbox
from bot.storage.schema import metadata
from bot.storage.sessions import SqlSessions
from bot.wording.catalogue import keys, say

NOTHING = [say("fr", "receipt", receipt=RECEIPT, date="26 novembre 2026"), say("fr", "receipt_nothing")]


def receipt(person: Person) -> list[str]:
    """The lines of the receipt that an erasure gives."""
    [reply] = person.commands("effacer")
    said, lines, elsewhere = reply.plain.split("\n\n")
    assert (said, elsewhere) == (say("fr", "erased"), say("fr", "receipt_elsewhere"))
    return lines.splitlines()


def busy(person: Person) -> None:
    """Asks, thinks something of the answer, and begins an interview."""
    [answer] = person.says("Combien coûte un téléconseiller ?")
    for row in answer.choices:
        for choice in row:
            if choice.label in ("👍", "👎"):
                person.presses(choice.code)
    person.commands("entretien")


@pytest.fixture(params=["memory", "sqlite"])
def person(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "memory":
        yield Person(assistant_over(MemorySessions()))
        return
    database = Database.open(f"sqlite:///{tmp_path / 'curseur.db'}")
    yield Person(assistant_over(SqlSessions(database)))
    database.close()


def test_a_receipt_tells_its_number_its_date_and_what_there_was(person: Person) -> None:
    busy(person)
    first, *stores = receipt(person)
    assert first == NOTHING[0]
    assert sorted(stores) == sorted(
        say("fr", "receipt_line", store=say("fr", f"store_{store}"), number=1)
        for store in ("conversations", "interviews", "feedback")
    )
    assert receipt(person) == NOTHING


def test_the_log_has_the_receipt_and_nobody(person: Person, caplog: pytest.LogCaptureFixture) -> None:
    busy(person)
    with caplog.at_level(logging.DEBUG):
        receipt(person)
    assert RECEIPT in caplog.text
    assert person.chat not in caplog.text
    assert "téléconseiller" not in caplog.text


def test_an_erasure_that_leaves_something_gives_no_receipt() -> None:
    class Sticky(MemorySessions):
        def erase(self, chat: str) -> dict[str, int]:
            return {"conversations": 1}

    person = Person(assistant_over(Sticky()))
    person.says("Bonjour")
    with pytest.raises(RuntimeError, match="left of an erased conversation"):
        person.commands("effacer")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_table_has_a_name_in_a_receipt(lang: str) -> None:
    assert {f"store_{table.name}" for table in metadata.sorted_tables} <= keys(lang)


def test_what_is_handed_over_holds_opinions_and_nothing_when_nothing_is(person: Person) -> None:
    [none] = person.commands("mesdonnees")
    assert (none.plain, none.attachments) == (say("fr", "my_data_none"), ())
    busy(person)
    [reply] = person.commands("mesdonnees")
    told = json.loads(reply.attachments[0].content)
    assert told["chat"] == person.chat
    assert told["messages"] == ["Combien coûte un téléconseiller ?"]
    assert told["interview"]
    [opinion] = told["feedback"]
    assert (opinion["verdict"], opinion["passages"]) == ("down", ["prices#rate"])


def test_what_waits_in_the_queues_is_handed_over_and_erased_too(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'curseur.db'}")
    sessions = SqlSessions(database)
    claims = Claims(database)
    inbox = SqlInbox(database, sessions, claims)
    inbox.store([Arrived(n, "telegram:7", json.dumps({"text": f"message {n}"})) for n in (1, 2, 3)])
    first = inbox.take(1)[0]
    inbox.set_aside(first, "ValueError", [Outgoing("telegram:7", '{"parts": []}', b"12345")])
    [asking] = inbox.take(9)
    with inbox.turn(asking) as turn:
        turn.sessions.rate("telegram:7", Opinion("abcdef", Verdict.UP, None, "fr", ("a#b",)))
        told = turn.sessions.export("telegram:7")
        assert [row["reason"] for row in told["inbox"]] == ["ValueError"]
        assert [(row["body"], row["content"]) for row in told["outbox"]] == [({"parts": []}, 5)]
        assert turn.sessions.erase("telegram:7") == {"inbox": 1, "outbox": 1, "feedback": 1}
    told = sessions.export("telegram:7")
    assert [row["raw"] for row in told["inbox"]] == [{"text": "message 3"}]
    claims.close()
    database.close()
