"""Actions, participations, the ladder and tasks in JSON."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext
from marshmallow import ValidationError, fields, validates

from coalition.actions.follow_ups import MAX_TITLE_CHARS as MAX_TASK_CHARS
from coalition.actions.ladder import RungRule
from coalition.actions.manage_schemas import (
    MAX_ACTION_TITLE_CHARS,
    MAX_DETAILS_CHARS,
    MAX_DOCKET_CHARS,
    MAX_INSTRUCTIONS_CHARS,
    MAX_NOTE_CHARS,
    MAX_NUMBER,
    MAX_PHONE_CHARS,
    MAX_SCRIPT_CHARS,
    MAX_SUBJECT_CHARS,
    MAX_TEMPLATE_CHARS,
    MAX_TEXTS,
    RECORDED,
)
from coalition.actions.models import ActionKind, ActionState, Addressee, Audience
from coalition.actions.participations import ParticipationSource, ParticipationState, Party
from coalition.actions.schemas import MAX_COPY_CHARS, MAX_NAME_CHARS, MAX_PLACE_CHARS
from coalition.api.describing import SAMPLE_ID
from coalition.api.paging import PageQuery
from coalition.api.schemas.base import (
    Flag,
    Id,
    Input,
    Items,
    Language,
    Moment,
    Number,
    Output,
    Part,
    State,
)
from coalition.decisions.votes import Position
from coalition.fields import (
    MAX_SLUG_CHARS,
    Choice,
    Day,
    Line,
    MailAddress,
    OneOf,
    Paragraphs,
    Slug,
    WebAddress,
)
from coalition.localtime import time_zones

MAX_ASKED = 500

_EXAMPLE: dict[str, Any] = {
    "slug": "call-the-board",
    "campaign": "all-night-network",
    "kind": "call",
    "language": "en",
    "audience": "everybody",
    "addressee": "officeholders",
    "position": "support",
    "meeting_id": None,
    "agenda_item_id": None,
    "body_id": None,
    "area_id": None,
    "segment_id": None,
    "email": None,
    "url": None,
    "phone": "555 0100",
    "closes_at": "2036-12-15T07:59:59Z",
    "time_zone": "America/Los_Angeles",
    "goal": 40,
    "asked_ids": [],
    "target_ids": [],
    "texts": [
        {
            "language": "en",
            "title": "Call the board",
            "instructions": "Tell them what the night bus means to you.",
            "script": "My name is … and I ride the Owl line.",
            "subject": "",
            "template": "",
        }
    ],
}


class ActionTextPart(Input):
    """An action in one language."""

    language = Language(required=True)
    title = Line(MAX_ACTION_TITLE_CHARS, required=True)
    instructions = Paragraphs(
        MAX_INSTRUCTIONS_CHARS, metadata={"description": "What to do and why, in Markdown."}
    )
    script = Paragraphs(MAX_SCRIPT_CHARS)
    subject = Line(MAX_SUBJECT_CHARS)
    template = Paragraphs(MAX_TEMPLATE_CHARS)


class ActionsQuery(PageQuery):
    """Which actions are wanted."""

    state = State(ActionState)
    campaign = Line(
        MAX_SLUG_CHARS, default=None, metadata={"description": "The address of a campaign."}
    )


class ActionInput(Input):
    """An action as it is written."""

    example: ClassVar[dict[str, Any]] = _EXAMPLE
    example_of_change: ClassVar[dict[str, Any]] = {"goal": 60}

    slug = Slug(required=False)
    campaign = Line(
        MAX_SLUG_CHARS, required=True, metadata={"description": "The address of its campaign."}
    )
    kind = Choice(ActionKind)
    language = Language()
    audience = Choice(Audience, default=Audience.EVERYBODY)
    addressee = Choice(Addressee, default=Addressee.CLERK)
    position = Choice(Position, default=Position.NEUTRAL)
    meeting_id = Id(load_default=None, allow_none=True)
    agenda_item_id = Id(load_default=None, allow_none=True)
    body_id = Id(load_default=None, allow_none=True)
    area_id = Id(load_default=None, allow_none=True)
    segment_id = Id(load_default=None, allow_none=True)
    email = MailAddress()
    url = WebAddress()
    phone = Line(MAX_PHONE_CHARS)
    closes_at = Moment(load_default=None, allow_none=True)
    time_zone = OneOf(time_zones, default="America/Los_Angeles")
    goal = Number(1, MAX_NUMBER)
    asked_ids = Items(Id(), MAX_ASKED, load_default=list)
    target_ids = Items(Id(), MAX_ASKED, load_default=list)
    texts = Items(Part(ActionTextPart), MAX_TEXTS, load_default=list)

    @validates("texts")
    def _each_language_once(self, value: list[Mapping[str, Any]], data_key: str) -> None:  # noqa: ARG002
        languages = [text["language"] for text in value if "language" in text]
        if len(set(languages)) < len(languages):
            raise ValidationError(gettext("Each language can be there once."))


class ActionSchema(Output):
    """An action. `deadline` is `closes_at`, else when comments close or the meeting begins."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        **_EXAMPLE,
        "state": "open",
        "deadline": "2036-12-15T07:59:59Z",
        "created_at": "2026-08-20T17:00:00Z",
    }

    id = Id()
    slug = fields.String()
    campaign = fields.Function(
        lambda action: action.campaign.slug,
        metadata={"type": "string", "description": "The address of its campaign."},
    )
    kind = Choice(ActionKind)
    state = Choice(ActionState)
    language = fields.String()
    audience = Choice(Audience)
    addressee = Choice(Addressee)
    position = Choice(Position)
    meeting_id = Id(allow_none=True)
    agenda_item_id = Id(allow_none=True)
    body_id = Id(allow_none=True)
    area_id = Id(allow_none=True)
    segment_id = Id(allow_none=True)
    email = fields.String(allow_none=True)
    url = fields.String(allow_none=True)
    phone = fields.String()
    deadline = Moment(allow_none=True)
    closes_at = Moment(allow_none=True)
    time_zone = fields.String()
    goal = fields.Integer(allow_none=True)
    asked_ids = fields.Function(
        lambda action: [str(x.organization_id) for x in action.asked],
        metadata={"type": "array", "items": {"type": "string", "format": "uuid"}},
    )
    target_ids = fields.Function(
        lambda action: [str(x.officeholder_id) for x in action.targets],
        metadata={"type": "array", "items": {"type": "string", "format": "uuid"}},
    )
    texts = fields.List(fields.Nested(ActionTextPart))
    created_at = Moment()


