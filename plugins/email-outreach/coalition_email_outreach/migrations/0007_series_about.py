"""Let a series be about the meetings of one body, or about one campaign."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE = "email_outreach_mailings"


def upgrade() -> None:
    # Without a reference: of what is removed a series is about nothing then, not about all.
    op.add_column(TABLE, sa.Column("campaign_id", sa.Uuid(), nullable=True))
    op.add_column(TABLE, sa.Column("body_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column(TABLE, "body_id")
    op.drop_column(TABLE, "campaign_id")
