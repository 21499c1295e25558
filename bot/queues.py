"""What waits to be handled and what waits to be sent, and the contract of whoever keeps both through a crash."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple, Protocol

from bot.sessions import Sessions

MAX_FAILURES = 4
"""An update that has been begun this often and fails again is set aside."""

MAX_BEGUN = 12
"""An update that has been begun this often is set aside unread: the process died with it each time."""

MARKS_KEPT = timedelta(days=3)
"""How long an update handled is remembered as such; Telegram repeats none after one day."""


@dataclass(frozen=True)
class Arrived:
    """An update as it came. Updates of one chat are handled in the order of their ids."""

    id: int
    chat: str
    """The conversation, as in ``Incoming.chat``."""
    raw: str = field(repr=False)
    """The channel's own JSON, in ASCII."""


@dataclass(frozen=True)
class Taken(Arrived):
    """An update to be handled now, by nobody else."""

    begun: int = 1
    """How often it has been, this time included."""
    waited: timedelta | None = field(default=None, compare=False)
    """Since it was stored, when this is the first time."""


@dataclass(frozen=True)
class Outgoing:
    """One message to send: one call of the channel's."""

    chat: str
    body: str = field(repr=False)
    """The channel's own JSON, in ASCII."""
    content: bytes | None = field(default=None, repr=False)
    """The file that goes with it."""


@dataclass(frozen=True)
class Letter(Outgoing):
    """A message to be sent now, by nobody else."""

    id: int = 0
    tried: int = 1
    """How often it has been, this time included: from 2 on, it may have been sent before."""
    waited: timedelta | None = field(default=None, compare=False)
    """Since it was written, when this is the first time."""


class Limit(NamedTuple):
    """How often messages may leave: ``burst`` at once, then one ``every`` so often."""

    lane: str
    """What is counted together, such as all the topics of a group."""
    every: timedelta
    burst: int


class Waiting(NamedTuple):
    """How a queue is doing."""

    number: int
    """What waits or is being dealt with."""
    oldest: timedelta | None
    """The age of the oldest of them."""
    aside: int
    """What has been given up, with its reason."""


class Lost(Exception):
    """What was taken is no longer this process's: somebody took it for dead."""


class Unavailable(Exception):
    """What is kept cannot be reached just now: nobody's fault, and no reason to give anything up."""


class Turn(Protocol):
    """The transaction in which an update has its effect: all of it, or none."""

    @property
    def sessions(self) -> Sessions:
        """The sessions, as they will be once it is committed; to be used in one thread."""
        ...

    def send(self, messages: Sequence[Outgoing]) -> None:
        """Have these leave, in order, once it is committed."""
        ...


class Inbox(Protocol):
    """The updates received. Safe to share between threads; every method raises ``StorageProblem``."""

    def store(self, arrived: Sequence[Arrived]) -> set[int]:
        """Keep updates for good; the ids of those that had not been received before."""
        ...

    def take(self, at_most: int) -> list[Taken]:
        """The oldest update of each chat that has one due and none being handled, oldest first."""
        ...

    def turn(self, taken: Taken) -> AbstractContextManager[Turn]:
        """Handle an update: at the end of the ``with`` it is done, unless that raised: nothing has happened then.

        Raises:
            Lost: it is no longer this process's; nothing has happened.
        """
        ...

    def retry(self, taken: Taken, after: timedelta, reason: str, *, counted: bool = True) -> None:
        """Have it taken again, later; its chat waits. The reason quotes nobody.

        Args:
            counted: whether it is to have been begun once more.
        """
        ...

    def set_aside(self, taken: Taken, reason: str, messages: Sequence[Outgoing] = ()) -> None:
        """Give it up, and send these in its place; its chat goes on. The reason quotes nobody."""
        ...

    def due_in(self) -> timedelta | None:
        """How long until ``take`` has something to find, were it not to be limited; None when nothing can be due."""
        ...

    def waiting(self) -> Waiting:
        """How many updates wait."""
        ...


class Outbox(Protocol):
    """The messages to send. Safe to share between threads; every method raises ``StorageProblem``."""

    def take(self, at_most: int) -> list[Letter]:
        """The oldest message of each chat that has one due and none on its way, as far as the limits allow."""
        ...

    def sent(self, letter: Letter) -> None:
        """It has been sent."""
        ...

    def retry(self, letter: Letter, after: timedelta, reason: str) -> None:
        """Have it taken again, later; its chat waits."""
        ...

    def drop(self, letter: Letter, reason: str, whole_chat: bool = False) -> None:
        """Give it up, or all that waits for its chat; only the reason is kept."""
        ...

    def due_in(self) -> timedelta | None:
        """As of the inbox."""
        ...

    def waiting(self) -> Waiting:
        """How many messages wait."""
        ...


class Upkeep(Protocol):
    """What the queues need now and then. Every method raises ``StorageProblem``."""

    def recover(self) -> int:
        """Free what processes now dead had taken; how much it was. To be called every few seconds, and first of all."""
        ...

    def tidy(self) -> int:
        """Erase what is older than is kept; how much it was. To be called every hour or so."""
        ...

    def settle(self) -> None:
        """See to it that what was deleted is nowhere any more. To be called when there is nothing else to do."""
        ...


@dataclass(frozen=True)
class Queues:
    """All that a channel needs to lose nothing."""

    inbox: Inbox
    outbox: Outbox
    upkeep: Upkeep
