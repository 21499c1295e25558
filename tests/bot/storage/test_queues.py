"""The contract of the inbox and the outbox, over SQLite and PostgreSQL."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.queues import Arrived, Letter, Limit, Lost, Outgoing, Queues, Taken
from bot.sessions import Session
from bot.storage import checkup
from bot.storage.claims import Claims
from bot.storage.database import Database
from bot.storage.inbox import SqlInbox
from bot.storage.outbox import SqlOutbox
from bot.storage.schema import conversations, inbox, metadata, outbox, pace
from bot.storage.sessions import SqlSessions
from bot.storage.upkeep import SqlUpkeep

TODAY = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OVERALL = Limit("*", SECOND / 1000, 1000)


@dataclass
class Process:
    """One process on the queues, and a clock set by hand."""

    database: Database
    now: datetime = TODAY
    overall: Limit = OVERALL
    each: tuple[timedelta, int] = (SECOND / 1000, 1000)

    def __post_init__(self) -> None:
        def clock() -> datetime:
            return self.now

        self.claims = Claims(self.database)
        self.sessions = SqlSessions(self.database, clock)
        self.inbox = SqlInbox(self.database, self.sessions, self.claims, clock)
        self.outbox = SqlOutbox(self.database, self.claims, self.overall, lambda chat: Limit(chat, *self.each), clock)
        self.upkeep = SqlUpkeep(self.database, self.sessions, self.claims, timedelta(days=90), clock)
        self.queues = Queues(self.inbox, self.outbox, self.upkeep)

    def hears(self, chat: str, *ids: int) -> set[int]:
        return self.inbox.store([Arrived(number, chat, f'{{"said": {number}}}') for number in ids])

    def handles(self, taken: Taken, *messages: str, lang: str = "fr") -> None:
        with self.inbox.turn(taken) as turn:
            turn.sessions.put(taken.chat, Session(lang, (), {"last": taken.id}))
            turn.send([Outgoing(taken.chat, message) for message in messages])

    def dies(self) -> None:
        self.claims.close()


@pytest.fixture
def opened(url: str) -> Iterator[Database]:
    database = Database.open(url)
    yield database
    database.close()


@pytest.fixture
def process(opened: Database) -> Iterator[Process]:
    one = Process(opened)
    yield one
    one.dies()


@pytest.fixture
def another(opened: Database) -> Iterator[Process]:
    """A process that comes later: on SQLite, where there is one at a time, it takes the other for dead."""
    one = Process(opened)
    yield one
    one.dies()


def ids(taken: list[Taken]) -> list[int]:
    return [each.id for each in taken]


def bodies(letters: list[Letter]) -> list[str]:
    return [letter.body for letter in letters]


class TestInbox:
    def test_an_update_is_kept_once(self, process: Process) -> None:
        assert process.hears("a", 1, 2) == {1, 2}
        assert process.hears("a", 2, 3) == {3}
        [first] = process.inbox.take(9)
        assert first == Taken(1, "a", '{"said": 1}', 1)
        process.handles(first)
        assert process.hears("a", 1) == set()
        assert ids(process.inbox.take(9)) == [2]

    def test_each_chat_in_order_and_all_chats_at_once(self, process: Process) -> None:
        process.hears("a", 1, 2)
        process.hears("b", 3, 4)
        process.hears("c", 5)
        assert ids(process.inbox.take(2)) == [1, 3]
        assert ids(process.inbox.take(2)) == [5]
        assert process.inbox.take(2) == []
        process.handles(Taken(3, "b", ""))
        assert ids(process.inbox.take(9)) == [4]

    def test_order_is_that_of_the_ids_and_not_of_the_deliveries(self, process: Process) -> None:
        process.hears("a", 7, 5, 6)
        for expected in (5, 6, 7):
            [taken] = process.inbox.take(9)
            assert taken.id == expected
            process.handles(taken)

    def test_all_of_a_turn_or_none(self, process: Process) -> None:
        process.hears("a", 1)
        [taken] = process.inbox.take(1)
        with pytest.raises(KeyError), process.inbox.turn(taken) as turn:  # noqa: PT012 (it is about leaving it)
            turn.sessions.put("a", Session("fr", ("un",), {"last": 1}))
            turn.send([Outgoing("a", "hello")])
            assert turn.sessions.get("a") == Session("fr", ("un",), {"last": 1})
            raise KeyError
        assert process.sessions.get("a") == Session()
        assert process.outbox.take(9) == []
        process.handles(taken, "hello")
        assert process.sessions.get("a") == Session("fr", (), {"last": 1})
        assert bodies(process.outbox.take(9)) == ["hello"]
        assert process.inbox.take(9) == []

    def test_of_what_is_handled_only_its_id_stays(self, process: Process) -> None:
        process.hears("a", 1)
        process.handles(process.inbox.take(1)[0])
        with process.database.reading() as connection:
            [row] = connection.execute(select(inbox))
        assert (row.update_id, row.state) == (1, "done")
        assert (row.chat, row.raw, row.reason, row.claimed_by) == (None, None, None, None)

    def test_a_failure_is_tried_again_later_and_holds_up_its_chat_alone(self, process: Process) -> None:
        process.hears("a", 1, 2)
        process.hears("b", 3)
        first, other = process.inbox.take(9)
        process.inbox.retry(first, 5 * SECOND, "ValueError")
        process.handles(other)
        assert process.inbox.take(9) == []
        assert process.inbox.due_in() == 5 * SECOND
        process.now += 6 * SECOND
        assert process.inbox.due_in() == 0 * SECOND
        [again] = process.inbox.take(9)
        assert (again.id, again.begun) == (1, 2)
        assert process.inbox.due_in() is None

    def test_what_is_set_aside_lets_its_chat_go_on(self, process: Process) -> None:
        process.hears("a", 1, 2)
        [first] = process.inbox.take(9)
        process.inbox.set_aside(first, "ValueError at x.py:3", [Outgoing("a", "sorry")])
        assert ids(process.inbox.take(9)) == [2]
        assert bodies(process.outbox.take(9)) == ["sorry"]
        process.now += 3 * SECOND
        assert process.inbox.waiting() == (1, 3 * SECOND, 1)
        assert process.hears("a", 1) == set()

    def test_what_a_dead_process_had_begun_is_begun_again(self, process: Process, another: Process) -> None:
        process.hears("a", 1, 2)
        assert ids(process.inbox.take(9)) == [1]
        process.dies()
        assert another.inbox.take(9) == []
        _eventually(lambda: another.upkeep.recover() == 1)
        [taken] = another.inbox.take(9)
        assert (taken.id, taken.begun) == (1, 2)

    def test_who_was_taken_for_dead_changes_nothing(self, process: Process, another: Process) -> None:
        process.hears("a", 1)
        [mine] = process.inbox.take(9)
        process.dies()
        _eventually(lambda: another.upkeep.recover() == 1)
        another.handles(another.inbox.take(9)[0], "once")
        for late in (
            lambda: process.handles(mine, "twice", lang="en"),
            lambda: process.inbox.retry(mine, SECOND, "late"),
            lambda: process.inbox.set_aside(mine, "late"),
        ):
            with pytest.raises(Lost):
                late()
        assert process.sessions.get("a").lang == "fr"
        assert bodies(another.outbox.take(9)) == ["once"]

    def test_many_threads_handle_each_update_once_and_in_order(self, process: Process) -> None:
        chats = [f"chat{number}" for number in range(8)]
        for number in range(20):
            process.inbox.store([Arrived(number * 8 + n, chat, "{}") for n, chat in enumerate(chats)])
        heard: dict[str, list[int]] = {chat: [] for chat in chats}
        left = threading.Semaphore(0)

        def work() -> None:
            while not left.acquire(blocking=False):
                for taken in process.inbox.take(2):
                    heard[taken.chat].append(taken.id)
                    with process.inbox.turn(taken) as turn:
                        before = turn.sessions.get(taken.chat).interview or {"n": 0}
                        turn.sessions.put(taken.chat, Session("fr", (), {"n": before["n"] + 1}))
                if process.inbox.waiting().number == 0:
                    left.release(9)

        with ThreadPoolExecutor(8) as threads:
            for done in [threads.submit(work) for _ in range(8)]:
                done.result(60)
        assert heard == {chat: [number * 8 + n for number in range(20)] for n, chat in enumerate(chats)}
        assert [process.sessions.get(chat).interview for chat in chats] == [{"n": 20}] * 8

    def test_a_deep_queue_of_one_chat_hides_no_other(self, process: Process) -> None:
        process.inbox.store([Arrived(number, "busy", "{}") for number in range(3_000)])
        process.hears("free", 9_000)
        assert ids(process.inbox.take(9)) == [0, 9_000]


class TestOutbox:
    def post(self, process: Process, chat: str, *messages: str, number: int = 1, content: bytes | None = None) -> None:
        process.hears(chat, number)
        [taken] = process.inbox.take(1)
        with process.inbox.turn(taken) as turn:
            turn.send([Outgoing(chat, message, content) for message in messages])

    def test_one_after_the_other_in_each_chat(self, process: Process) -> None:
        self.post(process, "a", "un", "deux", number=1)
        self.post(process, "b", "one", number=2, content=b"\x00\xff")
        first, other = process.outbox.take(9)
        assert (first.body, first.tried, first.content) == ("un", 1, None)
        assert (other.body, other.content) == ("one", b"\x00\xff")
        assert process.outbox.take(9) == []
        process.outbox.sent(first)
        assert bodies(process.outbox.take(9)) == ["deux"]

    def test_what_is_sent_leaves_nothing(self, process: Process) -> None:
        self.post(process, "a", "un")
        process.outbox.sent(process.outbox.take(1)[0])
        with process.database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(outbox)) == 0
        assert process.outbox.waiting() == (0, None, 0)

    def test_a_wait_is_its_chats_alone(self, process: Process) -> None:
        self.post(process, "a", "un", "deux", number=1)
        self.post(process, "b", "one", "two", number=2)
        first, other = process.outbox.take(9)
        process.outbox.retry(first, 60 * SECOND, "flood")
        process.outbox.sent(other)
        [two] = process.outbox.take(9)
        assert two.body == "two"
        assert process.outbox.due_in() == 60 * SECOND
        process.now += 60 * SECOND
        [again] = process.outbox.take(9)
        assert (again.body, again.tried) == ("un", 2)

    def test_a_chat_out_of_reach_loses_all_that_waits_and_no_more(self, process: Process) -> None:
        self.post(process, "a", "un", "deux", number=1)
        self.post(process, "b", "one", number=2)
        first, _ = process.outbox.take(9)
        process.outbox.drop(first, "blocked", whole_chat=True)
        assert process.outbox.take(9) == []
        assert process.outbox.waiting()[::2] == (1, 2)
        with process.database.reading() as connection:
            kept = list(connection.execute(select(outbox.c.body, outbox.c.reason).where(outbox.c.chat == "a")))
        assert kept == [(None, "blocked"), (None, "blocked")]
        self.post(process, "a", "trois", number=3)
        assert bodies(process.outbox.take(9)) == ["trois"]

    def test_what_a_dead_process_was_sending_is_sent_and_known_as_perhaps_sent(
        self, process: Process, another: Process
    ) -> None:
        self.post(process, "a", "un", "deux")
        process.outbox.take(9)
        process.dies()
        _eventually(lambda: another.upkeep.recover() == 1)
        [again] = another.outbox.take(9)
        assert (again.body, again.tried) == ("un", 2)

    def test_a_chat_may_have_a_burst_then_one_a_second(self, opened: Database) -> None:
        process = Process(opened, each=(SECOND, 3))
        self.post(process, "a", *"123456", number=1)
        self.post(process, "b", "x", number=2)
        assert self.sends_all(process) == ["1", "2", "3", "x"]
        wait = process.outbox.due_in()
        assert wait == SECOND
        process.now += wait
        assert self.sends_all(process) == ["4"]
        process.now += 2 * SECOND
        assert self.sends_all(process) == ["5", "6"]
        process.dies()

    def test_processes_share_the_limits(self, opened: Database) -> None:
        one, two = (Process(opened, overall=Limit("*", SECOND / 10, 4)) for _ in range(2))
        for number in range(8):
            self.post(one, f"chat{number}", "x", number=number)
        assert len(one.outbox.take(3)) == 3
        assert len(two.outbox.take(3)) == 1
        assert len(two.outbox.take(3)) == 0
        assert two.outbox.due_in() == SECOND / 10
        two.now += SECOND
        assert len(two.outbox.take(9)) == 4
        one.dies()
        two.dies()

    def test_who_gets_much_delays_nobody_when_all_together_may_get_no_more(self, opened: Database) -> None:
        process = Process(opened, overall=Limit("*", SECOND / 10, 1), each=(SECOND, 60))
        self.post(process, "greedy", *map(str, range(40)), number=1)
        for _ in range(3):
            [letter] = process.outbox.take(9)
            process.outbox.sent(letter)
            assert process.outbox.take(9) == []
            process.now += SECOND / 10
        self.post(process, "modest", "at last", number=2)
        assert bodies(process.outbox.take(9)) == ["at last"]
        process.dies()

    def sends_all(self, process: Process) -> list[str]:
        said: list[str] = []
        while letters := process.outbox.take(1):
            process.outbox.sent(letters[0])
            said.append(letters[0].body)
        return said


class TestErasure:
    def test_an_erasure_leaves_only_what_came_with_it_or_later(self, process: Process) -> None:
        process.hears("a", 1, 2, 3)
        process.hears("b", 4)
        first, _ = process.inbox.take(9)
        process.inbox.set_aside(first, "ValueError", [Outgoing("a", "sorry")])
        [erasing] = process.inbox.take(9)
        with process.inbox.turn(erasing) as turn:
            turn.sessions.put("a", Session("fr", (), {"n": 1}))
            turn.sessions.erase("a")
            assert not turn.sessions.holds("a")
            assert turn.sessions.export("a") == {}
            turn.send([Outgoing("a", "erased")])
        assert bodies(process.outbox.take(9)) == ["erased"]
        assert ids(process.inbox.take(9)) == [3]
        assert process.inbox.waiting() == (2, timedelta(0), 0)

    def test_after_the_announcement_no_table_holds_anything_of_the_chat(self, process: Process) -> None:
        process.hears("telegram:42", 1)
        with process.inbox.turn(process.inbox.take(1)[0]) as turn:
            turn.sessions.erase("telegram:42")
            turn.send([Outgoing("telegram:42", "erased")])
        process.outbox.sent(process.outbox.take(1)[0])
        process.now += 2 * SECOND
        process.upkeep.settle()
        with process.database.reading() as connection:
            rows = [str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))]
        assert len(rows) == 1
        assert "42" not in rows[0]
        assert not process.sessions.holds("telegram:42")

    def test_nor_does_any_file(self, file: Path, database: Database) -> None:
        process = Process(database)
        process.inbox.store([Arrived(1, "telegram:9876543210", '{"said": "zanzibar"}')])
        with process.inbox.turn(process.inbox.take(1)[0]) as turn:
            turn.sessions.erase("telegram:9876543210")
            turn.send([Outgoing("telegram:9876543210", "zanzibar", b"zanzibar" * 1_000)])
        process.outbox.sent(process.outbox.take(1)[0])
        process.now += 2 * SECOND
        process.upkeep.settle()
        for path in file.parent.iterdir():
            assert b"zanzibar" not in path.read_bytes(), path
            assert b"9876543210" not in path.read_bytes(), path

    def test_what_is_too_old_goes_by_itself(self, process: Process) -> None:
        process.hears("a", 1, 2)
        process.handles(process.inbox.take(1)[0], "never sent")
        process.inbox.set_aside(process.inbox.take(1)[0], "ValueError")
        process.now += timedelta(days=4)
        process.hears("b", 3)
        process.upkeep.tidy()
        with process.database.reading() as connection:
            assert list(connection.scalars(select(inbox.c.update_id).order_by(inbox.c.update_id))) == [2, 3]
        process.now += timedelta(days=87)
        assert process.upkeep.tidy() == 3
        with process.database.reading() as connection:
            counts = [connection.scalar(select(func.count()).select_from(t)) for t in (conversations, inbox, outbox)]
            assert counts == [0, 1, 0]
            assert connection.scalar(select(func.count()).select_from(pace)) == 0


class TestLook:
    """What ``bot doctor`` says of the queues."""

    def test_nothing_there_yet(self, file: Path) -> None:
        assert checkup.queues(f"sqlite:///{file}") == (True, False, "nothing waits")
        assert not file.parent.exists()

    def test_what_waits_since_when_and_what_was_given_up(self, opened: Database, url: str) -> None:
        process = Process(opened, now=datetime.now(UTC))
        process.hears("a", 1)
        process.handles(process.inbox.take(1)[0], "hello")
        process.hears("b", 2)
        process.inbox.set_aside(process.inbox.take(1)[0], "ValueError at x.py:3")
        well, aside, told = checkup.queues(url)
        assert well
        assert aside
        assert re.fullmatch(
            r"0 updates to handle, 1 messages to send \(the oldest for \d s\), "
            r"1 updates set aside \(1 × ValueError at x.py:3\)",
            told,
        )
        process.now -= 11 * timedelta(minutes=1)
        process.hears("c", 3)
        well, _, told = checkup.queues(url)
        assert not well
        assert told.endswith(": is 'python -m bot run' running?")
        process.dies()


def test_a_broken_connection_is_made_again(process: Process, another: Process, url: str) -> None:
    if url.startswith("sqlite"):
        pytest.skip("SQLite has no connection to break")
    process.hears("a", 1)
    assert ids(process.inbox.take(1)) == [1]
    with process.database.writing() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :owner"),
            {"owner": process.claims.owner},
        )
    process.upkeep.recover()
    assert another.upkeep.recover() == 0
    assert another.inbox.take(1) == []


WORKS = """
import os, random, signal, sys, time
sys.path.insert(0, sys.argv[2])
from bot.queues import Outgoing
from bot.sessions import Session
from bot.storage.database import Database
from test_queues import Process

