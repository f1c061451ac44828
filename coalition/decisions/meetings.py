"""Meetings of public bodies as a coalition follows them, and the items on their agendas."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db, localtime
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.db import within
from coalition.decisions.agenda import ItemLife, ItemOutcome, ItemStatus, read_number
from coalition.decisions.events import AgendaItemNumbered
from coalition.decisions.scheduling import MeetingFacts, MeetingStatus, Precision, Scheduled

if TYPE_CHECKING:
    from coalition.decisions.votes import Motion

__all__ = [
    "CARRIED_FOR",
    "AgendaItem",
    "ItemOutcome",
    "ItemStatus",
    "Meeting",
    "MeetingFacts",
    "MeetingStatus",
    "Precision",
]

CARRIED_FOR = timedelta(days=30)  # by then every program that still asks has asked


class Meeting(Scheduled):
    """A sitting of a public body, with its agenda."""

    __tablename__ = "meetings"
    table_args = (Index(None, "coalition_id", "starts_at"), Index(None, "body_id"))

    # Of each campaign whose last item was taken off the agenda, when: its calendars had the meeting.
    left_campaigns: Mapped[dict[str, Any]] = mapped_column(default=dict)

    items: Mapped[list["AgendaItem"]] = relationship(
        primaryjoin="Meeting.id == foreign(AgendaItem.meeting_id)",
        order_by="AgendaItem.position",
        back_populates="meeting",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    def today(self) -> date:
        """Return which day it is at the meeting's place."""
        return now().astimezone(localtime.time_zone(self.time_zone)).date()

    def campaigns_gone(self) -> set[str]:
        """Return the ids of the campaigns that lately had an item here and have none any more."""
        here = {str(each.campaign_id) for each in self.items}
        since = (now() - CARRIED_FOR).isoformat()
        return {each for each, at in self.left_campaigns.items() if at > since} - here

    def note_leaving(self, campaign_id: UUID | None) -> None:
        """Let a campaign's calendars know that an item of it is not here any more."""
        if campaign_id is not None:
            gone = {each: self.left_campaigns[each] for each in self.campaigns_gone()}
            self.left_campaigns = {**gone, str(campaign_id): now().isoformat()}

    def add_item(
        self,
        subject: str,
        *,
        number: str = "",
        campaign: Campaign | None = None,
        description: str = "",
        docket: str = "",
        url: str | None = None,
    ) -> "AgendaItem":
        """Put an item at the end of the agenda; without a number while that is not printed.

        Raises:
            NumberUnreadable, NumberTaken: as they say.
        """
        shown, key = read_number(number, among=self.items)
        item = self._append(
            AgendaItem(
                meeting_id=self.id,
                subject=subject,
                number=shown,
                number_key=key,
                campaign=campaign,
                campaign_id=campaign.id if campaign else None,
                description=description,
                docket=docket,
                url=url,
            )
        )
        audit.record("agenda_item.added", item)
        if key:
            item._record(AgendaItemNumbered)
        return item

    def move_item(self, item: "AgendaItem", *, by: int) -> None:
        """Move an item up (`by=-1`) or down (`by=1`) on the agenda; at an end it stays."""
        order = list(self.items)
        here = order.index(item)
        there = min(max(here + by, 0), len(order) - 1)
        order.insert(there, order.pop(here))
        for position, each in enumerate(order):
            each.position = position
        self.items.sort(key=lambda each: each.position)
        if here != there:
            audit.record("agenda_item.reordered", item, ["position"])

    def _repeat(self, item: ItemLife) -> "AgendaItem":
        """Put an item of an earlier meeting on this agenda, too."""
        assert isinstance(item, AgendaItem)
        return self._append(
            AgendaItem(
                meeting_id=self.id,
                subject=item.subject,
                campaign=item.campaign,
                campaign_id=item.campaign_id,
                description=item.description,
                docket=item.docket,
                url=item.url,
                continued_from_id=item.id,
            )
        )

    def _append(self, item: "AgendaItem") -> "AgendaItem":
        item.position = max((each.position for each in self.items), default=-1) + 1
        item.motions = []
        self.items.append(item)
        db.session.flush()
        self.touch()
        return item


class AgendaItem(ItemLife):
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
            postgresql_where="number_key <> '' AND status <> 'withdrawn'",
        ),
        Index(None, "campaign_id"),
    )

    campaign_id: Mapped[UUID | None]
    position: Mapped[int] = mapped_column(default=0)
    subject: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    docket: Mapped[str] = mapped_column(default="")  # the body's file number
    url: Mapped[str | None]
    continued_from_id: Mapped[UUID | None]
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

    @property
    def label(self) -> str:
        """The subject under its number, "A-1: Rent control"."""
        return f"{self.number}: {self.subject}" if self.number else self.subject

    def describe(
        self,
        subject: str,
        *,
        campaign: Campaign | None = None,
        description: str = "",
        docket: str = "",
        url: str | None = None,
    ) -> list[str]:
        """Store what is known of the item; return the names of what is different now."""
        before = self.campaign_id
        changed = self.adopt(
            {
                "subject": subject,
                "campaign_id": campaign.id if campaign else None,
                "description": description,
                "docket": docket,
                "url": url,
            }
        )
        if changed:
            self.campaign = campaign
            audit.record("agenda_item.changed", self, changed)
            if "campaign_id" in changed:
                self.meeting.note_leaving(before)
            self.meeting.touch()
        return changed
