"""Let what a coalition says about itself, and notes of deliveries, be in several languages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

def upgrade() -> None:
    op.add_column(
        "coalitions",
        sa.Column("translations", postgresql.JSONB(), nullable=False, server_default="{}"),
    )
    op.alter_column("coalitions", "translations", server_default=None)
    op.add_column(
        "letter_texts",
        sa.Column("delivery_note", sa.Text(), nullable=False, server_default=""),
    )
    op.alter_column("letter_texts", "delivery_note", server_default=None)


def downgrade() -> None:
    op.drop_column("letter_texts", "delivery_note")
    op.drop_column("coalitions", "translations")
