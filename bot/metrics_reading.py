"""What a running bot says of itself to Prometheus, read for people."""

from __future__ import annotations

import urllib.request
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from math import inf

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from bot.meter import (
    CALLS,
    FAILED,
    HANDLED,
    INTERVIEWS,
    LLM_CALLS,
    LLM_COST,
    LOGGED,
    MESSAGES,
    QUESTIONS,
    RECEIVED,
    STAGE,
)

_SECONDS = 3.0
_MOST_BYTES = 5_000_000
_TOO_FAST = "429"


@dataclass(frozen=True)
class Spread:
    """How long something took."""

    times: int
    half: float
    """Half took no longer than this, in seconds; infinite beyond the longest that is told apart."""
    most: float
    """95 of 100 took no longer than this."""


@dataclass(frozen=True)
class Readings:
    """One process's figures, from its start."""

    since: datetime | None
    """When the process started; None where the system does not tell."""
    memory: float | None
    """Bytes."""
    received: int
    turns: dict[str, int]
    """By outcome, as in ``HANDLED``."""
    failures: dict[str, int]
    """By type of exception."""
    stages: dict[str, Spread]
    """In the order of an update's way."""
    messages: dict[str, int]
    """By outcome, as in ``MESSAGES``."""
    floods: int
    """Calls that Telegram found too fast."""
    questions: dict[str, int]
    """By outcome, as in ``QUESTIONS``."""
    interviews: dict[str, int]
    """By event, as in ``INTERVIEWS``."""
    model: dict[str, int]
    """Calls of the language model by outcome, as in ``LLM_CALLS``."""
    cost: float
    """What they cost, as in ``LLM_COST``."""
    logged: dict[str, int]
    """Warnings and errors, by level."""


def read(listen: str) -> Readings | None:
    """What the process that listens there says; None when there is none, or it is no bot of this kind.

    Args:
        listen: ``host:port``, as in the setting METRICS_LISTEN.
    """
    host, _, port = listen.rpartition(":")
    near = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 (not listened on here)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://{near}:{port}/metrics", timeout=_SECONDS) as answer:
            return parsed(answer.read(_MOST_BYTES).decode())
    except (OSError, HTTPException, ValueError):
        return None


def parsed(text: str) -> Readings:
    """The figures in Prometheus's text format.

    Raises:
        ValueError: they are not those of a bot of this kind.
    """
    families = {family.name: family for family in text_string_to_metric_families(text)}
    if _family(RECEIVED.name) not in families:
        raise ValueError("not the figures of this bot")

    def by(name: str, label: str) -> dict[str, int]:
        totals: Counter[str] = Counter()
        for sample in _totals(families, name):
            totals[sample.labels.get(label, "")] += int(sample.value)
        return {key: times for key, times in totals.most_common() if times}

    def alone(name: str) -> float | None:
        return next((sample.value for sample in _samples(families, name)), None)

    started = alone("process_start_time_seconds")
    return Readings(
        since=datetime.fromtimestamp(started, UTC) if started else None,
        memory=alone("process_resident_memory_bytes"),
        received=sum(by(RECEIVED.name, "kind").values()),
        turns=by(HANDLED.name, "outcome"),
        failures=by(FAILED.name, "error"),
        stages=_spreads(_samples(families, STAGE.name)),
        messages=by(MESSAGES.name, "outcome"),
        floods=by(CALLS.name, "status").get(_TOO_FAST, 0),
        questions=by(QUESTIONS.name, "outcome"),
        interviews=by(INTERVIEWS.name, "event"),
        model=by(LLM_CALLS.name, "outcome"),
        cost=sum(sample.value for sample in _totals(families, LLM_COST.name)),
        logged=by(LOGGED.name, "level"),
    )


def _family(counter: str) -> str:
    return counter.removesuffix("_total")


def _samples(families: dict[str, Metric], name: str) -> list[Sample]:
    return families[name].samples if name in families else []


def _totals(families: dict[str, Metric], name: str) -> list[Sample]:
    return [sample for sample in _samples(families, _family(name)) if sample.name == name]


def _spreads(samples: Iterable[Sample]) -> dict[str, Spread]:
    buckets: dict[str, list[tuple[float, float]]] = {}
    for sample in samples:
        if "le" in sample.labels:
            bound = float(sample.labels["le"])
            buckets.setdefault(sample.labels["stage"], []).append((bound, sample.value))
    order = ("store", "inbox", "turn", "outbox", "send")
    return {stage: _spread(sorted(buckets[stage])) for stage in sorted(buckets, key=order.index)}


def _spread(buckets: list[tuple[float, float]]) -> Spread:
    times = buckets[-1][1]

    def within(share: float) -> float:
        return next((bound for bound, number in buckets if number >= share * times), inf)

    return Spread(int(times), within(0.5), within(0.95))
