"""Seal the files that go with mailings, and note how large they are."""

import sqlalchemy as sa
from alembic import op

from coalition.sdk import open_column, seal_column

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLE = "email_outreach_attachments"


def upgrade() -> None:
    size = sa.Computed("octet_length(content)", persisted=True)
    op.add_column(_TABLE, sa.Column("size_bytes", sa.Integer(), size))
    op.execute(f"ALTER TABLE {_TABLE} ALTER COLUMN size_bytes DROP EXPRESSION")
    op.alter_column(_TABLE, "size_bytes", nullable=False)
    seal_column(_TABLE, "content")


def downgrade() -> None:
    open_column(_TABLE, "content")
    op.drop_column(_TABLE, "size_bytes")
