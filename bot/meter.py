"""What is counted and timed while the bot works, and the contract of whoever keeps the figures.

Names follow Prometheus's conventions, but nothing here knows Prometheus: see ``bot/metrics.py``. No label ever holds
what a person wrote or who it was; each takes few values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LONG = (*_QUICK, 60.0, 300.0, 1_800.0, 7_200.0)


@dataclass(frozen=True)
class Counted:
    """Something that happens now and then."""

    name: str
    """Ends in ``_total``."""
    meaning: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Timed:
    """Something that takes time."""

    name: str
    """Ends in ``_seconds``."""
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = _QUICK
    """Upper bounds, in seconds, between which durations are counted."""


class Meter(Protocol):
    """Keeps the figures. Safe to share between threads; never raises for a metric of ``METRICS``."""

    def count(self, what: Counted, *labels: str, by: float = 1) -> None:
        """It happened, so many times; ``labels`` in the order of its own."""
        ...

    def time(self, what: Timed, seconds: float, *labels: str) -> None:
        """It took so long."""
        ...


class Unmetered:
    """Keeps no figures."""

    def count(self, what: Counted, *labels: str, by: float = 1) -> None:
        """As in ``Meter``."""

    def time(self, what: Timed, seconds: float, *labels: str) -> None:
        """As in ``Meter``."""


UNMETERED = Unmetered()

RECEIVED = Counted(
    "curseur_updates_received_total",
    "Updates kept. kind: message, edited_message, callback_query; outcome: new, or repeated when it was known already.",
    ("kind", "outcome"),
)
HANDLED = Counted(
    "curseur_updates_handled_total",
    "Turns ended. kind: text, command, press, media, or none for what asks for no reply; outcome: done, retried (it "
    "failed and will be taken again), set_aside (given up, with an apology), lost (another process took it over).",
    ("kind", "outcome"),
)
FAILED = Counted("curseur_turn_failures_total", "Turns that failed, by the exception's type.", ("error",))
STAGE = Timed(
    "curseur_stage_seconds",
    "How long each stage took. store: an update received until it is kept; inbox: kept until first taken; turn: taken "
    "until its effect is kept; outbox: a message kept until first taken; send: taken until Telegram answered.",
    ("stage",),
    _LONG,
)
MESSAGES = Counted(
    "curseur_messages_total",
    "Messages tried. outcome: sent, later (tried again after a pause), dropped; reason: none, flood (Telegram asked to "
    "wait), blocked, refused, or the type of the exception.",
    ("outcome", "reason"),
)
CALLS = Counted(
    "curseur_telegram_calls_total",
    "Calls of the Bot API. status: the HTTP status (429: too fast), or none when no answer came.",
    ("method", "status"),
)
QUESTIONS = Counted(
    "curseur_questions_total",
    "Questions put to the corpus. outcome: answer, no_answer, beyond (no answer, for a reason that is known), "
    "small_talk, not_ready (still loading). A turn that is tried again counts again.",
    ("lang", "outcome"),
)
INTERVIEWS = Counted(
    "curseur_interviews_total",
    "Interviews. event: begun, finished (a flow's result shown), ended (erased or given up).",
    ("event",),
)
REFUSED = Counted(
    "curseur_messages_refused_total",
    "Messages not handled, for there were too many. how: refused (the person was told to wait), unread (sent "
    "meanwhile), crowded (a question too many from all chats together; the person was told).",
    ("how",),
)
OPINIONS = Counted(
    "curseur_opinions_total",
    "Presses on the thumbs under an answer, and on the reasons. verdict: up, down; reason: incomplete, wrong, "
    "off_topic, source, hard, or none.",
    ("verdict", "reason"),
)
LLM_CALLS = Counted(
    "curseur_llm_calls_total",
    "Calls of the language model. outcome: answered, left (nobody waited for the end), or why there was no answer: "
    "timeout, refused, rate, broken, cut, and, nothing being sent, budget, no consent, open circuit.",
    ("outcome",),
)
LLM_SECONDS = Timed("curseur_llm_seconds", "How long calls of the language model took, by outcome.", ("outcome",))
LLM_TOKENS = Counted(
    "curseur_llm_tokens_total",
    "Tokens of the language model. way: sent, received; estimated when it does not say.",
    ("way",),
)
LLM_SENTENCES = Counted(
    "curseur_llm_sentences_total",
    "Sentences that the language model wrote. outcome: kept, dropped, replaced (the passage's own words in its place); "
    "reason: none, or what was wrong: citation, figure, name, negation, direction, scope, words, subject, language, "
    "obedience, repeated.",
    ("outcome", "reason"),
)
LLM_COST = Counted("curseur_llm_cost_total", "What the language model cost, in the currency of LLM_PRICE.")
LOGGED = Counted("curseur_log_records_total", "Warnings and errors logged, by level and logger.", ("level", "logger"))

METRICS: tuple[Counted | Timed, ...] = (
    RECEIVED,
    HANDLED,
    FAILED,
    STAGE,
    MESSAGES,
    CALLS,
    QUESTIONS,
    INTERVIEWS,
    REFUSED,
    OPINIONS,
    LLM_CALLS,
    LLM_SECONDS,
    LLM_TOKENS,
    LLM_SENTENCES,
    LLM_COST,
    LOGGED,
)
"""All of them, but for those that are read when they are asked for: see ``bot/metrics.py``."""
