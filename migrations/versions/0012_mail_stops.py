"""Raise a number when an address is stopped or somebody ends their consent, for senders."""

import sqlalchemy as sa
from alembic import op

from coalition.guarding import grant_and_guard

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_stops",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_mail_stops_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_stops")),
        sa.UniqueConstraint("coalition_id", name=op.f("uq_mail_stops_coalition_id")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_mail_stops_coalition_id_id")
        ),
    )
    grant_and_guard("mail_stops")
    op.execute("""
        CREATE FUNCTION tell_mail_stops() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO mail_stops AS m (id, coalition_id, version)
            VALUES (gen_random_uuid(), NEW.coalition_id, 1)
            ON CONFLICT (coalition_id) DO UPDATE SET version = m.version + 1;
            RETURN NULL;
        END $$""")
    op.execute("""
        CREATE TRIGGER tell_mail_stops AFTER INSERT ON suppressions
            FOR EACH ROW EXECUTE FUNCTION tell_mail_stops()""")
    op.execute("""
        CREATE TRIGGER tell_mail_stops AFTER INSERT ON consents
            FOR EACH ROW WHEN (NOT NEW.given) EXECUTE FUNCTION tell_mail_stops()""")


def downgrade() -> None:
    op.execute("DROP TRIGGER tell_mail_stops ON consents")
    op.execute("DROP TRIGGER tell_mail_stops ON suppressions")
    op.execute("DROP FUNCTION tell_mail_stops()")
    op.drop_table("mail_stops")
