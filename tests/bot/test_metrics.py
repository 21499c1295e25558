"""What Prometheus reads, and what people are told of it."""

from __future__ import annotations

import re
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import metrics
from bot.meter import CALLS, HANDLED, METRICS, QUESTIONS, RECEIVED, STAGE, UNMETERED, Counted, Timed
from bot.metrics import PrometheusMeter
from bot.metrics_reading import Spread, parsed, read
from bot.queues import Queues, Waiting


@contextmanager
def serving(meter: PrometheusMeter) -> Iterator[str]:
    """Where a meter can be read, as ``host:port``."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    close = meter.serve(listen)
    yield listen
    close()


def text(listen: str) -> str:
    with urllib.request.urlopen(f"http://{listen}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def values(told: str, name: str) -> dict[tuple[str, ...], float]:
    """The samples of that name, by the values of their labels."""
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
        if sample.name == name
    }


class Queue:
    """One that tells how it does, or fails."""

    def __init__(self, *told: Waiting | Exception) -> None:
        self.told = list(told)
        self.asked = 0

    def waiting(self) -> Waiting:
        self.asked += 1
        said = self.told.pop(0) if len(self.told) > 1 else self.told[0]
        if isinstance(said, Exception):
            raise said
        return said


def watched(inbox: Queue, outbox: Queue) -> PrometheusMeter:
    meter = PrometheusMeter()
    meter.watch(Queues(inbox, outbox, None))  # type: ignore[arg-type]
    return meter


def test_names_follow_the_conventions() -> None:
    assert len({what.name for what in METRICS}) == len(METRICS)
    for what in METRICS:
        end = "total" if isinstance(what, Counted) else "seconds"
        assert re.fullmatch(rf"curseur_[a-z]+(_[a-z]+)*_{end}", what.name)
        assert what.meaning.strip().endswith(".")
        assert not set(what.labels) & {"chat", "conversation", "person", "user", "text", "update"}, "they would be many"
        if isinstance(what, Timed):
            assert list(what.buckets) == sorted(set(what.buckets))


def test_every_metric_can_be_kept_and_read() -> None:
    meter = PrometheusMeter()
    for keeps in (meter, UNMETERED):
        for what in METRICS:
            labels = ["turn" if name == "stage" else "x" for name in what.labels]
            if isinstance(what, Counted):
                keeps.count(what, *labels)
                keeps.count(what, *labels, by=2)
            else:
                keeps.time(what, 0.02, *labels)
    with serving(meter) as listen:
        told = text(listen)
    for what in METRICS:
        name, value = (what.name, 3) if isinstance(what, Counted) else (f"{what.name}_count", 1)
        assert list(values(told, name).values()) == [value]
    assert "_created" not in told


def test_queues_are_read_when_asked_and_not_at_each_question(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Queue(Waiting(3, timedelta(seconds=90), 2), Waiting(4, None, 2))
    outbox = Queue(Waiting(0, None, 0))
    meter = watched(inbox, outbox)
    assert inbox.asked == 0
    with serving(meter) as listen:
        monkeypatch.setattr(metrics, "READ_AGAIN_AFTER", 1_000)
        told = text(listen)
        assert text(listen).splitlines()[-1] == told.splitlines()[-1]
        assert inbox.asked == outbox.asked == 1
        assert values(told, "curseur_queue_waiting") == {("inbox",): 3, ("outbox",): 0}
        assert values(told, "curseur_queue_oldest_seconds") == {("inbox",): 90, ("outbox",): 0}
        assert values(told, "curseur_queue_given_up") == {("inbox",): 2, ("outbox",): 0}
        assert values(told, "curseur_database_up") == {(): 1}
        monkeypatch.setattr(metrics, "READ_AGAIN_AFTER", 0)
        assert values(text(listen), "curseur_queue_waiting")["inbox",] == 4


def test_a_database_that_fails_hides_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "READ_AGAIN_AFTER", 0)
    meter = watched(Queue(RuntimeError("zanzibar"), Waiting(1, None, 0)), Queue(Waiting(0, None, 0)))
    meter.count(RECEIVED, "message", "new")
    with serving(meter) as listen:
        broken = text(listen)
        mended = text(listen)
    assert values(broken, "curseur_database_up") == {(): 0}
    assert values(broken, "curseur_queue_waiting") == {}
    assert values(broken, RECEIVED.name) == {("message", "new"): 1}
    assert "zanzibar" not in broken
    assert values(mended, "curseur_database_up") == {(): 1}


def test_a_taken_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        PrometheusMeter().serve(f"127.0.0.1:{taken.getsockname()[1]}")


def test_figures_read_back_in_peoples_terms() -> None:
    meter = watched(Queue(Waiting(0, None, 0)), Queue(Waiting(0, None, 0)))
    meter.count(RECEIVED, "message", "new", by=3)
    meter.count(RECEIVED, "callback_query", "new")
    meter.count(HANDLED, "text", "done", by=2)
    meter.count(HANDLED, "press", "done")
    meter.count(HANDLED, "text", "set_aside")
    meter.count(QUESTIONS, "fr", "answer")
    meter.count(QUESTIONS, "en", "answer")
    meter.count(CALLS, "sendMessage", "200")
    meter.count(CALLS, "sendMessage", "429")
    for seconds in (*[0.004] * 50, *[0.2] * 45, *[20.0] * 5):
        meter.time(STAGE, seconds, "turn")
    meter.time(STAGE, 0.001, "store")
    meter.time(STAGE, 1e9, "send")
    before = datetime.now(UTC)
    with serving(meter) as listen:
        found = read(listen)
    assert found is not None
    assert found.received == 4
    assert found.turns == {"done": 3, "set_aside": 1}
    assert found.questions == {"answer": 2}
    assert found.floods == 1
    assert (found.failures, found.messages, found.interviews, found.logged) == ({}, {}, {}, {})
    assert list(found.stages) == ["store", "turn", "send"], "in the order of an update's way"
    assert found.stages["turn"] == Spread(100, 0.005, 0.25)
    assert found.stages["send"].most == float("inf")
    if found.since is not None:  # where the system tells
        assert before - timedelta(days=1) < found.since <= datetime.now(UTC)
        assert found.memory is not None
        assert found.memory > 1e6


@pytest.mark.parametrize("listen", ["127.0.0.1:9", "0.0.0.0:9", "[::]:9"])
def test_nobody_there_is_nothing_read(listen: str) -> None:
    assert read(listen) is None


def test_figures_of_another_program_are_none() -> None:
    with pytest.raises(ValueError, match="not the figures"):
        parsed("# TYPE python_gc_objects_collected_total counter\npython_gc_objects_collected_total 1\n")


def test_what_listens_everywhere_is_read_nearby() -> None:
    meter = PrometheusMeter()
    with serving(meter) as listen:
        port = listen.rpartition(":")[2]
        found = read(f"0.0.0.0:{port}")
    assert found is not None


def test_keeping_figures_costs_a_turn_next_to_nothing() -> None:
    """A turn keeps some ten figures: together they must not be noticed in one of some milliseconds."""
    meter = PrometheusMeter()
    begun = time.process_time()
    for _ in range(1_000):
        for _ in range(5):
            meter.count(HANDLED, "text", "done")
            meter.time(STAGE, 0.01, "turn")
    assert (time.process_time() - begun) / 1_000 < 0.001
