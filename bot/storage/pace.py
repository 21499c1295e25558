"""How fast messages leave, for all processes together: of each lane, when it would be free without its burst."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.queues import Limit
from bot.storage.schema import pace

# In one order, so that two processes never wait for each other.
_HELD = select(pace).where(pace.c.chat.in_(bindparam("lanes", expanding=True))).order_by(pace.c.chat).with_for_update()


def _keep(dialect: Any) -> Any:
    new = dialect.insert(pace)
    return new.on_conflict_do_update(index_elements=["chat"], set_={"free_at": new.excluded["free_at"]})


_KEEP = {"postgresql": _keep(postgresql), "sqlite": _keep(sqlite)}


class Paces:
    """The lanes that some messages are in, in one transaction: a leaky bucket each, of which one date is kept."""

    def __init__(self, connection: Connection, limits: Sequence[Limit], now: datetime) -> None:
        self._connection = connection
        self._now = now
        lanes = list({limit.lane for limit in limits})
        held = connection.execute(_HELD, {"lanes": lanes})
        self._free_at: dict[str, datetime] = {row.chat: row.free_at for row in held}
        self._spent: set[str] = set()

    def free_at(self, limit: Limit) -> datetime:
        """When the lane takes one more message; in the past when it does now."""
        return self.spent_until(limit) - (limit.burst - 1) * limit.every

    def spent_until(self, limit: Limit) -> datetime:
        """When the lane will have had its due; the later, the more it has had of late."""
        return max(self._free_at.get(limit.lane, self._now), self._now)

    def spend(self, limit: Limit) -> None:
        """One more message takes that lane now."""
        self._free_at[limit.lane] = self.spent_until(limit) + limit.every
        self._spent.add(limit.lane)

    def keep(self) -> None:
        """Write down what was spent."""
        rows: list[dict[str, Any]] = [{"chat": lane, "free_at": self._free_at[lane]} for lane in sorted(self._spent)]
        if rows:
            self._connection.execute(_KEEP[self._connection.dialect.name], rows)


def forget(connection: Connection, now: datetime) -> int:
    """Erase the lanes that are free; how many they were."""
    return connection.execute(delete(pace).where(pace.c.free_at <= now)).rowcount
