"""Create the tables of counts, with rights and row-level security."""

import sqlalchemy as sa
from alembic import op

from coalition.sdk import grant_and_guard

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signature_counting_milestones",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "number",
                "goal",
                name="milestonekind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("signature_count", sa.Integer(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "letter_id"],
            ["letters.coalition_id", "letters.id"],
            name=op.f("fk_signature_counting_milestones_coalition_id_letter_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_signature_counting_milestones_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_counting_milestones")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_signature_counting_milestones_coalition_id_id")
        ),
        sa.UniqueConstraint(
            "letter_id",
            "kind",
            "signature_count",
            name=op.f("uq_signature_counting_milestones_letter_id_kind_signature_count"),
        ),
    )
    op.create_table(
        "signature_counting_rollups",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column(
            "dimension",
            sa.Enum(
                "kind",
                "city",
                "day",
                "source",
                "family",
                name="dimension",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "letter_id"],
            ["letters.coalition_id", "letters.id"],
            name=op.f("fk_signature_counting_rollups_coalition_id_letter_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_signature_counting_rollups_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_counting_rollups")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_signature_counting_rollups_coalition_id_id")
        ),
        sa.UniqueConstraint(
            "letter_id",
            "dimension",
            "key",
            name=op.f("uq_signature_counting_rollups_letter_id_dimension_key"),
        ),
    )
    op.create_table(
        "signature_counting_signatures",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "organization",
                name="signaturekind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column("is_affiliated", sa.Boolean(), nullable=False),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "letter_id"],
            ["letters.coalition_id", "letters.id"],
            name=op.f("fk_signature_counting_signatures_coalition_id_letter_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_signature_counting_signatures_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_counting_signatures")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_signature_counting_signatures_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_signature_counting_signatures_letter_id"),
        "signature_counting_signatures",
        ["letter_id"],
        unique=False,
    )
    op.create_table(
        "signature_counting_totals",
        sa.Column("organizations", sa.Integer(), nullable=False),
        sa.Column("families", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("affiliated_people", sa.Integer(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "id"],
            ["letters.coalition_id", "letters.id"],
            name=op.f("fk_signature_counting_totals_coalition_id_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_signature_counting_totals_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_counting_totals")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_signature_counting_totals_coalition_id_id")
        ),
    )
    for table in ("signatures", "totals", "rollups", "milestones"):
        grant_and_guard(f"signature_counting_{table}")


def downgrade() -> None:
    op.drop_table("signature_counting_totals")
    op.drop_index(
        op.f("ix_signature_counting_signatures_letter_id"),
        table_name="signature_counting_signatures",
    )
    op.drop_table("signature_counting_signatures")
    op.drop_table("signature_counting_rollups")
    op.drop_table("signature_counting_milestones")
