"""Tables: the goal that a petition has grown to."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from coalition.sdk import Base, Tenant, now, within


class Goal(Tenant, Base):
    """The goal of a petition now; `id` is the letter's. It never shrinks by itself."""

    __tablename__ = "petition_goals"
    table_args = (within("letters", "id"),)

    signature_count: Mapped[int]
    raised_at: Mapped[datetime] = mapped_column(default=now)