def work():
    process = Process(Database.open(sys.argv[1]))
    process.upkeep.recover()
    while process.inbox.waiting().number:
        for taken in process.inbox.take(1):
            with process.inbox.turn(taken) as turn:
                before = turn.sessions.get(taken.chat).interview or {"heard": []}
                turn.sessions.put(taken.chat, Session("fr", (), {"heard": [*before["heard"], taken.id]}))
                turn.send([Outgoing(taken.chat, str(taken.id))])

chance = random.Random(4)
for last in [False] * 40 + [True]:
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    if not last:
        time.sleep(0.01 + 0.1 * chance.random())
        os.kill(child, signal.SIGKILL)
    _, how = os.waitpid(child, 0)
    print("died" if how else "done", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_processes_killed_at_any_moment_apply_each_update_once_and_in_order(url: str, opened: Database) -> None:
    here = Process(opened)
    chats = ("a", "b", "c")
    numbers = range(300)
    here.inbox.store([Arrived(number, chats[number % 3], "{}") for number in numbers])
    command = [sys.executable, "-c", WORKS, url, str(Path(__file__).parent)]
    ends = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, timeout=120).stdout.split()
    assert ends.count("died") >= 10
    assert ends[-1] == "done"
    for at, chat in enumerate(chats):
        expected = list(numbers[at::3])
        assert here.sessions.get(chat).interview == {"heard": expected}
        with opened.reading() as connection:
            sent = connection.scalars(select(outbox.c.body).where(outbox.c.chat == chat).order_by(outbox.c.id))
            assert list(sent) == [str(number) for number in expected]


def _eventually(condition: object) -> None:
    """PostgreSQL takes a moment to notice that a connection is gone."""
    assert callable(condition)
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
