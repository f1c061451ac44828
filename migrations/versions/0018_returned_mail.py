"""Keep whose mailbox a message goes to, as a blind index, until the message is forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail_messages", sa.Column("address_index", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("mail_messages", "address_index")
