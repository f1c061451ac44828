"""Who is told of a meeting: the people of its city who agreed to be written to."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from coalition import db
from coalition.areas.models import Area, AreaKind
from coalition.calendars.places import people_of
from coalition.campaigns.models import Campaign
from coalition.consents.purposes import UPDATES
from coalition.consents.queries import consents_to, has_address
from coalition.decisions.meetings import Meeting
from coalition.notices.facts import NoticeKind
from coalition.notices.receipts import Notice, NoticeReceipt
from coalition.people.models import Person

PURPOSE = UPDATES
_ENDS = frozenset({NoticeKind.CANCELLED, NoticeKind.CONTINUED, NoticeKind.WITHDRAWN})


def place_of(meeting: Meeting, campaign: Campaign) -> Area:
    """Return the place whose people are told: the body's, or of a county's body the campaign's."""
    area = meeting.body.area
    has_people = area.kind in (AreaKind.PLACE, AreaKind.STATE, AreaKind.COUNTRY)
    return area if has_people or campaign.area is None else campaign.area


def count(meeting: Meeting, campaign: Campaign) -> int:
    """Return how many would be told of a meeting now."""
    chosen = select(func.count()).select_from(Person)
    return db.session.scalar(chosen.where(*_at_home(meeting, campaign))) or 0


def next_people(notice: Notice, limit: int) -> Sequence[Person]:
    """Return the next of those who are to be told and have not been, in the order of their ids."""
    chosen = (
        select(Person)
        .where(
            _may_be_written_to(),
            _concerned(notice),
            ~_told(NoticeReceipt.notice_id == notice.id),
        )
        .options(selectinload(Person.email_addresses))
        .order_by(Person.id)
        .limit(limit)
    )
    if notice.after_id is not None:
        chosen = chosen.where(Person.id > notice.after_id)
    return db.session.scalars(chosen).all()


def among(notice: Notice, people: Sequence[Person]) -> set[UUID]:
    """Return which of these people a notice is to be told to, too, and has not been."""
    chosen = select(Person.id).where(
        Person.id.in_([each.id for each in people]),
        _may_be_written_to(),
        _concerned(notice),
        ~_told(NoticeReceipt.notice_id == notice.id),
    )
    return set(db.session.scalars(chosen))


def _concerned(notice: Notice) -> ColumnElement[bool]:
    """Choose who lives there; that something is off concerns only those who were told it is on."""
    about = notice.previous_meeting_id or notice.meeting_id
    earlier = select(Notice.id).where(
        Notice.campaign_id == notice.campaign_id,
        or_(Notice.meeting_id == about, Notice.previous_meeting_id == about),
        Notice.id != notice.id,
    )
    was_told = _told(NoticeReceipt.notice_id.in_(earlier))
    if notice.kind in _ENDS:
        return was_told
    there = people_of(place_of(notice.meeting, notice.campaign))
    return or_(there, was_told) if notice.kind == NoticeKind.CHANGED else there


def _at_home(meeting: Meeting, campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    return _may_be_written_to(), people_of(place_of(meeting, campaign))


def _may_be_written_to() -> ColumnElement[bool]:
    """Choose who has an address and agreed, as they last said; the mail's door asks once more."""
    return consents_to(PURPOSE) & has_address(working=True)


def _told(chosen: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(NoticeReceipt.id).where(NoticeReceipt.person_id == Person.id, chosen).exists()
