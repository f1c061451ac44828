"""Create places, public bodies with their seats, meetings and votes; give campaigns a place."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from coalition.guarding import grant_and_guard

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "areas",
        sa.Column("division_id", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "place",
                "county",
                "state",
                "country",
                "district",
                name="areakind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("division_id", name=op.f("uq_areas_division_id")),
    )
    op.create_index(op.f("ix_areas_region_name"), "areas", ["region", "name"], unique=False)
    op.create_table(
        "decision_bodies",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "classification",
            sa.Enum(
                "council",
                "board",
                "commission",
                "committee",
                "legislature",
                "agency",
                name="bodykind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("meets", sa.Text(), nullable=False),
        sa.Column("comment_email", sa.Text(), nullable=True),
        sa.Column("comment_url", sa.Text(), nullable=True),
        sa.Column("comment_minutes", sa.Integer(), nullable=True),
        sa.Column("comment_registration", sa.Text(), nullable=False),
        sa.Column("comment_closes_min", sa.Integer(), nullable=True),
        sa.Column("languages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("interpretation", sa.Text(), nullable=False),
        sa.Column("interpretation_notice_h", sa.Integer(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["areas.id"],
            name=op.f("fk_decision_bodies_area_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_bodies")),
        sa.UniqueConstraint("area_id", "name", name=op.f("uq_decision_bodies_area_id_name")),
    )
    op.create_index(
        op.f("ix_decision_bodies_area_id"), "decision_bodies", ["area_id"], unique=False
    )
    op.create_table(
        "meetings",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "precision",
            sa.Enum(
                "time",
                "day",
                "month",
                name="precision",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("duration_min", sa.Integer(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "tentative",
                "confirmed",
                "cancelled",
                "held",
                name="meetingstatus",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("remote_url", sa.Text(), nullable=True),
        sa.Column("agenda_url", sa.Text(), nullable=True),
        sa.Column("minutes_url", sa.Text(), nullable=True),
        sa.Column("comment_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"],
            ["decision_bodies.id"],
            name=op.f("fk_meetings_body_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_meetings_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_meetings_coalition_id_id")),
    )
    op.create_index(op.f("ix_meetings_body_id"), "meetings", ["body_id"], unique=False)
    op.create_index(
        op.f("ix_meetings_coalition_id_starts_at"),
        "meetings",
        ["coalition_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "posts",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"],
            ["decision_bodies.id"],
            name=op.f("fk_posts_body_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("body_id", "label", name=op.f("uq_posts_body_id_label")),
    )
    op.create_table(
        "agenda_items",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("docket", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "scheduled",
                "continued",
                "withdrawn",
                "heard",
                name="itemstatus",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("continued_from_id", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "adopted",
                "rejected",
                "amended",
                "declined_to_vote",
                "off_the_table",
                "received",
                name="itemoutcome",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("outcome_note", sa.Text(), nullable=False),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_agenda_items_coalition_id_campaign_id"),
            ondelete="SET NULL (campaign_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "continued_from_id"],
            ["agenda_items.coalition_id", "agenda_items.id"],
            name=op.f("fk_agenda_items_coalition_id_continued_from_id"),
            ondelete="SET NULL (continued_from_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "meeting_id"],
            ["meetings.coalition_id", "meetings.id"],
            name=op.f("fk_agenda_items_coalition_id_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_agenda_items_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_items")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_agenda_items_coalition_id_id")),
    )
    op.create_index(
        op.f("ix_agenda_items_campaign_id"), "agenda_items", ["campaign_id"], unique=False
    )
    op.create_index(
        "uq_agenda_items_number",
        "agenda_items",
        ["meeting_id", "number_key"],
        unique=True,
        postgresql_where="number_key <> ''",
    )
    op.create_table(
        "officeholders",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_officeholders_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officeholders")),
    )
    op.create_index(
        op.f("ix_officeholders_post_id"), "officeholders", ["post_id"], unique=False
    )
    op.create_table(
        "motions",
        sa.Column("agenda_item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "our_position",
            sa.Enum(
                "support",
                "oppose",
                "neutral",
                name="position",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "result",
            sa.Enum(
                "passed",
                "failed",
                "no_vote",
                name="motionresult",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("yes_count", sa.Integer(), nullable=True),
        sa.Column("no_count", sa.Integer(), nullable=True),
        sa.Column("voted_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "agenda_item_id"],
            ["agenda_items.coalition_id", "agenda_items.id"],
            name=op.f("fk_motions_coalition_id_agenda_item_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_motions_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motions")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_motions_coalition_id_id")),
    )
    op.create_index(
        op.f("ix_motions_agenda_item_id"), "motions", ["agenda_item_id"], unique=False
    )
    op.create_table(
        "pledges",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("officeholder_id", sa.Uuid(), nullable=False),
        sa.Column(
            "position",
            sa.Enum(
                "support",
                "oppose",
                "neutral",
                name="position",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_pledges_coalition_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_pledges_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["officeholder_id"],
            ["officeholders.id"],
            name=op.f("fk_pledges_officeholder_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledges")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_pledges_coalition_id_id")),
    )
    op.create_index(
        op.f("ix_pledges_campaign_id_officeholder_id"),
        "pledges",
        ["campaign_id", "officeholder_id"],
        unique=False,
    )
    op.create_table(
        "votes",
        sa.Column("motion_id", sa.Uuid(), nullable=False),
        sa.Column("officeholder_id", sa.Uuid(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "yes",
                "no",
                "abstain",
                "absent",
                "recused",
                name="votechoice",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "motion_id"],
            ["motions.coalition_id", "motions.id"],
            name=op.f("fk_votes_coalition_id_motion_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_votes_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["officeholder_id"],
            ["officeholders.id"],
            name=op.f("fk_votes_officeholder_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_votes_coalition_id_id")),
        sa.UniqueConstraint(
            "motion_id", "officeholder_id", name=op.f("uq_votes_motion_id_officeholder_id")
        ),
    )
    op.create_index(
        op.f("ix_votes_officeholder_id"), "votes", ["officeholder_id"], unique=False
    )
    op.add_column("campaigns", sa.Column("area_id", sa.Uuid(), nullable=True))
    # Campaigns that are there already are in their coalition's language, and nobody has
    # published them: what was written for coordinators stays theirs.
    op.add_column("campaigns", sa.Column("language", sa.Text(), nullable=True))
    op.execute(
        "UPDATE campaigns SET language = coalitions.language FROM coalitions"
        " WHERE coalitions.id = campaigns.coalition_id"
    )
    op.alter_column("campaigns", "language", nullable=False)
    op.add_column(
        "campaigns", sa.Column("call", sa.Text(), nullable=False, server_default="")
    )
    op.alter_column("campaigns", "call", server_default=None)
    op.add_column(
        "campaigns",
        sa.Column("is_published", sa.Boolean(), nullable=False, server_default="false"),
    )
    op.alter_column("campaigns", "is_published", server_default=None)
    op.create_index(op.f("ix_campaigns_area_id"), "campaigns", ["area_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_campaigns_area_id"),
        "campaigns",
        "areas",
        ["area_id"],
        ["id"],
        ondelete="SET NULL",
    )
    for table in ("areas", "decision_bodies", "posts", "officeholders"):
        grant_and_guard(table, scope="none")
    for table in ("meetings", "agenda_items", "motions", "votes", "pledges"):
        grant_and_guard(table)


def downgrade() -> None:
    op.drop_constraint(op.f("fk_campaigns_area_id"), "campaigns", type_="foreignkey")
    op.drop_index(op.f("ix_campaigns_area_id"), table_name="campaigns")
    op.drop_column("campaigns", "is_published")
    op.drop_column("campaigns", "call")
    op.drop_column("campaigns", "language")
    op.drop_column("campaigns", "area_id")
    op.drop_index(op.f("ix_votes_officeholder_id"), table_name="votes")
    op.drop_table("votes")
    op.drop_index(op.f("ix_pledges_campaign_id_officeholder_id"), table_name="pledges")
    op.drop_table("pledges")
    op.drop_index(op.f("ix_motions_agenda_item_id"), table_name="motions")
    op.drop_table("motions")
    op.drop_index(op.f("ix_officeholders_post_id"), table_name="officeholders")
    op.drop_table("officeholders")
    op.drop_index(
        "uq_agenda_items_number", table_name="agenda_items", postgresql_where="number_key <> ''"
    )
    op.drop_index(op.f("ix_agenda_items_campaign_id"), table_name="agenda_items")
    op.drop_table("agenda_items")
    op.drop_table("posts")
    op.drop_index(op.f("ix_meetings_coalition_id_starts_at"), table_name="meetings")
    op.drop_index(op.f("ix_meetings_body_id"), table_name="meetings")
    op.drop_table("meetings")
    op.drop_index(op.f("ix_decision_bodies_area_id"), table_name="decision_bodies")
    op.drop_table("decision_bodies")
    op.drop_index(op.f("ix_areas_region_name"), table_name="areas")
    op.drop_table("areas")
