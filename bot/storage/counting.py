"""How the queues are doing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Table, func, select

from bot.queues import Waiting
from bot.storage.schema import inbox


def waiting(connection: Connection, queue: Table, now: datetime) -> Waiting:
    """What a queue holds."""
    since = queue.c.received_at if queue is inbox else queue.c.made_at
    counts = select(queue.c.state, func.count(), func.min(since)).where(queue.c.state != "done").group_by(queue.c.state)
    held = {state: (count, oldest) for state, count, oldest in connection.execute(counts)}
    count, oldest = held.get("pending", (0, None))
    aside = sum(number for state, (number, _) in held.items() if state != "pending")
    return Waiting(count, max(now - oldest, now - now) if oldest else None, aside)


def reasons(connection: Connection, at_most: int = 5) -> list[tuple[str, int]]:
    """Why updates were set aside, the most frequent reasons first."""
    number = func.count()
    why = select(inbox.c.reason, number).where(inbox.c.state == "aside").group_by(inbox.c.reason)
    return [(reason or "", count) for reason, count in connection.execute(why.order_by(number.desc()).limit(at_most))]
