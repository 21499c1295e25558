"""What became of a person's words: the types that the understanding hands back."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made
from enum import StrEnum

from bot.interview.model import Texts, Value


class Outcome(StrEnum):
    """What a message turned out to be."""

    VALUE = "value"
    UNKNOWN = "unknown"  # the person does not know
    SKIP = "skip"  # the question is passed over
    COMMAND = "command"  # something to do, named by ``command``
    DIGRESSION = "digression"  # a question, or words beside the point
    INVALID = "invalid"  # no answer to this question; ``reason`` says what would be
    AMBIGUOUS = "ambiguous"  # ``readings`` holds the plausible ones, likelier first


@dataclass(frozen=True)
class Understood:
    """One message, read as an answer to one question."""

    kind: Outcome
    value: Value | None = None
    """In canonical form, within the question's bounds; None unless VALUE."""
    low: float | None = None
    """The bounds of a range, in the unit of the value, which is their middle."""
    high: float | None = None
    unit: str = ""
    """``contacts/month``, ``minutes``, ``months``, ``EUR/year``, ``percent``, ``FTE``, ``x`` or ``points``."""
    hours_per_week: float | None = None
    """Of a schedule: above 0, up to 168."""
    command: str = ""
    """back, cancel, restart, why, help, summary, result, pause, add_flow, portfolio or edit."""
    field: str = ""
    """For ``edit``: the field it targets, empty when not told."""
    assumption: Texts = made(default_factory=dict)
    """What was assumed to read it; empty when nothing was."""
    reason: Texts = made(default_factory=dict)
    """For INVALID: why, kindly, and what to type instead."""
    readings: tuple[Understood, ...] = ()
    """For AMBIGUOUS: each a VALUE with its label."""
    label: Texts = made(default_factory=dict)
    """What to write on the button of a reading."""


@dataclass(frozen=True)
class Mention:
    """One fact among several in a message."""

    field: str
    understood: Understood
    words: str
    """The words it was read from, for reading back."""


@dataclass(frozen=True)
class Correction:
    """An earlier answer taken back."""

    field: str
    understood: Understood
    """The new value, why it cannot be kept, or the command ``edit`` when no value was given."""
    words: str


def invalid(fr: str, en: str) -> Understood:
    """Not an answer, and why."""
    return Understood(Outcome.INVALID, reason={"fr": fr, "en": en})


def noted(*notes: Texts) -> Texts:
    """Several assumptions as one."""
    kept = [n for n in notes if n]
    return {lang: " ; ".join(n[lang] for n in kept) for lang in ("fr", "en")} if kept else {}
