"""Which meetings are in which calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import joinedload, selectinload

from coalition import db
from coalition.areas.models import Area
from coalition.calendars.places import areas_of
from coalition.calendars.taking_part import campaigns_of
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.decisions.meetings import AgendaItem, Meeting, Precision
from coalition.decisions.models import DecisionBody
from coalition.decisions.removed_meetings import RemovedMeeting, removed_lately
from coalition.people.models import Person

KEPT_DAYS = 365  # how long a meeting stays in the feeds, so that calendars need not forget it
MAX_MEETINGS = 500


@dataclass(frozen=True)
class Entry:
    """A meeting with those of its items that the calendar is about."""

    meeting: Meeting
    items: Sequence[AgendaItem]


def of_coalition(*, upcoming: bool = False) -> list[Entry]:
    """Return the meetings that the current coalition follows, by time."""
    return _entries(upcoming=upcoming)


def of_campaign(campaign: Campaign, *, upcoming: bool = False) -> list[Entry]:
    """Return the meetings with an item of a campaign; only its items are shown."""
    found = _entries(_has_item(AgendaItem.campaign_id == campaign.id), upcoming=upcoming)
    return [
        Entry(each.meeting, [item for item in each.items if item.campaign_id == campaign.id])
        for each in found
    ]


def of_area(area: Area, *, upcoming: bool = False) -> list[Entry]:
    """Return the meetings of a place's bodies."""
    return _entries(DecisionBody.area_id == area.id, upcoming=upcoming)


def of_person(person: Person, *, upcoming: bool = False) -> list[Entry]:
    """Return the meetings of a person's city, and of the campaigns that they took part in."""
    at_home = [area.id for area in areas_of(person, followed_areas())]
    joined = [
        _has_item(AgendaItem.campaign_id.in_(chosen)) for chosen in campaigns_of(person.id)
    ]
    return _entries(or_(DecisionBody.area_id.in_(at_home), *joined), upcoming=upcoming)


def removed(
    *,
    area: Area | None = None,
    campaign: Campaign | None = None,
    person: Person | None = None,
) -> list[RemovedMeeting]:
    """Return what was removed lately of all meetings, or of what a calendar is about."""
    found = removed_lately()
    if not found or (area is None and campaign is None and person is None):
        return list(found)
    areas = {area.id} if area else set[UUID]()
    campaigns = {str(campaign.id)} if campaign else set[str]()
    if person is not None:
        areas |= {each.id for each in areas_of(person, [each.area for each in found])}
        for chosen in campaigns_of(person.id):
            campaigns |= set(map(str, db.session.scalars(chosen)))
    return [each for each in found if each.area_id in areas or campaigns & {*each.campaign_ids}]


def taken_off(
    entries: Sequence[Entry],
    *,
    campaign: Campaign | None = None,
    person: Person | None = None,
) -> list[Entry]:
    """Return the meetings that left a calendar with the last item of a campaign, without items.

    Args:
        entries: what is in the calendar.
    """
    campaigns = {str(campaign.id)} if campaign else set[str]()
    if person is not None:
        for chosen in campaigns_of(person.id):
            campaigns |= set(map(str, db.session.scalars(chosen)))
    wanted = cast(sorted(campaigns), ARRAY(Text))
    left = _meetings().where(Meeting.left_campaigns.has_any(wanted))
    inside = {each.meeting.id for each in entries}
    return [
        Entry(each, ())
        for each in db.session.scalars(left.order_by(Meeting.starts_at))
        if each.id not in inside and campaigns & each.campaigns_gone()
    ]


def one(meeting_id: UUID) -> Entry | None:
    """Return one meeting of the current coalition."""
    found = db.session.scalar(_meetings().where(Meeting.id == meeting_id))
    return Entry(found, found.items) if found else None


def followed_areas() -> Sequence[Area]:
    """Return the places of the bodies whose meetings the current coalition follows."""
    bodies = select(DecisionBody.area_id).join(Meeting, Meeting.body_id == DecisionBody.id)
    chosen = select(Area).where(Area.id.in_(bodies)).order_by(Area.name, Area.region)
    return db.session.scalars(chosen).all()


def followed_campaigns() -> Sequence[Campaign]:
    """Return the published campaigns that have an item at a meeting."""
    items = select(AgendaItem.campaign_id).where(AgendaItem.campaign_id.is_not(None))
    chosen = select(Campaign).where(Campaign.is_published, Campaign.id.in_(items))
    return db.session.scalars(chosen.order_by(Campaign.title)).all()


def _meetings() -> Select[Meeting]:
    return (
        select(Meeting)
        .join(DecisionBody, DecisionBody.id == Meeting.body_id)
        .where(Meeting.precision != Precision.MONTH)
        .options(
            selectinload(Meeting.items).options(
                joinedload(AgendaItem.campaign).lazyload(Campaign.area)
            )
        )
    )


def _entries(*chosen: ColumnElement[bool], upcoming: bool) -> list[Entry]:
    since = now() - timedelta(days=1 if upcoming else KEPT_DAYS)
    statement = _meetings().where(Meeting.starts_at >= since, *chosen)
    ordered = statement.order_by(Meeting.starts_at, Meeting.id).limit(MAX_MEETINGS)
    return [Entry(each, each.items) for each in db.session.scalars(ordered)]


def _has_item(chosen: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(AgendaItem.id).where(AgendaItem.meeting_id == Meeting.id, chosen).exists()
