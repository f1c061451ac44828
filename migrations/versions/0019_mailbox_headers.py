"""Let the demonstration's mailbox show the headers of a mail."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("headers", sa.Text(), nullable=False, server_default="")
    op.add_column("mailbox_messages", column)
    op.alter_column("mailbox_messages", "headers", server_default=None)


def downgrade() -> None:
    op.drop_column("mailbox_messages", "headers")
