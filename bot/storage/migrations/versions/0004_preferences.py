"""What each person prefers and agreed to, and what the language model has cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    date = sa.DateTime(timezone=True)
    op.create_table(
        "preferences",
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("rich", sa.Boolean),
        sa.Column("consent", sa.Text),
        sa.Column("consented_at", date),
        sa.Column("updated_at", date, nullable=False),
        sa.PrimaryKeyConstraint("chat", name="pk_preferences"),
    )
    op.create_index("ix_preferences_updated_at", "preferences", ["updated_at"])
    op.create_table(
        "spending",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("sent", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", "chat", name="pk_spending"),
    )


def downgrade() -> None:
    """Drop them, with all they hold."""
    op.drop_table("spending")
    op.drop_index("ix_preferences_updated_at", "preferences")
    op.drop_table("preferences")
