"""Brings the schema to the version this code knows; Alembic's migrations are shipped beside it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from bot.storage.errors import StorageProblem

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, where: str) -> None:
    """Run the migrations that are missing, in the caller's transaction.

    Raises:
        StorageProblem: the schema is of a version that this code does not know.
    """
    if version(connection) == newest():
        return
    check_known(version(connection), where)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def check_known(revision: str | None, where: str) -> None:
    """Make sure that the migrations can start from that version.

    Raises:
        StorageProblem: a newer version of the bot made it.
    """
    try:
        ScriptDirectory.from_config(_config()).get_revision(revision or "base")
    except CommandError as error:
        raise StorageProblem(
            f"{where} was made by a newer version of the bot: update the bot, or restore an older backup"
        ) from error


def version(connection: Connection) -> str | None:
    """The version of the schema found; None when there is none yet."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The version this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
