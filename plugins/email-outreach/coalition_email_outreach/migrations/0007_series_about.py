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
    # Without what it was about it would be about all: a coordinator has to look first.
    op.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"""
        UPDATE {TABLE} SET send_at = NULL,
            status = CASE status WHEN 'sending' THEN 'paused' ELSE 'draft' END,
            started_at = CASE status WHEN 'sending' THEN started_at END
        WHERE status IN ('scheduled', 'starting', 'sending')
            AND (campaign_id IS NOT NULL OR body_id IS NOT NULL)""")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.drop_column(TABLE, "body_id")
    op.drop_column(TABLE, "campaign_id")
