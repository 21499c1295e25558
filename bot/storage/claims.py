"""Which process deals with what: rows bear the number of the process that took them, until they are dealt with.

On SQLite there is one process: what bears another number was taken by one that died. On PostgreSQL each process holds a
lock under its number on a connection of its own: when it dies, the server lets go of the lock, and others can tell.
"""

from __future__ import annotations

import secrets
import threading
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    func,
    literal_column,
    select,
    text,
    update,
)

from bot.storage.database import Database
from bot.storage.errors import StorageProblem
from bot.storage.schema import inbox, outbox

_LOCKS = 0x437572
"""The kind of PostgreSQL's advisory locks that processes hold."""

_ALIVE = text(
    "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = :kind "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).bindparams(kind=_LOCKS)


class Claims:
    """This process among those that share the queues."""

    def __init__(self, database: Database) -> None:
        self.owner = secrets.randbelow(2**31 - 2) + 1
        """The number this process goes by."""
        self._database = database
        self._alive = ExitStack()
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    def show_alive(self) -> None:
        """Hold the lock that tells this process from a dead one; again, when its connection broke.

        Raises:
            StorageProblem: the database cannot be reached.
        """
        if self._database.is_sqlite:
            return
        with self._lock:
            if self._connection is not None:
                try:
                    self._connection.execute(text("SELECT 1"))
                    return
                except Exception:
                    self.close()
            self._connection = self._alive.enter_context(self._database.apart())
            held = self._connection.scalar(text("SELECT pg_try_advisory_lock(:kind, :owner)"), self._key)
            if not held:
                self.close()
                raise StorageProblem(f"{self._database.where} still serves this process's broken connection: wait")

    def recover(self) -> int:
        """Free what dead processes had taken; how much it was.

        Raises:
            StorageProblem: the database cannot be written.
        """
        self.show_alive()
        with self._database.reading() as connection:
            alive = {self.owner} if self._database.is_sqlite else set(connection.scalars(_ALIVE))
            owners = {owner for table in (inbox, outbox) for owner in connection.scalars(_owners(table))}
        dead = owners - alive
        if not dead:
            return 0
        with self._database.writing() as connection:
            freed = 0
            for table in (inbox, outbox):
                free = update(table).where(table.c.claimed_by.in_(dead)).values(claimed_by=None)
                freed += connection.execute(free).rowcount
        return freed

    def take(self, connection: Connection, table: Table, now: datetime, at_most: int) -> list[Any]:
        """The rows due of which each is the first of its chat and nobody's; locked, and not taken yet."""
        if self._connection is None:
            self.show_alive()
        heads = _heads(table, is_sqlite=self._database.is_sqlite)
        return list(connection.execute(heads, {"due": now, "at_most": at_most}))

    def our(self, number: int) -> dict[str, int]:
        """What ``ours`` asks for: the number of the row, and this process's own."""
        return {"our_number": number, "our_owner": self.owner}

    def close(self) -> None:
        """Let go of the lock."""
        self._connection = None
        with suppress(StorageProblem):  # it may be broken
            self._alive.close()

    @property
    def _key(self) -> dict[str, int]:
        return {"kind": _LOCKS, "owner": self.owner}


def ours(table: Table) -> ColumnElement[bool]:
    """Whether a row is the one that ``Claims.our`` names, and this process still has it."""
    mine = (order_of(table) == bindparam("our_number")) & (table.c.claimed_by == bindparam("our_owner"))
    return mine & (table.c.state == literal_column("'pending'"))


def order_of(table: Table) -> Column[Any]:
    """What the rows of a queue are dealt with in the order of."""
    [column] = table.primary_key.columns
    return column


def waited(attempts: int, since: datetime, now: datetime) -> timedelta | None:
    """How long something had waited when it was taken for the first time."""
    return None if attempts else max(now - since, timedelta(0))


def due_in(database: Database, table: Table, now: datetime) -> Any:
    """How long until a row that is the first of its chat, and nobody's, is due; None when there is none."""
    with database.reading() as connection:
        due = connection.scalar(_soonest(table, is_sqlite=database.is_sqlite))
    return max(due - now, now - now) if due else None


# To put a statement together takes longer than to run it, so each is made once.


@cache
def _soonest(table: Table, *, is_sqlite: bool) -> Select[Any]:
    return select(func.min(table.c.next_try)).where(_first_and_free(table, is_sqlite=is_sqlite))


@cache
def _heads(table: Table, *, is_sqlite: bool) -> Select[Any]:
    due = _first_and_free(table, is_sqlite=is_sqlite) & (table.c.next_try <= bindparam("due"))
    some = select(table).where(due).order_by(order_of(table)).limit(bindparam("at_most"))
    return some.with_for_update(skip_locked=True)


def _first_and_free(table: Table, *, is_sqlite: bool) -> ColumnElement[bool]:
    order = order_of(table)
    # Written out, so that the database sees that its index of pending rows serves.
    pending = table.c.state == literal_column("'pending'")
    first = select(func.min(order)).where(pending).group_by(table.c.chat)
    # PostgreSQL, whose idea of how long a queue is comes late, joins the two row by row unless the first is an array.
    is_first = order.in_(first) if is_sqlite else order == func.any(func.array(first.scalar_subquery()))
    return is_first & pending & table.c.claimed_by.is_(None)


def _owners(table: Table) -> Select[Any]:
    pending = table.c.state == literal_column("'pending'")
    return select(table.c.claimed_by).where(pending, table.c.claimed_by.is_not(None)).distinct()
