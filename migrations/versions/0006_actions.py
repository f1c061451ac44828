"""Create actions and who took part in them, check-in, the ladder of engagement and tasks."""

import sqlalchemy as sa
from alembic import op

from coalition.guarding import grant_and_guard

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ladder_rungs",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "signed",
                "acted",
                "attended",
                "spoke",
                "recruited",
                "tagged",
                name="rungrule",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("within_days", sa.Integer(), nullable=True),
        sa.Column(
            "action_kind",
            sa.Enum(
                "comment",
                "call",
                "write",
                "attend",
                "share",
                "report_back",
                name="actionkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("tag_id", sa.Uuid(), nullable=True),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "tag_id"],
            ["tags.coalition_id", "tags.id"],
            name=op.f("fk_ladder_rungs_coalition_id_tag_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_ladder_rungs_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_rungs")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_ladder_rungs_coalition_id_id")),
    )
    op.create_index(
        op.f("ix_ladder_rungs_coalition_id_position"),
        "ladder_rungs",
        ["coalition_id", "position"],
        unique=False,
    )
    op.create_table(
        "share_codes",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "person_id"],
            ["people.coalition_id", "people.id"],
            name=op.f("fk_share_codes_coalition_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_share_codes_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_codes")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_share_codes_coalition_id_id")),
    )
    op.create_index("uq_share_codes_code", "share_codes", ["coalition_id", "code"], unique=True)
    op.create_index("uq_share_codes_person", "share_codes", ["person_id"], unique=True)
    op.create_table(
        "actions",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("agenda_item_id", sa.Uuid(), nullable=True),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "comment",
                "call",
                "write",
                "attend",
                "share",
                "report_back",
                name="actionkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "open",
                "closed",
                name="actionstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "everybody",
                "area",
                "members",
                "chosen_members",
                "segment",
                name="audience",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "addressee",
            sa.Enum(
                "clerk",
                "officeholders",
                "nobody",
                name="addressee",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
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
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_actions_area_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["body_id"],
            ["decision_bodies.id"],
            name=op.f("fk_actions_body_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "agenda_item_id"],
            ["agenda_items.coalition_id", "agenda_items.id"],
            name=op.f("fk_actions_coalition_id_agenda_item_id"),
            ondelete="SET NULL (agenda_item_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_actions_coalition_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "meeting_id"],
            ["meetings.coalition_id", "meetings.id"],
            name=op.f("fk_actions_coalition_id_meeting_id"),
            ondelete="SET NULL (meeting_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_actions_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_actions_coalition_id_id")),
        sa.UniqueConstraint("coalition_id", "slug", name=op.f("uq_actions_coalition_id_slug")),
    )
    op.create_index(
        op.f("ix_actions_agenda_item_id"), "actions", ["agenda_item_id"], unique=False
    )
    op.create_index(op.f("ix_actions_campaign_id"), "actions", ["campaign_id"], unique=False)
    op.create_index(
        op.f("ix_actions_coalition_id_state"),
        "actions",
        ["coalition_id", "state"],
        unique=False,
    )
    op.create_index(op.f("ix_actions_meeting_id"), "actions", ["meeting_id"], unique=False)
    op.create_table(
        "action_targets",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("officeholder_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "action_id"],
            ["actions.coalition_id", "actions.id"],
            name=op.f("fk_action_targets_coalition_id_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_action_targets_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["officeholder_id"],
            ["officeholders.id"],
            name=op.f("fk_action_targets_officeholder_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_targets")),
        sa.UniqueConstraint(
            "action_id",
            "officeholder_id",
            name=op.f("uq_action_targets_action_id_officeholder_id"),
        ),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_action_targets_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_action_targets_officeholder_id"),
        "action_targets",
        ["officeholder_id"],
        unique=False,
    )
    op.create_table(
        "action_texts",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "action_id"],
            ["actions.coalition_id", "actions.id"],
            name=op.f("fk_action_texts_coalition_id_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_action_texts_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_texts")),
        sa.UniqueConstraint(
            "action_id", "language", name=op.f("uq_action_texts_action_id_language")
        ),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_action_texts_coalition_id_id")),
    )
    op.create_table(
        "asked_organizations",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "action_id"],
            ["actions.coalition_id", "actions.id"],
            name=op.f("fk_asked_organizations_coalition_id_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_asked_organizations_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_asked_organizations_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_organizations")),
        sa.UniqueConstraint(
            "action_id",
            "organization_id",
            name=op.f("uq_asked_organizations_action_id_organization_id"),
        ),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_asked_organizations_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_asked_organizations_organization_id"),
        "asked_organizations",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "check_ins",
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("opens_before_min", sa.Integer(), nullable=False),
        sa.Column("closes_after_min", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "action_id"],
            ["actions.coalition_id", "actions.id"],
            name=op.f("fk_check_ins_coalition_id_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "meeting_id"],
            ["meetings.coalition_id", "meetings.id"],
            name=op.f("fk_check_ins_coalition_id_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_check_ins_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_check_ins_coalition_id_id")),
    )
    op.create_index("uq_check_ins_action", "check_ins", ["action_id"], unique=True)
    op.create_index(
        "uq_check_ins_meeting",
        "check_ins",
        ["meeting_id"],
        unique=True,
        postgresql_where="action_id IS NULL",
    )
    op.create_table(
        "participations",
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("check_in_id", sa.Uuid(), nullable=True),
        sa.Column(
            "party",
            sa.Enum(
                "person",
                "organization",
                name="party",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "pledged",
                "reported",
                "confirmed",
                "declined",
                "no_show",
                "withdrawn",
                "rejected",
                name="participationstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "page",
                "check_in",
                "staff",
                "representative",
                name="participationsource",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("organization_name", sa.Text(), nullable=False),
        sa.Column("organization_key", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("promised", sa.Integer(), nullable=True),
        sa.Column("delivered", sa.Integer(), nullable=True),
        sa.Column("will_speak", sa.Boolean(), nullable=False),
        sa.Column("spoke", sa.Boolean(), nullable=False),
        sa.Column("copy_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("docket", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("updates_wording", sa.Text(), nullable=True),
        sa.Column("source_code", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("entry_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "action_id"],
            ["actions.coalition_id", "actions.id"],
            name=op.f("fk_participations_coalition_id_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "check_in_id"],
            ["check_ins.coalition_id", "check_ins.id"],
            name=op.f("fk_participations_coalition_id_check_in_id"),
            ondelete="SET NULL (check_in_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "meeting_id"],
            ["meetings.coalition_id", "meetings.id"],
            name=op.f("fk_participations_coalition_id_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "person_id"],
            ["people.coalition_id", "people.id"],
            name=op.f("fk_participations_coalition_id_person_id"),
            ondelete="SET NULL (person_id)",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_participations_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_participations_organization_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participations")),
        sa.UniqueConstraint(
            "coalition_id", "id", name=op.f("uq_participations_coalition_id_id")
        ),
    )
    op.create_index(
        op.f("ix_participations_action_id_state"),
        "participations",
        ["action_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_participations_meeting_id"), "participations", ["meeting_id"], unique=False
    )
    op.create_index(
        op.f("ix_participations_organization_id"),
        "participations",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_participations_person_id"), "participations", ["person_id"], unique=False
    )
    op.create_index(
        "uq_participations_entry",
        "participations",
        ["check_in_id", "entry_key"],
        unique=True,
        postgresql_where=sa.text("entry_key IS NOT NULL"),
    )
    op.create_index(
        "uq_participations_mailbox",
        "participations",
        ["action_id", "party", "email_index", "organization_key"],
        unique=True,
        postgresql_where=sa.text("source = 'page' AND state NOT IN ('withdrawn', 'rejected')"),
    )
    op.create_index(
        "uq_participations_organization",
        "participations",
        ["action_id", "organization_id"],
        unique=True,
        postgresql_where=sa.text(
            "party = 'organization' AND organization_id IS NOT NULL AND state NOT IN ('pending', 'withdrawn', 'rejected')"
        ),
    )
    op.create_table(
        "follow_ups",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("participation_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coalition_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coalition_id", "action_id"],
            ["actions.coalition_id", "actions.id"],
            name=op.f("fk_follow_ups_coalition_id_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "campaign_id"],
            ["campaigns.coalition_id", "campaigns.id"],
            name=op.f("fk_follow_ups_coalition_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "meeting_id"],
            ["meetings.coalition_id", "meetings.id"],
            name=op.f("fk_follow_ups_coalition_id_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "participation_id"],
            ["participations.coalition_id", "participations.id"],
            name=op.f("fk_follow_ups_coalition_id_participation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id", "person_id"],
            ["people.coalition_id", "people.id"],
            name=op.f("fk_follow_ups_coalition_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["coalition_id"],
            ["coalitions.id"],
            name=op.f("fk_follow_ups_coalition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_follow_ups_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_follow_ups_owner_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("coalition_id", "id", name=op.f("uq_follow_ups_coalition_id_id")),
        sa.UniqueConstraint("coalition_id", "key", name=op.f("uq_follow_ups_coalition_id_key")),
    )
    op.create_index(op.f("ix_follow_ups_action_id"), "follow_ups", ["action_id"], unique=False)
    op.create_index(
        op.f("ix_follow_ups_campaign_id"), "follow_ups", ["campaign_id"], unique=False
    )
    op.create_index(
        op.f("ix_follow_ups_coalition_id_owner_id_due_on"),
        "follow_ups",
        ["coalition_id", "owner_id", "due_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_follow_ups_meeting_id"), "follow_ups", ["meeting_id"], unique=False
    )
    op.create_index(
        op.f("ix_follow_ups_organization_id"), "follow_ups", ["organization_id"], unique=False
    )
    op.create_index(
        op.f("ix_follow_ups_participation_id"), "follow_ups", ["participation_id"], unique=False
    )
    op.create_index(op.f("ix_follow_ups_person_id"), "follow_ups", ["person_id"], unique=False)

    for table in (
        "ladder_rungs",
        "share_codes",
        "actions",
        "action_targets",
        "action_texts",
        "asked_organizations",
        "check_ins",
        "participations",
        "follow_ups",
    ):
        grant_and_guard(table)


def downgrade() -> None:
    op.drop_index(op.f("ix_follow_ups_person_id"), table_name="follow_ups")
    op.drop_index(op.f("ix_follow_ups_participation_id"), table_name="follow_ups")
    op.drop_index(op.f("ix_follow_ups_organization_id"), table_name="follow_ups")
    op.drop_index(op.f("ix_follow_ups_meeting_id"), table_name="follow_ups")
    op.drop_index(op.f("ix_follow_ups_coalition_id_owner_id_due_on"), table_name="follow_ups")
    op.drop_index(op.f("ix_follow_ups_campaign_id"), table_name="follow_ups")
    op.drop_index(op.f("ix_follow_ups_action_id"), table_name="follow_ups")
    op.drop_table("follow_ups")
    op.drop_index(
        "uq_participations_organization",
        table_name="participations",
        postgresql_where=sa.text(
            "party = 'organization' AND organization_id IS NOT NULL AND state NOT IN ('pending', 'withdrawn', 'rejected')"
        ),
    )
    op.drop_index(
        "uq_participations_mailbox",
        table_name="participations",
        postgresql_where=sa.text("source = 'page' AND state NOT IN ('withdrawn', 'rejected')"),
    )
    op.drop_index(
        "uq_participations_entry",
        table_name="participations",
        postgresql_where=sa.text("entry_key IS NOT NULL"),
    )
    op.drop_index(op.f("ix_participations_person_id"), table_name="participations")
    op.drop_index(op.f("ix_participations_organization_id"), table_name="participations")
    op.drop_index(op.f("ix_participations_meeting_id"), table_name="participations")
    op.drop_index(op.f("ix_participations_action_id_state"), table_name="participations")
    op.drop_table("participations")
    op.drop_index(
        "uq_check_ins_meeting", table_name="check_ins", postgresql_where="action_id IS NULL"
    )
    op.drop_index("uq_check_ins_action", table_name="check_ins")
    op.drop_table("check_ins")
    op.drop_index(
        op.f("ix_asked_organizations_organization_id"), table_name="asked_organizations"
    )
    op.drop_table("asked_organizations")
    op.drop_table("action_texts")
    op.drop_index(op.f("ix_action_targets_officeholder_id"), table_name="action_targets")
    op.drop_table("action_targets")
    op.drop_index(op.f("ix_actions_meeting_id"), table_name="actions")
    op.drop_index(op.f("ix_actions_coalition_id_state"), table_name="actions")
    op.drop_index(op.f("ix_actions_campaign_id"), table_name="actions")
    op.drop_index(op.f("ix_actions_agenda_item_id"), table_name="actions")
    op.drop_table("actions")
    op.drop_index("uq_share_codes_person", table_name="share_codes")
    op.drop_index("uq_share_codes_code", table_name="share_codes")
    op.drop_table("share_codes")
    op.drop_index(op.f("ix_ladder_rungs_coalition_id_position"), table_name="ladder_rungs")
    op.drop_table("ladder_rungs")
