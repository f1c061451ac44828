"""Create what a campaign's page shows: news, reasons, sponsors, documents; note when letters opened."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from coalition.guarding import grant_and_guard

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_reasons",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("translations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_campaign_reasons_coalition_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_campaign_reasons_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_reasons")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_campaign_reasons_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_campaign_reasons_campaign_id"),
        "campaign_reasons",
        ["campaign_id"],
        unique=False,
    )
    op.create_table(
        "campaign_sponsors",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreed_how", sa.Text(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_campaign_sponsors_coalition_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_campaign_sponsors_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_campaign_sponsors_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_sponsors")),
        sa.UniqueConstraint(
            "campaign_id",
            "organization_id",
            name=op.f("uq_campaign_sponsors_campaign_id_organization_id"),
        ),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_campaign_sponsors_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_campaign_sponsors_organization_id"),
        "campaign_sponsors",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "campaign_updates",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "update",
                "victory",
                "setback",
                "correction",
                name="updatekind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_banner", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("translations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_campaign_updates_coalition_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_campaign_updates_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_updates")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_campaign_updates_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_campaign_updates_campaign_id"),
        "campaign_updates",
        ["campaign_id"],
        unique=False,
    )
    op.create_index(
        "uq_campaign_updates_banner",
        "campaign_updates",
        ["campaign_id"],
        unique=True,
        postgresql_where="is_banner",
    )
    op.create_table(
        "documents",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "evidence",
                "other_side",
                "press",
                "law",
                "letter",
                "minutes",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('english', translate(title || ' ' || agency || ' ' || shows, 'áàâäãéèêëíìîïóòôöõúùûüñçÁÀÂÄÃÉÈÊËÍÌÎÏÓÒÔÖÕÚÙÛÜÑÇ', 'aaaaaeeeeiiiiooooouuuuncAAAAAEEEEIIIIOOOOOUUUUNC')) || to_tsvector('spanish', translate(title || ' ' || agency || ' ' || shows, 'áàâäãéèêëíìîïóòôöõúùûüñçÁÀÂÄÃÉÈÊËÍÌÎÏÓÒÔÖÕÚÙÛÜÑÇ', 'aaaaaeeeeiiiiooooouuuuncAAAAAEEEEIIIIOOOOOUUUUNC')) || jsonb_to_tsvector('spanish', translations, '[\"string\"]')",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("translations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"],
            ["decision_bodies.id"],
            name=op.f("fk_documents_body_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_documents_coalition_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "meeting_id"],
            ["meetings.coalition_id", "meetings.id"],
            name=op.f("fk_documents_coalition_id_meeting_id"),
            ondelete="SET NULL (meeting_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_documents_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_documents_coalition_id_id")),
    )
    op.create_index(op.f("ix_documents_body_id"), "documents", ["body_id"], unique=False)
    op.create_index(
        op.f("ix_documents_campaign_id"), "documents", ["campaign_id"], unique=False
    )
    op.create_index(op.f("ix_documents_meeting_id"), "documents", ["meeting_id"], unique=False)
    op.create_table(
        "document_claims",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("translations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "document_id"],
            ["documents.coalition_id", "documents.id"],
            name=op.f("fk_document_claims_coalition_id_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_document_claims_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_claims")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_document_claims_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_document_claims_document_id"), "document_claims", ["document_id"], unique=False
    )
    op.create_table(
        "document_files",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column(
            "text_state",
            sa.Enum(
                "waiting",
                "read",
                "empty",
                "failed",
                name="textstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("has_pages", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "document_id"],
            ["documents.coalition_id", "documents.id"],
            name=op.f("fk_document_files_coalition_id_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_document_files_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_files")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_document_files_coalition_id_id")
        ),
        sa.UniqueConstraint("document_id", name=op.f("uq_document_files_document_id")),
    )
    op.create_table(
        "document_pages",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('english', translate(text, 'áàâäãéèêëíìîïóòôöõúùûüñçÁÀÂÄÃÉÈÊËÍÌÎÏÓÒÔÖÕÚÙÛÜÑÇ', 'aaaaaeeeeiiiiooooouuuuncAAAAAEEEEIIIIOOOOOUUUUNC')) || to_tsvector('spanish', translate(text, 'áàâäãéèêëíìîïóòôöõúùûüñçÁÀÂÄÃÉÈÊËÍÌÎÏÓÒÔÖÕÚÙÛÜÑÇ', 'aaaaaeeeeiiiiooooouuuuncAAAAAEEEEIIIIOOOOOUUUUNC'))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "file_id"],
            ["document_files.coalition_id", "document_files.id"],
            name=op.f("fk_document_pages_coalition_id_file_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_document_pages_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_pages")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_document_pages_coalition_id_id")
        ),
        sa.UniqueConstraint("file_id", "number", name=op.f("uq_document_pages_file_id_number")),
    )
    op.add_column(
        "campaigns",
        sa.Column(
            "translations",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            server_default="{}",
        ),
    )
    op.alter_column("campaigns", "translations", server_default=None)
    op.add_column("letters", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE letters SET opened_at = (SELECT min(recorded_at) FROM audit_entries"
        " WHERE audit_entries.subject_id = letters.id AND action = 'letter.opened')"
    )
    for table in (
        "campaign_reasons",
        "campaign_sponsors",
        "campaign_updates",
        "documents",
        "document_claims",
        "document_files",
        "document_pages",
    ):
        grant_and_guard(table)


def downgrade() -> None:
    op.drop_column("letters", "opened_at")
    op.drop_column("campaigns", "translations")
    op.drop_table("document_pages")
    op.drop_table("document_files")
    op.drop_index(op.f("ix_document_claims_document_id"), table_name="document_claims")
    op.drop_table("document_claims")
    op.drop_index(op.f("ix_documents_meeting_id"), table_name="documents")
    op.drop_index(op.f("ix_documents_campaign_id"), table_name="documents")
    op.drop_index(op.f("ix_documents_body_id"), table_name="documents")
    op.drop_table("documents")
    op.drop_index(
        "uq_campaign_updates_banner",
        table_name="campaign_updates",
        postgresql_where="is_banner",
    )
    op.drop_index(op.f("ix_campaign_updates_campaign_id"), table_name="campaign_updates")
    op.drop_table("campaign_updates")
    op.drop_index(op.f("ix_campaign_sponsors_organization_id"), table_name="campaign_sponsors")
    op.drop_table("campaign_sponsors")
    op.drop_index(op.f("ix_campaign_reasons_campaign_id"), table_name="campaign_reasons")
    op.drop_table("campaign_reasons")
