"""Create the tables of mailings, with rights and row-level security."""

import sqlalchemy as sa
from alembic import op

from coalition.sdk import grant_and_guard

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "email_outreach_bells",
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_outreach_bells")),
    )
    op.create_index(
        op.f("ix_email_outreach_bells_due_at"), "email_outreach_bells", ["due_at"], unique=False
    )
    op.create_table(
        "email_outreach_paces",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_outreach_paces")),
        sa.UniqueConstraint("key", name=op.f("uq_email_outreach_paces_key")),
    )
    op.create_table(
        "email_outreach_mailings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column(
            "in_doubt",
            sa.Enum(
                "hold", "resend", name="indoubt", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("trigger", sa.Text(), nullable=True),
        sa.Column("delay_hours", sa.Integer(), nullable=False),
        sa.Column("test_percent", sa.Integer(), nullable=False),
        sa.Column("test_hours", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("winner", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "scheduled",
                "sending",
                "paused",
                "sent",
                "stopped",
                name="mailingstatus",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "clock",
            sa.Enum(
                "coalition",
                "recipient",
                name="clock",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("editor_id", sa.Uuid(), nullable=True),
        sa.Column("approval_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "letter_id"],
            ["letters.coalition_id", "letters.id"],
            name=op.f("fk_email_outreach_mailings_coalition_id_letter_id"),
            ondelete="SET NULL (letter_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_email_outreach_mailings_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_outreach_mailings")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_email_outreach_mailings_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_email_outreach_mailings_coalition_id_status"),
        "email_outreach_mailings",
        ["coalition_id", "status"],
        unique=False,
    )
    op.create_table(
        "email_outreach_attachments",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "mailing_id"],
            ["email_outreach_mailings.coalition_id", "email_outreach_mailings.id"],
            name=op.f("fk_email_outreach_attachments_coalition_id_mailing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_email_outreach_attachments_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_outreach_attachments")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_email_outreach_attachments_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_email_outreach_attachments_mailing_id"),
        "email_outreach_attachments",
        ["mailing_id"],
        unique=False,
    )
    op.create_table(
        "email_outreach_courtesies",
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "first_reminder",
                "second_reminder",
                "final_copy",
                name="courtesykind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "signature_id"],
            ["signatures.coalition_id", "signatures.id"],
            name=op.f("fk_email_outreach_courtesies_coalition_id_signature_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_email_outreach_courtesies_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_outreach_courtesies")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_email_outreach_courtesies_coalition_id_id")
        ),
        sa.UniqueConstraint(
            "signature_id", "kind", name=op.f("uq_email_outreach_courtesies_signature_id_kind")
        ),
    )
    op.create_index(
        op.f("ix_email_outreach_courtesies_coalition_id"),
        "email_outreach_courtesies",
        ["coalition_id"],
        unique=False,
    )
    op.create_table(
        "email_outreach_recipients",
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("occasion_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "delivered",
                "bounced",
                "complained",
                "refused",
                "uncertain",
                "stopped",
                name="recipientstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("auto_replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "mailing_id"],
            ["email_outreach_mailings.coalition_id", "email_outreach_mailings.id"],
            name=op.f("fk_email_outreach_recipients_coalition_id_mailing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "person_id"],
            ["people.coalition_id", "people.id"],
            name=op.f("fk_email_outreach_recipients_coalition_id_person_id"),
            ondelete="SET NULL (person_id)",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_outreach_recipients")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_email_outreach_recipients_coalition_id_id")
        ),
        sa.UniqueConstraint(
            "person_id",
            "mailing_id",
            "occasion_id",
            name=op.f("uq_email_outreach_recipients_person_id_mailing_id_occasion_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_email_outreach_recipients_claim",
        "email_outreach_recipients",
        ["claim_id"],
        unique=False,
        postgresql_where=sa.text("claim_id IS NOT NULL"),
    )
    op.create_index(
        "ix_email_outreach_recipients_due",
        "email_outreach_recipients",
        ["mailing_id", "state", "due_at"],
        unique=False,
    )
    op.create_table(
        "email_outreach_texts",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_b", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "mailing_id"],
            ["email_outreach_mailings.coalition_id", "email_outreach_mailings.id"],
            name=op.f("fk_email_outreach_texts_coalition_id_mailing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_email_outreach_texts_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_outreach_texts")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_email_outreach_texts_coalition_id_id")
        ),
        sa.UniqueConstraint(
            "mailing_id", "language", name=op.f("uq_email_outreach_texts_mailing_id_language")
        ),
    )
    grant_and_guard("email_outreach_bells", scope="none")
    grant_and_guard("email_outreach_paces", scope="none")
    grant_and_guard("email_outreach_mailings")
    grant_and_guard("email_outreach_attachments")
    grant_and_guard("email_outreach_courtesies")
    grant_and_guard("email_outreach_recipients")
    grant_and_guard("email_outreach_texts")


def downgrade() -> None:
    op.drop_table("email_outreach_texts")
    op.drop_table("email_outreach_recipients")
    op.drop_table("email_outreach_courtesies")
    op.drop_table("email_outreach_attachments")
    op.drop_table("email_outreach_mailings")
    op.drop_table("email_outreach_paces")
    op.drop_table("email_outreach_bells")
