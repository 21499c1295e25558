"""How the queues are doing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Table, func, literal_column, select

from bot.queues import Waiting
from bot.storage.schema import GIVEN_UP


def waiting(connection: Connection, queue: Table, now: datetime) -> Waiting:
    """What a queue holds."""
    since: Column[datetime] = queue.c.received_at if "received_at" in queue.c else queue.c.made_at
    pending = select(func.count(), func.min(since)).where(_in_state(queue, "pending"))
    count, oldest = connection.execute(pending).one()
    aside = connection.scalar(select(func.count()).select_from(queue).where(_in_state(queue, GIVEN_UP[queue.name])))
    return Waiting(count, max(now - oldest, now - now) if oldest else None, aside or 0)


def reasons(connection: Connection, queue: Table, at_most: int = 5) -> list[tuple[str, int]]:
    """Why things were given up, and how many for each reason, the most frequent reasons first."""
    number = func.count()
    given_up = _in_state(queue, GIVEN_UP[queue.name])
    why = select(queue.c.reason, number).where(given_up).group_by(queue.c.reason)
    why = why.order_by(number.desc(), queue.c.reason).limit(at_most)
    return [(reason or "", count) for reason, count in connection.execute(why)]


def _in_state(queue: Table, state: str) -> ColumnElement[bool]:
    # Written out, so that the database sees that its index of such rows serves: those handled are many more.
    return queue.c.state == literal_column(f"'{state}'")
