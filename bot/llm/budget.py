"""What calls cost, in tokens and, when prices are given, in money; how much may still be spent today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock
from typing import NamedTuple, Protocol

EVERYBODY = ""
"""The chat under which the whole day is counted."""

_CHARS_PER_TOKEN = 3
"""Fewer than any tokenizer needs for French: an estimate that is too high rather than too low."""


class Usage(NamedTuple):
    """Tokens of one or more calls."""

    sent: int = 0
    received: int = 0

    @property
    def tokens(self) -> int:
        """Both ways together."""
        return self.sent + self.received

    def plus(self, other: Usage) -> Usage:
        """These and those."""
        return Usage(self.sent + other.sent, self.received + other.received)

    def minus(self, other: Usage) -> Usage:
        """These without those."""
        return Usage(self.sent - other.sent, self.received - other.received)


def estimated(text: str) -> int:
    """About how many tokens a text is, for a server that does not say."""
    return -(-len(text) // _CHARS_PER_TOKEN)


class Price(NamedTuple):
    """Per million tokens, in whatever currency the operator counts in."""

    sent: float
    received: float

    def of(self, usage: Usage) -> float:
        """What these tokens cost."""
        return (usage.sent * self.sent + usage.received * self.received) / 1_000_000

    @classmethod
    def parse(cls, text: str) -> Price:
        """``0.15/0.60``: what is sent, what is received.

        Raises:
            ValueError: the text is no such thing.
        """
        sent, _, received = text.partition("/")
        with suppress(ValueError):
            price = cls(float(sent), float(received))
            if all(0 <= each < 1_000_000 for each in price):
                return price
        raise ValueError("expected two prices, sent/received, such as 0.15/0.60")


class Spending(Protocol):
    """Tokens spent by day (UTC). Safe to share between threads."""

    def add(self, chat: str, usage: Usage) -> None:
        """Count them for that chat and for everybody, today; never waits and never raises."""
        ...

    def today(self, chat: str) -> Usage:
        """What that chat has spent today; ``EVERYBODY`` for all of them.

        Raises:
            Unavailable: it cannot be told just now.
        """
        ...


def utc_today() -> date:
    """The day that is counted."""
    return datetime.now(UTC).date()


class MemorySpending:
    """Spending of this process alone, forgotten with it: for scripts and tests."""

    def __init__(self, today: Callable[[], date] = utc_today) -> None:
        self._today = today
        self._lock = Lock()
        self._spent: dict[tuple[date, str], Usage] = defaultdict(Usage)

    def add(self, chat: str, usage: Usage) -> None:
        """As in ``Spending``."""
        with self._lock:
            for who in (chat, EVERYBODY):
                self._spent[self._today(), who] = self._spent[self._today(), who].plus(usage)

    def today(self, chat: str) -> Usage:
        """As in ``Spending``."""
        with self._lock:
            return self._spent.get((self._today(), chat), Usage())


@dataclass(frozen=True)
class Budget:
    """How many tokens may be spent in a day; 0 is no limit. Calls under way may go a little beyond."""

    everybody: int = 0
    person: int = 0

    def left(self, spending: Spending) -> int | None:
        """What is left for everybody today; None without a limit.

        Raises:
            Unavailable: it cannot be told just now.
        """
        return max(0, self.everybody - spending.today(EVERYBODY).tokens) if self.everybody else None

    def allows(self, spending: Spending, chat: str) -> bool:
        """Whether that person may have one more call.

        Raises:
            Unavailable: it cannot be told just now.
        """
        if self.everybody and spending.today(EVERYBODY).tokens >= self.everybody:
            return False
        return not self.person or spending.today(chat).tokens < self.person