class TallySchema(Output):
    """How many took part; `promised` and `delivered` add up what organizations said."""

    example: ClassVar[dict[str, Any]] = {
        "people": 31,
        "organizations": 4,
        "pledged": 2,
        "unconfirmed": 3,
        "promised": 40,
        "delivered": 28,
    }

    people = fields.Integer()
    organizations = fields.Integer()
    pledged = fields.Integer()
    unconfirmed = fields.Integer()
    promised = fields.Integer()
    delivered = fields.Integer()


class ParticipationsQuery(PageQuery):
    """Which records are wanted."""

    state = State(ParticipationState)


class ParticipationInput(Input):
    """What somebody promised or did, as a coordinator's program writes it down."""

    example: ClassVar[dict[str, Any]] = {
        "name": "Ada Example",
        "person_id": None,
        "organization_id": None,
        "state": "reported",
        "promised": None,
        "delivered": None,
        "spoke": False,
        "copy": "I ride the Owl line home from work.",
        "place": "Board's office",
        "docket": "",
        "done_at": "2026-11-24T18:00:00Z",
        "note": "",
    }

    name = Line(MAX_NAME_CHARS, required=True)
    person_id = Id(load_default=None, allow_none=True)
    organization_id = Id(load_default=None, allow_none=True)
    state = OneOf([each.value for each in RECORDED], default="reported")
    promised = Number(0, MAX_NUMBER)
    delivered = Number(0, MAX_NUMBER)
    spoke = Flag(load_default=False)
    copy = Paragraphs(MAX_COPY_CHARS, default=None)
    place = Line(MAX_PLACE_CHARS)
    docket = Line(MAX_DOCKET_CHARS)
    done_at = Moment(load_default=None, allow_none=True)
    note = Paragraphs(MAX_NOTE_CHARS)


