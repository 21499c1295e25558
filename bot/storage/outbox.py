"""The messages to send, in SQL: in order within a chat, within the limits, and marked before each try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, update

from bot.queues import Letter, Limit, Waiting
from bot.storage.claims import Claims, due_in, ours, waited
from bot.storage.counting import waiting
from bot.storage.database import Database
from bot.storage.pace import Paces
from bot.storage.schema import outbox

_TRY = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("tried", expanding=True)))
    .values(claimed_by=bindparam("owner"), attempts=outbox.c.attempts + 1, tried_at=bindparam("now"))
)
_POSTPONE = update(outbox).where(outbox.c.id == bindparam("number")).values(next_try=bindparam("due"))
_SENT = delete(outbox).where(ours(outbox))
_CHANGE = update(outbox).where(ours(outbox))


class SqlOutbox:
    """As in ``Outbox``; the limits are shared by all processes on the same database."""

    def __init__(
        self,
        database: Database,
        claims: Claims,
        overall: Limit,
        limit_of: Callable[[str], Limit],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._claims = claims
        self._overall = overall
        self._limit_of = limit_of
        self._now = now

    def take(self, at_most: int) -> list[Letter]:
        """As in ``Outbox``."""
        now = self._now()
        with self._database.writing(lasting=False) as connection:
            while rows := self._claims.take(connection, outbox, now, at_most):
                taken = self._within_limits(connection, rows, now)
                if taken:
                    ids = [row.id for row in taken]
                    connection.execute(_TRY, {"tried": ids, "owner": self._claims.owner, "now": now})
                    return [
                        Letter(r.chat, r.body, r.content, r.id, r.attempts + 1, waited(r.attempts, r.made_at, now))
                        for r in taken
                    ]
        return []

    def _within_limits(self, connection: Connection, rows: Sequence[Any], now: datetime) -> list[Any]:
        """Those that may leave now; the others become due when they may."""
        limits = {row.chat: self._limit_of(row.chat) for row in rows}
        paces = Paces(connection, [self._overall, *limits.values()], now)
        taken = []
        # Who had least goes first: when all together may get no more, one who gets much delays nobody.
        for row in sorted(rows, key=lambda row: (paces.spent_until(limits[row.chat]), row.id)):
            due = max(paces.free_at(self._overall), paces.free_at(limits[row.chat]))
            if due > now:
                connection.execute(_POSTPONE, {"number": row.id, "due": due})
            else:
                taken.append(row)
                paces.spend(self._overall)
                paces.spend(limits[row.chat])
        paces.keep()
        return taken

    def sent(self, letter: Letter) -> None:
        """As in ``Outbox``."""
        with self._database.writing(lasting=False) as connection:
            connection.execute(_SENT, self._claims.our(letter.id))

    def retry(self, letter: Letter, after: timedelta, reason: str) -> None:
        """As in ``Outbox``."""
        self._change(letter, {"claimed_by": None, "next_try": self._now() + after, "reason": reason})

    def drop(self, letter: Letter, reason: str, whole_chat: bool = False) -> None:
        """As in ``Outbox``."""
        dropped = {"state": "dropped", "reason": reason, "claimed_by": None, "body": None, "content": None}
        with self._database.writing(lasting=False) as connection:
            connection.execute(_CHANGE.values(dropped), self._claims.our(letter.id))
            if whole_chat:
                others = (outbox.c.chat == letter.chat) & (outbox.c.state == "pending")
                connection.execute(update(outbox).where(others, outbox.c.claimed_by.is_(None)).values(dropped))

    def due_in(self) -> timedelta | None:
        """As in ``Outbox``."""
        wait: timedelta | None = due_in(self._database, outbox, self._now())
        return wait

    def waiting(self) -> Waiting:
        """As in ``Outbox``."""
        with self._database.reading() as connection:
            return waiting(connection, outbox, self._now())

    def _change(self, letter: Letter, values: dict[str, Any]) -> None:
        with self._database.writing(lasting=False) as connection:
            connection.execute(_CHANGE.values(values), self._claims.our(letter.id))
