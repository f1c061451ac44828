"""Create the tables of leads, kits and watched cities, with rights and row-level security."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from coalition.sdk import grant_and_guard

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "city_campaigns_watched",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["areas.id"],
            name=op.f("fk_city_campaigns_watched_area_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_city_campaigns_watched_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_campaigns_watched")),
        sa.UniqueConstraint(
            "coalition_id",
            "area_id",
            name=op.f("uq_city_campaigns_watched_coalition_id_area_id"),
        ),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_city_campaigns_watched_coalition_id_id")
        ),
    )
    op.create_table(
        "city_campaigns_leads",
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("known_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("place_name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column(
            "technology",
            sa.Enum(
                "plate_readers",
                "face_recognition",
                "drones",
                "other",
                name="technology",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unconfirmed",
                "new",
                "taken",
                "started",
                "closed",
                name="leadstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_city_campaigns_leads_coalition_id_campaign_id"),
            ondelete="SET NULL (campaign_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_city_campaigns_leads_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["users.id"],
            name=op.f("fk_city_campaigns_leads_owner_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_campaigns_leads")),
        sa.UniqueConstraint(
            "coalition_id",
            "email_index",
            "place_name",
            "region",
            "technology",
            name=op.f(
                "uq_city_campaigns_leads_coalition_id_email_index_place_name_region_technology"
            ),
        ),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_city_campaigns_leads_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_city_campaigns_leads_campaign_id"),
        "city_campaigns_leads",
        ["campaign_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_city_campaigns_leads_coalition_id_state"),
        "city_campaigns_leads",
        ["coalition_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_city_campaigns_leads_owner_id"),
        "city_campaigns_leads",
        ["owner_id"],
        unique=False,
    )
    op.create_table(
        "city_campaigns_clones",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("source_place", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("meetings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_city_campaigns_clones_coalition_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "lead_id"],
            ["city_campaigns_leads.coalition_id", "city_campaigns_leads.id"],
            name=op.f("fk_city_campaigns_clones_coalition_id_lead_id"),
            ondelete="SET NULL (lead_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_city_campaigns_clones_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_campaigns_clones")),
        sa.UniqueConstraint(
            "coalition_id",
            "campaign_id",
            name=op.f("uq_city_campaigns_clones_coalition_id_campaign_id"),
        ),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_city_campaigns_clones_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_city_campaigns_clones_lead_id"),
        "city_campaigns_clones",
        ["lead_id"],
        unique=False,
    )
    op.create_table(
        "city_campaigns_ticks",
        sa.Column("clone_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "clone_id"],
            ["city_campaigns_clones.coalition_id", "city_campaigns_clones.id"],
            name=op.f("fk_city_campaigns_ticks_coalition_id_clone_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_city_campaigns_ticks_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_campaigns_ticks")),
        sa.UniqueConstraint(
            "clone_id", "fingerprint", name=op.f("uq_city_campaigns_ticks_clone_id_fingerprint")
        ),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_city_campaigns_ticks_coalition_id_id")
        ),
    )
    for table in ("leads", "clones", "ticks", "watched"):
        grant_and_guard(f"city_campaigns_{table}")


def downgrade() -> None:
    op.drop_table("city_campaigns_ticks")
    op.drop_index(op.f("ix_city_campaigns_clones_lead_id"), table_name="city_campaigns_clones")
    op.drop_table("city_campaigns_clones")
    op.drop_index(op.f("ix_city_campaigns_leads_owner_id"), table_name="city_campaigns_leads")
    op.drop_index(
        op.f("ix_city_campaigns_leads_coalition_id_state"), table_name="city_campaigns_leads"
    )
    op.drop_index(
        op.f("ix_city_campaigns_leads_campaign_id"), table_name="city_campaigns_leads"
    )
    op.drop_table("city_campaigns_leads")
    op.drop_table("city_campaigns_watched")
