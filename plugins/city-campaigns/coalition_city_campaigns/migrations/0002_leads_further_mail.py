"""Keep, word for word, what further mail somebody agreed to who wants to challenge a contract."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Earlier leads were not asked: nobody may write to them for anything but their wish.
    op.add_column("city_campaigns_leads", sa.Column("updates_wording", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("city_campaigns_leads", "updates_wording")
