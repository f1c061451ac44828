"""Organizations of the directory in JSON."""

from typing import Any, ClassVar

from marshmallow import fields

from coalition.api.describing import SAMPLE_ID
from coalition.api.paging import PageQuery
from coalition.api.schemas.base import Id, Input, Items, Moment, Output
from coalition.fields import Line, WebAddress
from coalition.organizations.domains import MAX_DOMAINS
from coalition.organizations.names import MAX_NAME_CHARS
from coalition.organizations.schemas import MAX_PLACE_CHARS

MAX_HOST_CHARS = 253  # RFC 1035

_EXAMPLE: dict[str, Any] = {
    "name": "Riders' Union",
    "website": "https://riders-union.example",
    "city": "Los Angeles",
    "region": "CA",
    "domains": ["riders-union.example"],
    "parent_id": None,
}


class OrganizationsQuery(PageQuery):
    """Which organizations are wanted."""

    search = Line(
        MAX_NAME_CHARS,
        metadata={"description": "A part of the name or of another name of it."},
    )


class OrganizationInput(Input):
    """The public facts about an organization."""

    example: ClassVar[dict[str, Any]] = _EXAMPLE
    example_of_change: ClassVar[dict[str, Any]] = {"city": "Long Beach"}

    name = Line(MAX_NAME_CHARS, required=True)
    website = WebAddress()
    city = Line(MAX_PLACE_CHARS, default=None)
    region = Line(MAX_PLACE_CHARS, default=None)
    domains = Items(
        Line(MAX_HOST_CHARS, required=True),
        MAX_DOMAINS,
        load_default=list,
        metadata={"description": "Where mail is the organization's own."},
    )
    parent_id = Id(
        load_default=None, metadata={"description": "The organization that it is a chapter of."}
    )


class AliasInput(Input):
    """Another name."""

    example: ClassVar[dict[str, Any]] = {"name": "RU"}

    name = Line(MAX_NAME_CHARS, required=True)


class AliasSchema(Output):
    """Another name under which an organization is found."""

    example: ClassVar[dict[str, Any]] = {"id": SAMPLE_ID, "name": "RU"}

    id = Id()
    name = fields.String()


class OrganizationSchema(Output):
    """An organization, the same for every coalition."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        **_EXAMPLE,
        "aliases": [AliasSchema.example],
        "is_sample": False,
        "created_at": "2026-08-20T17:00:00Z",
    }

    id = Id()
    name = fields.String()
    website = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    domains = fields.List(fields.String())
    parent_id = Id(allow_none=True)
    aliases = fields.List(fields.Nested(AliasSchema))
    is_sample = fields.Boolean(metadata={"description": "Made up to try things out."})
    created_at = Moment()
