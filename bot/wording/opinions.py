"""The buttons that ask what an answer is worth, and what is said to those who press them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.feedback import Pressed, Reason, Verdict, about_advice, about_passages, code
from bot.messages import Choice, Reply
from bot.wording.catalogue import say
from index.articles import Passage

_REASONS = (
    (Reason.INCOMPLETE, Reason.WRONG),
    (Reason.OFF_TOPIC, Reason.SOURCE),
    (Reason.HARD,),
)


def answer_row(passages: Sequence[Passage], lang: str) -> tuple[Choice, ...]:
    """Thumbs under an answer."""
    return _thumbs(about_passages(passage.short for passage in passages), lang)


def advice_row(nonce: str, flow: int, lang: str) -> tuple[Choice, ...]:
    """Thumbs under the result of an interview."""
    return _thumbs(about_advice(nonce, flow), lang)


def thanks(pressed: Pressed, lang: str) -> Reply:
    """What is said once an opinion is kept: thanks; under a thumb down, the reasons to choose from."""
    if pressed.reason:
        reason = say(lang, f"feedback_{pressed.reason.value}")
        return Reply.of(say(lang, "feedback_reason_noted", reason=reason))
    if pressed.verdict is Verdict.UP:
        return Reply.of(say(lang, "feedback_up_noted"))
    rows = [[reason for reason in row if not (pressed.on_advice and reason is Reason.OFF_TOPIC)] for row in _REASONS]
    return Reply.of(say(lang, "feedback_ask"), [[_choice(reason, pressed, lang) for reason in row] for row in rows])


def _thumbs(about: str, lang: str) -> tuple[Choice, ...]:
    return tuple(Choice(say(lang, f"feedback_{verdict.value}"), code(lang, about, verdict)) for verdict in Verdict)


def _choice(reason: Reason, pressed: Pressed, lang: str) -> Choice:
    label = say(lang, f"feedback_{reason.value}")
    return Choice(label[:1].upper() + label[1:], code(pressed.lang, pressed.about, Verdict.DOWN, reason))
