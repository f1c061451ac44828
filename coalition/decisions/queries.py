"""Meetings to come and past, what campaigns have on agendas, how officeholders voted."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from coalition import db
from coalition.areas.models import Area
from coalition.clock import now
from coalition.decisions.meetings import AgendaItem, Meeting, MeetingStatus, Precision
from coalition.decisions.models import DecisionBody, Officeholder, Post
from coalition.decisions.pledges import Pledge
from coalition.decisions.votes import Motion, Vote

PAGE = 50  # meetings on one page
ALL_COMING = 200  # meetings to come; a coalition follows tens
BODIES_SHOWN = 300
USUAL_MIN = 360  # how long a meeting is taken to last where that is not known

_LASTS_MIN: ColumnElement[int] = case(
    (Meeting.precision == Precision.DAY, 24 * 60),
    (Meeting.precision == Precision.MONTH, 31 * 24 * 60),
    else_=func.coalesce(Meeting.duration_min, USUAL_MIN),
)
_ENDS_AT = Meeting.starts_at + _LASTS_MIN * timedelta(minutes=1)


def upcoming_meetings(
    *,
    body_id: UUID | None = None,
    campaign_id: UUID | None = None,
    area_id: UUID | None = None,
    limit: int = PAGE,
) -> Sequence[Meeting]:
    """Return the meetings that are not over, the next one first; cancelled ones too."""
    coming = _meetings(body_id, campaign_id, area_id).where(
        Meeting.status != MeetingStatus.HELD, now() < _ENDS_AT
    )
    return db.session.scalars(coming.order_by(Meeting.starts_at, Meeting.id).limit(limit)).all()


def past_meetings(
    *,
    body_id: UUID | None = None,
    campaign_id: UUID | None = None,
    area_id: UUID | None = None,
    limit: int = PAGE,
    offset: int = 0,
) -> Sequence[Meeting]:
    """Return the meetings that are over, the latest first."""
    over = _meetings(body_id, campaign_id, area_id).where(
        or_(Meeting.status == MeetingStatus.HELD, now() >= _ENDS_AT)
    )
    ordered = over.order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    return db.session.scalars(ordered.limit(limit).offset(offset)).all()


def follows_meetings() -> bool:
    """Return whether the coalition follows or followed any meeting."""
    return db.session.scalar(select(Meeting.id).limit(1)) is not None


def meeting_by_id(meeting_id: UUID) -> Meeting | None:
    """Return a meeting of the coalition with its agenda, motions and votes."""
    chosen = select(Meeting).filter_by(id=meeting_id).options(*_whole())
    return db.session.scalar(chosen)


def meetings_after(meeting: Meeting) -> Sequence[Meeting]:
    """Return the meetings to which an item of this one may be put off, the next one first."""
    later = select(Meeting).where(
        Meeting.starts_at >= meeting.starts_at,
        Meeting.id != meeting.id,
        Meeting.status != MeetingStatus.CANCELLED,
    )
    same_body_first = case((Meeting.body_id == meeting.body_id, 0), else_=1)
    return db.session.scalars(
        later.order_by(same_body_first, Meeting.starts_at).limit(PAGE)
    ).all()


def continued_items(meeting: Meeting) -> dict[UUID, AgendaItem]:
    """Return where the items of a meeting were put off to: {id of the item here: item there}."""
    ids = [each.id for each in meeting.items]
    chosen = select(AgendaItem).where(AgendaItem.continued_from_id.in_(ids))
    found = db.session.scalars(chosen.options(joinedload(AgendaItem.meeting)))
    return {each.continued_from_id: each for each in found if each.continued_from_id}


def items_before(meeting: Meeting) -> dict[UUID, AgendaItem]:
    """Return what the items of a meeting were put off from: {id of the item here: item there}."""
    ids = [each.continued_from_id for each in meeting.items if each.continued_from_id]
    chosen = select(AgendaItem).where(AgendaItem.id.in_(ids))
    found = {
        each.id: each
        for each in db.session.scalars(chosen.options(joinedload(AgendaItem.meeting)))
    }
    return {
        each.id: found[each.continued_from_id]
        for each in meeting.items
        if each.continued_from_id in found
    }


def item_by_id(item_id: UUID) -> AgendaItem | None:
    """Return an agenda item of the coalition."""
    return db.session.get(AgendaItem, item_id)


def items_of_campaign(campaign_id: UUID) -> Sequence[AgendaItem]:
    """Return what a campaign has on agendas, with motions and votes; the latest meeting first."""
    chosen = (
        select(AgendaItem)
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(AgendaItem.campaign_id == campaign_id)
        .options(
            contains_eager(AgendaItem.meeting).joinedload(Meeting.body),
            selectinload(AgendaItem.motions).selectinload(Motion.votes),
        )
        .order_by(Meeting.starts_at.desc(), AgendaItem.position)
    )
    return db.session.scalars(chosen).all()


def motion_by_id(motion_id: UUID) -> Motion | None:
    """Return a motion of the coalition."""
    return db.session.get(Motion, motion_id)


def votes_of(officeholder_id: UUID) -> Sequence[tuple[Vote, Motion]]:
    """Return how somebody voted in what the coalition has recorded, the latest first."""
    chosen = (
        select(Vote, Motion)
        .join(Motion, Vote.motion_id == Motion.id)
        .join(AgendaItem, Motion.agenda_item_id == AgendaItem.id)
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(Vote.officeholder_id == officeholder_id)
        .options(joinedload(Motion.item).joinedload(AgendaItem.meeting))
        .order_by(Meeting.starts_at.desc(), Motion.id.desc())
    )
    return [(vote, motion) for vote, motion in db.session.execute(chosen).unique()]


def pledges_of(campaign_id: UUID) -> Sequence[Pledge]:
    """Return all that officeholders have said about a campaign, the newest first."""
    chosen = select(Pledge).filter_by(campaign_id=campaign_id)
    return db.session.scalars(chosen.order_by(Pledge.said_on.desc(), Pledge.id.desc())).all()


def newest_pledges(campaign_id: UUID) -> dict[UUID, Pledge]:
    """Return what each officeholder said last about a campaign: {officeholder's id: pledge}."""
    newest: dict[UUID, Pledge] = {}
    for each in pledges_of(campaign_id):
        newest.setdefault(each.officeholder_id, each)
    return newest


def bodies(search: str = "", *, area_id: UUID | None = None) -> Sequence[DecisionBody]:
    """Return the bodies of the directory by place and name; `search` is a part of either."""
    chosen = select(DecisionBody).join(Area)
    for word in search.split():
        within = or_(
            DecisionBody.name.icontains(word, autoescape=True),
            Area.name.icontains(word, autoescape=True),
            func.lower(Area.region) == word.lower().strip(","),
        )
        chosen = chosen.where(within)
    if area_id is not None:
        chosen = chosen.where(DecisionBody.area_id == area_id)
    ordered = chosen.order_by(Area.name, Area.region, DecisionBody.name, DecisionBody.id)
    return db.session.scalars(
        ordered.options(contains_eager(DecisionBody.area)).limit(BODIES_SHOWN)
    ).all()


def followed_bodies() -> Sequence[DecisionBody]:
    """Return the bodies whose meetings the coalition follows or followed."""
    followed = select(Meeting.body_id).distinct()
    chosen = select(DecisionBody).where(DecisionBody.id.in_(followed))
    return db.session.scalars(chosen.order_by(DecisionBody.name).limit(BODIES_SHOWN)).all()


def body_by_id(body_id: UUID) -> DecisionBody | None:
    """Return a body of the directory with its seats and their holders."""
    return db.session.scalar(select(DecisionBody).filter_by(id=body_id).options(*_seats()))


def body_called(area: Area, name: str) -> DecisionBody | None:
    """Return the body of a place that has this name, with its seats and their holders."""
    return db.session.scalar(
        select(DecisionBody).filter_by(area_id=area.id, name=name).options(*_seats())
    )


def bodies_of_campaign(
    campaign_id: UUID, area_id: UUID | None, on: date
) -> Sequence[DecisionBody]:
    """Return the bodies that decide about a campaign: those that have it on an agenda.

    While none has, those of the campaign's place that have members on that day.
    """
    named = select(Meeting.body_id).join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
    named = named.where(AgendaItem.campaign_id == campaign_id)
    chosen = select(DecisionBody).options(*_seats()).order_by(DecisionBody.name)
    found = db.session.scalars(chosen.where(DecisionBody.id.in_(named))).all()
    if found or area_id is None:
        return found
    there = db.session.scalars(chosen.where(DecisionBody.area_id == area_id)).all()
    return [each for each in there if each.members_on(on)]


def _meetings(
    body_id: UUID | None, campaign_id: UUID | None, area_id: UUID | None
) -> Select[Meeting]:
    chosen = select(Meeting).options(selectinload(Meeting.items))
    if body_id is not None:
        chosen = chosen.where(Meeting.body_id == body_id)
    if campaign_id is not None:
        chosen = chosen.where(
            select(AgendaItem.id)
            .where(AgendaItem.meeting_id == Meeting.id, AgendaItem.campaign_id == campaign_id)
            .exists()
        )
    if area_id is not None:
        there = select(DecisionBody.id).where(DecisionBody.area_id == area_id)
        chosen = chosen.where(Meeting.body_id.in_(there))
    return chosen


def _whole() -> Sequence[Any]:
    return (
        selectinload(Meeting.items).joinedload(AgendaItem.campaign),
        selectinload(Meeting.items).selectinload(AgendaItem.motions).selectinload(Motion.votes),
        joinedload(Meeting.body)
        .selectinload(DecisionBody.posts)
        .selectinload(Post.officeholders),
    )


def _seats() -> Sequence[Any]:
    return (
        selectinload(DecisionBody.posts)
        .selectinload(Post.officeholders)
        .joinedload(Officeholder.post),
    )
