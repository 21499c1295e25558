"""What fails rests until it works again, and is forgotten with the last reference to it."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from weakref import ref

import pytest

from index import breaker as module
from index.breaker import Breaker


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES", (0.01,))


class Lamp:
    """Works when lit."""

    def __init__(self) -> None:
        self.lit = False
        self.tried = 0

    def shine(self) -> None:
        self.tried += 1
        if not self.lit:
            raise OSError("dark")


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def test_it_is_closed_until_something_fails_and_again_once_that_works(caplog: pytest.LogCaptureFixture) -> None:
    lamp, breaker = Lamp(), Breaker("the lamp")
    assert not breaker.open
    breaker.failed(lamp.shine)
    assert breaker.open
    eventually(lambda: lamp.tried > 2)
    assert breaker.open
    lamp.lit = True
    eventually(lambda: not breaker.open)
    assert caplog.text.count("the lamp works again") == 1


def test_many_failures_at_once_are_tried_by_one_thread() -> None:
    lamp, breaker = Lamp(), Breaker("the lamp")
    before = threading.active_count()
    for _ in range(10):
        breaker.failed(lamp.shine)
    assert threading.active_count() <= before + 1
    lamp.lit = True
    eventually(lambda: not breaker.open)
    tried = lamp.tried
    breaker.failed(lamp.shine)
    eventually(lambda: not breaker.open)
    assert lamp.tried > tried, "it can fail again"


def test_a_breaker_that_nobody_holds_is_forgotten() -> None:
    lamp, breaker = Lamp(), Breaker("the lamp")
    breaker.failed(lamp.shine)
    held = ref(breaker)
    del breaker

    def gone() -> bool:
        gc.collect()
        return held() is None

    eventually(gone)
    tried = lamp.tried
    time.sleep(0.1)
    assert lamp.tried == tried
