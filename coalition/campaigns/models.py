"""Named efforts of a coalition: a goal, somebody to convince, an outcome."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import db
from coalition.areas.models import Area
from coalition.clock import now


class CampaignStatus(StrEnum):
    """How a campaign stands."""

    PLANNED = "planned"
    ACTIVE = "active"
    PAUSED = "paused"
    WON = "won"
    LOST = "lost"
    ENDED = "ended"


class Campaign(db.Tenant, db.Base):
    """A named effort: what it wants, from whom, until when, and what came of it.

    Its texts are in `language`; those in other languages are translations.
    """

    __tablename__ = "campaigns"
    table_args = (UniqueConstraint("coalition_id", "slug"), Index(None, "area_id"))

    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("areas.id", ondelete="SET NULL"))
    slug: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    title: Mapped[str]
    goal: Mapped[str] = mapped_column(default="")
    target: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    call: Mapped[str] = mapped_column(default="")  # the call to action, on top of its page
    is_published: Mapped[bool] = mapped_column(default=False)
    status: Mapped[CampaignStatus] = mapped_column(default=CampaignStatus.PLANNED)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="")
    outcome_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    area: Mapped[Area | None] = relationship()


def campaign_by_slug(slug: str) -> Campaign | None:
    """Return the current coalition's campaign with this address."""
    return db.session.scalar(select(Campaign).filter_by(slug=slug))
