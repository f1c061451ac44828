"""What people are told of a meeting, who was told, and what they were told last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Index, Select, UniqueConstraint, and_, or_, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship, selectinload
from uuid_utils.compat import uuid7

from coalition import audit, db
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.db import within
from coalition.decisions.meetings import Meeting
from coalition.notices.facts import Facts, NoticeKind, Standing
from coalition.notices.models import MeetingClock, is_over
from coalition.notices.schedule import plan


@dataclass(frozen=True, kw_only=True)
class News:
    """What there is to say: why, about which meeting, and what people were told before."""

    kind: NoticeKind
    campaign: Campaign
    meeting: Meeting
    previous_meeting: Meeting | None = None
    before: Facts | None = None


class NoticeState(StrEnum):
    """`told` once everybody was written to; `stopped` if it held no more, or somebody said so."""

    SENDING = "sending"
    TOLD = "told"
    STOPPED = "stopped"


class Notice(db.Tenant, db.Base):
    """Something that people are told about a campaign's part of a meeting, once.

    `facts` is how things stood; the next notice is about what is different from it.
    `previous_meeting_id` is the meeting from which the item was put off to this one.
    """

    __tablename__ = "notices"
    table_args = (
        within("campaigns", "campaign_id"),
        within("meetings", "meeting_id"),
        within("meetings", "previous_meeting_id", ondelete="SET NULL"),
        UniqueConstraint("campaign_id", "meeting_id", "kind", "key"),
        Index(None, "meeting_id"),
    )

    campaign_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    previous_meeting_id: Mapped[UUID | None]
    kind: Mapped[NoticeKind]
    key: Mapped[str]
    lead_min: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.SENDING)
    after_id: Mapped[UUID | None]  # the last person who was told
    told_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship(
        primaryjoin="foreign(Notice.meeting_id) == Meeting.id", viewonly=True
    )
    previous_meeting: Mapped[Meeting | None] = relationship(
        primaryjoin="foreign(Notice.previous_meeting_id) == Meeting.id", viewonly=True
    )
    campaign: Mapped[Campaign] = relationship(
        primaryjoin="foreign(Notice.campaign_id) == Campaign.id", viewonly=True
    )

    @classmethod
    def begin(cls, news: News, key: str, *, lead_min: int | None = None) -> Self:
        """Start telling people; `key` tells it from other notices of its kind."""
        made = cls(
            campaign_id=news.campaign.id,
            meeting_id=news.meeting.id,
            previous_meeting_id=news.previous_meeting.id if news.previous_meeting else None,
            kind=news.kind,
            key=key,
            lead_min=lead_min,
            facts=Facts.of(news.meeting, news.campaign.id).to_json(),
            before=news.before.to_json() if news.before else None,
        )
        db.session.add(made)
        db.session.flush()
        audit.record("notice.begun", made)
        return made

    @property
    def news(self) -> News:
        """What it says, as things stand now."""
        return News(
            kind=self.kind,
            campaign=self.campaign,
            meeting=self.meeting,
            previous_meeting=self.previous_meeting,
            before=Facts.from_json(self.before) if self.before else None,
        )

    @property
    def still_holds(self) -> bool:
        """Whether what it says is still true, so that the rest of the people may be told."""
        if not MeetingClock.of(self.campaign).runs:
            return False
        stands = Facts.of(self.previous_meeting or self.meeting, self.campaign_id)
        match self.kind:
            case NoticeKind.CANCELLED:
                return stands.standing == Standing.CANCELLED
            case NoticeKind.CONTINUED:
                return stands.standing == Standing.CONTINUED
            case NoticeKind.WITHDRAWN:
                return stands.standing == Standing.WITHDRAWN
            case NoticeKind.AGENDA | NoticeKind.CHANGED:
                return stands.standing == Standing.ON and not is_over(self.meeting)
        return stands.standing == Standing.ON and any(
            each.key == self.key and each.kind == self.kind and now() < each.of
            for each in plan(self.meeting, [self.lead_min or 0], [self.lead_min or 0])
        )

    def count(self, people: Sequence[UUID], *, written_to: int) -> None:
        """Note that the next people were told, in the order of their ids."""
        self.count_along(people, written_to=written_to)
        self.after_id = max(people)

    def count_along(self, people: Sequence[UUID], *, written_to: int) -> None:
        """Note that people were told in a mail about another campaign of the meeting, too."""
        if not people:
            return
        db.session.execute(
            insert(NoticeReceipt),
            [
                {
                    "id": uuid7(),
                    "coalition_id": self.coalition_id,
                    "notice_id": self.id,
                    "person_id": each,
                }
                for each in people
            ],
        )
        self.told_count += written_to

    def end(self, state: NoticeState) -> None:
        """Write to nobody else because of it; ending twice changes nothing."""
        if self.state == NoticeState.SENDING:
            self.state = state
            self.ended_at = now()


class NoticeReceipt(db.Tenant, db.Base):
    """A person who was told; written in the same transaction as their mail."""

    __tablename__ = "notice_receipts"
    table_args = (
        within("notices", "notice_id"),
        within("people", "person_id"),
        UniqueConstraint("notice_id", "person_id"),
        Index(None, "person_id"),
    )

    notice_id: Mapped[UUID]
    person_id: Mapped[UUID]


def locked_notice(notice_id: UUID) -> Notice | None:
    """Return a notice that nobody else changes meanwhile, with its meeting as it is now.

    A worker goes through many transactions; what an earlier one read must not be looked at.
    """
    return db.session.scalar(_locked().where(Notice.id == notice_id))


def locked_together(notice_id: UUID) -> tuple[Notice | None, list[Notice]]:
    """Return a notice, locked, and those that tell the same of its meeting for other campaigns."""
    one, other = aliased(Notice), Notice
    same = and_(
        other.meeting_id == one.meeting_id,
        other.previous_meeting_id.is_not_distinct_from(one.previous_meeting_id),
        other.kind == one.kind,
        other.state == NoticeState.SENDING,
    )
    ids = select(other.id).join(one, or_(other.id == one.id, same)).where(one.id == notice_id)
    # In one order, so that of two workers with two of them neither waits for the other.
    found = db.session.scalars(_locked().where(Notice.id.in_(ids)).order_by(Notice.id)).all()
    mine = next((each for each in found if each.id == notice_id), None)
    others = [each for each in found if each is not mine and each.state == NoticeState.SENDING]
    return mine, [each for each in others if each.still_holds]


def _locked() -> Select[Notice]:
    return (
        select(Notice)
        .with_for_update()
        .options(
            selectinload(Notice.campaign),
            selectinload(Notice.meeting).selectinload(Meeting.items),
            selectinload(Notice.previous_meeting).selectinload(Meeting.items),
        )
    )


def last_told(campaign_id: UUID, meeting_id: UUID) -> Facts | None:
    """Return what people were told last of a campaign's part of a meeting."""
    about = (Notice.meeting_id == meeting_id, Notice.previous_meeting_id == meeting_id)
    newest = (
        select(Notice)
        .where(Notice.campaign_id == campaign_id, or_(*about))
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(1)
    )
    notice = db.session.scalar(newest)
    if notice is None:
        return None
    if notice.meeting_id != meeting_id:  # its item was put off to another one
        assert notice.before is not None
        return Facts.from_json({**notice.before, "standing": Standing.CONTINUED.value})
    return Facts.from_json(notice.facts)
