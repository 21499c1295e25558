"""How much the bot is used and how well it does, in plain words: from its database, and from its process if it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any

from bot.queues import Waiting
from bot.settings import Settings

if TYPE_CHECKING:  # which load SQLAlchemy and Prometheus's client
    from bot.metrics_reading import Readings, Spread
    from bot.storage.tally import Tally

STAGES = {
    "store": "an update received, until it is kept",
    "inbox": "kept, until a turn begins",
    "turn": "the turn",
    "outbox": "a message kept, until it is tried",
    "send": "the sending",
}
"""What the stages of ``meter.STAGE`` are, in words, in their order."""


@dataclass(frozen=True)
class Stats:
    """What was found."""

    held: Tally | None
    """None when there is no database yet."""
    running: Readings | None
    """None when no process tells."""
    listen: str
    """Where it was asked; empty when it was not."""


def gather(settings: Settings) -> Stats:
    """Read the database, and ask the process that listens on METRICS_LISTEN.

    Raises:
        StorageProblem: the database cannot be read.
    """
    from bot.metrics_reading import read
    from bot.storage.tally import tally

    running = read(settings.metrics_listen) if settings.metrics_listen else None
    return Stats(tally(settings.database), running, settings.metrics_listen)


def as_json(stats: Stats) -> dict[str, Any]:
    """All of it, dates in ISO 8601 and durations in seconds; null for what is not known."""
    plain: dict[str, Any] = _plain({"held": stats.held, "running": stats.running, "listen": stats.listen})
    return plain


def told(stats: Stats) -> Iterator[str]:
    """All of it, a line each."""
    if stats.held is None:
        yield "Nothing is kept yet: the database is made when the bot first starts."
    else:
        yield from _held(stats.held)
    yield ""
    if stats.running is not None:
        yield from _running(stats.running, stats.listen)
    elif stats.listen:
        yield f"No bot answers on METRICS_LISTEN={stats.listen}: what a process has done since its start is not known."
    else:
        yield "METRICS_LISTEN=off: what a process has done since its start is not known."


def _held(held: Tally) -> Iterator[str]:
    since = f", the oldest since {_day(held.since)}" if held.since else ""
    yield f"Conversations kept: {held.conversations}{since}; {held.lately} within a day."
    yield f"Interviews kept: {held.interviews}; {held.interviews_lately} continued within a day."
    yield f"Updates to handle: {_waiting(held.updates)}."
    if held.updates.aside:
        yield f"Updates set aside, each with an apology: {held.updates.aside}."
        yield from _reasons(held.updates_aside, held.updates.aside)
    yield f"Messages to send: {_waiting(held.messages)}."
    if held.messages.aside:
        yield f"Messages dropped: {held.messages.aside}."
        yield from _reasons(held.messages_dropped, held.messages.aside)
    thought = held.feedback
    if not any((thought.liked, thought.disliked, thought.advice_liked, thought.advice_disliked)):
        yield "Feedback: none yet."
        return
    yield f"Feedback on answers: {thought.liked} found good, {thought.disliked} not."
    yield f"Feedback on advice: {thought.advice_liked} found good, {thought.advice_disliked} not."
    yield from (
        f"  {times} × {(reason or 'no reason given').replace('_', ' ')}" for reason, times in thought.reasons.items()
    )
    if thought.passages:
        yield "Passages most often cited by answers found bad:"
        yield from (f"  {times} × {passage}" for passage, times in thought.passages)


def _running(running: Readings, listen: str) -> Iterator[str]:
    since = f" since {_moment(running.since)}" if running.since else ""
    memory = f", {running.memory / 1e6:.0f} MB of memory" if running.memory else ""
    yield f"The process on {listen} runs{since}{memory}. From its start:"
    yield f"Updates received: {running.received}; turns: {_listed(running.turns)}."
    if running.failures:
        yield f"Why turns failed: {_listed(running.failures)}."
    yield f"Questions: {_listed(running.questions)}."
    yield f"Interviews: {_listed(running.interviews)}."
    if running.model:
        cost = f"; cost {running.cost:.2f}, in the currency of LLM_PRICE" if running.cost else ""
        yield f"Calls of the language model: {_listed(running.model)}{cost}."
    floods = f"; Telegram asked {running.floods} times to slow down" if running.floods else ""
    yield f"Messages: {_listed(running.messages)}{floods}."
    yield f"Warnings and errors logged: {_listed(running.logged)}."
    for stage, spread in running.stages.items():
        yield f"Time for {STAGES[stage]}: {_spread(spread)}."


def _waiting(queue: Waiting) -> str:
    return f"{queue.number}, the oldest for {span(queue.oldest)}" if queue.oldest else str(queue.number)


def _reasons(reasons: Sequence[tuple[str, int]], of: int) -> Iterator[str]:
    yield from (f"  {times} × {reason or 'unknown'}" for reason, times in reasons)
    if rest := of - sum(times for _, times in reasons):
        yield f"  {rest} × other reasons"


def _listed(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in numbers.items()) or "none"


def _spread(spread: Spread) -> str:
    return f"{_within(spread.half)} for half of {spread.times}, {_within(spread.most)} for 95 in 100"


def _within(seconds: float) -> str:
    if not isfinite(seconds):
        return "longer than can be told"
    return f"at most {seconds * 1_000:.0f} ms" if seconds < 1 else f"at most {seconds:g} s"


def span(time: timedelta) -> str:
    """A duration in its largest unit, rounded down."""
    seconds = int(time.total_seconds())
    for unit, name in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"


def _day(date: datetime) -> str:
    return date.astimezone(UTC).date().isoformat()


def _moment(date: datetime) -> str:
    return f"{date.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds")
        case timedelta():
            return value.total_seconds()
        case float() if not isfinite(value):
            return None
        case Waiting():
            return _plain(value._asdict())
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value
