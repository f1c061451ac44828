"""Keep what an approver saw of a mailing, and everybody who changed it since."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLE = "email_outreach_mailings"


def upgrade() -> None:
    # Until now only the last who changed it was known.
    op.alter_column(TABLE, "editor_id", new_column_name="changed_by")
    op.alter_column(
        TABLE,
        "changed_by",
        type_=postgresql.JSONB(),
        nullable=False,
        postgresql_using="jsonb_path_query_array("
        "jsonb_build_array(author_id, changed_by), '$[*] ? (@ != null)')",
    )
    op.add_column(
        TABLE,
        sa.Column("approved_parts", postgresql.JSONB(), nullable=False, server_default="{}"),
    )
    op.add_column(
        TABLE, sa.Column("approved_people", sa.Integer(), nullable=False, server_default="0")
    )
    for name in ("approved_parts", "approved_people"):
        op.alter_column(TABLE, name, server_default=None)
    # Of an earlier approval nobody knows which audience it was of: it has to be given again.
    op.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"""
        UPDATE {TABLE} SET approved_at = NULL, approved_by_id = NULL
        WHERE status NOT IN ('sent', 'stopped')""")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    for name in ("approved_people", "approved_parts"):
        op.drop_column(TABLE, name)
    op.alter_column(TABLE, "changed_by", nullable=True)
    op.alter_column(
        TABLE,
        "changed_by",
        type_=sa.Uuid(),
        postgresql_using="cast(changed_by ->> -1 AS uuid)",
    )
    op.alter_column(TABLE, "changed_by", new_column_name="editor_id")
