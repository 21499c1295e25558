"""What the queues need now and then, and how long things are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from bot.queues import MARKS_KEPT
from bot.storage import feedback, pace, spending
from bot.storage.claims import Claims
from bot.storage.database import Database
from bot.storage.schema import inbox, outbox
from bot.storage.sessions import SqlSessions


class SqlUpkeep:
    """As in ``Upkeep``."""

    def __init__(
        self,
        database: Database,
        sessions: SqlSessions,
        claims: Claims,
        kept: timedelta,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._claims = claims
        self._kept = kept
        self._now = now

    def recover(self) -> int:
        """As in ``Upkeep``."""
        return self._claims.recover()

    def tidy(self) -> int:
        """As in ``Upkeep``: conversations, updates, messages and opinions alike."""
        now = self._now()
        gone = self._sessions.purge(now - self._kept)
        handled = (inbox.c.state == "done") & (inbox.c.received_at < now - min(self._kept, MARKS_KEPT))
        too_old = inbox.c.received_at < now - self._kept
        with self._database.writing() as connection:
            connection.execute(delete(inbox).where(handled))
            gone += connection.execute(delete(inbox).where(too_old)).rowcount
            gone += connection.execute(delete(outbox).where(outbox.c.made_at < now - self._kept)).rowcount
            gone += feedback.forget(connection, now - self._kept)
            spending.forget(connection, now.date(), self._kept)
            pace.forget(connection, now)
        self._database.scrub()
        return gone

    def settle(self) -> None:
        """As in ``Upkeep``: with SQLite, what was deleted is still in its journal."""
        with self._database.writing(lasting=False) as connection:
            pace.forget(connection, self._now())
        self._database.scrub()
