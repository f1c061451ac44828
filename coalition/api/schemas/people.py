"""People in JSON, with their addresses, notes and memberships."""

from typing import Any, ClassVar

from flask_babel import gettext
from marshmallow import ValidationError, fields, validates_schema

from coalition.api.describing import SAMPLE_ID
from coalition.api.paging import PageQuery
from coalition.api.schemas.base import Flag, Id, Input, Items, Moment, Output, check_order
from coalition.fields import Day, Line, MailAddress, Paragraphs
from coalition.organizations.schemas import MAX_ROLE_CHARS, MAX_TITLE_CHARS
from coalition.people.custom_fields import MAX_FIELDS, MAX_VALUE_CHARS
from coalition.people.models import MAX_NOTE_CHARS, MAX_TAG_CHARS
from coalition.people.schemas import PersonFields

MAX_TAGS = 30

_EXAMPLE: dict[str, Any] = {
    "given_name": "Rosa",
    "family_name": "Nightingale",
    "street": "12 Depot Road",
    "postal_code": "90012",
    "city": "Los Angeles",
    "region": "CA",
    "country": "US",
    "phone": "+1 213 555 0100",
    "language": "es",
    "tags": ["driver", "volunteer"],
    "custom_fields": {},
}


class PeopleQuery(PageQuery):
    """Which people are wanted."""

    email = MailAddress()
    tag = Line(MAX_TAG_CHARS, default=None)


class CustomValues(fields.Dict):
    """The values of a coalition's own fields by their keys."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> Any:
        if not isinstance(value, dict) or len(value) > MAX_FIELDS:
            raise ValidationError(
                gettext("Send an object with at most %(limit)d fields.", limit=MAX_FIELDS)
            )
        for each in value.values():
            if not isinstance(each, str | int | float | bool | None):
                raise ValidationError(gettext("Values are texts, numbers, true or false."))
            if isinstance(each, str) and (
                len(each) > MAX_VALUE_CHARS or not each.isprintable()
            ):
                raise ValidationError(
                    gettext(
                        "Values have at most %(limit)d characters, on one line.",
                        limit=MAX_VALUE_CHARS,
                    )
                )
        return value


class PersonChange(PersonFields, Input):
    """What may change of a person."""

    example: ClassVar[dict[str, Any]] = _EXAMPLE
    example_of_change: ClassVar[dict[str, Any]] = {"city": "Long Beach", "tags": ["driver"]}

    tags = Items(Line(MAX_TAG_CHARS, required=True), MAX_TAGS, load_default=list)
    custom_fields = CustomValues(
        load_default=dict,
        metadata={"description": "Values of the coalition's own fields; null removes one."},
    )


class PersonInput(PersonChange):
    """A person as they are added."""

    example: ClassVar[dict[str, Any]] = {**_EXAMPLE, "email": "rosa@night-buses.example"}

    email = MailAddress()


class AddressSchema(Output):
    """An e-mail address of a person."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "address": "rosa@night-buses.example",
        "is_primary": True,
        "verified_at": None,
        "created_at": "2026-08-20T17:00:00Z",
    }

    id = Id()
    address = fields.String()
    is_primary = fields.Boolean(metadata={"description": "Mail goes to this one."})
    verified_at = Moment(allow_none=True)
    created_at = Moment()


class PersonSchema(Output):
    """A human being that the coalition knows."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        **_EXAMPLE,
        "addresses": [AddressSchema.example],
        "created_at": "2026-08-20T17:00:00Z",
    }

    id = Id()
    given_name = fields.String()
    family_name = fields.String()
    street = fields.String(allow_none=True)
    postal_code = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    language = fields.String(allow_none=True)
    tags = fields.List(fields.String())
    custom_fields = fields.Dict()
    addresses = fields.List(fields.Nested(AddressSchema), attribute="email_addresses")
    created_at = Moment()


class AddressInput(Input):
    """One more address."""

    example: ClassVar[dict[str, Any]] = {"address": "r.nightingale@union.example"}

    address = MailAddress(required=True)
    is_primary = Flag(load_default=False)


class AddressChange(Input):
    """Whether mail goes to this address from now on."""

    example: ClassVar[dict[str, Any]] = {"is_primary": True}

    is_primary = Flag(required=True)


class NoteInput(Input):
    """A note about a person."""

    example: ClassVar[dict[str, Any]] = {"text": "Speaks at the meeting of 14 December."}

    text = Paragraphs(MAX_NOTE_CHARS, required=True)


class NoteSchema(Output):
    """What was written down about a person."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "text": "Speaks at the meeting of 14 December.",
        "created_at": "2026-08-20T17:00:00Z",
    }

    id = Id()
    text = fields.String()
    created_at = Moment()


class AffiliationChange(Input):
    """What may change of a person's place in an organization."""

    example: ClassVar[dict[str, Any]] = {
        "role": "member",
        "title": "Night shift steward",
        "starts_on": "2025-05-01",
        "ends_on": None,
    }
    example_of_change: ClassVar[dict[str, Any]] = {"ends_on": "2026-10-31"}

    role = Line(MAX_ROLE_CHARS, default="member")
    title = Line(MAX_TITLE_CHARS, default=None)
    starts_on = Day()
    ends_on = Day()

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_more: Any) -> None:
        check_order(values.get("starts_on"), values.get("ends_on"))


class AffiliationInput(AffiliationChange):
    """An organization that a person belongs to."""

    example: ClassVar[dict[str, Any]] = {
        **AffiliationChange.example,
        "organization_id": SAMPLE_ID,
    }

    organization_id = Id(required=True)


class AffiliationSchema(Output):
    """A person in an organization."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "organization_name": "Riders' Union",
        **AffiliationInput.example,
    }

    id = Id()
    organization_id = Id()
    organization_name = fields.String(attribute="organization.name")
    role = fields.String()
    title = fields.String(allow_none=True)
    starts_on = Day()
    ends_on = Day()
