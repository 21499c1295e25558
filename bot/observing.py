"""What the assistant does, told to the meter and the logs: ids and kinds, never text."""

from __future__ import annotations

import logging

from bot.dialogue.state import Dialogue
from bot.faq.outcome import Answer, NoAnswer, Outcome, SmallTalk
from bot.meter import INTERVIEWS, OPINIONS, QUESTIONS, REFUSED, Meter

_LOG = logging.getLogger(__name__)


def question(outcome: Outcome, meter: Meter) -> None:
    """A question was put to the corpus."""
    match outcome:
        case Answer():
            came_to = "answer"
        case NoAnswer():
            came_to = "beyond" if outcome.reason else "no_answer"
        case SmallTalk():
            came_to = "small_talk"
    meter.count(QUESTIONS, outcome.lang, came_to)
    cited = [passage.id for passage in outcome.passages] if isinstance(outcome, Answer) else []
    fields = {"outcome": came_to, "lang": outcome.lang, "passages": " ".join(cited)}
    _LOG.info("%s in %s %s", type(outcome).__name__, outcome.lang, fields["passages"], extra=fields)


def not_ready(lang: str, meter: Meter) -> None:
    """Somebody was asked to wait until the corpus is loaded."""
    meter.count(QUESTIONS, lang, "not_ready")


def refused(how: str, meter: Meter) -> None:
    """Somebody sent too much, or everybody together."""
    meter.count(REFUSED, how)
    _LOG.info("too much at once: %s", how)


def opinion(verdict: str, reason: str | None, meter: Meter) -> None:
    """Somebody said what an answer was worth."""
    meter.count(OPINIONS, verdict, reason or "none")


def interview(before: Dialogue | None, after: Dialogue | None, meter: Meter) -> None:
    """A message of an interview was handled."""
    if after is None:
        if before:
            meter.count(INTERVIEWS, "ended")
        return
    if before is None or before.nonce != after.nonce:
        meter.count(INTERVIEWS, "begun")
        before = None
    if shown := len(after.finished) - (len(before.finished) if before else 0):
        meter.count(INTERVIEWS, "finished", by=max(shown, 0))
