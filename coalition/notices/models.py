"""The clock of a campaign, and the changes that wait to settle."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload
from uuid_utils.compat import uuid7

from coalition import audit, db
from coalition.campaigns.models import Campaign, CampaignStatus
from coalition.clock import now
from coalition.db import within
from coalition.decisions.meetings import AgendaItem, Meeting, Precision
from coalition.notices.schedule import (
    USUAL_DEADLINE_LEADS,
    USUAL_MEETING_LEADS,
    Planned,
    plan,
)

SETTLES_AFTER = timedelta(minutes=10)  # after the last of several changes
SETTLES_AT_LATEST = timedelta(minutes=60)  # after the first of them
_UNDER_WAY = (CampaignStatus.PLANNED, CampaignStatus.ACTIVE)


class MeetingClock(db.Tenant, db.Base):
    """Whether a campaign writes to people about meetings, and how long before."""

    __tablename__ = "meeting_clocks"
    table_args = (
        within("campaigns", "campaign_id"),
        UniqueConstraint("coalition_id", "campaign_id"),
    )

    campaign_id: Mapped[UUID]
    is_on: Mapped[bool] = mapped_column(default=False)
    meeting_leads_min: Mapped[list[int]] = mapped_column(JSONB, default=list)
    deadline_leads_min: Mapped[list[int]] = mapped_column(JSONB, default=list)
    changed_at: Mapped[datetime] = mapped_column(default=now)

    campaign: Mapped[Campaign] = relationship(
        primaryjoin="foreign(MeetingClock.campaign_id) == Campaign.id", viewonly=True
    )

    @classmethod
    def of(cls, campaign: Campaign) -> Self:
        """Return a campaign's clock; one that was never set stands still at the usual times."""
        known = db.session.scalar(select(cls).filter_by(campaign_id=campaign.id))
        return known or cls(
            campaign_id=campaign.id,
            is_on=False,
            meeting_leads_min=list(USUAL_MEETING_LEADS),
            deadline_leads_min=list(USUAL_DEADLINE_LEADS),
        )

    def set(
        self, *, is_on: bool, meeting_leads: Sequence[int], deadline_leads: Sequence[int]
    ) -> None:
        """Start or stop the clock and choose how long before people are reminded, in minutes.

        Once it is started, people are told of what is on an agenda already.
        """
        starts = is_on and not self.is_on
        self.is_on = is_on
        self.meeting_leads_min = sorted(meeting_leads, reverse=True)
        self.deadline_leads_min = sorted(deadline_leads, reverse=True)
        self.changed_at = now()
        db.session.add(self)
        db.session.flush()
        audit.record("meeting_clock.set", self)
        if starts:
            coming = select(Meeting.id).where(Meeting.starts_at > now())
            UnsettledChange.note(db.session.scalars(coming).all(), campaign_id=self.campaign_id)

    @property
    def runs(self) -> bool:
        """Whether anything is sent: it is on, and the campaign is not over."""
        return self.is_on and self.campaign.status in _UNDER_WAY

    def plan(self, meeting: Meeting) -> list[Planned]:
        """Return the reminders of a meeting, the earliest first."""
        return plan(meeting, self.meeting_leads_min, self.deadline_leads_min)


class UnsettledChange(db.Tenant, db.Base):
    """Something about a campaign's part of a meeting changed; people hear of it once it rests."""

    __tablename__ = "unsettled_changes"
    table_args = (
        within("campaigns", "campaign_id"),
        within("meetings", "meeting_id"),
        UniqueConstraint("campaign_id", "meeting_id"),
        Index(None, "settles_at"),
    )

    campaign_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    since: Mapped[datetime] = mapped_column(default=now)
    settles_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship(
        primaryjoin="foreign(UnsettledChange.meeting_id) == Meeting.id", viewonly=True
    )
    campaign: Mapped[Campaign] = relationship(
        primaryjoin="foreign(UnsettledChange.campaign_id) == Campaign.id", viewonly=True
    )

    @classmethod
    def note(cls, meeting_ids: Sequence[UUID], *, campaign_id: UUID | None = None) -> None:
        """Note that meetings changed, for each campaign on their agendas or for one of them."""
        on_agenda = select(AgendaItem.campaign_id, AgendaItem.meeting_id).where(
            AgendaItem.meeting_id.in_(meeting_ids), AgendaItem.campaign_id.is_not(None)
        )
        for found in db.session.execute(on_agenda.distinct()):
            if campaign_id in (None, found.campaign_id):
                cls._note(found.campaign_id, found.meeting_id)
        # What several campaigns have to say of one meeting rests together, for one mail.
        db.session.execute(
            update(cls)
            .where(cls.meeting_id.in_(meeting_ids))
            .values(settles_at=func.least(now() + SETTLES_AFTER, cls.since + SETTLES_AT_LATEST))
        )

    @classmethod
    def _note(cls, campaign_id: UUID, meeting_id: UUID) -> None:
        at = now()
        change = insert(cls).values(
            id=uuid7(),
            coalition_id=db.current_coalition_id(),
            campaign_id=campaign_id,
            meeting_id=meeting_id,
            since=at,
            settles_at=at + SETTLES_AFTER,
        )
        at_latest = cls.since + SETTLES_AT_LATEST
        db.session.execute(
            change.on_conflict_do_update(
                index_elements=["campaign_id", "meeting_id"],
                set_={"settles_at": func.least(change.excluded.settles_at, at_latest)},
            )
        )


def locked_change(change_id: UUID) -> UnsettledChange | None:
    """Return a change that nobody else settles meanwhile, with its meeting as it is now."""
    chosen = select(UnsettledChange).filter_by(id=change_id).with_for_update()
    return db.session.scalar(
        chosen.options(
            selectinload(UnsettledChange.campaign),
            selectinload(UnsettledChange.meeting).selectinload(Meeting.items),
        )
    )


def is_over(meeting: Meeting) -> bool:
    """Return whether a meeting has begun; where its hour is not known, whether its day is over."""
    if meeting.precision == Precision.TIME:
        return meeting.has_begun
    return meeting.days[1] < meeting.today()
