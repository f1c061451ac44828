"""News of a campaign: what was won, lost, decided or got wrong."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db, events
from coalition.campaigns.errors import AlreadyPublished, NotPublished
from coalition.campaigns.events import CampaignUpdated
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.db import within
from coalition.wording import Worded


class UpdateKind(StrEnum):
    """What sort of news it is."""

    UPDATE = "update"
    VICTORY = "victory"
    SETBACK = "setback"
    CORRECTION = "correction"


class CampaignUpdate(Worded, db.Tenant, db.Base):
    """A piece of news; the one with `is_banner` stands above the original call."""

    __tablename__ = "campaign_updates"
    table_args = (
        within("campaigns", "campaign_id"),
        Index(None, "campaign_id"),
        Index(
            "uq_campaign_updates_banner",
            "campaign_id",
            unique=True,
            postgresql_where="is_banner",
        ),
    )

    WORDS: ClassVar = ("title", "body")

    campaign_id: Mapped[UUID]
    kind: Mapped[UpdateKind] = mapped_column(default=UpdateKind.UPDATE)
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    happened_on: Mapped[date | None]
    published_at: Mapped[datetime | None]
    is_banner: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    campaign: Mapped[Campaign] = relationship(
        primaryjoin="foreign(CampaignUpdate.campaign_id) == Campaign.id"
    )

    @property
    def is_published(self) -> bool:
        """Whether it stands on the campaign's page."""
        return self.published_at is not None

    def publish(self, *, at: datetime | None = None) -> None:
        """Show it on the campaign's page; who listens is told if that page is public.

        Raises:
            AlreadyPublished: it is there.
        """
        if self.is_published:
            raise AlreadyPublished
        self.published_at = at or now()
        audit.record("campaign_update.published", self)
        campaign = db.session.get_one(Campaign, self.campaign_id)
        if campaign.is_published:
            events.record(
                CampaignUpdated(
                    coalition_id=self.coalition_id,
                    campaign_id=self.campaign_id,
                    update_id=self.id,
                    kind=self.kind.value,
                )
            )

    def take_back(self) -> None:
        """Take it off the page again."""
        if self.is_published:
            self.published_at, self.is_banner = None, False
            audit.record("campaign_update.taken_back", self)

    def put_on_top(self) -> None:
        """Show it above the original call, in the place of any other.

        Raises:
            NotPublished: nobody can see it yet.
        """
        if not self.is_published:
            raise NotPublished
        db.session.execute(
            update(CampaignUpdate)
            .where(CampaignUpdate.campaign_id == self.campaign_id, CampaignUpdate.id != self.id)
            .values(is_banner=False)
        )
        self.is_banner = True
        audit.record("campaign_update.put_on_top", self)

    def take_down(self) -> None:
        """Leave it in the timeline only."""
        if self.is_banner:
            self.is_banner = False
            audit.record("campaign_update.taken_down", self)
