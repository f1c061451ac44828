"""Create the table of goals."""

import sqlalchemy as sa
from alembic import op

from coalition.sdk import grant_and_guard

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "petition_goals",
        sa.Column("signature_count", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "id"],
            ["letters.coalition_id", "letters.id"],
            name=op.f("fk_petition_goals_coalition_id_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_petition_goals_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_goals")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_petition_goals_coalition_id_id")
        ),
    )
    grant_and_guard("petition_goals")


def downgrade() -> None:
    op.drop_table("petition_goals")
