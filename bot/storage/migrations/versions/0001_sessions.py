"""Conversations and their interviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first two tables."""
    date = sa.DateTime(timezone=True)
    op.create_table(
        "conversations",
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("lang", sa.Text),
        sa.Column("created_at", date, nullable=False),
        sa.Column("updated_at", date, nullable=False),
        sa.PrimaryKeyConstraint("chat", name="pk_conversations"),
    )
    op.create_index("ix_conversations_updated_at", "conversations", ["updated_at"])
    op.create_table(
        "interviews",
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", date, nullable=False),
        sa.Column("updated_at", date, nullable=False),
        sa.PrimaryKeyConstraint("chat", name="pk_interviews"),
        sa.ForeignKeyConstraint(["chat"], ["conversations.chat"], name="fk_interviews_chat", ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Drop them, with all they hold."""
    op.drop_table("interviews")
    op.drop_index("ix_conversations_updated_at", "conversations")
    op.drop_table("conversations")
