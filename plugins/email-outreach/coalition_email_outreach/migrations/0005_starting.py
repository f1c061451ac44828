"""Let a worker begin a mailing: a state for it, and what was seen by who said “send”."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLE, _RULE = "email_outreach_mailings", "mailingstatus"
_BEFORE = ("draft", "scheduled", "sending", "paused", "sent", "stopped")


def upgrade() -> None:
    _allow(*_BEFORE, "starting")
    op.add_column(
        _TABLE, sa.Column("seen_parts", postgresql.JSONB(), nullable=False, server_default="{}")
    )
    op.add_column(
        _TABLE, sa.Column("seen_people", sa.Integer(), nullable=False, server_default="0")
    )
    for name in ("seen_parts", "seen_people"):
        op.alter_column(_TABLE, name, server_default=None)


def downgrade() -> None:
    # Nobody was written to yet, so it can be sent again.
    op.execute(f"ALTER TABLE {_TABLE} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        f"UPDATE {_TABLE} SET status = 'draft', started_at = NULL, send_at = NULL"
        " WHERE status = 'starting'"
    )
    op.execute(f"ALTER TABLE {_TABLE} FORCE ROW LEVEL SECURITY")
    op.drop_column(_TABLE, "seen_people")
    op.drop_column(_TABLE, "seen_parts")
    _allow(*_BEFORE)


def _allow(*states: str) -> None:
    op.drop_constraint(op.f(f"ck_{_TABLE}_{_RULE}"), _TABLE)
    listed = ", ".join(f"'{each}'" for each in states)
    op.create_check_constraint(op.f(f"ck_{_TABLE}_{_RULE}"), _TABLE, f"status IN ({listed})")
