"""Named efforts of a coalition: a goal, somebody to convince, an outcome."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db, events
from coalition.areas.models import Area
from coalition.campaigns import readiness
from coalition.campaigns.errors import AlreadyPublished, CampaignIncomplete
from coalition.campaigns.events import CampaignPublished
from coalition.clock import now
from coalition.errors import N_
from coalition.wording import Worded


class CampaignStatus(StrEnum):
    """How a campaign stands."""

    PLANNED = "planned"
    ACTIVE = "active"
    PAUSED = "paused"
    WON = "won"
    LOST = "lost"
    ENDED = "ended"


class Campaign(Worded, db.Tenant, db.Base):
    """A named effort: what it wants, from whom, until when, and what came of it."""

    __tablename__ = "campaigns"
    table_args = (UniqueConstraint("coalition_id", "slug"), Index(None, "area_id"))

    WORDS: ClassVar = ("title", "goal", "target", "summary", "call", "outcome")

    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("areas.id", ondelete="SET NULL"))
    slug: Mapped[str]
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

    @property
    def missing(self) -> list[str]:
        """What is needed before it can be published, as sentences to translate."""
        gaps = [
            sentence
            for text, sentence in (
                (self.goal, N_("say in one line what you want.")),
                (self.summary, N_("write the text of its page.")),
                (self.call, N_("write the call: what readers are asked to do.")),
            )
            if not text
        ]
        return gaps + readiness.unready(self)

    def publish(self) -> None:
        """Let everybody read the campaign's page.

        Raises:
            AlreadyPublished: they can.
            CampaignIncomplete: the page would not say what is wanted, why, or what to do, or
                a plugin says why it must not be seen yet.
        """
        if self.is_published:
            raise AlreadyPublished
        if missing := self.missing:
            raise CampaignIncomplete(missing=missing[0])
        self.is_published = True
        audit.record("campaign.published", self)
        events.record(CampaignPublished(coalition_id=self.coalition_id, campaign_id=self.id))

    def unpublish(self) -> None:
        """Take the campaign's page off the web; nothing of it is lost."""
        if self.is_published:
            self.is_published = False
            audit.record("campaign.unpublished", self)


def campaign_by_slug(slug: str) -> Campaign | None:
    """Return the current coalition's campaign with this address."""
    return db.session.scalar(select(Campaign).filter_by(slug=slug))
