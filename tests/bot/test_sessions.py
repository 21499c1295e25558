"""What is remembered of a conversation in memory, and when it is forgotten; the contract is in ``storage/``."""

from __future__ import annotations

import threading

import pytest

from bot.sessions import IDLE_HOURS, MAX_TURNS, Memory, MemorySessions, Session


class Clock:
    """A clock set by hand, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_an_idle_conversation_is_forgotten(clock: Clock) -> None:
    kept = MemorySessions(clock)
    kept.put("a", Session("fr", ("un",)))
    clock.now += IDLE_HOURS * 3_600
    assert kept.get("a").history
    clock.now += 1
    assert kept.get("a") == Session()


def test_idle_conversations_take_no_room(clock: Clock) -> None:
    kept = MemorySessions(clock)
    for number in range(100):
        kept.put(str(number), Session("fr", ("un",)))
    clock.now += IDLE_HOURS * 3_600 + 1
    kept.get("another")
    assert len(kept._memory) == 0


def test_a_message_keeps_a_conversation_alive_and_reading_does_not(clock: Clock) -> None:
    kept = MemorySessions(clock)
    kept.put("talks", Session("fr"))
    kept.put("silent", Session("fr"))
    for _ in range(3):
        clock.now += IDLE_HOURS * 3_600 / 2
        kept.put("talks", kept.get("talks"))
        kept.get("silent")
    assert kept.get("talks") == Session("fr")
    assert kept.get("silent") == Session()


def test_the_longest_idle_go_first_when_there_are_too_many(clock: Clock) -> None:
    kept = MemorySessions(clock, most=3)
    for chat in "abc":
        kept.put(chat, Session("fr", (chat,)))
    kept.put("a", Session("fr", ("encore",)))
    kept.put("d", Session("fr"))
    assert kept.get("b") == Session()
    assert [bool(kept.get(chat).lang) for chat in "acd"] == [True, True, True]


def test_only_the_last_messages_are_kept_each_cut_short() -> None:
    session = Session()
    for number in range(MAX_TURNS + 3):
        session = session.after(f"{number} " + "x" * 1_000, "en")
    assert session.lang == "en"
    assert [message.split()[0] for message in session.history] == [str(n) for n in range(3, MAX_TURNS + 3)]
    assert {len(message) for message in session.history} == {300}


def test_answering_leaves_the_interview_as_it_is() -> None:
    assert Session("fr", ("un",), {"n": 1}).after("two", "en") == Session("en", ("un", "two"), {"n": 1})


def test_what_is_remembered_is_dated_from_the_first_to_the_last_time(clock: Clock) -> None:
    memory: Memory[str] = Memory(clock)
    memory.put("a", "un")
    first = memory.get("a")
    memory.put("a", "deux")
    last = memory.get("a")
    assert first
    assert last
    assert last.value == "deux"
    assert first.since == last.since <= first.changed < last.changed


def test_sessions_are_shared_between_threads(clock: Clock) -> None:
    kept, errors = MemorySessions(clock, most=20), []

    def talk(name: int) -> None:
        try:
            for number in range(300):
                chat = f"{name}:{number % 10}"
                kept.put(chat, kept.get(chat).after(f"{chat} {number}", "fr"))
                assert all(said.startswith(f"{chat} ") for said in kept.get(chat).history)
                kept.erase(chat) if number % 7 == 0 else None
        except BaseException as error:  # told below, in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=talk, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(kept._memory) <= 20
