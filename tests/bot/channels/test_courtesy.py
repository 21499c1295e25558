"""Who goes first when one chat sends much at once; time is set by hand."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.channels.courtesy import PATIENCE, QUIET, Courtesy

LONG = timedelta(seconds=30)
AT_ONCE = timedelta(0)


class Time:
    """A clock that advances when somebody pauses, or when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def courtesy(time: Time) -> Courtesy:
    return Courtesy(time, time.pause)


async def lasting(courtesy: Courtesy, time: Time, chat: str, waited: timedelta | None, seconds: float = 0.1) -> float:
    """A turn of that length; how long it waited before it began."""
    before = time.now
    async with courtesy.turn(chat, waited):
        began = time.now
        time.now += seconds
    return began - before


def test_a_chat_alone_is_never_made_to_wait(courtesy: Courtesy, time: Time) -> None:
    async def talk() -> list[float]:
        return [await lasting(courtesy, time, "a", LONG) for _ in range(40)]

    assert asyncio.run(talk()) == [0] * 40


def test_a_flood_waits_while_another_is_in_conversation(courtesy: Courtesy, time: Time) -> None:
    async def talk() -> tuple[float, float, float]:
        await lasting(courtesy, time, "flood", AT_ONCE)
        await lasting(courtesy, time, "other", AT_ONCE)
        second = await lasting(courtesy, time, "flood", LONG)
        other = await lasting(courtesy, time, "other", AT_ONCE)
        time.now += QUIET
        return second, other, await lasting(courtesy, time, "flood", LONG)

    second, other, third = asyncio.run(talk())
    assert second == pytest.approx(QUIET, abs=0.03)
    assert (other, third) == (0, 0)


def test_it_still_has_its_turn_each_second_when_others_never_stop(courtesy: Courtesy, time: Time) -> None:
    async def talk() -> float:
        await lasting(courtesy, time, "flood", AT_ONCE)
        async with courtesy.turn("other", AT_ONCE):
            return await lasting(courtesy, time, "flood", LONG)

    assert asyncio.run(talk()) == pytest.approx(PATIENCE, abs=0.03)


@pytest.mark.parametrize(
    "waited", [None, AT_ONCE, timedelta(seconds=1.9)], ids=["tried again", "new", "after the reply"]
)
def test_who_types_after_the_last_reply_goes_at_once(courtesy: Courtesy, time: Time, waited: timedelta | None) -> None:
    async def talk() -> float:
        await lasting(courtesy, time, "a", AT_ONCE)
        time.now += 2
        async with courtesy.turn("other", AT_ONCE):
            return await lasting(courtesy, time, "a", waited)

    assert asyncio.run(talk()) == 0


def test_those_who_wait_leave_places_for_the_others(courtesy: Courtesy, time: Time) -> None:
    async def talk() -> int:
        for number in range(40):
            await lasting(courtesy, time, f"flood {number}", AT_ONCE)
        async with courtesy.turn("other", AT_ONCE):
            waiting = [asyncio.create_task(lasting(courtesy, time, f"flood {n}", LONG, 0)) for n in range(40)]
            await asyncio.sleep(0)
            return sum(not task.done() for task in waiting)

    assert 0 < asyncio.run(talk()) <= 16


def test_a_turn_that_fails_is_over_too(courtesy: Courtesy, time: Time) -> None:
    async def talk() -> float:
        await lasting(courtesy, time, "flood", AT_ONCE)
        with pytest.raises(ValueError, match="no"):
            async with courtesy.turn("other", AT_ONCE):
                raise ValueError("no")
        time.now += QUIET
        return await lasting(courtesy, time, "flood", LONG)

    assert asyncio.run(talk()) == 0
