"""Named efforts of a coalition: a goal, somebody to convince, an outcome."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from coalition import db
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
    """A named effort: what it wants, from whom, until when, and what came of it."""

    __tablename__ = "campaigns"
    table_args = (UniqueConstraint("coalition_id", "slug"),)

    slug: Mapped[str]
    title: Mapped[str]
    goal: Mapped[str] = mapped_column(default="")
    target: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    status: Mapped[CampaignStatus] = mapped_column(default=CampaignStatus.PLANNED)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="")
    outcome_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


def campaign_by_slug(slug: str) -> Campaign | None:
    """Return the current coalition's campaign with this address."""
    return db.session.scalar(select(Campaign).filter_by(slug=slug))
