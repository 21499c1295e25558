"""Sessions in SQL: the language and the interview of each chat; its earlier messages stay in memory."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.blind import blind
from bot.sessions import Memory, Session, exported
from bot.storage.database import Database
from bot.storage.schema import conversations, inbox, interviews, metadata

TOUCH_EVERY = timedelta(days=1)
"""A conversation that goes on without any change to keep is still dated anew this often, so that no purge takes it."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Row:
    """What the tables hold of a chat."""

    lang: str | None = None
    state: str | None = None
    since: datetime | None = None
    changed: datetime | None = None


class _Parts(NamedTuple):
    """What sessions are kept in."""

    database: Database
    history: Memory[tuple[str, ...]]
    now: Callable[[], datetime]


class SqlSessions:
    """The ``Sessions`` that survive a restart. Safe to share between threads, and between processes."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._parts = _Parts(database, Memory(), now)

    @contextmanager
    def transaction(self, since: int | None = None) -> Iterator[SessionsInTurn]:
        """Sessions of which all changes are kept at the end of the ``with``, or none when that raises.

        Args:
            since: the update that the changes are made for: an erasure leaves it and what came after it waiting.
        """
        with ExitStack() as stack:
            sessions = SessionsInTurn(self._parts, stack, since)
            yield sessions
        sessions.settle()

    def get(self, chat: str) -> Session:
        """As in ``Sessions``. An interview that cannot be read is none.

        Raises:
            StorageProblem: the database cannot be read.
        """
        with self.transaction() as sessions:
            return sessions.get(chat)

    def put(self, chat: str, session: Session) -> None:
        """As in ``Sessions``; what has not changed is not written again.

        Raises:
            StorageProblem: the database cannot be read or written; nothing was kept then.
        """
        with self.transaction() as sessions:
            sessions.put(chat, session)

    def erase(self, chat: str) -> None:
        """As in ``Sessions``: every table, and the journal of SQLite.

        Raises:
            StorageProblem: the database cannot be written; it may still hold all, and never a part.
        """
        with self.transaction() as sessions:
            sessions.erase(chat)

    def export(self, chat: str) -> dict[str, Any]:
        """As in ``Sessions``.

        Raises:
            StorageProblem: the database cannot be read.
        """
        with self.transaction() as sessions:
            return sessions.export(chat)

    def holds(self, chat: str) -> bool:
        """As in ``Sessions``.

        Raises:
            StorageProblem: the database cannot be read.
        """
        with self.transaction() as sessions:
            return sessions.holds(chat)

    def purge(self, older_than: datetime) -> int:
        """Erase the conversations that nobody has continued since that date; how many they were.

        Raises:
            StorageProblem: the database cannot be written.
        """
        with self._database.writing() as connection:
            gone = connection.execute(delete(conversations).where(conversations.c.updated_at < older_than)).rowcount
        if gone:
            self._database.scrub()
        return gone


class SessionsInTurn:
    """The ``Sessions`` of one transaction, which begins with the first change; to be used in one thread."""

    def __init__(self, parts: _Parts, stack: ExitStack, since: int | None) -> None:
        self._parts = parts
        self._stack = stack
        self._since = since
        self._connection: Connection | None = None
        self._histories: dict[str, tuple[str, ...]] = {}
        self._deleted = False

    def begun(self) -> Connection:
        """The connection of the transaction, which has begun."""
        if self._connection is None:
            self._connection = self._stack.enter_context(self._parts.database.writing())
        return self._connection

    def settle(self) -> None:
        """What remains to be done once all is kept."""
        for chat, history in self._histories.items():
            if history:
                self._parts.history.put(chat, history)
            else:
                self._parts.history.erase(chat)
        if self._deleted:
            self._parts.database.scrub()

    def get(self, chat: str) -> Session:
        """As in ``Sessions``."""
        return self._session(chat, self._row(chat))

    def put(self, chat: str, session: Session) -> None:
        """As in ``Sessions``."""
        state = _dumped(session.interview)
        now = self._parts.now()
        row = self._row(chat)
        if (row.lang, row.state) != (session.lang, state) or (row.changed and now - row.changed > TOUCH_EVERY):
            write(self.begun(), chat, session.lang, state, now)
        self._deleted |= row.state is not None and state is None
        self._histories[chat] = session.history

    def erase(self, chat: str) -> None:
        """As in ``Sessions``."""
        for table in reversed(metadata.sorted_tables):
            self.begun().execute(delete(table).where(self._of(chat, table)))
        self._histories[chat] = ()
        self._deleted = True

    def export(self, chat: str) -> dict[str, Any]:
        """As in ``Sessions``."""
        row = self._row(chat)
        kept = self._parts.history.get(chat)
        since = [date for date in (row.since, kept and kept.since) if date]
        changed = [date for date in (row.changed, kept and kept.changed) if date]
        return exported(chat, self._session(chat, row), min(since), max(changed)) if since else {}

    def holds(self, chat: str) -> bool:
        """As in ``Sessions``."""
        with self._reading() as connection:
            wheres = [self._of(chat, table) for table in metadata.sorted_tables]
            in_tables = any(connection.scalar(select(exists().where(where))) for where in wheres)
        return in_tables or bool(self._history(chat))

    def _of(self, chat: str, table: Table) -> ColumnElement[bool]:
        """What a table holds of a chat, but for what was asked at the same time as its erasure, or later."""
        if table is inbox and self._since is not None:
            return (table.c.chat == chat) & (table.c.update_id < self._since)
        return table.c.chat == chat

    def _row(self, chat: str) -> _Row:
        with self._reading() as connection:
            return _read(connection, chat)

    def _session(self, chat: str, row: _Row) -> Session:
        return Session(row.lang, self._history(chat), _loaded(chat, row.state))

    def _history(self, chat: str) -> tuple[str, ...]:
        kept = self._parts.history.get(chat)
        return self._histories.get(chat, kept.value if kept else ())

    def _reading(self) -> AbstractContextManager[Connection]:
        return nullcontext(self._connection) if self._connection else self._parts.database.reading()


def write(connection: Connection, chat: str, lang: str | None, state: str | None, now: datetime) -> None:
    """Keep that of a chat, and nothing else of its session, in the caller's transaction; no row for nothing."""
    if lang is None and state is None:
        connection.execute(delete(conversations).where(conversations.c.chat == chat))
        return
    _upsert(connection, conversations, {"chat": chat, "lang": lang, "created_at": now, "updated_at": now})
    if state is None:
        connection.execute(delete(interviews).where(interviews.c.chat == chat))
    else:
        _upsert(connection, interviews, {"chat": chat, "state": state, "created_at": now, "updated_at": now})


def _read(connection: Connection, chat: str) -> _Row:
    held = (conversations.c.lang, interviews.c.state, conversations.c.created_at, conversations.c.updated_at)
    found = connection.execute(select(*held).outerjoin(interviews).where(conversations.c.chat == chat)).first()
    return _Row(*found) if found else _Row()


def _upsert(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(table).values(row)
    changes = {name: new.excluded[name] for name in row if name not in ("chat", "created_at")}
    connection.execute(new.on_conflict_do_update(index_elements=["chat"], set_=changes))


def _dumped(interview: Mapping[str, Any] | None) -> str | None:
    # In ASCII: any text a person may send can then be stored anywhere.
    return None if interview is None else json.dumps(dict(interview), separators=(",", ":"), allow_nan=False)


def _loaded(chat: str, state: str | None) -> dict[str, Any] | None:
    if state is None:
        return None
    try:
        loaded = json.loads(state)
        if not isinstance(loaded, dict):
            raise TypeError
    except (ValueError, TypeError, RecursionError) as error:
        _LOG.error("conversation %s: its interview cannot be read (%s)", blind(chat), type(error).__name__)
        return None
    return loaded
