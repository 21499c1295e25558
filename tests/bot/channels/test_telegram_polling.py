"""What is confirmed to Telegram, and when."""

from __future__ import annotations

import asyncio

from telegram import Update

from bot.channels.telegram_polling import Inbox


def ids(*numbers: int) -> list[Update]:
    return [Update(number) for number in numbers]


def test_nothing_is_confirmed_before_it_was_handled() -> None:
    inbox = Inbox()
    assert (inbox.offset(), inbox.busy) == (0, False)
    inbox.take(ids(10, 11, 12))
    inbox.done(11)
    assert (inbox.offset(), inbox.busy) == (10, True)
    inbox.done(10)
    assert inbox.offset() == 12
    inbox.done(12)
    assert (inbox.offset(), inbox.busy) == (13, False)


def test_an_update_is_taken_once() -> None:
    inbox = Inbox()
    inbox.take(ids(10))
    assert inbox.take(ids(10, 11)) == ids(11)
    inbox.done(10)
    assert inbox.take(ids(10)) == []


def test_after_a_quiet_week_ids_start_anywhere() -> None:
    inbox = Inbox()
    inbox.take(ids(1_000_000))
    inbox.done(1_000_000)
    assert inbox.take(ids(5)) == ids(5)
    inbox.done(5)
    assert inbox.offset() == 6


def test_a_slow_update_does_not_hide_the_others_for_long() -> None:
    now = 0.0
    inbox = Inbox(patience=30, clock=lambda: now)
    inbox.take(ids(10))
    now = 20
    inbox.take(ids(11))
    assert inbox.offset() == 10
    now = 31
    assert inbox.offset() == 11
    inbox.done(10)
    inbox.done(11)
    assert inbox.offset() == 12


def test_no_update_stays_far_behind() -> None:
    inbox = Inbox(span=50)
    inbox.take(ids(*range(100, 160)))
    assert inbox.offset() == 110


def test_idle_ends_with_the_last_update_or_the_time() -> None:
    async def wait() -> None:
        inbox = Inbox()
        await inbox.idle(at_most=5)
        inbox.take(ids(1))
        await inbox.idle(at_most=0.01)
        asyncio.get_running_loop().call_soon(inbox.done, 1)
        await inbox.idle(at_most=5)

    asyncio.run(asyncio.wait_for(wait(), 2))
