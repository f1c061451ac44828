"""Keep when something was sent about a signature: the second reminder waits for the first."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = "email_outreach_courtesies"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("noted_at", sa.DateTime(timezone=True)))
    op.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
    # The ids are made with the clock (UUID version 7): their first 48 bits are milliseconds.
    op.execute(f"""
        UPDATE {TABLE} SET noted_at = to_timestamp(
            cast(cast('x' || left(replace(cast(id AS text), '-', ''), 12) AS bit(48)) AS bigint)
            / 1000.0)""")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.alter_column(TABLE, "noted_at", nullable=False)


def downgrade() -> None:
    op.drop_column(TABLE, "noted_at")
