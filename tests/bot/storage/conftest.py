"""A database for each test: a SQLite file, and PostgreSQL where one is named."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bot.storage.database import Database

POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL")
"""A server on the loopback where databases may be made and dropped, such as ``postgresql://me@127.0.0.1/postgres``."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the SQLite database goes; not made yet, and its folder neither."""
    return tmp_path / "data" / "curseur.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    """A SQLite database."""
    opened = Database.open(f"sqlite:///{file}")
    yield opened
    opened.close()


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    if not POSTGRESQL:
        pytest.skip("TEST_POSTGRESQL_URL names no PostgreSQL server")
    server = make_url(POSTGRESQL).set(drivername="postgresql+psycopg")
    name = f"curseur_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, file: Path) -> str:
    """The address of a database that is empty, or not made yet: one of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{file}"
    address: str = request.getfixturevalue("postgresql")
    return address
