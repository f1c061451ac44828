"""Coalitions and their members in JSON."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from coalition.api.describing import SAMPLE_ID
from coalition.api.paging import PageQuery
from coalition.api.schemas.base import Id, Input, Moment, Output, State, check_order
from coalition.coalitions.models import MembershipRole, MembershipState
from coalition.fields import Choice, Day


class CoalitionSchema(Output):
    """Organizations acting together."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "slug": "night-buses",
        "name": "Night Buses",
        "about": "We want buses **all night**.",
        "website": "https://night-buses.example",
        "reply_to": "hello@night-buses.example",
        "language": "en",
        "time_zone": "America/Los_Angeles",
        "is_sample": False,
        "created_at": "2026-08-20T17:00:00Z",
    }

    id = Id()
    slug = fields.String()
    name = fields.String()
    about = fields.String(metadata={"description": "Markdown."})
    website = fields.String(allow_none=True)
    reply_to = fields.String(allow_none=True)
    language = fields.String()
    time_zone = fields.String()
    is_sample = fields.Boolean(metadata={"description": "Made up to try things out."})
    created_at = Moment()


class MembersQuery(PageQuery):
    """Which members are wanted."""

    state = State(MembershipState)


class MemberChange(Input):
    """What may change of a member."""

    example: ClassVar[dict[str, Any]] = {
        "state": "active",
        "role": "steering",
        "starts_on": "2026-09-01",
        "ends_on": None,
    }
    example_of_change: ClassVar[dict[str, Any]] = {"role": "lead"}

    state = Choice(MembershipState, default=MembershipState.INVITED)
    role = Choice(MembershipRole, default=MembershipRole.MEMBER)
    starts_on = Day()
    ends_on = Day()

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_more: Any) -> None:
        check_order(values.get("starts_on"), values.get("ends_on"))


class MemberInput(MemberChange):
    """An organization to be put on the list of members."""

    example: ClassVar[dict[str, Any]] = {**MemberChange.example, "organization_id": SAMPLE_ID}

    organization_id = Id(required=True)


class MemberSchema(Output):
    """An organization in the coalition."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "organization_id": SAMPLE_ID,
        "organization_name": "Riders' Union",
        "state": "active",
        "role": "steering",
        "starts_on": "2026-09-01",
        "ends_on": None,
        "created_at": "2026-08-20T17:00:00Z",
    }

    id = Id()
    organization_id = Id()
    organization_name = fields.String(attribute="organization.name")
    state = Choice(MembershipState)
    role = Choice(MembershipRole)
    starts_on = Day()
    ends_on = Day()
    created_at = Moment()
