"""Let several people be erased who got the same mailing: without a person, rows are not alike."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE = "email_outreach_recipients"
COLUMNS = ["person_id", "mailing_id", "occasion_id"]
BEFORE = "uq_email_outreach_recipients_person_id_mailing_id_occasion_id"
NAME = "ix_email_outreach_recipients_once"


def upgrade() -> None:
    op.create_index(
        NAME,
        TABLE,
        COLUMNS,
        unique=True,
        postgresql_where=sa.text("person_id IS NOT NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_constraint(op.f(BEFORE), TABLE)


def downgrade() -> None:
    # Of people who were erased only one row for each mailing can stay then.
    op.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"""
        DELETE FROM {TABLE} r USING (
            SELECT id, row_number() OVER (PARTITION BY mailing_id, occasion_id) AS place
            FROM {TABLE} WHERE person_id IS NULL) alike
        WHERE r.id = alike.id AND alike.place > 1""")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.create_unique_constraint(
        op.f(BEFORE), TABLE, COLUMNS, postgresql_nulls_not_distinct=True
    )
    op.drop_index(NAME, TABLE)
