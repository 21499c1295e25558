"""Tokens of the language model by day, in SQL, so that processes share the budgets."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Condition

from sqlalchemy import ColumnElement, Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.llm.budget import EVERYBODY, Usage, utc_today
from bot.storage.database import Database
from bot.storage.errors import StorageProblem
from bot.storage.schema import spending

PERSONS_KEPT = timedelta(days=2)
"""How long what one chat spent is kept; everybody's sum is kept as long as conversations are."""

_Key = tuple[date, str]
_LOG = logging.getLogger(__name__)


class SqlSpending:
    """As in ``Spending``. Written in a thread of its own: a turn may hold the only transaction that SQLite allows."""

    def __init__(self, database: Database, today: Callable[[], date] = utc_today) -> None:
        self._database = database
        self._today = today
        self._lock = Condition()
        self._committing = False
        self._commits = 0
        self._waiting: dict[_Key, Usage] = {}
        self._writer = ThreadPoolExecutor(1, "spending")

    def add(self, chat: str, usage: Usage) -> None:
        """As in ``Spending``."""
        day = self._today()
        with self._lock:
            for key in ((day, chat), (day, EVERYBODY)):
                self._waiting[key] = self._waiting.get(key, Usage()).plus(usage)
        self._writer.submit(self._write)

    def today(self, chat: str) -> Usage:
        """As in ``Spending``: what is written, and what is about to be.

        Raises:
            StorageProblem: the database cannot be read.
        """
        key = (self._today(), chat)
        columns = select(spending.c.sent, spending.c.received)
        while True:
            with self._lock:
                # Whoever commits has the transaction already, so this waits for no turn.
                self._lock.wait_for(lambda: not self._committing)
                waiting, commits = self._waiting.get(key, Usage()), self._commits
            with self._database.reading() as connection:
                found = connection.execute(columns.where(_is(*key))).first()
            with self._lock:
                if commits == self._commits and not self._committing:
                    return waiting.plus(Usage(*found)) if found else waiting

    def close(self) -> None:
        """Write what is not yet written."""
        self._writer.shutdown()

    def _write(self) -> None:
        with self._lock:
            waiting = dict(self._waiting)
        if not waiting:
            return
        try:
            with self._database.writing(lasting=False) as connection:
                self._commits_now(True)
                for (day, chat), usage in waiting.items():
                    _add(connection, day, chat, usage)
            with self._lock:
                for key, usage in waiting.items():
                    rest = self._waiting.pop(key).minus(usage)
                    if rest.tokens:
                        self._waiting[key] = rest
                self._commits += 1
        except StorageProblem as problem:
            _LOG.warning("what the language model cost is not written yet: %s", problem)
        finally:
            self._commits_now(False)

    def _commits_now(self, commits: bool) -> None:
        with self._lock:
            self._committing = commits
            self._lock.notify_all()


def forget(connection: Connection, today: date, kept: timedelta) -> None:
    """Erase what is older than is kept, in the caller's transaction."""
    of_somebody = (spending.c.chat != EVERYBODY) & (spending.c.day < today - PERSONS_KEPT)
    connection.execute(delete(spending).where(of_somebody | (spending.c.day < today - kept)))


def _is(day: date, chat: str) -> ColumnElement[bool]:
    return (spending.c.day == day) & (spending.c.chat == chat)


def _add(connection: Connection, day: date, chat: str, usage: Usage) -> None:
    new = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(spending)
    sums = {name: spending.c[name] + new.excluded[name] for name in ("sent", "received")}
    row = {"day": day, "chat": chat, "sent": usage.sent, "received": usage.received}
    connection.execute(new.values(row).on_conflict_do_update(index_elements=["day", "chat"], set_=sums))
