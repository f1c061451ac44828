"""Public bodies, meetings, agendas and votes in JSON."""

from typing import Any, ClassVar

from marshmallow import fields

from coalition.api.describing import SAMPLE_ID
from coalition.api.paging import PageQuery
from coalition.api.schemas.base import Id, Moment, Output, Part, State
from coalition.decisions.meetings import ItemOutcome, ItemStatus, MeetingStatus, Precision
from coalition.decisions.models import BodyKind
from coalition.decisions.votes import MotionResult, Position, VoteChoice
from coalition.fields import MAX_SLUG_CHARS, Day, Line

MAX_DIVISION_CHARS = 200

_AREA: dict[str, Any] = {
    "id": SAMPLE_ID,
    "division_id": "ocd-division/country:us/state:ca/place:culver_city",
    "name": "Culver City",
    "region": "CA",
    "time_zone": "America/Los_Angeles",
}
_HOLDER: dict[str, Any] = {
    "id": SAMPLE_ID,
    "name": "Ada Alder",
    "starts_on": "2017-01-01",
    "ends_on": None,
}
_VOTE: dict[str, Any] = {"officeholder_id": SAMPLE_ID, "name": "Ada Alder", "choice": "yes"}
_MOTION: dict[str, Any] = {
    "id": SAMPLE_ID,
    "text": "Approve the contract",
    "our_position": "oppose",
    "result": "failed",
    "yes": 1,
    "no": 1,
    "voted_on": "2018-03-13",
    "votes": [_VOTE, {**_VOTE, "name": "Ben Birch", "choice": "no"}],
}
_ITEM: dict[str, Any] = {
    "id": SAMPLE_ID,
    "number": "A-1",
    "subject": "License plate readers",
    "description": "",
    "docket": "",
    "url": None,
    "status": "heard",
    "campaign_id": SAMPLE_ID,
    "continued_from_id": None,
    "outcome": "declined_to_vote",
    "outcome_note": "“It's done.”",
    "outcome_on": "2018-03-13",
    "motions": [_MOTION],
}


class BodiesQuery(PageQuery):
    """Which bodies are wanted."""

    division_id = Line(
        MAX_DIVISION_CHARS,
        metadata={"description": "The Open Civic Data id of the place that it governs."},
    )


class MeetingsQuery(PageQuery):
    """Which meetings are wanted."""

    body_id = Id(load_default=None, metadata={"description": "Those of one body."})
    campaign = Line(
        MAX_SLUG_CHARS,
        metadata={"description": "Those with an item about the campaign at this address."},
    )


class AreaSchema(Output):
    """A place that is governed."""

    example: ClassVar[dict[str, Any]] = _AREA

    id = Id()
    division_id = fields.String(metadata={"description": "Open Civic Data's id."})
    name = fields.String()
    region = fields.String(metadata={"description": "The state's two letters."})
    time_zone = fields.String()


class OfficeholderSchema(Output):
    """Somebody in a seat, for a term."""

    example: ClassVar[dict[str, Any]] = _HOLDER

    id = Id()
    name = fields.String()
    starts_on = Day()
    ends_on = Day()


class PostSchema(Output):
    """A seat, with all who are known to have held it."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "label": "District 1",
        "officeholders": [_HOLDER],
    }

    id = Id()
    label = fields.String()
    officeholders = fields.List(Part(OfficeholderSchema))


class BodySchema(Output):
    """A public body and how it hears the public; what is `null` or empty is not known."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "name": "City Council",
        "classification": "council",
        "area": _AREA,
        "website": "https://council.example",
        "place": "City Hall",
        "address": "1 Main Street",
        "meets": "Mondays at 7 p.m.",
        "comment_email": "clerk@council.example",
        "comment_url": None,
        "comment_minutes": 3,
        "comment_registration": "",
        "comment_closes_min": 120,
        "languages": ["en", "es"],
        "interpretation": "",
        "interpretation_notice_h": None,
        "posts": [PostSchema.example],
    }

    id = Id()
    name = fields.String()
    classification = State(BodyKind)
    area = Part(AreaSchema)
    website = fields.String(allow_none=True)
    place = fields.String()
    address = fields.String()
    meets = fields.String()
    comment_email = fields.String(allow_none=True)
    comment_url = fields.String(allow_none=True)
    comment_minutes = fields.Integer(
        allow_none=True, metadata={"description": "How long each speaker has."}
    )
    comment_registration = fields.String(metadata={"description": "Markdown."})
    comment_closes_min = fields.Integer(
        allow_none=True,
        metadata={"description": "Minutes before the meeting when written comments close."},
    )
    languages = fields.List(fields.String())
    interpretation = fields.String(metadata={"description": "Markdown."})
    interpretation_notice_h = fields.Integer(allow_none=True)
    posts = fields.List(Part(PostSchema))


class VoteSchema(Output):
    """How one member voted."""

    example: ClassVar[dict[str, Any]] = _VOTE

    officeholder_id = Id()
    name = fields.String(attribute="officeholder.name")
    choice = State(VoteChoice)


class MotionSchema(Output):
    """What was put to the vote; without `votes`, `yes` and `no` are what is known."""

    example: ClassVar[dict[str, Any]] = _MOTION

    id = Id()
    text = fields.String()
    our_position = State(Position)
    result = State(MotionResult)
    yes = fields.Integer(attribute="tally.yes", allow_none=True, dump_default=None)
    no = fields.Integer(attribute="tally.no", allow_none=True, dump_default=None)
    voted_on = Day()
    votes = fields.List(Part(VoteSchema))


class ItemSchema(Output):
    """A point on the agenda, with what came of it."""

    example: ClassVar[dict[str, Any]] = _ITEM

    id = Id()
    number = fields.String(metadata={"description": "As it is printed; empty until it is."})
    subject = fields.String()
    description = fields.String(metadata={"description": "Markdown."})
    docket = fields.String()
    url = fields.String(allow_none=True)
    status = State(ItemStatus)
    campaign_id = Id(allow_none=True)
    continued_from_id = Id(allow_none=True)
    outcome = State(ItemOutcome)
    outcome_note = fields.String(metadata={"description": "Markdown."})
    outcome_on = Day()
    motions = fields.List(Part(MotionSchema))


class MeetingSchema(Output):
    """A meeting with its agenda and its votes."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "body_id": SAMPLE_ID,
        "title": "",
        "starts_at": "2018-03-14T00:00:00Z",
        "precision": "time",
        "time_zone": "America/Los_Angeles",
        "duration_min": None,
        "status": "held",
        "cancelled_because": "",
        "place": "City Hall",
        "address": "1 Main Street",
        "remote_url": None,
        "agenda_url": None,
        "minutes_url": None,
        "comment_closes_at": "2018-03-13T22:00:00Z",
        "note": "",
        "revision": 2,
        "changed_at": "2018-03-14T08:00:00Z",
        "items": [_ITEM],
    }

    id = Id()
    body_id = Id()
    title = fields.String()
    starts_at = Moment()
    precision = State(Precision)
    time_zone = fields.String()
    duration_min = fields.Integer(allow_none=True)
    status = State(MeetingStatus)
    cancelled_because = fields.String()
    place = fields.String()
    address = fields.String()
    remote_url = fields.String(allow_none=True)
    agenda_url = fields.String(allow_none=True)
    minutes_url = fields.String(allow_none=True)
    comment_closes_at = Moment(allow_none=True)
    note = fields.String(metadata={"description": "Markdown."})
    revision = fields.Integer(metadata={"description": "Rises with each change."})
    changed_at = Moment()
    items = fields.List(Part(ItemSchema))
