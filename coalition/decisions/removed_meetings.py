"""Removing a meeting or an item that was added by mistake, while nothing depends on it.

Who subscribed to a calendar may have the meeting already, and some programs keep what merely
vanishes from a feed. So a note of it stays behind for a while, and feeds carry it as cancelled.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, delete, exists, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db
from coalition.areas.models import Area
from coalition.clock import now
from coalition.decisions.agenda import ItemStatus
from coalition.decisions.errors import NotByMistake
from coalition.decisions.events import MeetingRemoved
from coalition.decisions.meetings import CARRIED_FOR, AgendaItem, Meeting, Precision
from coalition.errors import N_
from coalition.events import record

# What of ours belongs to a meeting or an item, by its table, as words in a sentence.
_BELONGS = {
    "actions": N_("actions"),
    "agenda_items": N_("items that were put off from it"),
    "check_ins": N_("a check-in"),
    "comment_ledgers": N_("public comments"),
    "documents": N_("documents"),
    "follow_ups": N_("tasks"),
    "motions": N_("motions and votes"),
    "notices": N_("mails that people were sent"),
    "participations": N_("entries of people who took part"),
}
_OTHERS = N_("entries of a plugin")
_OUTCOME = N_("an outcome")
_GOES_ALONG = frozenset({("agenda_items", "meeting_id"), ("unsettled_changes", "meeting_id")})


class RemovedMeeting(db.Tenant, db.Base):
    """What calendars are told of a meeting that was removed; it keeps the meeting's id."""

    __tablename__ = "removed_meetings"
    table_args = (Index(None, "coalition_id", "removed_at"), Index(None, "area_id"))

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id", ondelete="CASCADE"))
    campaign_ids: Mapped[list[str]] = mapped_column(JSONB, default=list)
    name: Mapped[str]
    starts_at: Mapped[datetime]
    is_whole_day: Mapped[bool]
    time_zone: Mapped[str]
    comment_closes_at: Mapped[datetime | None]
    revision: Mapped[int]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime] = mapped_column(default=now)

    area: Mapped[Area] = relationship(viewonly=True)


def remove_meeting(meeting: Meeting) -> None:
    """Remove a meeting with its agenda, as if it had never been added.

    Raises:
        NotByMistake: something belongs to it.
    """
    items = list(meeting.items)
    _lock(meeting)
    _check(meeting.title or meeting.body.name, meeting.id, items)
    for item in items:
        _put_back(item)
    audit.record("meeting.removed", meeting)
    record(MeetingRemoved(coalition_id=meeting.coalition_id, meeting_id=meeting.id))
    if meeting.precision != Precision.MONTH:  # else no calendar has it
        _leave_note(meeting)
    db.session.delete(meeting)
    db.session.flush()


def remove_item(item: AgendaItem) -> None:
    """Remove an item from its agenda; one that was put off to here stands where it was again.

    Raises:
        NotByMistake: something belongs to it.
    """
    meeting = item.meeting
    _lock(meeting)
    _check(item.label, None, [item])
    if item.campaign_id is not None and _told(meeting.id, item.campaign_id):
        raise NotByMistake(name=item.label, reason=_BELONGS["notices"])
    _put_back(item)
    audit.record("agenda_item.removed", item)
    meeting.items.remove(item)
    meeting.note_leaving(item.campaign_id)
    meeting.touch()
    db.session.flush()


def removed_lately() -> Sequence[RemovedMeeting]:
    """Return the meetings of the current coalition that feeds still carry as cancelled."""
    lately = select(RemovedMeeting).where(RemovedMeeting.removed_at > now() - CARRIED_FOR)
    return db.session.scalars(lately.order_by(RemovedMeeting.starts_at)).all()


def _lock(meeting: Meeting) -> None:
    """Let nobody add anything to the meeting or its items until this transaction ends."""
    of_meeting = select(AgendaItem.id).filter_by(meeting_id=meeting.id)
    db.session.execute(select(Meeting.id).filter_by(id=meeting.id).with_for_update())
    db.session.execute(of_meeting.order_by(AgendaItem.id).with_for_update())


def _check(name: str, meeting_id: UUID | None, items: Sequence[AgendaItem]) -> None:
    """Refuse it if any table, a plugin's too, refers to the meeting or one of the items."""
    if any(item.outcome is not None for item in items):
        raise NotByMistake(name=name, reason=_OUTCOME)
    ids = {
        "meetings": [meeting_id] if meeting_id else [],
        "agenda_items": [i.id for i in items],
    }
    for column, target in _references():
        if ids[target] and db.session.scalar(select(exists().where(column.in_(ids[target])))):
            raise NotByMistake(name=name, reason=_BELONGS.get(column.table.name, _OTHERS))


def _references() -> Iterator[tuple[Column[UUID], str]]:
    """Return the columns of all tables that refer to meetings or items, and to which of them."""
    for table in db.Base.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            target = key.referred_table.name
            if target not in ("meetings", "agenda_items"):
                continue
            column = next(each for each in key.columns if each.name != "coalition_id")
            if (table.name, column.name) not in _GOES_ALONG:
                yield column, target


def _told(meeting_id: UUID, campaign_id: UUID) -> bool:
    """Return whether people were written to about a campaign's part of a meeting."""
    notices = db.Base.metadata.tables["notices"].c
    about = or_(notices.meeting_id == meeting_id, notices.previous_meeting_id == meeting_id)
    told = exists().where(notices.campaign_id == campaign_id, about)
    return bool(db.session.scalar(select(told)))


def _put_back(item: AgendaItem) -> None:
    """Let the item that was put off to here stand on its own agenda again."""
    if item.continued_from_id is None:
        return
    before = db.session.get(AgendaItem, item.continued_from_id)
    if before is not None and before.status == ItemStatus.CONTINUED:
        before.status = ItemStatus.SCHEDULED
        before.meeting.touch()


def _leave_note(meeting: Meeting) -> None:
    long_ago = RemovedMeeting.removed_at <= now() - CARRIED_FOR
    db.session.execute(delete(RemovedMeeting).where(long_ago))
    campaigns = {str(item.campaign_id) for item in meeting.items if item.campaign_id}
    db.session.add(
        RemovedMeeting(
            id=meeting.id,
            area_id=meeting.body.area_id,
            campaign_ids=sorted(campaigns | meeting.campaigns_gone()),
            name=meeting.title or meeting.body.name,
            starts_at=meeting.starts_at,
            is_whole_day=meeting.precision == Precision.DAY,
            time_zone=meeting.time_zone,
            comment_closes_at=meeting.comment_closes_at,
            revision=meeting.revision + 1,
            created_at=meeting.created_at,
        )
    )
