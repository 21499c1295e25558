"""What is confirmed to Telegram, and when; and what ends polling, or does not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from telegram import Bot
from telegram.request import BaseRequest, RequestData

from bot.channels import telegram_polling
from bot.channels.telegram_polling import Line, Raw, UpdatesRequest, poll

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


class Telegram(BaseRequest):
    """Answers getUpdates from a list; then never. Keeps the offsets asked for."""

    parse_json_payload = staticmethod(UpdatesRequest.parse_json_payload)

    def __init__(self, *answers: list[Raw] | None) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[int, int]] = []

    @property
    def read_timeout(self) -> float:
        return 1

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more_timeouts: Any
    ) -> tuple[int, bytes]:
        parameters = request_data.parameters if request_data else {}
        self.asked.append((int(parameters.get("offset", 0)), int(parameters.get("timeout", 0))))
        if not self.answers or (answer := self.answers.pop(0)) is None:
            await asyncio.sleep(60)
            raise AssertionError
        return 200, json.dumps({"ok": True, "result": answer}).encode()


def polled(telegram: Telegram, until: int, failing: int = 0) -> list[Raw]:
    """What is kept until so many calls were made."""
    kept: list[Raw] = []

    async def keep(updates: Sequence[Raw]) -> None:
        kept.extend(updates)

    async def once() -> None:
        bot = Bot(TOKEN, request=telegram, get_updates_request=telegram)
        task = asyncio.create_task(poll(bot, Line("", pause=0.01), keep, lambda: None))
        while len(telegram.asked) < until and not task.done():  # noqa: ASYNC110 (nothing else tells)
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait({task})

    asyncio.run(asyncio.wait_for(once(), 30))
    return kept


def test_an_update_is_confirmed_by_the_call_after_it_was_kept_as_it_came() -> None:
    odd = {"update_id": 11, "message": {"message_id": "x", "chat": 3}, "new_in_2030": {"a": [1]}}
    telegram = Telegram([{"update_id": 10}, odd], [{"update_id": 12}])
    assert polled(telegram, 3) == [{"update_id": 10}, odd, {"update_id": 12}]
    assert telegram.asked == [(0, 0), (12, 25), (13, 25)]


def test_after_a_quiet_week_ids_start_anywhere() -> None:
    telegram = Telegram([{"update_id": 1_000_000}], [{"update_id": 5}])
    polled(telegram, 3)
    assert [offset for offset, _ in telegram.asked] == [0, 1_000_001, 6]


def test_a_poll_that_neither_answers_nor_ends_is_begun_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(telegram_polling, "_WATCHDOG", 0.05)
    monkeypatch.setattr(telegram_polling, "_LONG_POLL", 0)
    telegram = Telegram(None, [{"update_id": 7}], [])
    assert polled(telegram, 3) == [{"update_id": 7}]
    assert "answers again" in caplog.text
