"""What visitors write into the public forms."""

import re
from typing import Any

from flask_babel import gettext
from marshmallow import Schema, ValidationError, post_load, validates_schema

from coalition.fields import Choice, Line, MailAddress, WebAddress, YesNo
from coalition.letters.signatures import SignatureKind
from coalition.organizations.names import MAX_NAME_CHARS as MAX_ORGANIZATION_CHARS
from coalition.organizations.names import name_key
from coalition.people.models import MAX_NAME_CHARS

MAX_DISPLAY_CHARS = 200
MAX_CAPACITY_CHARS = 120
MAX_CITY_CHARS = 100
MAX_POSTAL_CHARS = 20

_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


class SignatureForm(Schema):
    """The form under a letter. What belongs to the other kind of signature is left out."""

    kind = Choice(SignatureKind)
    given_name = Line(MAX_NAME_CHARS, required=True)
    family_name = Line(MAX_NAME_CHARS)
    email = MailAddress(required=True)
    affiliation = Line(MAX_ORGANIZATION_CHARS)
    organization_name = Line(MAX_ORGANIZATION_CHARS)
    capacity = Line(MAX_CAPACITY_CHARS)
    website = WebAddress()
    city = Line(MAX_CITY_CHARS, default=None)
    postal_code = Line(MAX_POSTAL_CHARS, default=None)
    listed = YesNo()
    updates = YesNo()
    partner = Line(36, default=None)
    partner_updates = YesNo()

    @validates_schema(skip_on_field_errors=False)
    def _needs_of_kind(self, values: dict[str, Any], **_: Any) -> None:
        missing = {}
        if values.get("kind") == SignatureKind.ORGANIZATION:
            if not name_key(values.get("organization_name", "")):
                missing["organization_name"] = [gettext("Write the organization's name.")]
            if not values.get("capacity"):
                missing["capacity"] = [gettext("Say in what role you sign for it.")]
        if missing:
            raise ValidationError(missing)

    @post_load
    def _only_of_kind(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        if values["kind"] == SignatureKind.PERSON:
            values.update(organization_name=values["affiliation"], capacity="", website=None)
        del values["affiliation"]
        return values


class ConfirmationForm(Schema):
    """What the mailbox's owner may correct before confirming."""

    given_name = Line(MAX_NAME_CHARS, required=True)
    family_name = Line(MAX_NAME_CHARS)
    listed = YesNo()
    updates = YesNo()
    partner_updates = YesNo()


class ListingForm(Schema):
    """How a signatory wants to be listed."""

    listed = YesNo()
    display_name = Line(MAX_DISPLAY_CHARS)


def source_code(text: str) -> str | None:
    """Return the code that tells from where somebody came, or `None` if it is none."""
    return text if _SOURCE.fullmatch(text) else None
