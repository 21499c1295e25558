"""A look at the database for ``bot doctor``: reachable, sound, up to date, writable. Makes and changes nothing."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select, text, update

from bot.llm.budget import EVERYBODY, Usage
from bot.queues import Waiting
from bot.storage import migrate
from bot.storage.counting import reasons, waiting
from bot.storage.database import Database, file_of, parse
from bot.storage.errors import StorageProblem
from bot.storage.schema import conversations, inbox, outbox, spending

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


class Flow(NamedTuple):
    """How the queues are doing."""

    well: bool
    """Whether nothing waits for long."""
    aside: bool
    """Whether some updates were given up."""
    told: str
    """All of it in a few words; when it is not well, what to look at."""


def queues(url: str) -> Flow:
    """Whether updates and messages flow, and how many wait.

    Raises:
        StorageProblem: the database cannot be read.
    """
    parsed = parse(url)
    file = file_of(parsed)
    if file and not file.exists():
        return Flow(True, False, "nothing waits")
    database = Database.unchecked(parsed)
    try:
        with database.reading() as connection:
            if migrate.version(connection) != migrate.newest():
                return Flow(True, False, "nothing waits")
            now = datetime.now(UTC)
            received, sent = waiting(connection, inbox, now), waiting(connection, outbox, now)
            why = reasons(connection, inbox)
    finally:
        database.close()
    told = [f"{received.number} updates to handle{_since(received)}", f"{sent.number} messages to send{_since(sent)}"]
    if received.aside:
        told.append(f"{received.aside} updates set aside ({'; '.join(f'{count} × {reason}' for reason, count in why)})")
    if sent.aside:
        told.append(f"{sent.aside} messages dropped")
    late = any(queue.oldest and queue.oldest > LATE for queue in (received, sent))
    hint = ": is 'python -m bot run' running?" if late else ""
    return Flow(not late, received.aside > 0, ", ".join(told) + hint)


def spent(url: str, today: date) -> Usage:
    """What the language model has cost everybody today.

    Raises:
        StorageProblem: the database cannot be read.
    """
    parsed = parse(url)
    file = file_of(parsed)
    if file and not file.exists():
        return Usage()
    database = Database.unchecked(parsed)
    try:
        with database.reading() as connection:
            if migrate.version(connection) != migrate.newest():
                return Usage()
            columns = select(spending.c.sent, spending.c.received)
            found = connection.execute(columns.where(spending.c.day == today, spending.c.chat == EVERYBODY)).first()
    finally:
        database.close()
    return Usage(*found) if found else Usage()


def open_to_others(url: str) -> list[Path]:
    """The files of a SQLite database that other users of this machine could read; none where that cannot be told."""
    file = file_of(parse(url))
    if file is None or os.name != "posix" or not _can_be_entered(file.absolute().parent):
        return []
    files = (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm")))
    return [each for each in files if each.exists() and each.stat().st_mode & 0o077]


def _can_be_entered(folder: Path) -> bool:
    """By others than its owner, as far as that folder and those above it let them."""
    return all(each.stat().st_mode & 0o011 for each in (folder, *folder.parents))


def _since(queue: Waiting) -> str:
    return f" (the oldest for {round(queue.oldest.total_seconds())} s)" if queue.oldest else ""


def _check_folder(file: Path) -> None:
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    effective = os.access in os.supports_effective_ids
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK, effective_ids=effective):
        raise StorageProblem(
            f"{file} cannot be made in {folder}: check that folder's owner and rights, or change DATABASE_URL"
        )
