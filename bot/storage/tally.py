"""What the database holds, in numbers, for ``bot stats``. Reads alone; tells of nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, func, select

from bot.feedback import FeedbackSummary
from bot.queues import Waiting
from bot.storage import migrate
from bot.storage.counting import reasons, waiting
from bot.storage.database import Database, file_of, parse
from bot.storage.errors import StorageProblem
from bot.storage.feedback import SqlFeedback
from bot.storage.schema import conversations, inbox, interviews, outbox

LATELY = timedelta(days=1)


@dataclass(frozen=True)
class Tally:
    """What is held now: of what was erased, by a person or by its age, nothing is counted."""

    conversations: int
    since: datetime | None
    """When the oldest of them began."""
    lately: int
    """Those in which something was kept within a day."""
    interviews: int
    interviews_lately: int
    updates: Waiting
    updates_aside: list[tuple[str, int]]
    """Why updates were set aside, and how many, the most frequent reasons first."""
    messages: Waiting
    messages_dropped: list[tuple[str, int]]
    feedback: FeedbackSummary


def tally(url: str) -> Tally | None:
    """What a database holds; None when there is none yet.

    Args:
        url: as in the setting DATABASE_URL.

    Raises:
        StorageProblem: it cannot be read, or is of another version than this program's.
    """
    parsed = parse(url)
    file = file_of(parsed)
    if file and not file.exists():
        return None
    database = Database.unchecked(parsed)
    try:
        with database.reading() as connection:
            found, newest = migrate.version(connection), migrate.newest()
            if found != newest:
                migrate.check_known(found, database.where)
                raise StorageProblem(
                    f"{database.where}: version {found or 'none'} becomes {newest} when the bot starts: start it first"
                )
        feedback = SqlFeedback(database).summary(datetime.fromtimestamp(0, UTC))
        with database.reading() as connection:
            return _counted(connection, feedback, datetime.now(UTC))
    finally:
        database.close()


def _counted(connection: Connection, feedback: FeedbackSummary, now: datetime) -> Tally:
    def number(table: Table, *where: ColumnElement[bool]) -> int:
        return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0

    return Tally(
        conversations=number(conversations),
        since=connection.scalar(select(func.min(conversations.c.created_at))),
        lately=number(conversations, conversations.c.updated_at > now - LATELY),
        interviews=number(interviews),
        interviews_lately=number(interviews, interviews.c.updated_at > now - LATELY),
        updates=waiting(connection, inbox, now),
        updates_aside=reasons(connection, inbox),
        messages=waiting(connection, outbox, now),
        messages_dropped=reasons(connection, outbox),
        feedback=feedback,
    )
