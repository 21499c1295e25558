"""What really happened, written down by the database itself in the transactions in which it happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from bot.storage.database import Database

_TABLES = (
    "CREATE TABLE witnessed_turns (number {serial}, update_id BIGINT, chat TEXT, state TEXT)",
    "CREATE TABLE witnessed_letters (number {serial}, chat TEXT)",
)
_TURN = "INSERT INTO witnessed_turns (update_id, chat, state) VALUES (OLD.update_id, OLD.chat, NEW.state)"
_LETTER = "INSERT INTO witnessed_letters (chat) VALUES (NEW.chat)"
_ENDED = "AFTER UPDATE OF state ON inbox FOR EACH ROW WHEN (OLD.state = 'pending' AND NEW.state <> 'pending')"
_WRITTEN = "AFTER INSERT ON outbox FOR EACH ROW"


class Witness:
    """Counts the turns that ended and the letters that were written, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self) -> None:
        """Have the database write it all down from now on; before anything happens."""
        sqlite = self._database.is_sqlite
        serial = "INTEGER PRIMARY KEY AUTOINCREMENT" if sqlite else "BIGSERIAL PRIMARY KEY"
        statements = [table.format(serial=serial) for table in _TABLES]
        for name, when, what in (("turns", _ENDED, _TURN), ("letters", _WRITTEN, _LETTER)):
            if sqlite:
                statements.append(f"CREATE TRIGGER witness_{name} {when} BEGIN {what}; END")
            else:
                body = f"$$ BEGIN {what}; RETURN NULL; END $$"
                statements.append(f"CREATE FUNCTION witness_{name}() RETURNS trigger LANGUAGE plpgsql AS {body}")
                statements.append(f"CREATE TRIGGER witness_{name} {when} EXECUTE FUNCTION witness_{name}()")
        with self._database.writing() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def turns(self, chat: str) -> list[int]:
        """The updates of a chat that have had their effect, in the order in which they had it."""
        return list(self._asked("SELECT update_id FROM witnessed_turns WHERE chat = :chat ORDER BY number", chat=chat))

    def letters(self) -> Counter[str]:
        """How many messages were written for each chat."""
        return Counter(self._asked("SELECT chat FROM witnessed_letters"))

    def left(self) -> dict[str, int]:
        """What is waiting, set aside or dropped, by what it is; nothing, in the end."""
        ended = "SELECT 'update ' || state FROM inbox WHERE state <> 'done'"
        return Counter(self._asked(f"{ended} UNION ALL SELECT 'reply ' || state FROM outbox"))

    def _asked(self, query: str, **values: str) -> Sequence[Any]:
        with self._database.reading() as connection:
            return connection.scalars(text(query), values).all()
