"""Opinions on answers, in SQL: one for each answer and chat, the last one given."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.feedback import MOST_DISLIKED, MOST_OPINIONS, FeedbackSummary, Opinion, Verdict
from bot.storage.database import Database
from bot.storage.schema import feedback


class SqlFeedback:
    """The opinions of all chats. Safe to share between threads, and between processes."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now

    def put(self, chat: str, opinion: Opinion) -> None:
        """Keep an opinion in place of the one that the chat had of the same answer.

        Raises:
            StorageProblem: the database cannot be written.
        """
        with self._database.writing() as connection:
            put(connection, chat, opinion, self._now())

    def summary(self, since: datetime) -> FeedbackSummary:
        """What was thought from that date on.

        Raises:
            StorageProblem: the database cannot be read.
        """
        told = (feedback.c.verdict, feedback.c.reason, feedback.c.passages)
        counts = select(*told, func.count().label("times")).where(feedback.c.at >= since).group_by(*told)
        with self._database.reading() as connection:
            rows = list(connection.execute(counts))
        thumbs: Counter[tuple[bool, str]] = Counter()
        reasons: Counter[str] = Counter()
        passages: Counter[str] = Counter()
        for verdict, reason, cited, times in rows:
            ids = json.loads(cited)
            thumbs[bool(ids), verdict] += times
            if verdict == Verdict.DOWN:
                reasons[reason or ""] += times
                passages.update(dict.fromkeys(ids, times))
        worst = sorted(passages.items(), key=lambda item: (-item[1], item[0]))
        return FeedbackSummary(
            liked=thumbs[True, Verdict.UP],
            disliked=thumbs[True, Verdict.DOWN],
            advice_liked=thumbs[False, Verdict.UP],
            advice_disliked=thumbs[False, Verdict.DOWN],
            reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
            passages=tuple(worst[:MOST_DISLIKED]),
        )


def put(connection: Connection, chat: str, opinion: Opinion, now: datetime) -> None:
    """Keep an opinion, in the caller's transaction; of one chat, the latest ``MOST_OPINIONS`` stay."""
    row: dict[str, Any] = {
        "chat": chat,
        "about": opinion.about,
        "verdict": opinion.verdict.value,
        "reason": opinion.reason and opinion.reason.value,
        "passages": json.dumps(opinion.passages),
        "lang": opinion.lang,
        "at": now,
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(feedback).values(row)
    changes = {name: new.excluded[name] for name in row if name not in ("chat", "about")}
    connection.execute(new.on_conflict_do_update(index_elements=["chat", "about"], set_=changes))
    mine = feedback.c.chat == chat
    too_many = select(feedback.c.about).where(mine).order_by(feedback.c.at.desc(), feedback.c.about)
    old = connection.scalars(too_many.offset(MOST_OPINIONS).limit(MOST_OPINIONS)).all()
    if old:
        connection.execute(delete(feedback).where(mine, feedback.c.about.in_(old)))


def forget(connection: Connection, older_than: datetime) -> int:
    """Erase the opinions given before that date; how many they were."""
    return connection.execute(delete(feedback).where(feedback.c.at < older_than)).rowcount
