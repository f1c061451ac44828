"""Keep a note of meetings that were removed, so that calendars are told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from coalition.guarding import grant_and_guard

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removed_meetings",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_ids", postgresql.JSONB(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_whole_day", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("comment_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["areas.id"],
            name=op.f("fk_removed_meetings_area_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_removed_meetings_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removed_meetings")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_removed_meetings_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_removed_meetings_coalition_id_removed_at"),
        "removed_meetings",
        ["coalition_id", "removed_at"],
    )
    op.create_index(op.f("ix_removed_meetings_area_id"), "removed_meetings", ["area_id"])
    grant_and_guard("removed_meetings")


def downgrade() -> None:
    op.drop_table("removed_meetings")
