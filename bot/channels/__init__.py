"""The channels: each turns what its people do into ``Incoming`` and shows them ``Reply``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.messages import Incoming, Reply
from bot.sessions import Sessions


class Responder(Protocol):
    """The assistant as a channel sees it: synchronous, and safe to call from several threads."""

    def respond(self, incoming: Incoming) -> Sequence[Reply]:
        """What to send back, in order; takes about 100 ms, or seconds while the models warm up."""
        ...

    def within(self, sessions: Sessions) -> Responder:
        """The same, with all it keeps in these sessions: those of one transaction."""
        ...

    def commands(self, lang: str) -> Sequence[tuple[str, str]]:
        """The commands to offer, as (name without slash, description) in ``lang`` (``fr`` or ``en``)."""
        ...

    def description(self, lang: str) -> tuple[str, str]:
        """What the assistant is for, in at most 512 characters, and in at most 120."""
        ...

    def trouble(self, incoming: Incoming) -> Reply:
        """A kind message for when something broke."""
        ...
