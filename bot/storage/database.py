"""A database opened once for the whole process: SQLite in a file, or PostgreSQL. Safe to share between threads."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.storage import migrate
from bot.storage.errors import StorageProblem

EXAMPLES = "sqlite:///path/to/file.db or postgresql://user:password@host/name"

_BUSY_SECONDS = 10
_CONNECT_SECONDS = 5
_MIGRATION_LOCK = 0x435552  # any number, the same for every replica
_POOL = {"pool_size": 8, "max_overflow": 24}
_WRITING = "curseur_writing"
_LOG = logging.getLogger(__name__)


class Database:
    """Transactions on one database; every failure comes out as a ``StorageProblem``."""

    def __init__(self, engine: Engine, where: str) -> None:
        self.where = where
        """The file, or the setting with the server's address and no password."""
        self._engine = engine
        self._writing_engine = engine.execution_options(**{_WRITING: "FULL"})
        self._fleeting_engine = engine.execution_options(**{_WRITING: "NORMAL"})
        # SQLite has one writer at a time, and its own way of waiting, by naps of growing length, is unfair to some.
        self._turn: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()

    @classmethod
    def open(cls, url: str) -> Database:
        """Connect, make what is missing and bring the schema up to date; several processes may do so at once.

        Args:
            url: ``sqlite:///path`` or ``postgresql://…``, as in the setting DATABASE_URL.

        Raises:
            StorageProblem: there is no such database, or it cannot be opened, written or brought up to date.
        """
        parsed = parse(url)
        file = file_of(parsed)
        if file:
            _create(file)
        database = cls.unchecked(parsed)
        try:
            if file:
                database._keep_a_write_ahead_log()
            with database.writing() as connection:
                if not database.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                migrate.upgrade(connection, database.where)
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def unchecked(cls, url: URL) -> Database:
        """Whatever is there, as it is: nothing is made, nothing brought up to date."""
        if file := file_of(url):
            url = URL.create("sqlite", database=str(file))
            engine = create_engine(url, hide_parameters=True, **_POOL)
            event.listen(engine, "connect", _on_sqlite_connect)
            event.listen(engine, "begin", _on_sqlite_begin)
            return cls(engine, str(file))
        timeout = {"connect_timeout": _CONNECT_SECONDS}
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=timeout, **_POOL)
        return cls(engine, f"DATABASE_URL={url.set(drivername='postgresql').render_as_string(hide_password=True)}")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that changes nothing."""
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, lasting: bool = True) -> Iterator[Connection]:
        """A transaction, committed at the end and undone by any exception. On SQLite there is one at a time.

        Args:
            lasting: whether it must survive the machine's stop once committed, and not only the process's.
        """
        engine = self._writing_engine if lasting else self._fleeting_engine
        with self._turn, self._translated(), engine.begin() as connection:
            yield connection

    @contextmanager
    def apart(self) -> Iterator[Connection]:
        """A connection to PostgreSQL of its own, outside of any transaction, closed in the end."""
        timeout = {"connect_timeout": _CONNECT_SECONDS}
        engine = create_engine(self._engine.url, hide_parameters=True, poolclass=NullPool, connect_args=timeout)
        with self._translated(), engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def scrub(self) -> None:
        """See to it that what was deleted is gone from SQLite's journal too; PostgreSQL's vacuum does so by itself."""
        if not self.is_sqlite:
            return
        with self._translated(), closing(self._engine.raw_connection()) as raw:
            cursor = raw.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            [busy, *_] = cursor.fetchone() or [0]
            cursor.close()
        if busy:
            _LOG.warning("%s is being read: what was erased leaves its journal with the next erasure", self.where)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file, of which one process at a time is the user."""
        return self._engine.dialect.name == "sqlite"

    def _keep_a_write_ahead_log(self) -> None:
        """Readers never wait then. The file remembers it; SQLite does not wait for another process doing the same."""
        deadline = time.monotonic() + _BUSY_SECONDS
        with self._translated():
            while True:
                with closing(self._engine.raw_connection()) as raw:
                    try:
                        raw.cursor().execute("PRAGMA journal_mode = WAL")
                        return
                    except sqlite3.OperationalError as error:
                        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                            raise
                time.sleep(0.02)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _problem(error, self.where) from None
        except DBAPIError as error:
            raise _problem(error.orig, self.where) from None
        except SQLAlchemyError as error:
            raise StorageProblem(f"{self.where} cannot be used ({type(error).__name__})") from None


def parse(url: str) -> URL:
    """A database's address.

    Raises:
        StorageProblem: it is neither SQLite's nor PostgreSQL's, or PostgreSQL's driver is not installed.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StorageProblem(f"DATABASE_URL is no address of a database: expected {EXAMPLES}") from None
    if parsed.drivername == "sqlite":
        if not parsed.database or parsed.database == ":memory:" or parsed.query:
            raise StorageProblem("DATABASE_URL names no file: expected sqlite:///path/to/file.db and nothing after it")
        return parsed
    if parsed.drivername not in ("postgresql", "postgresql+psycopg"):
        raise StorageProblem(f"DATABASE_URL names no database known here: expected {EXAMPLES}")
    if find_spec("psycopg") is None:
        raise StorageProblem(
            "DATABASE_URL names PostgreSQL, whose driver is not installed: run pip install 'curseur[postgresql]'"
        )
    return parsed.set(drivername="postgresql+psycopg")


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database; None for a server."""
    return Path(url.database or "").expanduser() if url.drivername == "sqlite" else None


def _create(file: Path) -> None:
    """An empty file that only its owner may read, in a folder likewise, unless they exist."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise StorageProblem(
            f"{file} cannot be made ({error.strerror}): check its folder's owner and rights, or change DATABASE_URL"
        ) from None


def _on_sqlite_connect(connection: sqlite3.Connection, _: Any) -> None:
    # Transactions begin in _on_sqlite_begin and not where Python's driver would begin them.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")


def _on_sqlite_begin(connection: Connection) -> None:
    # A transaction that reads first and then asks to write would be refused whenever another wrote in between.
    synchronous = connection.get_execution_options().get(_WRITING)
    if synchronous:
        connection.exec_driver_sql(f"PRAGMA synchronous = {synchronous}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if synchronous else "BEGIN")


def _problem(error: BaseException | None, where: str) -> StorageProblem:
    """What mends it; the driver's own words, which may quote a person, are left out."""
    unnamed = type(error).__name__ if isinstance(error, sqlite3.Error) else ""
    code = getattr(error, "sqlite_errorname", unnamed).removeprefix("SQLITE_")
    match code.partition("_")[0]:
        case "NOTADB" | "CORRUPT":
            return StorageProblem(
                f"{where} is damaged, or no SQLite database: restore a backup, or move it away to begin anew"
            )
        case "FULL":
            return StorageProblem(f"no room left for {where}: free some disk, or change DATABASE_URL")
        case "CANTOPEN" | "READONLY" | "PERM" | "AUTH":
            return StorageProblem(
                f"{where} cannot be opened and written: check its owner and rights and its folder's, "
                "or change DATABASE_URL"
            )
        case "BUSY" | "LOCKED":
            return StorageProblem(f"{where} is held by another process for over {_BUSY_SECONDS} s: end that process")
        case "":
            return StorageProblem(
                f"{where} does not answer as it should ({type(error).__name__}): check that PostgreSQL runs there, "
                "and the name, the password and the rights"
            )
        case _:
            return StorageProblem(f"{where} cannot be read or written ({code}): check the disk, or restore a backup")
