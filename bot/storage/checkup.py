"""A look at the database for ``bot doctor``: reachable, sound, up to date, writable. Makes and changes nothing."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text, update

from bot.queues import Waiting
from bot.storage import migrate
from bot.storage.counting import reasons, waiting
from bot.storage.database import Database, file_of, parse
from bot.storage.errors import StorageProblem
from bot.storage.schema import conversations, inbox, outbox

LATE = timedelta(minutes=10)
"""What waits longer than this waits for nobody."""


def look(url: str) -> str:
    """What there is, in a few words.

    Raises:
        StorageProblem: it would not serve as it is.
    """
    parsed = parse(url)
    file = file_of(parsed)
    if file and not file.exists():
        _check_folder(file)
        return f"{file} will be made at the first start"
    database = Database.unchecked(parsed)
    try:
        with database.writing() as connection:
            if file and (said := connection.scalar(text("PRAGMA quick_check(1)"))) != "ok":
                raise StorageProblem(f"{file} is damaged: restore a backup, or move it away to begin anew ({said})")
            found, newest = migrate.version(connection), migrate.newest()
            if found != newest:
                migrate.check_known(found, database.where)
                return f"{database.where}: version {found or 'none'} will become {newest} at the next start"
            connection.execute(update(conversations).values(lang=None).where(text("1 = 0")))
            count = connection.scalar(select(func.count()).select_from(conversations))
        return f"{database.where}: version {found}, {count} conversations, can be written"
    finally:
        database.close()


def queues(url: str) -> tuple[bool, str]:
    """Whether updates and messages flow, and how many wait, in a few words.

    Raises:
        StorageProblem: the database cannot be read.
    """
    parsed = parse(url)
    file = file_of(parsed)
    if file and not file.exists():
        return True, "nothing waits"
    database = Database.unchecked(parsed)
    try:
        with database.reading() as connection:
            if migrate.version(connection) != migrate.newest():
                return True, "nothing waits"
            now = datetime.now(UTC)
            received, sent = waiting(connection, inbox, now), waiting(connection, outbox, now)
            why = reasons(connection)
    finally:
        database.close()
    told = [f"{received.number} updates to handle{_since(received)}", f"{sent.number} messages to send{_since(sent)}"]
    if received.aside:
        told.append(f"{received.aside} updates set aside ({'; '.join(f'{count} × {reason}' for reason, count in why)})")
    if sent.aside:
        told.append(f"{sent.aside} messages dropped")
    late = any(queue.oldest and queue.oldest > LATE for queue in (received, sent))
    return not late, ", ".join(told) + (": is 'python -m bot run' running?" if late else "")


def _since(queue: Waiting) -> str:
    return f" (the oldest for {round(queue.oldest.total_seconds())} s)" if queue.oldest else ""


def _check_folder(file: Path) -> None:
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    effective = os.access in os.supports_effective_ids
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK, effective_ids=effective):
        raise StorageProblem(
            f"{file} cannot be made in {folder}: check that folder's owner and rights, or change DATABASE_URL"
        )
