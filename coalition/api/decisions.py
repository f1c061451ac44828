"""Public bodies, and the meetings, agendas and votes that a coalition recorded, for programs."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from coalition.api.operations import Section
from coalition.api.schemas.decisions import (
    BodiesQuery,
    BodySchema,
    MeetingSchema,
    MeetingsQuery,
)
from coalition.areas.models import Area
from coalition.campaigns.models import Campaign
from coalition.decisions import queries
from coalition.decisions.meetings import AgendaItem, Meeting
from coalition.decisions.models import DecisionBody, Post
from coalition.decisions.votes import Motion
from coalition.errors import NotFound

section = Section("meetings", "Public bodies, their meetings, agendas and votes.")

_READ = "meetings:read"


@section.lists("/bodies", scope=_READ, gives=BodySchema, query=BodiesQuery)
def list_bodies(division_id: str) -> Select[Any]:
    """List the directory of public bodies. `division_id` leaves those of one place."""
    chosen = select(DecisionBody).options(
        selectinload(DecisionBody.posts).selectinload(Post.officeholders)
    )
    if division_id:
        there = select(Area.id).filter_by(division_id=division_id)
        chosen = chosen.where(DecisionBody.area_id.in_(there))
    return chosen


@section.reads("/bodies/<uuid:body>", scope=_READ, gives=BodySchema)
def read_body(body: UUID) -> DecisionBody:
    """Read a public body with its seats and all who held them."""
    found = queries.body_by_id(body)
    if found is None:
        raise NotFound
    return found


@section.lists("/meetings", scope=_READ, gives=MeetingSchema, query=MeetingsQuery)
def list_meetings(body_id: UUID | None, campaign: str) -> Select[Any]:
    """List the meetings that the coalition follows, with agendas and votes."""
    chosen = select(Meeting).options(
        selectinload(Meeting.items).selectinload(AgendaItem.motions).selectinload(Motion.votes)
    )
    if body_id is not None:
        chosen = chosen.filter_by(body_id=body_id)
    if campaign:
        about = select(AgendaItem.meeting_id).join(
            Campaign, Campaign.id == AgendaItem.campaign_id
        )
        chosen = chosen.where(Meeting.id.in_(about.where(Campaign.slug == campaign)))
    return chosen


@section.reads("/meetings/<uuid:meeting>", scope=_READ, gives=MeetingSchema)
def read_meeting(meeting: UUID) -> Meeting:
    """Read a meeting with its agenda and votes."""
    found = queries.meeting_by_id(meeting)
    if found is None:
        raise NotFound
    return found
