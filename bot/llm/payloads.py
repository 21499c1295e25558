"""The exact words last sent to the model for each conversation: in memory alone, for whoever asks to see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sessions import Memory

MOST = 2_000
"""Conversations of which a payload is remembered: some 50 MB at the most."""


@dataclass(frozen=True)
class Payload:
    """What was sent."""

    at: datetime
    model: str
    messages: tuple[tuple[str, str], ...]
    """Who speaks, ``system`` or ``user``, and the words."""
    masked: Mapping[str, int]
    """How many of each kind of personal data were masked first."""

    @property
    def as_json(self) -> dict[str, Any]:
        """Ready for a file."""
        return {
            "sent_at": self.at.isoformat(timespec="seconds"),
            "model": self.model,
            "masked": dict(self.masked),
            "messages": [{"role": role, "content": words} for role, words in self.messages],
        }


def memory() -> Memory[Payload]:
    """Where they are remembered: one of each conversation, the idle and the oldest forgotten first."""
    return Memory(most=MOST)
