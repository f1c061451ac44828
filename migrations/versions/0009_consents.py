"""Keep of each consent for whom it is and where it came from; what stops mail, reason by reason."""

import sqlalchemy as sa
from alembic import op

from coalition.db import PLATFORM_ROLE
from coalition.guarding import grant_and_guard

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SOURCES = ("signature", "preferences", "unsubscribe", "import", "coordinator", "participation")
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def upgrade() -> None:
    _consents()
    _standing_consents()
    _suppressions()
    _partners()
    op.add_column("mail_messages", sa.Column("organization_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_mail_messages_organization_id"),
        "mail_messages",
        "organizations",
        ["organization_id"],
        ["id"],
        ondelete="CASCADE",
    )


def _consents() -> None:
    op.add_column("consents", sa.Column("organization_id", sa.Uuid(), nullable=True))
    op.add_column("consents", sa.Column("source_id", sa.Uuid(), nullable=True))
    op.add_column("consents", sa.Column("source_code", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_consents_organization_id"),
        "consents",
        "organizations",
        ["organization_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index(op.f("ix_consents_organization_id"), "consents", ["organization_id"])
    # The tables' owner is held by row security too; it must see all coalitions' rows here.
    op.execute("ALTER TABLE consents NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE consents SET source_id = substring(source FROM 11)::uuid"
        f" WHERE source ~ '^signature {_UUID}$'"
    )
    op.execute(
        "UPDATE consents SET source ="
        " CASE WHEN source_id IS NULL THEN 'import' ELSE 'signature' END"
    )
    op.execute("ALTER TABLE consents FORCE ROW LEVEL SECURITY")
    op.alter_column(
        "consents",
        "source",
        type_=sa.Enum(*SOURCES, name="consentsource", native_enum=False),
        existing_type=sa.Text(),
        existing_nullable=False,
    )
    named = ", ".join(f"'{each}'" for each in SOURCES)
    op.create_check_constraint(op.f("ck_consents_consentsource"), "consents", f"source IN ({named})")
    # Two entries of the directory that are merged become one; nothing else is ever rewritten.
    op.execute(f"GRANT UPDATE (organization_id) ON consents TO {PLATFORM_ROLE}")


def _standing_consents() -> None:
    op.create_table(
        "standing_consents",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "person_id"],
            ["people.coalition_id", "people.id"],
            name=op.f("fk_standing_consents_coalition_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_standing_consents_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_standing_consents_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_consents")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_standing_consents_coalition_id_id")),
        sa.UniqueConstraint(
            "coalition_id",
            "person_id",
            "purpose",
            "organization_id",
            name=op.f("uq_standing_consents_coalition_id_person_id_purpose_organization_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        op.f("ix_standing_consents_organization_id"), "standing_consents", ["organization_id"]
    )
    op.execute("ALTER TABLE consents NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO standing_consents"
        " (id, coalition_id, person_id, purpose, organization_id, given, recorded_at)"
        " SELECT DISTINCT ON (coalition_id, person_id, purpose, organization_id)"
        " gen_random_uuid(), coalition_id, person_id, purpose, organization_id, given, recorded_at"
        " FROM consents"
        " ORDER BY coalition_id, person_id, purpose, organization_id, recorded_at DESC, id DESC"
    )
    op.execute("ALTER TABLE consents FORCE ROW LEVEL SECURITY")
    grant_and_guard("standing_consents")


def _suppressions() -> None:
    op.drop_constraint(
        op.f("uq_suppressions_coalition_id_address_index"), "suppressions", type_="unique"
    )
    op.create_unique_constraint(
        op.f("uq_suppressions_coalition_id_address_index_reason"),
        "suppressions",
        ["coalition_id", "address_index", "reason"],
    )
    op.create_table(
        "soft_bounces",
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_soft_bounces_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_soft_bounces")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_soft_bounces_coalition_id_id")),
        sa.UniqueConstraint(
            "coalition_id",
            "address_index",
            "day",
            name=op.f("uq_soft_bounces_coalition_id_address_index_day"),
        ),
    )
    op.create_index(op.f("ix_soft_bounces_day"), "soft_bounces", ["day"])
    grant_and_guard("soft_bounces")


def _partners() -> None:
    op.create_table(
        "letter_partners",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("source_code", sa.Text(), nullable=True),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("weight BETWEEN 0 AND 1000", name=op.f("ck_letter_partners_weight")),
        sa.ForeignKeyConstraint(
            ["coalition_id", "letter_id"],
            ["letters.coalition_id", "letters.id"],
            name=op.f("fk_letter_partners_coalition_id_letter_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_letter_partners_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_letter_partners_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_partners")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_letter_partners_coalition_id_id")),
        sa.UniqueConstraint(
            "letter_id",
            "organization_id",
            name=op.f("uq_letter_partners_letter_id_organization_id"),
        ),
        sa.UniqueConstraint(
            "letter_id", "source_code", name=op.f("uq_letter_partners_letter_id_source_code")
        ),
    )
    op.create_index(
        op.f("ix_letter_partners_organization_id"), "letter_partners", ["organization_id"]
    )
    grant_and_guard("letter_partners")
    op.add_column("signatures", sa.Column("partner_id", sa.Uuid(), nullable=True))
    op.add_column("signatures", sa.Column("partner_wording", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_signatures_partner_id"),
        "signatures",
        "organizations",
        ["partner_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(
        "ix_signatures_partner",
        "signatures",
        ["coalition_id", "letter_id", "partner_id"],
        postgresql_where=sa.text("partner_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_column("mail_messages", "organization_id")
    op.drop_index("ix_signatures_partner", table_name="signatures")
    op.drop_column("signatures", "partner_wording")
    op.drop_column("signatures", "partner_id")
    op.drop_table("letter_partners")
    op.drop_table("soft_bounces")
    op.drop_table("standing_consents")
    op.drop_constraint(
        op.f("uq_suppressions_coalition_id_address_index_reason"), "suppressions", type_="unique"
    )
    op.execute("ALTER TABLE suppressions NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "DELETE FROM suppressions AS one USING suppressions AS other"
        " WHERE one.coalition_id = other.coalition_id"
        " AND one.address_index = other.address_index AND one.id > other.id"
    )
    op.execute("ALTER TABLE suppressions FORCE ROW LEVEL SECURITY")
    op.create_unique_constraint(
        op.f("uq_suppressions_coalition_id_address_index"),
        "suppressions",
        ["coalition_id", "address_index"],
    )
    op.drop_constraint(op.f("ck_consents_consentsource"), "consents", type_="check")
    op.alter_column(
        "consents", "source", type_=sa.Text(), existing_type=sa.String(), existing_nullable=False
    )
    op.execute("ALTER TABLE consents NO FORCE ROW LEVEL SECURITY")
    # What was said to a member group is not said to the coalition.
    op.execute("DELETE FROM consents WHERE organization_id IS NOT NULL")
    op.execute(
        "UPDATE consents SET source = 'signature ' || source_id"
        " WHERE source = 'signature' AND source_id IS NOT NULL"
    )
    op.execute("ALTER TABLE consents FORCE ROW LEVEL SECURITY")
    op.drop_column("consents", "source_code")
    op.drop_column("consents", "source_id")
    op.drop_column("consents", "organization_id")
