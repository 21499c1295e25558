"""The tables. Each has a ``chat`` column, by which a conversation is exported and erased from all of them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware date in UTC; SQLite, which knows no time zones, keeps it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """To the database."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """From the database."""
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

conversations = Table(
    "conversations",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("lang", Text),
    Column("history", Text),
    Column("heard_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False, index=True),
)
"""One row for each chat of which something is kept; ``history``, the last messages in JSON, for some hours only."""

interviews = Table(
    "interviews",
    metadata,
    Column("chat", Text, ForeignKey("conversations.chat", ondelete="CASCADE"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
"""The interview under way in a chat; ``state`` is the dialogue's own JSON, its version included."""

_Id = BigInteger().with_variant(Integer, "sqlite")

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat", Text),
    Column("raw", Text),
    Column("state", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Column("next_try", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_by", BigInteger),
    Column("reason", Text),
)
"""One row for each update: ``pending``, ``done`` (nothing of it but its id is kept then) or ``aside``."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("chat", Text, nullable=False),
    Column("body", Text),
    Column("content", LargeBinary),
    Column("state", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False, index=True),
    Column("next_try", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", UtcDateTime),
    Column("claimed_by", BigInteger),
    Column("reason", Text),
    sqlite_autoincrement=True,
)
"""One row for each message ``pending``, none once it is sent; ``dropped`` ones keep only their reason."""

GIVEN_UP = {"inbox": "aside", "outbox": "dropped"}
"""The state of what a queue has given up."""

for _table, _order in ((inbox, inbox.c.update_id), (outbox, outbox.c.id)):
    _pending, _given_up = _table.c.state == "pending", _table.c.state == GIVEN_UP[_table.name]
    Index(f"ix_{_table.name}_pending", _table.c.chat, _order, sqlite_where=_pending, postgresql_where=_pending)
    Index(f"ix_{_table.name}_given_up", _table.c.reason, sqlite_where=_given_up, postgresql_where=_given_up)

pace = Table(
    "pace",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("free_at", UtcDateTime, nullable=False),
)
"""How far ahead of its limit each lane of messages is; a row in the past says nothing and may go."""

feedback = Table(
    "feedback",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("about", Text, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("reason", Text),
    Column("passages", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)
"""What a chat thinks of an answer, as ``bot.feedback.Opinion`` says; ``passages`` are ids in JSON, never words."""

preferences = Table(
    "preferences",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("rich", Boolean),
    Column("consent", Text),
    Column("consented_at", UtcDateTime),
    Column("updated_at", UtcDateTime, nullable=False, index=True),
)
"""What a person chose: rich messages; that an outside language model reads them, as ``Session.consent`` says."""

spending = Table(
    "spending",
    metadata,
    Column("day", Date, primary_key=True),
    Column("chat", Text, primary_key=True),
    Column("sent", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
)
"""Tokens of the language model by day (UTC) and chat; under an empty chat, everybody's."""
