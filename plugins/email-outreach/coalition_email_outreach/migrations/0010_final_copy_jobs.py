"""Let jobs that were queued to send a letter's final copy prepare the mailing that it is now."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The arguments are the same: coalition and letter. Who got a copy before gets no other one.
    op.execute("""
        UPDATE jobs SET function = 'coalition_email_outreach.final_copies:prepare'
        WHERE function = 'coalition_email_outreach.courtesies:send_copies'""")


def downgrade() -> None:
    pass  # they are told from those that were queued since by nothing, and stay
