"""Create the table of segments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from coalition.guarding import grant_and_guard

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segments",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "people", "organizations", name="subject", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("question", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_segments_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_segments_coalition_id_id")),
        sa.UniqueConstraint("coalition_id", "slug", name=op.f("uq_segments_coalition_id_slug")),
    )
    op.create_index(
        op.f("ix_segments_coalition_id_name"), "segments", ["coalition_id", "name"], unique=False
    )
    grant_and_guard("segments")


def downgrade() -> None:
    op.drop_index(op.f("ix_segments_coalition_id_name"), table_name="segments")
    op.drop_table("segments")
