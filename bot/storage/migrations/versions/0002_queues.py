"""Updates to handle, messages to send, how fast these may leave; the last messages of each conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables, and the two columns."""
    date = sa.DateTime(timezone=True)
    serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("chat", sa.Text),
        sa.Column("raw", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("received_at", date, nullable=False),
        sa.Column("next_try", date, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_by", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("update_id", name="pk_inbox"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", serial, nullable=False, autoincrement=True),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("body", sa.Text),
        sa.Column("content", sa.LargeBinary),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_at", date, nullable=False),
        sa.Column("next_try", date, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tried_at", date),
        sa.Column("claimed_by", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_index("ix_outbox_made_at", "outbox", ["made_at"])
    for table, order, state in (("inbox", "update_id", "aside"), ("outbox", "id", "dropped")):
        pending, given_up = sa.text("state = 'pending'"), sa.text(f"state = '{state}'")
        op.create_index(f"ix_{table}_pending", table, ["chat", order], sqlite_where=pending, postgresql_where=pending)
        op.create_index(f"ix_{table}_given_up", table, ["reason"], sqlite_where=given_up, postgresql_where=given_up)
    op.create_table(
        "pace",
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("free_at", date, nullable=False),
        sa.PrimaryKeyConstraint("chat", name="pk_pace"),
    )
    op.add_column("conversations", sa.Column("history", sa.Text))
    op.add_column("conversations", sa.Column("heard_at", date))


def downgrade() -> None:
    """Drop them, with all they hold."""
    for column in ("heard_at", "history"):
        op.drop_column("conversations", column)
    for table in ("pace", "outbox", "inbox"):
        op.drop_table(table)
