"""Create the ledgers of public comments: texts, comments, imported lists, clerks' counts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from coalition.guarding import grant_and_guard

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comment_ledgers",
        sa.Column("agenda_item_id", sa.Uuid(), nullable=False),
        sa.Column(
            "our_position",
            sa.Enum(
                "oppose",
                "support",
                "neutral",
                "unknown",
                name="commentposition",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("template_from", sa.Integer(), nullable=False),
        sa.Column("adapted_from", sa.Integer(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("text_revision", sa.Integer(), nullable=False),
        sa.Column("needs_settling", sa.Boolean(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "adapted_from <= template_from", name=op.f("ck_comment_ledgers_thresholds")
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "agenda_item_id"],
            ["agenda_items.coalition_id", "agenda_items.id"],
            name=op.f("fk_comment_ledgers_coalition_id_agenda_item_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_comment_ledgers_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_ledgers")),
        sa.UniqueConstraint(
            "coalition_id",
            "agenda_item_id",
            name=op.f("uq_comment_ledgers_coalition_id_agenda_item_id"),
        ),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_comment_ledgers_coalition_id_id")
        ),
    )
    op.create_table(
        "clerk_counts",
        sa.Column("ledger_id", sa.Uuid(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("oppose", sa.Integer(), nullable=True),
        sa.Column("support", sa.Integer(), nullable=True),
        sa.Column("neutral", sa.Integer(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "ledger_id"],
            ["comment_ledgers.coalition_id", "comment_ledgers.id"],
            name=op.f("fk_clerk_counts_coalition_id_ledger_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_clerk_counts_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clerk_counts")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_clerk_counts_coalition_id_id")),
    )
    op.create_index(
        op.f("ix_clerk_counts_ledger_id"), "clerk_counts", ["ledger_id"], unique=False
    )
    op.create_table(
        "comment_imports",
        sa.Column("ledger_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "clerk", "ours", name="commentsource", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "reading",
                "done",
                "undoing",
                "undone",
                name="importstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("reading", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("packed_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("handled", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "ledger_id"],
            ["comment_ledgers.coalition_id", "comment_ledgers.id"],
            name=op.f("fk_comment_imports_coalition_id_ledger_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_comment_imports_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_imports")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_comment_imports_coalition_id_id")
        ),
    )
    op.create_index(
        "uq_comment_imports_digest",
        "comment_imports",
        ["ledger_id", "source", "digest"],
        unique=True,
        postgresql_where="state IN ('reading', 'done')",
    )
    op.create_table(
        "ledger_texts",
        sa.Column("ledger_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "ledger_id"],
            ["comment_ledgers.coalition_id", "comment_ledgers.id"],
            name=op.f("fk_ledger_texts_coalition_id_ledger_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_ledger_texts_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_texts")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_ledger_texts_coalition_id_id")),
        sa.UniqueConstraint(
            "ledger_id",
            "language",
            "title",
            name=op.f("uq_ledger_texts_ledger_id_language_title"),
        ),
    )
    op.create_table(
        "public_comments",
        sa.Column("ledger_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("reported_id", sa.Uuid(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "clerk", "ours", name="commentsource", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column(
            "position",
            sa.Enum(
                "oppose",
                "support",
                "neutral",
                "unknown",
                name="commentposition",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "written",
                "email",
                "web_form",
                "spoken",
                "phone",
                "in_person",
                "unknown",
                name="commentchannel",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("organization", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("author_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("author_key", sa.LargeBinary(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_key", sa.LargeBinary(), nullable=True),
        sa.Column("similarity", sa.Integer(), nullable=True),
        sa.Column("text_revision", sa.Integer(), nullable=False),
        sa.Column("duplicate_of_id", sa.Uuid(), nullable=True),
        sa.Column("match_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "duplicate_of_id"],
            ["public_comments.coalition_id", "public_comments.id"],
            name=op.f("fk_public_comments_coalition_id_duplicate_of_id"),
            ondelete="SET NULL (duplicate_of_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "import_id"],
            ["comment_imports.coalition_id", "comment_imports.id"],
            name=op.f("fk_public_comments_coalition_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "ledger_id"],
            ["comment_ledgers.coalition_id", "comment_ledgers.id"],
            name=op.f("fk_public_comments_coalition_id_ledger_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "match_id"],
            ["public_comments.coalition_id", "public_comments.id"],
            name=op.f("fk_public_comments_coalition_id_match_id"),
            ondelete="SET NULL (match_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_public_comments_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_comments")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_public_comments_coalition_id_id")
        ),
    )
    op.create_index(
        "ix_public_comments_duplicate_of_id",
        "public_comments",
        ["duplicate_of_id"],
        unique=False,
        postgresql_where="duplicate_of_id IS NOT NULL",
    )
    op.create_index(
        op.f("ix_public_comments_import_id"), "public_comments", ["import_id"], unique=False
    )
    op.create_index(
        op.f("ix_public_comments_ledger_id_source_position"),
        "public_comments",
        ["ledger_id", "source", "position"],
        unique=False,
    )
    op.create_index(
        op.f("ix_public_comments_ledger_id_text_revision"),
        "public_comments",
        ["ledger_id", "text_revision"],
        unique=False,
    )
    op.create_index(
        "ix_public_comments_match_id",
        "public_comments",
        ["match_id"],
        unique=False,
        postgresql_where="match_id IS NOT NULL",
    )
    op.create_index(
        "uq_public_comments_reported_id",
        "public_comments",
        ["ledger_id", "reported_id"],
        unique=True,
        postgresql_where="reported_id IS NOT NULL",
    )
    for table in (
        "comment_ledgers",
        "clerk_counts",
        "comment_imports",
        "ledger_texts",
        "public_comments",
    ):
        grant_and_guard(table)


def downgrade() -> None:
    op.drop_index(
        "uq_public_comments_reported_id",
        table_name="public_comments",
        postgresql_where="reported_id IS NOT NULL",
    )
    op.drop_index(
        "ix_public_comments_match_id",
        table_name="public_comments",
        postgresql_where="match_id IS NOT NULL",
    )
    op.drop_index(
        op.f("ix_public_comments_ledger_id_text_revision"), table_name="public_comments"
    )
    op.drop_index(
        op.f("ix_public_comments_ledger_id_source_position"), table_name="public_comments"
    )
    op.drop_index(op.f("ix_public_comments_import_id"), table_name="public_comments")
    op.drop_index(
        "ix_public_comments_duplicate_of_id",
        table_name="public_comments",
        postgresql_where="duplicate_of_id IS NOT NULL",
    )
    op.drop_table("public_comments")
    op.drop_table("ledger_texts")
    op.drop_index(
        "uq_comment_imports_digest",
        table_name="comment_imports",
        postgresql_where="state IN ('reading', 'done')",
    )
    op.drop_table("comment_imports")
    op.drop_index(op.f("ix_clerk_counts_ledger_id"), table_name="clerk_counts")
    op.drop_table("clerk_counts")
    op.drop_table("comment_ledgers")
