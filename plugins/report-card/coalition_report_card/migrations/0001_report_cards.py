"""Create the tables of report cards, criteria and grades."""

import sqlalchemy as sa
from alembic import op

from coalition.sdk import grant_and_guard

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_card_cards",
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("graded", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_report_card_cards_coalition_id_campaign_id"),
            ondelete="SET NULL (campaign_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_report_card_cards_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_card_cards")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_report_card_cards_coalition_id_id")
        ),
        sa.UniqueConstraint(
            "coalition_id", "slug", name=op.f("uq_report_card_cards_coalition_id_slug")
        ),
    )
    op.create_table(
        "report_card_criteria",
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "card_id"],
            ["report_card_cards.coalition_id", "report_card_cards.id"],
            name=op.f("fk_report_card_criteria_coalition_id_card_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_report_card_criteria_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_card_criteria")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_report_card_criteria_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_report_card_criteria_card_id"),
        "report_card_criteria",
        ["card_id"],
        unique=False,
    )
    op.create_table(
        "report_card_grades",
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column(
            "mark",
            sa.Enum(
                "A", "B", "C", "D", "F", name="mark", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("graded_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "criterion_id"],
            ["report_card_criteria.coalition_id", "report_card_criteria.id"],
            name=op.f("fk_report_card_grades_coalition_id_criterion_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_report_card_grades_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_card_grades")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_report_card_grades_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_report_card_grades_criterion_id"),
        "report_card_grades",
        ["criterion_id"],
        unique=False,
    )
    for table in ("cards", "criteria", "grades"):
        grant_and_guard(f"report_card_{table}")


def downgrade() -> None:
    op.drop_index(op.f("ix_report_card_grades_criterion_id"), table_name="report_card_grades")
    op.drop_table("report_card_grades")
    op.drop_index(op.f("ix_report_card_criteria_card_id"), table_name="report_card_criteria")
    op.drop_table("report_card_criteria")
    op.drop_table("report_card_cards")
