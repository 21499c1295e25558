"""The contract of sessions, over those in memory and those in SQL; then what SQL adds to it."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text, update

from bot.blind import blind
from bot.sessions import IDLE_HOURS, MemorySessions, Session, Sessions
from bot.storage.database import Database
from bot.storage.errors import StorageProblem
from bot.storage.schema import conversations, interviews, metadata
from bot.storage.sessions import TOUCH_EVERY, SqlSessions

CHAT = "telegram:42"
STATE: dict[str, Any] = {"version": 3, "company": {"sector": {"v": "Télécoms 😀"}}, "flows": [{"id": 1}], "left": None}
TODAY = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


class Clock:
    """The date, set by hand."""

    def __init__(self) -> None:
        self.now = TODAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, file: Path) -> Iterator[Sessions]:
    """Each of the implementations, empty."""
    if request.param == "memory":
        yield MemorySessions()
        return
    address = f"sqlite:///{file}" if request.param == "sqlite" else request.getfixturevalue("postgresql")
    opened = Database.open(address)
    yield SqlSessions(opened)
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sql(database: Database, clock: Clock) -> SqlSessions:
    """Sessions in a SQLite file, dated by a clock set by hand."""
    return SqlSessions(database, clock)


def count(database: Database) -> tuple[int | None, ...]:
    """How many rows each table holds: conversations, interviews."""
    with database.reading() as connection:
        return tuple(connection.scalar(select(func.count()).select_from(t)) for t in (conversations, interviews))


class TestContract:
    """What every implementation keeps to."""

    def test_a_chat_never_heard_is_empty(self, kept: Sessions) -> None:
        assert kept.get(CHAT) == Session()
        assert kept.export(CHAT) == {}
        assert not kept.holds(CHAT)

    @pytest.mark.parametrize(
        "session",
        [
            Session("fr"),
            Session("fr", ("un", "deux")),
            Session("fr", ("un",), STATE),
            Session(None, (), STATE),
            Session("en", (), {}),
            Session("fr", (), None, rich=True),
            Session(rich=True),
        ],
    )
    def test_what_is_kept_comes_back(self, kept: Sessions, session: Session) -> None:
        kept.put(CHAT, session)
        assert kept.get(CHAT) == session
        assert kept.holds(CHAT)

    def test_the_last_one_kept_is_the_one(self, kept: Sessions) -> None:
        kept.put(CHAT, Session("fr", ("un",), STATE))
        kept.put(CHAT, Session("en", ("un", "two"), STATE | {"version": 4}))
        assert kept.get(CHAT) == Session("en", ("un", "two"), STATE | {"version": 4})
        kept.put(CHAT, Session("en", (), None))
        assert kept.get(CHAT) == Session("en")

    def test_chats_are_apart(self, kept: Sessions) -> None:
        chats = (CHAT, f"{CHAT}:7", "telegram:4", "telegram:%", "console:0a1b2c3d", "telegram:-100123")
        for number, chat in enumerate(chats):
            kept.put(chat, Session("fr", (chat,), {"n": number}))
        assert [kept.get(chat) for chat in chats] == [Session("fr", (c,), {"n": n}) for n, c in enumerate(chats)]
        kept.erase(CHAT)
        assert [kept.holds(chat) for chat in chats] == [False, True, True, True, True, True]

    def test_erasing_leaves_nothing_and_may_be_repeated(self, kept: Sessions) -> None:
        kept.put(CHAT, Session("fr", ("un",), STATE))
        for _ in range(2):
            kept.erase(CHAT)
            assert kept.get(CHAT) == Session()
            assert kept.export(CHAT) == {}
            assert not kept.holds(CHAT)
        kept.put(CHAT, Session("en"))
        assert kept.get(CHAT) == Session("en")

    def test_an_empty_session_is_nothing_to_hold(self, kept: Sessions) -> None:
        kept.put(CHAT, Session("fr", ("un",), STATE))
        kept.put(CHAT, Session())
        assert not kept.holds(CHAT)

    def test_the_export_tells_everything_in_json(self, kept: Sessions) -> None:
        before = datetime.now(UTC).replace(microsecond=0)
        kept.put(CHAT, Session("fr", ("un", "deux"), STATE))
        told = json.loads(json.dumps(kept.export(CHAT)))
        assert list(told) == ["chat", "language", "messages", "interview", "since", "changed"]
        assert (told["chat"], told["language"], told["messages"]) == (CHAT, "fr", ["un", "deux"])
        assert told["interview"] == STATE
        assert before <= datetime.fromisoformat(told["since"]) <= datetime.fromisoformat(told["changed"])
        assert datetime.fromisoformat(told["changed"]) <= datetime.now(UTC)

    def test_an_interview_is_kept_as_it_was_when_it_was_put(self, kept: Sessions) -> None:
        kept.put(CHAT, Session("fr", (), {"order": 1, "b": 2, "a": 3}))
        interview = kept.get(CHAT).interview
        assert interview
        assert list(interview) == ["order", "b", "a"]

    def test_threads_share_it(self, kept: Sessions) -> None:
        def talk(name: int) -> None:
            for number in range(20):
                chat = f"{name}:{number % 4}"
                kept.put(chat, Session("fr", (chat,), {"chat": chat, "n": number}))
                assert kept.get(chat) == Session("fr", (chat,), {"chat": chat, "n": number})
                if number % 7 == 0:
                    kept.erase(chat)
                    assert not kept.holds(chat)

        with ThreadPoolExecutor(16) as threads:
            list(threads.map(talk, range(16)))
        assert all(kept.get(f"{name}:{n}").interview == {"chat": f"{name}:{n}", "n": 16 + n} for name in range(16)
                   for n in range(4))  # fmt: skip


@pytest.fixture(scope="module")
def in_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlSessions]:
    """Sessions in a SQLite file that every example shares."""
    database = Database.open(f"sqlite:///{tmp_path_factory.mktemp('examples') / 'curseur.db'}")
    yield SqlSessions(database)
    database.close()


@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
            max_leaves=5,
        ),
        max_size=5,
    )
)
def test_any_json_comes_back_from_sql(in_module: SqlSessions, state: dict[str, Any]) -> None:
    in_module.put(CHAT, Session("fr", (), state))
    assert in_module.get(CHAT).interview == state


def test_another_process_finds_all_of_it(sql: SqlSessions, clock: Clock, file: Path) -> None:
    sql.put(CHAT, Session("fr", ("un", "deux"), STATE))
    other = Database.open(f"sqlite:///{file}")
    assert SqlSessions(other, clock).get(CHAT) == Session("fr", ("un", "deux"), STATE)
    other.close()


def test_the_last_messages_are_forgotten_after_some_hours(sql: SqlSessions, clock: Clock, file: Path) -> None:
    sql.put(CHAT, Session("fr", ("mon secret",), STATE))
    clock.now += timedelta(hours=IDLE_HOURS)
    assert sql.get(CHAT) == Session("fr", ("mon secret",), STATE)
    clock.now += timedelta(seconds=1)
    assert sql.get(CHAT) == Session("fr", (), STATE)
    assert sql.purge(clock.now - timedelta(days=90)) == 0
    assert not any(b"mon secret" in path.read_bytes() for path in file.parent.iterdir())
    assert sql.get(CHAT) == Session("fr", (), STATE)


def test_each_message_makes_them_last(sql: SqlSessions, clock: Clock) -> None:
    sql.put(CHAT, Session("fr", ("un",)))
    for _ in range(3):
        clock.now += timedelta(hours=IDLE_HOURS)
        sql.put(CHAT, sql.get(CHAT).after("deux", "fr"))
    assert sql.get(CHAT).history == ("un", "deux", "deux", "deux")


def test_a_chat_with_nothing_to_keep_has_no_row(sql: SqlSessions, database: Database) -> None:
    sql.put(CHAT, Session())
    assert count(database) == (0, 0)
    sql.put(CHAT, Session("fr", ("un",)))
    assert count(database) == (1, 0)
    sql.put(CHAT, Session("fr", ("un",), STATE))
    assert count(database) == (1, 1)
    sql.put(CHAT, Session("fr", ("un",)))
    assert count(database) == (1, 0)
    sql.put(CHAT, Session())
    assert count(database) == (0, 0)


def test_what_has_not_changed_is_not_written_again(sql: SqlSessions, database: Database) -> None:
    session = Session("fr", (), STATE).after("Combien ?", "fr")
    sql.put(CHAT, session)
    statements: list[str] = []
    event.listen(database._engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    for _ in range(9):
        sql.put(CHAT, sql.get(CHAT))
    assert {statement.split()[0] for statement in statements} == {"BEGIN", "SELECT"}
    assert not any("IMMEDIATE" in statement for statement in statements)
    sql.put(CHAT, sql.get(CHAT).after("Et la nuit ?", "fr"))
    assert [s.split()[2] for s in statements if s.startswith("INSERT")] == ["conversations"]
    assert sql.get(CHAT) == Session("fr", ("Combien ?", "Et la nuit ?"), STATE)


def test_dates_tell_the_first_and_the_last_change(sql: SqlSessions, clock: Clock) -> None:
    sql.put(CHAT, Session("fr", (), {"n": 1}))
    clock.now += timedelta(hours=3)
    sql.put(CHAT, Session("fr", (), {"n": 2}))
    told = sql.export(CHAT)
    assert (told["since"], told["changed"]) == ("2026-11-25T09:30:00+00:00", "2026-11-25T12:30:00+00:00")


def test_idle_conversations_are_purged_and_only_they(sql: SqlSessions, clock: Clock, database: Database) -> None:
    sql.put("idle", Session("fr", (), STATE))
    sql.put("asks", Session("fr"))
    sql.put("answers", Session("fr", (), {"n": 1}))
    clock.now += timedelta(days=50)
    sql.put("asks", sql.get("asks").after("Combien ?", "fr"))
    sql.put("answers", Session("fr", (), {"n": 2}))
    clock.now += timedelta(days=50)
    assert sql.purge(clock.now - timedelta(days=90)) == 1
    assert [sql.holds(chat) for chat in ("idle", "asks", "answers")] == [False, True, True]
    assert count(database) == (2, 1)
    assert sql.purge(clock.now - timedelta(days=90)) == 0


def test_a_conversation_that_goes_on_is_dated_anew_once_a_day(sql: SqlSessions, clock: Clock) -> None:
    sql.put(CHAT, Session("fr"))
    clock.now += TOUCH_EVERY
    sql.put(CHAT, Session("fr"))
    assert sql.export(CHAT)["changed"] == TODAY.isoformat()
    clock.now += timedelta(seconds=1)
    sql.put(CHAT, Session("fr"))
    assert sql.export(CHAT)["changed"] == clock.now.isoformat()


@pytest.mark.parametrize("corrupt", ["", "{", "[1]", "null", '{"a": NaN', "\u0000", "[" * 100_000])
def test_an_interview_that_cannot_be_read_is_none(
    sql: SqlSessions, database: Database, corrupt: str, caplog: pytest.LogCaptureFixture
) -> None:
    sql.put(CHAT, Session("fr", (), {"n": "zanzibar"}))
    with database.writing() as connection:
        connection.execute(update(interviews).values(state=corrupt))
    assert sql.get(CHAT) == Session("fr")
    assert blind(CHAT) in caplog.text
    assert CHAT not in caplog.text
    sql.put(CHAT, Session("fr", (), STATE))
    assert sql.get(CHAT) == Session("fr", (), STATE)
    sql.erase(CHAT)
    assert not sql.holds(CHAT)


def test_every_table_can_be_erased_by_chat() -> None:
    assert len(metadata.sorted_tables) >= 2
    assert [table.name for table in metadata.sorted_tables if "chat" not in table.c] == []


@pytest.mark.parametrize("size", [10, 3_000, 50_000], ids=["in a cell", "in a page", "in many pages"])
@pytest.mark.parametrize("reader", [False, True], ids=["alone", "beside a reader"])
def test_what_is_erased_is_in_no_file_any_more(
    sql: SqlSessions, database: Database, file: Path, size: int, reader: bool
) -> None:
    for number in range(30):
        sql.put(f"telegram:{number}", Session("fr", (), {"n": number, "padding": "x" * 500}))
    for number in range(4):
        sql.put("telegram:9876543210", Session("fr", ("zanzibar",), {"said": "zanzibar " * (size // 9 + number)}))
    assert any(b"zanzibar" in path.read_bytes() for path in file.parent.iterdir())
    other = Database.open(f"sqlite:///{file}")
    if reader:
        with other.reading() as connection:
            connection.scalar(select(func.count()).select_from(conversations))
    sql.erase("telegram:9876543210")
    for path in file.parent.iterdir():
        assert b"zanzibar" not in path.read_bytes(), path
        assert b"9876543210" not in path.read_bytes(), path
    assert sql.get("telegram:7").interview == {"n": 7, "padding": "x" * 500}
    other.close()


@pytest.mark.parametrize("way", ["cancelled", "purged"])
def test_so_is_an_interview_that_was_cancelled_or_purged(sql: SqlSessions, clock: Clock, file: Path, way: str) -> None:
    sql.put(CHAT, Session("fr", (), {"said": "zanzibar " * 1_000}))
    if way == "cancelled":
        sql.put(CHAT, Session("fr"))
    else:
        sql.purge(clock.now + timedelta(seconds=1))
    assert not any(b"zanzibar" in path.read_bytes() for path in file.parent.iterdir())


def test_a_full_disk_keeps_all_of_the_last_session_and_nothing_of_the_next(
    sql: SqlSessions, database: Database
) -> None:
    before = Session("fr", ("un",), {"said": "un"})
    sql.put(CHAT, before)
    event.listen(database._engine, "checkout", _no_room)
    with pytest.raises(StorageProblem, match=r"no room left for .*curseur\.db: free some disk") as caught:
        sql.put(CHAT, Session("en", ("un", "deux"), {"said": "deux " * 100_000}))
    assert "deux" not in str(caught.value)
    assert sql.get(CHAT) == before
    event.remove(database._engine, "checkout", _no_room)
    event.listen(database._engine, "checkout", _room_again)
    sql.put(CHAT, Session("en", (), {"said": "deux " * 100_000}))
    assert sql.get(CHAT).lang == "en"


def _no_room(connection: Any, *_: Any) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")


def _room_again(connection: Any, *_: Any) -> None:
    connection.execute("PRAGMA max_page_count = 1000000")


def test_an_erasure_that_fails_erases_nothing(sql: SqlSessions, database: Database) -> None:
    sql.put(CHAT, Session("fr", (), STATE))

    def fail(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("DELETE FROM conversations"):
            raise KeyboardInterrupt

    event.listen(database._engine, "before_cursor_execute", fail)
    with pytest.raises(KeyboardInterrupt):
        sql.erase(CHAT)
    event.remove(database._engine, "before_cursor_execute", fail)
    assert sql.get(CHAT) == Session("fr", (), STATE)


def test_neither_logs_nor_errors_tell_what_was_said(
    sql: SqlSessions, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sql.put(CHAT, Session("fr", ("zanzibar",), {"said": "zanzibar"}))
    sql.get(CHAT)
    with database.writing() as connection:
        connection.execute(text("DROP TABLE interviews"))
    told = []
    for call in (lambda: sql.put(CHAT, Session("fr", (), {"said": "zanzibar 2"})), lambda: sql.get(CHAT)):
        with pytest.raises(StorageProblem) as caught:
            call()
        told.append(f"{caught.value} {caught.value.__cause__} {caught.value.__context__}")
    assert "zanzibar" not in caplog.text + "".join(told)
    assert CHAT not in caplog.text + "".join(told)


PUTS = """
import sys
from bot.sessions import Session
from bot.storage.database import Database
from bot.storage.sessions import SqlSessions
sessions = SqlSessions(Database.open(sys.argv[1]))
for number in range(1_000_000):
    sessions.put("a", Session("fr", (), {"n": number, "again": [number] * 2_000}))
    sessions.put("b", Session("en" if number % 2 else "fr", (), {"n": number, "again": [number] * 10}))
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_process_killed_in_the_middle_loses_nothing_that_was_kept(file: Path) -> None:
    for run in range(3):
        with subprocess.Popen([sys.executable, "-c", PUTS, f"sqlite:///{file}"], stdout=subprocess.PIPE) as process:
            assert process.stdout
            seen = [process.stdout.readline() for _ in range(5 + 7 * run)]
            process.send_signal(signal.SIGKILL)
            seen += process.stdout.readlines()
        last = max(int(line) for line in seen if line.endswith(b"\n"))
        database = Database.open(f"sqlite:///{file}")
        with database.reading() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        for chat, repeated in (("a", 2_000), ("b", 10)):
            interview = SqlSessions(database).get(chat).interview
            assert interview
            assert last <= interview["n"] <= last + 1
            assert interview["again"] == [interview["n"]] * repeated
        database.close()


def test_readers_do_not_wait_for_a_writer(sql: SqlSessions, database: Database) -> None:
    sql.put(CHAT, Session("fr", (), STATE))
    inside, leave = threading.Event(), threading.Event()
    left: list[bool] = []

    def write() -> None:
        with database.writing() as connection:
            connection.execute(update(conversations).values(lang="en"))
            inside.set()
            left.append(leave.wait(30))

    writer = threading.Thread(target=write)
    writer.start()
    inside.wait(30)
    assert sql.get(CHAT).lang == "fr"
    leave.set()
    writer.join()
    assert left == [True], "the reader waited until the writer gave up"
    assert sql.get(CHAT).lang == "en"
