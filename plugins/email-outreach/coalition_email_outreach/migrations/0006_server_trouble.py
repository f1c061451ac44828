"""Remember why our mail server takes nothing, for the page where somebody waits for it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "email_outreach_paces"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("trouble", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column(TABLE, "trouble")
