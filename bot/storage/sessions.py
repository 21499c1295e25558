"""Sessions in SQL: the language, the last messages and the interview of each chat."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.blind import blind
from bot.feedback import Opinion
from bot.sessions import IDLE_HOURS, Session, exported
from bot.storage import feedback, held
from bot.storage.database import Database
from bot.storage.schema import conversations, inbox, interviews, metadata, preferences

TOUCH_EVERY = timedelta(days=1)
"""A conversation that goes on without any change to keep is still dated anew this often, so that no purge takes it."""

_IDLE = timedelta(hours=IDLE_HOURS)
_LOG = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class _Row:
    """What the tables hold of a chat."""

    lang: str | None = None
    history: str | None = None
    state: str | None = None
    since: datetime | None = None
    changed: datetime | None = None
    heard: datetime | None = None
    rich: bool | None = None
    consent: str | None = None
    consented: datetime | None = None

    @property
    def says_something(self) -> bool:
        """Whether there is anything to keep."""
        return replace(self, since=None, changed=None, heard=None, consented=None) != _NOTHING


_NOTHING = _Row()


class _Parts(NamedTuple):
    """What sessions are kept in."""

    database: Database
    now: Callable[[], datetime]


class SqlSessions:
    """The ``Sessions`` that survive a restart. Safe to share between threads, and between processes."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._parts = _Parts(database, now)

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

    def rate(self, chat: str, opinion: Opinion) -> None:
        """As in ``Sessions``.

        Raises:
            StorageProblem: the database cannot be written.
        """
        with self.transaction() as sessions:
            sessions.rate(chat, opinion)

    def erase(self, chat: str) -> dict[str, int]:
        """As in ``Sessions``: every table, and the journal of SQLite.

        Raises:
            StorageProblem: the database cannot be written; it may still hold all, and never a part.
        """
        with self.transaction() as sessions:
            return sessions.erase(chat)

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

        The last messages of those idle for ``IDLE_HOURS`` go too.

        Raises:
            StorageProblem: the database cannot be written.
        """
        idle = conversations.c.history.is_not(None) & (conversations.c.heard_at < self._parts.now() - _IDLE)
        with self._database.writing() as connection:
            gone = connection.execute(delete(conversations).where(conversations.c.updated_at < older_than)).rowcount
            kept = exists().where(conversations.c.chat == preferences.c.chat)
            connection.execute(delete(preferences).where((preferences.c.updated_at < older_than) & ~kept))
            forgotten = connection.execute(
                update(conversations).where(idle).values(history=None, heard_at=None)
            ).rowcount
        if gone or forgotten:
            self._database.scrub()
        return gone


class SessionsInTurn:
    """The ``Sessions`` of one transaction, which begins with the first change; to be used in one thread."""

    def __init__(self, parts: _Parts, stack: ExitStack, since: int | None) -> None:
        self._parts = parts
        self._stack = stack
        self._since = since
        self._connection: Connection | None = None
        self._rows: dict[str, _Row] = {}
        self._deleted = False

    def begun(self) -> Connection:
        """The connection of the transaction, which has begun."""
        if self._connection is None:
            self._connection = self._stack.enter_context(self._parts.database.writing())
        return self._connection

    def settle(self) -> None:
        """What remains to be done once all is kept."""
        if self._deleted:
            self._parts.database.scrub()

    def get(self, chat: str) -> Session:
        """As in ``Sessions``."""
        return self._session(chat, self._row(chat))

    def put(self, chat: str, session: Session) -> None:
        """As in ``Sessions``."""
        now = self._parts.now()
        row = self._row(chat)
        history = _dumped(list(session.history) or None)
        heard = row.heard if history and history == row.history and self._recalled(row) else now if history else None
        new = _Row(
            lang=session.lang,
            history=history,
            state=_dumped(session.interview),
            since=row.since or now,
            changed=now,
            heard=heard,
            rich=session.rich or None,
            consent=session.consent,
            consented=row.consented if session.consent == row.consent else now,
        )
        same = replace(row, since=new.since, changed=new.changed) == new
        if not same or (row.changed and now - row.changed > TOUCH_EVERY):
            _write(self.begun(), chat, row, new)
            self._rows[chat] = new if new.says_something else _NOTHING
        self._deleted |= row.state is not None and new.state is None

    def rate(self, chat: str, opinion: Opinion) -> None:
        """As in ``Sessions``."""
        feedback.put(self.begun(), chat, opinion, self._parts.now())

    def erase(self, chat: str) -> dict[str, int]:
        """As in ``Sessions``."""
        counts = {}
        for table in reversed(metadata.sorted_tables):
            counts[table.name] = self.begun().execute(delete(table).where(self._of(chat, table))).rowcount
        self._rows[chat] = _NOTHING
        self._deleted = True
        return {name: number for name, number in counts.items() if number}

    def export(self, chat: str) -> dict[str, Any]:
        """As in ``Sessions``."""
        row = self._row(chat)
        told = exported(chat, self._session(chat, row), row.since, row.changed) if row.since and row.changed else {}
        with self._reading() as connection:
            for table in metadata.sorted_tables:
                told_already = table in (conversations, interviews)
                if not told_already and (rows := held.rows(connection, table, self._of(chat, table))):
                    told |= {"chat": chat, table.name: rows}
        return told

    def holds(self, chat: str) -> bool:
        """As in ``Sessions``."""
        with self._reading() as connection:
            wheres = [self._of(chat, table) for table in metadata.sorted_tables]
            return any(connection.scalar(select(exists().where(where))) for where in wheres)

    def _of(self, chat: str, table: Table) -> ColumnElement[bool]:
        """What a table holds of a chat, but for what was asked at the same time as its erasure or export, or later."""
        if table is inbox and self._since is not None:
            return (table.c.chat == chat) & (table.c.update_id < self._since)
        return table.c.chat == chat

    def _row(self, chat: str) -> _Row:
        if chat not in self._rows:
            with self._reading() as connection:
                found = connection.execute(_READ, {"of": chat}).first()
            self._rows[chat] = _Row(*found) if found else _NOTHING
        return self._rows[chat]

    def _session(self, chat: str, row: _Row) -> Session:
        history = _loaded(chat, row.history, list) if self._recalled(row) else None
        return Session(row.lang, tuple(history or ()), _loaded(chat, row.state, dict), bool(row.rich), row.consent)

    def _recalled(self, row: _Row) -> bool:
        """Whether the last messages are recent enough to be remembered."""
        return row.heard is not None and self._parts.now() - row.heard <= _IDLE

    def _reading(self) -> AbstractContextManager[Connection]:
        return nullcontext(self._connection) if self._connection else self._parts.database.reading()


_READ = (
    select(
        conversations.c.lang,
        conversations.c.history,
        interviews.c.state,
        conversations.c.created_at,
        conversations.c.updated_at,
        conversations.c.heard_at,
        preferences.c.rich,
        preferences.c.consent,
        preferences.c.consented_at,
    )
    .outerjoin(interviews)
    .outerjoin(preferences, preferences.c.chat == conversations.c.chat)
    .where(conversations.c.chat == bindparam("of"))
)


def _write(connection: Connection, chat: str, before: _Row, row: _Row) -> None:
    """Keep a row in place of the one before, in the caller's transaction; none for nothing."""
    if not row.says_something:
        connection.execute(delete(conversations).where(conversations.c.chat == chat))
        return
    dated = {"chat": chat, "created_at": row.changed, "updated_at": row.changed}
    kept = dated | {"lang": row.lang, "history": row.history, "heard_at": row.heard}
    connection.execute(_upsert(conversations, connection.dialect.name), kept)
    if row.state is not None and row.state != before.state:
        connection.execute(_upsert(interviews, connection.dialect.name), dated | {"state": row.state})
    elif row.state is None and before.state is not None:
        connection.execute(delete(interviews).where(interviews.c.chat == chat))
    if (row.rich, row.consent) != (before.rich, before.consent):
        chosen = {"rich": row.rich, "consent": row.consent, "consented_at": row.consented, "updated_at": row.changed}
        connection.execute(_upsert(preferences, connection.dialect.name), {"chat": chat, **chosen})


@cache
def _upsert(table: Table, dialect: str) -> Any:
    """Puts a row in place of that of the same chat."""
    new = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    changes = {
        column.name: new.excluded[column.name] for column in table.c if column.name not in ("chat", "created_at")
    }
    return new.on_conflict_do_update(index_elements=["chat"], set_=changes)


def _dumped(value: Any) -> str | None:
    # In ASCII: any text a person may send can then be stored anywhere.
    if value is None:
        return None
    return json.dumps(value if isinstance(value, list) else dict(value), separators=(",", ":"), allow_nan=False)


def _loaded(chat: str, kept: str | None, kind: type[T]) -> T | None:
    if kept is None:
        return None
    try:
        loaded = json.loads(kept)
        if not isinstance(loaded, kind):
            raise TypeError
    except (ValueError, TypeError, RecursionError) as error:
        _LOG.error("conversation %s: what is kept of it cannot be read (%s)", blind(chat), type(error).__name__)
        return None
    return loaded
