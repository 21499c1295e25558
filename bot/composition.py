"""The composition root: the one place where the parts are put together."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.advice.predicates import PREDICATES
from bot.assistant import Assistant
from bot.channels.limits import limit_of, overall
from bot.citations import Citations
from bot.consent import Consent, consented
from bot.dialogue.interviewer import Interviewer
from bot.interview.loader import SHIPPED, load_interview
from bot.interview.model import Interview
from bot.knowledge import Knowledge
from bot.llm.budget import Spending
from bot.llm.building import model_of
from bot.llm.guarded import GuardedModel
from bot.llm.model import Model
from bot.meter import UNMETERED, Meter
from bot.queues import Queues
from bot.quotas import Quotas, per_minute, per_second
from bot.sessions import Sessions
from bot.settings import Settings
from bot.wording import replies
from bot.wording.catalogue import FOLDER
from index.articles import read_corpus

if TYPE_CHECKING:
    from bot.faq.faq import Faq
    from index.opening import Library
    from index.retriever import HybridRetriever

_LOG = logging.getLogger("bot")


def build_knowledge(settings: Settings, model: Model | None = None, meter: Meter = UNMETERED) -> Knowledge:
    """The knowledge that the settings name, not warmed up; with a model, answers are written by it."""

    def make_faq(retriever: HybridRetriever) -> Faq:
        from bot.faq.faq import Faq
        from bot.faq.generation.fluent import Fluent

        fluent = Fluent(model, retriever.lexical, replies.citation_cost, meter) if model else None
        return Faq(retriever, replies.overhead, replies.citation_cost, fluent=fluent)

    def make_library() -> Library:
        from index.opening import Library  # which loads LangChain and SciPy: /start does not wait for them

        return Library(settings)

    return Knowledge(make_library, make_faq)


def build_citations(settings: Settings) -> Citations:
    """The corpus's titles, not read yet."""
    return Citations(lambda: read_corpus(settings.corpus_dir))


class Storage(NamedTuple):
    """All that is kept, over one database."""

    sessions: Sessions
    queues: Queues
    spending: Spending
    close: Callable[[], None]


def build_storage(settings: Settings) -> Storage:
    """What is kept of each conversation, and the queues, in the database that the settings name.

    Raises:
        StorageProblem: the database cannot be used.
    """
    from bot.storage.claims import Claims
    from bot.storage.database import Database  # which loads SQLAlchemy
    from bot.storage.inbox import SqlInbox
    from bot.storage.outbox import SqlOutbox
    from bot.storage.sessions import SqlSessions
    from bot.storage.spending import SqlSpending
    from bot.storage.upkeep import SqlUpkeep

    database = Database.open(settings.database)
    claims = Claims(database)
    spending = SqlSpending(database)
    sessions = SqlSessions(database)
    queues = Queues(
        SqlInbox(database, sessions, claims),
        SqlOutbox(database, claims, overall(settings.telegram_rate), limit_of),
        SqlUpkeep(database, sessions, claims, timedelta(days=settings.retention_days)),
    )

    def close() -> None:
        spending.close()
        claims.close()
        database.close()

    return Storage(sessions, queues, spending, close)


def build_meter(settings: Settings, queues: Queues) -> Meter:
    """What keeps the figures, and lets Prometheus read them where the settings say."""
    from bot.metrics import published  # which loads Prometheus's client

    return published(settings.metrics_listen, queues) if settings.metrics_listen else UNMETERED


def build_quotas(settings: Settings) -> Quotas:
    """How much may be sent to this process."""
    questions, gestures = per_minute(settings.questions_per_minute), per_minute(settings.gestures_per_minute)
    return Quotas(questions, gestures, per_second(settings.questions_per_second))


def build_assistant(
    settings: Settings,
    knowledge: Knowledge,
    sessions: Sessions,
    meter: Meter = UNMETERED,
    quotas: Quotas | None = None,
    model: GuardedModel | None = None,
) -> Assistant:
    """The assistant, shared by every channel; without quotas it handles all it is sent."""
    citations = build_citations(settings)
    interviewer = Interviewer(build_interview())
    lang = settings.default_language
    consent = Consent(model, model.payloads) if model else None
    patience = settings.llm_timeout if model else 0.0
    return Assistant(
        *(knowledge, sessions, interviewer, citations, lang),
        meter=meter,
        quotas=quotas,
        consent=consent,
        patience=patience,
    )


def build_interview() -> Interview:
    """The interview that ships.

    Raises:
        InterviewError: one of its files is not as it should be.
    """
    return load_interview(SHIPPED, PREDICATES)


def build_model(
    settings: Settings, sessions: Sessions, storage: Storage | None = None, meter: Meter = UNMETERED
) -> GuardedModel | None:
    """The language model that the settings name, with its limits and each person's consent; None without one.

    Raises:
        ModelProblem: it cannot be had as the settings say.
    """
    known = (settings.corpus_dir, SHIPPED, FOLDER)
    return model_of(settings, consented(sessions.get), known, storage and storage.spending, meter)
