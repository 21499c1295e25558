"""The updates received, in SQL: handled once each, in order within a chat, whatever dies meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Update, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.queues import Arrived, Lost, Outgoing, Taken, Waiting
from bot.sessions import Sessions
from bot.storage.claims import Claims, due_in, ours, waited
from bot.storage.counting import waiting
from bot.storage.database import Database
from bot.storage.schema import inbox, outbox
from bot.storage.sessions import SessionsInTurn, SqlSessions

_HANDLED: dict[str, Any] = {"chat": None, "raw": None, "reason": None, "claimed_by": None, "state": "done"}
"""Of an update handled its id alone is kept, to know it again."""

_STORE = {
    dialect: dialect.insert(inbox).on_conflict_do_nothing().returning(inbox.c.update_id)
    for dialect in (sqlite, postgresql)
}
_BEGIN = (
    update(inbox)
    .where(inbox.c.update_id.in_(bindparam("begun", expanding=True)))
    .values(claimed_by=bindparam("owner"), attempts=inbox.c.attempts + 1)
)
_FINISH = update(inbox).where(ours(inbox)).values(_HANDLED)
_CHANGE = update(inbox).where(ours(inbox))
_POST = insert(outbox)


class SqlTurn:
    """One update's transaction."""

    def __init__(self, sessions: SessionsInTurn) -> None:
        self._sessions = sessions
        self.messages: list[Outgoing] = []

    @property
    def sessions(self) -> Sessions:
        """As in ``Turn``."""
        return self._sessions

    def send(self, messages: Sequence[Outgoing]) -> None:
        """As in ``Turn``."""
        self.messages += messages


class SqlInbox:
    """As in ``Inbox``."""

    def __init__(
        self,
        database: Database,
        sessions: SqlSessions,
        claims: Claims,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._claims = claims
        self._now = now

    def store(self, arrived: Sequence[Arrived]) -> set[int]:
        """As in ``Inbox``."""
        if not arrived:
            return set()
        now = self._now()
        rows = [
            {
                "update_id": each.id,
                "chat": each.chat,
                "raw": each.raw,
                "state": "pending",
                "received_at": now,
                "next_try": now,
                "attempts": 0,
            }
            for each in arrived
        ]
        with self._database.writing() as connection:
            return set(connection.scalars(_STORE[sqlite if self._database.is_sqlite else postgresql], rows))

    def take(self, at_most: int) -> list[Taken]:
        """As in ``Inbox``."""
        with self._database.writing(lasting=False) as connection:
            now = self._now()
            rows = self._claims.take(connection, inbox, now, at_most)
            if rows:
                ids = [row.update_id for row in rows]
                connection.execute(_BEGIN, {"begun": ids, "owner": self._claims.owner})
        return [
            Taken(row.update_id, row.chat, row.raw, row.attempts + 1, waited(row.attempts, row.received_at, now))
            for row in rows
        ]

    @contextmanager
    def turn(self, taken: Taken) -> Iterator[SqlTurn]:
        """As in ``Inbox``."""
        with self._sessions.transaction(since=taken.id) as sessions:
            turn = SqlTurn(sessions)
            yield turn
            connection = sessions.begun()
            self._finish(connection, taken, _FINISH)
            post(connection, turn.messages, self._now())

    def retry(self, taken: Taken, after: timedelta, reason: str, *, counted: bool = True) -> None:
        """As in ``Inbox``."""
        begun = inbox.c.attempts - (0 if counted else 1)
        later = {"claimed_by": None, "next_try": self._now() + after, "reason": reason, "attempts": begun}
        self._change(taken, later)

    def set_aside(self, taken: Taken, reason: str, messages: Sequence[Outgoing] = ()) -> None:
        """As in ``Inbox``."""
        self._change(taken, {"claimed_by": None, "state": "aside", "reason": reason, "raw": None}, messages)

    def due_in(self) -> timedelta | None:
        """As in ``Inbox``."""
        wait: timedelta | None = due_in(self._database, inbox, self._now())
        return wait

    def waiting(self) -> Waiting:
        """As in ``Inbox``."""
        with self._database.reading() as connection:
            return waiting(connection, inbox, self._now())

    def _change(self, taken: Taken, values: dict[str, Any], messages: Sequence[Outgoing] = ()) -> None:
        with self._database.writing() as connection:
            self._finish(connection, taken, _CHANGE.values(values))
            post(connection, messages, self._now())

    def _finish(self, connection: Connection, taken: Taken, change: Update) -> None:
        if connection.execute(change, self._claims.our(taken.id)).rowcount != 1:
            raise Lost(f"update {taken.id} was taken over by another process")


def post(connection: Connection, messages: Sequence[Outgoing], now: datetime) -> None:
    """Have these leave, in order, once the caller's transaction is committed."""
    rows = [
        {
            "chat": message.chat,
            "body": message.body,
            "content": message.content,
            "state": "pending",
            "made_at": now,
            "next_try": now,
            "attempts": 0,
        }
        for message in messages
    ]
    # One after the other: of many at once, PostgreSQL does not promise to number the first one first.
    for row in rows:
        connection.execute(_POST, row)
