"""Opening a database: made, brought up to date by one of many, and clear when it cannot be."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, inspect, text

from bot.settings import Settings
from bot.storage import checkup, migrate
from bot.storage.database import Database, parse
from bot.storage.errors import StorageProblem
from bot.storage.schema import conversations, metadata

SECRET = "s3cr3t"

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


def problem(url: str) -> str:
    """What opening it says; looking at it must not be well either."""
    with pytest.raises(StorageProblem) as caught:
        Database.open(url)
    with pytest.raises(StorageProblem):
        checkup.look(url)
    return str(caught.value)


def test_from_nothing_to_the_schema_the_code_knows(url: str) -> None:
    database = Database.open(url)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
        assert migrate.version(connection) == migrate.newest()
    database.close()


def test_opened_again_it_keeps_what_it_has(url: str) -> None:
    for expected in (0, 1, 2):
        database = Database.open(url)
        with database.writing() as connection:
            assert connection.scalar(text("SELECT count(*) FROM conversations")) == expected
            now = text("'2026-11-25 09:30:00'")
            connection.execute(insert(conversations).values(chat=str(expected), created_at=now, updated_at=now))
        database.close()


OPENS = """
import sys
from bot.storage.database import Database
from bot.storage.sessions import SqlSessions
from bot.sessions import Session
print("here", flush=True)
sys.stdin.readline()
database = Database.open(sys.argv[1])
sessions = SqlSessions(database)
for number in range(20):
    sessions.put(sys.argv[2], Session("fr", (), {"n": number}))
print(sessions.get(sys.argv[2]).interview)
database.close()
"""


def test_processes_that_open_it_at_once_make_it_once(url: str) -> None:
    names = [f"telegram:{number}" for number in range(4)]
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", OPENS, url, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    assert [process.stdout and process.stdout.readline() for process in running] == ["here\n"] * 4
    for process in running:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60) for process in running]
    assert told == [("{'n': 19}\n", "")] * 4
    database = Database.open(url)
    with database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        assert connection.scalar(text("SELECT count(*) FROM interviews")) == 4
    database.close()


def test_a_migration_that_is_cut_short_leaves_nothing_by_half(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def upgrade(connection: object, where: str) -> None:
        migrated(connection, where)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    migrated = migrate.upgrade
    monkeypatch.setattr(migrate, "upgrade", upgrade)
    with pytest.raises(KeyboardInterrupt):
        Database.open(url)
    monkeypatch.setattr(migrate, "upgrade", migrated)
    database = Database.unchecked(parse(url))
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
    Database.open(url).close()


def test_migrations_go_back_too(url: str) -> None:
    from alembic import command

    database = Database.open(url)
    with database.writing() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    database.close()
    Database.open(url).close()


def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    database = Database.open(url)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    assert "made by a newer version of the bot: update the bot" in problem(url)


@posix
def test_only_the_owner_can_read_the_file_and_the_folder_it_makes(file: Path, database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("DELETE FROM conversations"))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    assert modes == {"curseur.db": 0o600, "curseur.db-wal": 0o600, "curseur.db-shm": 0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@posix
def test_a_folder_and_a_file_that_were_there_keep_their_modes(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "x.db").touch(0o640)
    Database.open(f"sqlite:///{tmp_path / 'x.db'}").close()
    assert (stat.S_IMODE(tmp_path.stat().st_mode), stat.S_IMODE((tmp_path / "x.db").stat().st_mode)) == (0o755, 0o640)


def test_sqlite_is_set_up_for_many_threads_and_for_real_erasure(database: Database) -> None:
    with database.reading() as connection:
        names = ("journal_mode", "foreign_keys", "secure_delete", "busy_timeout", "synchronous")
        assert [connection.scalar(text(f"PRAGMA {name}")) for name in names] == ["wal", 1, 1, 10_000, 2]


@pytest.mark.parametrize("name", ["with space é.db", "100%.db", "a+b.db"])
def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / name)
    Database.open(settings.database).close()
    assert (tmp_path / name / "curseur.db").is_file()


def test_a_relative_path_starts_in_the_working_directory() -> None:
    Database.open("sqlite:///sub/x.db").close()
    assert Path("sub/x.db").is_file()


@pytest.mark.parametrize(
    "content",
    [b"not a database, " * 100, b"SQLite format 3\0" + b"\xff" * 4_080],
    ids=["another file", "a torn header"],
)
def test_a_damaged_file_is_named_and_left_as_it_is(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    told = problem(f"sqlite:///{file}")
    assert told.startswith(f"{file} is damaged, or no SQLite database: restore a backup, or move it away")
    assert file.read_bytes() == content


def test_a_file_damaged_in_the_middle_is_found_by_a_look(file: Path, database: Database) -> None:
    with database.writing() as connection:
        now = text("'2026-11-25 09:30:00'")
        for number in range(300):
            row = {"chat": f"{number}" * 50, "created_at": now, "updated_at": now}
            connection.execute(insert(conversations).values(row))
    database.close()
    content = bytearray(file.read_bytes())
    content[-20_000:-1_000] = b"\xaa" * 19_000
    file.write_bytes(content)
    with pytest.raises(StorageProblem, match="is damaged"):
        checkup.look(f"sqlite:///{file}")


def test_a_folder_where_the_file_should_be(file: Path) -> None:
    file.mkdir(parents=True)
    assert f"{file} cannot be opened and written: check its owner and rights" in problem(f"sqlite:///{file}")


def test_a_file_where_the_folder_should_be(file: Path) -> None:
    file.parent.write_text("a file")
    assert f"{file} cannot be made" in problem(f"sqlite:///{file}")


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that everybody can read and enter, and only its owner can write in; its reader owns nothing in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@pytest.fixture
def read_only() -> Iterator[None]:
    """Root may write anywhere, so it becomes nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@posix
