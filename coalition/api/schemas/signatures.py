"""Signatures in JSON."""

from typing import Any, ClassVar

from flask_babel import gettext
from marshmallow import ValidationError, fields, validates_schema

from coalition.addresses import MAX_ADDRESS_CHARS
from coalition.api.describing import SAMPLE_ID
from coalition.api.paging import PageQuery
from coalition.api.schemas.base import Flag, Id, Input, Moment, Output, State
from coalition.fields import Choice, Line, OneOf, Paragraphs, WebAddress, languages
from coalition.letters.manage_schemas import MAX_REASON_CHARS
from coalition.letters.schemas import (
    MAX_CAPACITY_CHARS,
    MAX_CITY_CHARS,
    MAX_POSTAL_CHARS,
    source_code,
)
from coalition.letters.signatures import SignatureKind, SignatureSource, SignatureState
from coalition.organizations.names import MAX_NAME_CHARS as MAX_ORGANIZATION_CHARS
from coalition.organizations.names import name_key
from coalition.people.models import MAX_NAME_CHARS
from coalition.people.schemas import MAX_PLACE_CHARS

MAX_SOURCE_CODE_CHARS = 40
MAX_WORDING_CHARS = 500


class SourceCode(Line):
    """A code that tells from where somebody came."""

    def _deserialize(self, value: Any, *args: Any, **more: Any) -> str | None:
        text = super()._deserialize(value, *args, **more)
        if text and source_code(text) is None:
            raise ValidationError(
                gettext("Use letters, digits, dots, hyphens and underscores.")
            )
        return text


class SigningInput(Input):
    """Somebody's name for a letter."""

    example: ClassVar[dict[str, Any]] = {
        "kind": "organization",
        "given_name": "Rosa",
        "family_name": "Nightingale",
        "email": "rosa@riders-union.example",
        "organization_name": "Riders' Union",
        "capacity": "Secretary",
        "website": "https://riders-union.example",
        "listed": True,
        "language": "en",
        "source_code": "leaflet-3",
    }

    kind = Choice(SignatureKind)
    given_name = Line(MAX_NAME_CHARS, required=True)
    family_name = Line(MAX_NAME_CHARS)
    # Signing itself checks the address once more; twice would cost a tenth of the request.
    email = Line(MAX_ADDRESS_CHARS, required=True, metadata={"format": "email"})
    organization_name = Line(
        MAX_ORGANIZATION_CHARS,
        metadata={"description": "Who signs; of a person, where they belong."},
    )
    capacity = Line(
        MAX_CAPACITY_CHARS,
        metadata={"description": "In what role an organization is signed for."},
    )
    website = WebAddress()
    city = Line(MAX_CITY_CHARS, default=None)
    region = Line(MAX_PLACE_CHARS, default=None)
    postal_code = Line(MAX_POSTAL_CHARS, default=None)
    listed = Flag(
        load_default=False,
        metadata={"description": "Whether the name may stand in the public list."},
    )
    updates_wording = Line(
        MAX_WORDING_CHARS,
        default=None,
        metadata={
            "description": "The exact sentence that the person agreed to, if they want news."
        },
    )
    language = OneOf(languages, required=False, default="en")
    source_code = SourceCode(
        MAX_SOURCE_CODE_CHARS,
        default=None,
        metadata={"description": "Where the person came from, such as a leaflet."},
    )

    @validates_schema
    def _has_what_its_kind_needs(self, values: dict[str, Any], **_more: Any) -> None:
        if values["kind"] == SignatureKind.ORGANIZATION:
            if not name_key(values["organization_name"]):
                raise ValidationError(
                    gettext("Write the organization's name."), "organization_name"
                )
            if not values["capacity"]:
                raise ValidationError(gettext("Say in what role you sign for it."), "capacity")
        for name in ("capacity", "website"):
            if values["kind"] == SignatureKind.PERSON and values[name]:
                raise ValidationError(
                    gettext("Only an organization's signature has this."), name
                )


class SignaturesQuery(PageQuery):
    """Which signatures are wanted."""

    kind = State(SignatureKind)
    state = State(SignatureState)


class SignatureSchema(Output):
    """A name under a letter, with its contact data."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        **SigningInput.example,
        "state": "confirmed",
        "source": "page",
        "counts": False,
        "display_name": "",
        "listed_name": "Riders' Union",
        "city": None,
        "region": None,
        "postal_code": None,
        "organization_id": None,
        "person_id": SAMPLE_ID,
        "rejection_reason": None,
        "evidence": None,
        "created_at": "2026-11-20T17:00:00Z",
        "confirmed_at": "2026-11-20T17:05:00Z",
        "decided_at": None,
        "withdrawn_at": None,
    }

    id = Id()
    kind = Choice(SignatureKind)
    state = Choice(SignatureState)
    source = Choice(SignatureSource)
    counts = fields.Boolean(metadata={"description": "Whether it is part of the count."})
    given_name = fields.String()
    family_name = fields.String()
    email = fields.String(allow_none=True)
    organization_name = fields.String(metadata={"description": "As the signatory wrote it."})
    organization_id = Id(allow_none=True)
    capacity = fields.String()
    website = fields.String(allow_none=True)
    listed = fields.Boolean()
    display_name = fields.String()
    listed_name = fields.String(metadata={"description": "As it stands under the letter."})
    city = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    postal_code = fields.String(allow_none=True)
    language = fields.String()
    source_code = fields.String(allow_none=True)
    person_id = Id(allow_none=True)
    rejection_reason = fields.String(allow_none=True)
    evidence = fields.String(allow_none=True)
    created_at = Moment()
    confirmed_at = Moment(allow_none=True)
    decided_at = Moment(allow_none=True)
    withdrawn_at = Moment(allow_none=True)


class ApprovalInput(Input):
    """Which organization signed; without it the one that was matched."""

    example: ClassVar[dict[str, Any]] = {"organization_id": SAMPLE_ID}

    organization_id = Id(load_default=None)


class RejectionInput(Input):
    """Why a signature is refused; only the coalition sees it."""

    example: ClassVar[dict[str, Any]] = {"reason": "Nobody there knows of it."}

    reason = Paragraphs(MAX_REASON_CHARS, required=True)