class ParticipationSchema(Output):
    """What somebody promised or did, without name, address, evidence and notes."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "action_id": SAMPLE_ID,
        "party": "organization",
        "state": "reported",
        "source": "representative",
        "person_id": None,
        "organization_id": SAMPLE_ID,
        "promised": 10,
        "delivered": 8,
        "will_speak": False,
        "spoke": True,
        "place": "",
        "docket": "24-0071",
        "done_at": "2026-11-24T18:00:00Z",
        "created_at": "2026-11-20T18:00:00Z",
    }

    id = Id()
    action_id = Id(allow_none=True)
    party = Choice(Party)
    state = Choice(ParticipationState)
    source = Choice(ParticipationSource)
    person_id = Id(allow_none=True)
    organization_id = Id(allow_none=True)
    promised = fields.Integer(allow_none=True)
    delivered = fields.Integer(allow_none=True)
    will_speak = fields.Boolean()
    spoke = fields.Boolean()
    place = fields.String()
    docket = fields.String()
    done_at = Moment(allow_none=True)
    created_at = Moment()


class RungSchema(Output):
    """A rung of the ladder, with how many people stand on it."""

    id = Id()
    position = fields.Integer()
    name = fields.String()
    rule = Choice(RungRule)
    minimum = fields.Integer()
    within_days = fields.Integer(allow_none=True)
    action_kind = Choice(ActionKind, required=False, metadata={"nullable": True})
    people = fields.Integer()


class LadderSchema(Output):
    """The ladder of engagement, the lowest rung first."""

    example: ClassVar[dict[str, Any]] = {
        "rungs": [
            {
                "id": SAMPLE_ID,
                "position": 1,
                "name": "Signed",
                "rule": "signed",
                "minimum": 1,
                "within_days": None,
                "action_kind": None,
                "people": 1204,
            }
        ]
    }

    rungs = fields.List(fields.Nested(RungSchema))


class FollowUpsQuery(PageQuery):
    """Which tasks are wanted."""

    is_done = OneOf(("yes", "no"), required=False)
    owner_id = Id(load_default=None)


class FollowUpInput(Input):
    """A task as it is written."""

    example: ClassVar[dict[str, Any]] = {
        "title": "Thank the speakers",
        "details": "",
        "owner_id": None,
        "due_on": "2036-12-20",
        "campaign_id": None,
        "action_id": None,
        "participation_id": None,
        "meeting_id": None,
        "person_id": None,
    }
    example_of_change: ClassVar[dict[str, Any]] = {"title": "Thank all speakers"}

    title = Line(MAX_TASK_CHARS, required=True)
    details = Paragraphs(MAX_DETAILS_CHARS)
    owner_id = Id(load_default=None, allow_none=True)
    due_on = Day()
    campaign_id = Id(load_default=None, allow_none=True)
    action_id = Id(load_default=None, allow_none=True)
    participation_id = Id(load_default=None, allow_none=True)
    meeting_id = Id(load_default=None, allow_none=True)
    person_id = Id(load_default=None, allow_none=True)
    organization_id = Id(load_default=None, allow_none=True)


class FollowUpSchema(Output):
    """A task."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        **FollowUpInput.example,
        "organization_id": None,
        "url": "",
        "done_at": None,
        "created_at": "2026-11-24T18:00:00Z",
    }

    id = Id()
    title = fields.String()
    details = fields.String()
    owner_id = Id(allow_none=True)
    due_on = Day()
    campaign_id = Id(allow_none=True)
    action_id = Id(allow_none=True)
    participation_id = Id(allow_none=True)
    meeting_id = Id(allow_none=True)
    person_id = Id(allow_none=True)
    organization_id = Id(allow_none=True)
    url = fields.String()
    done_at = Moment(allow_none=True)
    created_at = Moment()
