"""Create people's own calendars, and the meeting clock: changes that settle, notices, receipts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from coalition.guarding import grant_and_guard

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_links",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "person_id"],
            ["people.coalition_id", "people.id"],
            name=op.f("fk_calendar_links_coalition_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_calendar_links_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_links")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_calendar_links_coalition_id_id")
        ),
        sa.UniqueConstraint(
            "coalition_id", "person_id", name=op.f("uq_calendar_links_coalition_id_person_id")
        ),
        sa.UniqueConstraint(
            "coalition_id", "token_hash", name=op.f("uq_calendar_links_coalition_id_token_hash")
        ),
    )
    op.create_table(
        "meeting_clocks",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("meeting_leads_min", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "deadline_leads_min", postgresql.JSONB(astext_type=sa.Text()), nullable=False
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_meeting_clocks_coalition_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_meeting_clocks_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_clocks")),
        sa.UniqueConstraint(
            "coalition_id",
            "campaign_id",
            name=op.f("uq_meeting_clocks_coalition_id_campaign_id"),
        ),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_meeting_clocks_coalition_id_id")
        ),
    )
    op.create_table(
        "notices",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("previous_meeting_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "agenda",
                "changed",
                "cancelled",
                "continued",
                "withdrawn",
                "reminder",
                "deadline",
                name="noticekind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lead_min", sa.Integer(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "state",
            sa.Enum(
                "sending",
                "told",
                "stopped",
                name="noticestate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("told_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_notices_coalition_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "meeting_id"],
            ["meetings.coalition_id", "meetings.id"],
            name=op.f("fk_notices_coalition_id_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "previous_meeting_id"],
            ["meetings.coalition_id", "meetings.id"],
            name=op.f("fk_notices_coalition_id_previous_meeting_id"),
            ondelete="SET NULL (previous_meeting_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_notices_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "campaign_id",
            "meeting_id",
            "kind",
            "key",
            name=op.f("uq_notices_campaign_id_meeting_id_kind_key"),
        ),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_notices_coalition_id_id")),
    )
    op.create_index(op.f("ix_notices_meeting_id"), "notices", ["meeting_id"], unique=False)
    op.create_table(
        "unsettled_changes",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settles_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_unsettled_changes_coalition_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "meeting_id"],
            ["meetings.coalition_id", "meetings.id"],
            name=op.f("fk_unsettled_changes_coalition_id_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_unsettled_changes_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsettled_changes")),
        sa.UniqueConstraint(
            "campaign_id",
            "meeting_id",
            name=op.f("uq_unsettled_changes_campaign_id_meeting_id"),
        ),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_unsettled_changes_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_unsettled_changes_settles_at"),
        "unsettled_changes",
        ["settles_at"],
        unique=False,
    )
    op.create_table(
        "notice_receipts",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "notice_id"],
            ["notices.coalition_id", "notices.id"],
            name=op.f("fk_notice_receipts_coalition_id_notice_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "person_id"],
            ["people.coalition_id", "people.id"],
            name=op.f("fk_notice_receipts_coalition_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_notice_receipts_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_receipts")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_notice_receipts_coalition_id_id")
        ),
        sa.UniqueConstraint(
            "notice_id", "person_id", name=op.f("uq_notice_receipts_notice_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_notice_receipts_person_id"), "notice_receipts", ["person_id"], unique=False
    )
    for table in (
        "calendar_links",
        "meeting_clocks",
        "notices",
        "unsettled_changes",
        "notice_receipts",
    ):
        grant_and_guard(table)


def downgrade() -> None:
    op.drop_index(op.f("ix_notice_receipts_person_id"), table_name="notice_receipts")
    op.drop_table("notice_receipts")
    op.drop_index(op.f("ix_unsettled_changes_settles_at"), table_name="unsettled_changes")
    op.drop_table("unsettled_changes")
    op.drop_index(op.f("ix_notices_meeting_id"), table_name="notices")
    op.drop_table("notices")
    op.drop_table("meeting_clocks")
    op.drop_table("calendar_links")
