"""Meetings of public bodies as a coalition follows them, and the items on their agendas."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import db
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.db import within
from coalition.decisions.models import DecisionBody

if TYPE_CHECKING:
    from coalition.decisions.votes import Motion


class MeetingStatus(StrEnum):
    """How certain it is that a meeting takes place; `held` is Open Civic Data's "passed"."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    HELD = "held"


class Precision(StrEnum):
    """How exactly the moment of a meeting is known: of `MONTH` only month and year are true."""

    TIME = "time"
    DAY = "day"
    MONTH = "month"


class ItemStatus(StrEnum):
    """What became of an item: `continued` to another meeting, `withdrawn` from the agenda."""

    SCHEDULED = "scheduled"
    CONTINUED = "continued"
    WITHDRAWN = "withdrawn"
    HEARD = "heard"


class ItemOutcome(StrEnum):
    """How the body ended an item."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    AMENDED = "amended"
    DECLINED_TO_VOTE = "declined_to_vote"
    OFF_THE_TABLE = "off_the_table"
    RECEIVED = "received"  # "received and filed": heard without a decision


class Meeting(db.Tenant, db.Base):
    """A sitting of a public body. `revision` counts what calendars must be told (RFC 5545)."""

    __tablename__ = "meetings"
    table_args = (Index(None, "coalition_id", "starts_at"), Index(None, "body_id"))

    body_id: Mapped[UUID] = mapped_column(ForeignKey("decision_bodies.id", ondelete="RESTRICT"))
    title: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    precision: Mapped[Precision] = mapped_column(default=Precision.TIME)
    duration_min: Mapped[int | None]
    time_zone: Mapped[str]
    status: Mapped[MeetingStatus] = mapped_column(default=MeetingStatus.TENTATIVE)
    place: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    remote_url: Mapped[str | None]
    agenda_url: Mapped[str | None]
    minutes_url: Mapped[str | None]
    comment_closes_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    created_at: Mapped[datetime] = mapped_column(default=now)

    body: Mapped[DecisionBody] = relationship(lazy="joined", innerjoin=True)
    items: Mapped[list["AgendaItem"]] = relationship(
        primaryjoin="Meeting.id == foreign(AgendaItem.meeting_id)",
        order_by="AgendaItem.position",
        back_populates="meeting",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class AgendaItem(db.Tenant, db.Base):
    """A point on a meeting's agenda under its printed number, "A-1"; "" while it has none.

    `continued_from_id` is the item of the earlier meeting that was put off to this one.
    """

    __tablename__ = "agenda_items"
    table_args = (
        within("meetings", "meeting_id"),
        within("campaigns", "campaign_id", ondelete="SET NULL"),
        within("agenda_items", "continued_from_id", ondelete="SET NULL"),
        Index(
            "uq_agenda_items_number",
            "meeting_id",
            "number_key",
            unique=True,
            postgresql_where="number_key <> ''",
        ),
        Index(None, "campaign_id"),
    )

    meeting_id: Mapped[UUID]
    campaign_id: Mapped[UUID | None]
    position: Mapped[int] = mapped_column(default=0)
    number: Mapped[str] = mapped_column(default="")
    number_key: Mapped[str] = mapped_column(default="")  # "a1": how two spellings are the same
    subject: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    docket: Mapped[str] = mapped_column(default="")  # the body's file number
    url: Mapped[str | None]
    status: Mapped[ItemStatus] = mapped_column(default=ItemStatus.SCHEDULED)
    continued_from_id: Mapped[UUID | None]
    outcome: Mapped[ItemOutcome | None]
    outcome_note: Mapped[str] = mapped_column(default="")
    outcome_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    meeting: Mapped[Meeting] = relationship(
        primaryjoin="foreign(AgendaItem.meeting_id) == Meeting.id", back_populates="items"
    )
    campaign: Mapped[Campaign | None] = relationship(
        primaryjoin="foreign(AgendaItem.campaign_id) == Campaign.id"
    )
    motions: Mapped[list["Motion"]] = relationship(
        primaryjoin="AgendaItem.id == foreign(Motion.agenda_item_id)",
        order_by="Motion.position",
        back_populates="item",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
