"""Keep who asked for a new link to their preferences, until the worker has answered."""

import sqlalchemy as sa
from alembic import op

from coalition.guarding import grant_and_guard

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preferences_link_requests",
        sa.Column("address_wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preferences_link_requests")),
    )
    grant_and_guard("preferences_link_requests", scope="none", rights="add")


def downgrade() -> None:
    op.drop_table("preferences_link_requests")
