"""What people think of an answer, or of an advice: two buttons, some reasons, and no word of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.messages import MAX_CODE_BYTES

FEEDBACK_CODE = "f"
"""The first letter of a button's code: ``f:fr:u:``, then what it is about."""

MOST_DISLIKED = 10
"""Passages named in a summary, at most."""

MOST_OPINIONS = 200
"""Kept of one chat, the latest ones: codes can be forged, and each would be another answer."""

SHORT_CHARS = 6
"""Characters that stand for a passage in a code, as ``Passage.short``."""

_MOST_PASSAGES = (MAX_CODE_BYTES - len("f:fr:u:")) // SHORT_CHARS
_CODE = re.compile(rf"f:(fr|en):(\w):((?:[\w-]{{6}}){{1,{_MOST_PASSAGES}}}|=[0-9a-z]{{1,8}}\.\d{{1,4}})", re.ASCII)


class Verdict(StrEnum):
    """Thumbs."""

    UP = "up"
    DOWN = "down"


class Reason(StrEnum):
    """What was wrong."""

    INCOMPLETE = "incomplete"
    WRONG = "wrong"
    OFF_TOPIC = "off_topic"
    SOURCE = "source"
    HARD = "hard"


_LETTERS: dict[str, tuple[Verdict, Reason | None]] = {
    "u": (Verdict.UP, None),
    "d": (Verdict.DOWN, None),
    "i": (Verdict.DOWN, Reason.INCOMPLETE),
    "w": (Verdict.DOWN, Reason.WRONG),
    "o": (Verdict.DOWN, Reason.OFF_TOPIC),
    "s": (Verdict.DOWN, Reason.SOURCE),
    "h": (Verdict.DOWN, Reason.HARD),
}


@dataclass(frozen=True)
class Opinion:
    """What one person thinks of one answer."""

    about: str
    """Which answer: the short names of the passages it cites, one after the other; ``=`` and an interview's flow for
    an advice. The same for the same answer given again."""
    verdict: Verdict
    reason: Reason | None
    lang: str
    """Of the answer."""
    passages: tuple[str, ...] = ()
    """The ids of the passages cited, as the corpus has them; empty for an advice."""


@dataclass(frozen=True)
class FeedbackSummary:
    """What everybody thinks."""

    liked: int
    """Answers found good, the advice left out."""
    disliked: int
    advice_liked: int
    advice_disliked: int
    reasons: dict[str, int]
    """How often each ``Reason`` was given, most often first; ``""`` counts those who gave none."""
    passages: tuple[tuple[str, int], ...]
    """The ids cited most often by answers found bad, at most ``MOST_DISLIKED``, with how often."""


@dataclass(frozen=True)
class Pressed:
    """What a feedback button says."""

    lang: str
    about: str
    verdict: Verdict
    reason: Reason | None

    @property
    def shorts(self) -> tuple[str, ...]:
        """The short names of the passages; none for an advice."""
        if self.on_advice:
            return ()
        return tuple(self.about[at : at + SHORT_CHARS] for at in range(0, len(self.about), SHORT_CHARS))

    @property
    def on_advice(self) -> bool:
        """Whether it is about an interview's result."""
        return self.about.startswith("=")

    def opinion(self, passages: tuple[str, ...]) -> Opinion:
        """What it comes to, once it is known what the passages' ids are."""
        return Opinion(self.about, self.verdict, self.reason, self.lang, passages)


def about_passages(shorts: Iterable[str]) -> str:
    """What names an answer: of its passages, as many as a code can hold."""
    return "".join(list(shorts)[:_MOST_PASSAGES])


def about_advice(nonce: str, flow: int) -> str:
    """What names the result of one flow of an interview."""
    return f"={nonce}.{flow}"


def code(lang: str, about: str, verdict: Verdict, reason: Reason | None = None) -> str:
    """A button's code, of 64 bytes at most."""
    [letter] = [letter for letter, said in _LETTERS.items() if said == (verdict, reason)]
    return f"{FEEDBACK_CODE}:{lang}:{letter}:{about}"


def read(text: str) -> Pressed | None:
    """What a code says; None when it is no feedback button's, or was not made by ``code``."""
    match = _CODE.fullmatch(text)
    if match is None or match[2] not in _LETTERS:
        return None
    verdict, reason = _LETTERS[match[2]]
    return Pressed(match[1], match[3], verdict, reason)
