"""A look at the database for ``bot doctor``: reachable, sound, up to date, writable. Makes and changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import func, select, text, update

from bot.storage import migrate
from bot.storage.database import Database, file_of, parse
from bot.storage.errors import StorageProblem
from bot.storage.schema import conversations


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


def _check_folder(file: Path) -> None:
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    effective = os.access in os.supports_effective_ids
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK, effective_ids=effective):
        raise StorageProblem(
            f"{file} cannot be made in {folder}: check that folder's owner and rights, or change DATABASE_URL"
        )
