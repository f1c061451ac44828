"""Drop a key of recipients that nothing refers to."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLE, _KEY = "email_outreach_recipients", "uq_email_outreach_recipients_coalition_id_id"


def upgrade() -> None:
    op.drop_constraint(_KEY, _TABLE)


def downgrade() -> None:
    op.create_unique_constraint(_KEY, _TABLE, ["coalition_id", "id"])
