"""Note which campaigns' last item was taken off a meeting, so that their calendars are told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "meetings",
        sa.Column("left_campaigns", postgresql.JSONB(), nullable=False, server_default="{}"),
    )
    op.alter_column("meetings", "left_campaigns", server_default=None)


def downgrade() -> None:
    op.drop_column("meetings", "left_campaigns")
