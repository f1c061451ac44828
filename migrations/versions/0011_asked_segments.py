"""Let an action be asked of a segment."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("actions", sa.Column("segment_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_actions_segment_id"), "actions", ["segment_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_actions_coalition_id_segment_id"),
        "actions",
        "segments",
        ["coalition_id", "segment_id"],
        ["coalition_id", "id"],
        ondelete="SET NULL (segment_id)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_actions_coalition_id_segment_id"), "actions", type_="foreignkey")
    op.drop_index(op.f("ix_actions_segment_id"), table_name="actions")
    op.drop_column("actions", "segment_id")
