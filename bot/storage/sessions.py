"""Sessions in SQL: the language and the interview of each chat; its earlier messages stay in memory."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.blind import blind
from bot.sessions import Memory, Session, exported
from bot.storage.database import Database
from bot.storage.schema import conversations, interviews, metadata

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


class SqlSessions:
    """The ``Sessions`` that survive a restart. Safe to share between threads, and between processes."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now
        self._history: Memory[tuple[str, ...]] = Memory()

    def get(self, chat: str) -> Session:
        """As in ``Sessions``. An interview that cannot be read is none.

        Raises:
            StorageProblem: the database cannot be read.
        """
        with self._database.reading() as connection:
            row = _read(connection, chat)
        return self._session(chat, row)

    def put(self, chat: str, session: Session) -> None:
        """As in ``Sessions``; what has not changed is not written again.

        Raises:
            StorageProblem: the database cannot be read or written; nothing was kept then.
        """
        state = _dumped(session.interview)
        now = self._now()
        with self._database.reading() as connection:
            row = _read(connection, chat)
        if (row.lang, row.state) != (session.lang, state) or (row.changed and now - row.changed > TOUCH_EVERY):
            with self._database.writing() as connection:
                write(connection, chat, session.lang, state, now)
        if row.state is not None and state is None:
            self._database.scrub()
        if session.history:
            self._history.put(chat, session.history)
        else:
            self._history.erase(chat)

    def erase(self, chat: str) -> None:
        """As in ``Sessions``: every table, and the journal of SQLite.

        Raises:
            StorageProblem: the database cannot be written; it may still hold all, and never a part.
        """
        self._history.erase(chat)
        with self._database.writing() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table).where(table.c.chat == chat))
        self._database.scrub()

    def export(self, chat: str) -> dict[str, Any]:
        """As in ``Sessions``.

        Raises:
            StorageProblem: the database cannot be read.
        """
        with self._database.reading() as connection:
            row = _read(connection, chat)
        kept = self._history.get(chat)
        since = [date for date in (row.since, kept and kept.since) if date]
        changed = [date for date in (row.changed, kept and kept.changed) if date]
        return exported(chat, self._session(chat, row), min(since), max(changed)) if since else {}

    def holds(self, chat: str) -> bool:
        """As in ``Sessions``.

        Raises:
            StorageProblem: the database cannot be read.
        """
        with self._database.reading() as connection:
            in_tables = any(_has(connection, table, chat) for table in metadata.sorted_tables)
        return in_tables or self._history.get(chat) is not None

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

    def _session(self, chat: str, row: _Row) -> Session:
        kept = self._history.get(chat)
        return Session(row.lang, kept.value if kept else (), _loaded(chat, row.state))


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


def _has(connection: Connection, table: Table, chat: str) -> bool:
    return bool(connection.scalar(select(exists().where(table.c.chat == chat))))


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
