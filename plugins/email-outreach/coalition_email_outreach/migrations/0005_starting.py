"""Let a worker begin a mailing: a state for it, what was seen, and to how many it goes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLE, _RECIPIENTS = "email_outreach_mailings", "email_outreach_recipients"
_RULE = "mailingstatus"
_BEFORE = ("draft", "scheduled", "sending", "paused", "sent", "stopped")


def upgrade() -> None:
    _allow(*_BEFORE, "starting")
    op.add_column(
        _TABLE, sa.Column("seen_parts", postgresql.JSONB(), nullable=False, server_default="{}")
    )
    for name in ("seen_people", "people"):
        op.add_column(
            _TABLE, sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )
    for name in ("seen_parts", "seen_people", "people"):
        op.alter_column(_TABLE, name, server_default=None)
    _of_all(f"""
        UPDATE {_TABLE} m SET people = counted.people
        FROM (SELECT mailing_id, count(*) AS people FROM {_RECIPIENTS} GROUP BY mailing_id) counted
        WHERE counted.mailing_id = m.id AND m.trigger IS NULL""")


def downgrade() -> None:
    # Nobody was written to yet, so it can be sent again.
    _of_all(f"""
        UPDATE {_TABLE} SET status = 'draft', started_at = NULL, send_at = NULL
        WHERE status = 'starting'""")
    for name in ("people", "seen_people", "seen_parts"):
        op.drop_column(_TABLE, name)
    _allow(*_BEFORE)


def _of_all(change: str) -> None:
    """Change rows of every coalition: row-level security holds back the tables' owner too."""
    for table in (_TABLE, _RECIPIENTS):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(change)
    for table in (_TABLE, _RECIPIENTS):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _allow(*states: str) -> None:
    op.drop_constraint(op.f(f"ck_{_TABLE}_{_RULE}"), _TABLE)
    listed = ", ".join(f"'{each}'" for each in states)
    op.create_check_constraint(op.f(f"ck_{_TABLE}_{_RULE}"), _TABLE, f"status IN ({listed})")
