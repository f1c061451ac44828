"""Let a consent come from a public form of a plugin."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BEFORE = ("signature", "preferences", "unsubscribe", "import", "coordinator", "participation")
CHECK = "ck_consents_consentsource"


def upgrade() -> None:
    _allow(*BEFORE, "form")


def downgrade() -> None:
    # A yes stays a yes: it was said on a page of the person's own, which comes nearest to this.
    op.execute("ALTER TABLE consents NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE consents SET source = 'preferences' WHERE source = 'form'")
    op.execute("ALTER TABLE consents FORCE ROW LEVEL SECURITY")
    _allow(*BEFORE)


def _allow(*sources: str) -> None:
    named = ", ".join(f"'{each}'" for each in sources)
    op.drop_constraint(op.f(CHECK), "consents", type_="check")
    op.create_check_constraint(op.f(CHECK), "consents", f"source IN ({named})")
