"""Cities that a coalition watches without a campaign there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition.sdk import Area, Base, Tenant, now


class WatchedCity(Tenant, Base):
    """A place that a coalition keeps an eye on; `note` says publicly why."""

    __tablename__ = "city_campaigns_watched"
    table_args = (UniqueConstraint("coalition_id", "area_id"),)

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id", ondelete="CASCADE"))
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)

    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)
