"""The codes of the interview's buttons: all a press needs stands in the button, so it outlives any restart."""

from __future__ import annotations

from bot.dialogue.state import Pending
from bot.messages import Choice

PREFIX = "i"
"""Every code begins with it; then the interview's nonce, an action and its arguments."""

START, RESUME, RESTART_ASK = "start", "resume", "again"
"""Actions without a nonce: they are about no interview in particular."""

NO_NONCE = "-"


def choice(label: str, nonce: str, action: str, *arguments: object) -> Choice:
    """A button."""
    return Choice(label, ":".join((PREFIX, nonce, action, *map(str, arguments))))


def yes_or_no(yes: str, no: str, nonce: str, pending: Pending) -> tuple[Choice, Choice]:
    """The two buttons that confirm something, and nothing else, or do not."""
    return choice(yes, nonce, "yes", pending.token), choice(no, nonce, "no", pending.token)


def opening(label: str, action: str) -> Choice:
    """A button that begins, resumes or restarts."""
    return choice(label, NO_NONCE, action)


def read(code: str) -> tuple[str, str, tuple[str, ...]] | None:
    """The nonce, action and arguments of a code of the interview; None for any other."""
    match code.split(":"):
        case [prefix, nonce, action, *arguments] if prefix == PREFIX:
            return nonce, action, tuple(arguments)
    return None