def test_a_read_only_folder(public_folder: Path, read_only: None) -> None:
    if os.geteuid() != 65534:
        public_folder.chmod(0o555)
    file = public_folder / "curseur.db"
    told = problem(f"sqlite:///{file}")
    assert told.startswith(f"{file} cannot be made (Permission denied): check its folder's owner and rights")
    assert "DATABASE_URL" in told


@posix
def test_a_read_only_file(public_folder: Path, request: pytest.FixtureRequest) -> None:
    file = public_folder / "curseur.db"
    Database.open(f"sqlite:///{file}").close()
    file.chmod(0o444)
    public_folder.chmod(0o555)
    request.getfixturevalue("read_only")
    assert problem(f"sqlite:///{file}").startswith(f"{file} cannot be opened and written: check its owner and rights")


def test_a_file_that_another_process_holds(file: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.database._BUSY_SECONDS", 0.1)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert "is held by another process" in problem(f"sqlite:///{file}")
    finally:
        other.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "is no address of a database: expected sqlite:///path/to/file.db or postgresql://"),
        (f"mysql://me:{SECRET}@127.0.0.1/x", "names no database known here: expected sqlite:///path/to/file.db"),
        (f"postgresql+psycopg2://me:{SECRET}@127.0.0.1/x", "names no database known here"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///x.db?mode=ro", "nothing after it"),
    ],
)
def test_an_address_that_will_not_do(url: str, told: str) -> None:
    said = problem(url)
    assert said.startswith("DATABASE_URL ")
    assert told in said
    assert SECRET not in said
    assert list(Path().iterdir()) == []


def test_postgresql_without_its_driver_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.database.find_spec", lambda name: None)
    for scheme in ("postgresql", "postgresql+psycopg"):
        said = problem(f"{scheme}://me:{SECRET}@127.0.0.1/x")
        assert said.startswith("DATABASE_URL names PostgreSQL")
        assert "pip install 'curseur[postgresql]'" in said


def test_a_postgresql_out_of_reach_is_named_without_its_password() -> None:
    pytest.importorskip("psycopg")
    said = problem(f"postgresql://me:{SECRET}@127.0.0.1:9/x")
    assert said.startswith("DATABASE_URL=postgresql://me:***@127.0.0.1:9/x does not answer as it should")
    assert SECRET not in said


class TestLook:
    """What ``bot doctor`` says of it."""

    def test_nothing_there_yet_and_nothing_made(self, file: Path) -> None:
        assert checkup.look(f"sqlite:///{file}") == f"{file} will be made at the first start"
        assert not file.parent.exists()

    def test_all_is_well(self, url: str) -> None:
        Database.open(url).close()
        assert checkup.look(url).endswith(f": version {migrate.newest()}, 0 conversations, can be written")

    def test_an_older_schema(self, url: str, file: Path) -> None:
        if url.startswith("sqlite"):
            file.parent.mkdir()
            file.touch()
        assert checkup.look(url).endswith(f": version none will become {migrate.newest()} at the next start")

    def test_a_look_changes_nothing(self, file: Path, database: Database) -> None:
        database.close()
        before = {path.name: path.read_bytes() for path in file.parent.iterdir()}
        checkup.look(f"sqlite:///{file}")
        assert {path.name: path.read_bytes() for path in file.parent.iterdir()} == before
