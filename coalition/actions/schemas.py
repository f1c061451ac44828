"""What visitors write: that they did something, that they came."""

from typing import Any

from flask_babel import gettext
from marshmallow import Schema, ValidationError, post_load, validates_schema

from coalition.actions.participations import Party
from coalition.fields import Choice, Line, MailAddress, Paragraphs, YesNo
from coalition.organizations.names import MAX_NAME_CHARS as MAX_ORGANIZATION_CHARS
from coalition.organizations.names import name_key

MAX_NAME_CHARS = 200
MAX_COPY_CHARS = 20_000
MAX_PLACE_CHARS = 200
MAX_KEY_CHARS = 64


class ReportForm(Schema):
    """The form “I did it”."""

    party = Choice(Party, default=Party.PERSON)
    name = Line(MAX_NAME_CHARS, required=True)
    email = MailAddress(required=True)
    organization_name = Line(MAX_ORGANIZATION_CHARS)
    copy = Paragraphs(MAX_COPY_CHARS, default=None)
    place = Line(MAX_PLACE_CHARS)
    updates = YesNo()

    @validates_schema(skip_on_field_errors=False)
    def _needs_of_party(self, values: dict[str, Any], **_: Any) -> None:
        named = name_key(values.get("organization_name", ""))
        if values.get("party") == Party.ORGANIZATION and not named:
            raise ValidationError(
                gettext("Write the organization's name."), "organization_name"
            )

    @post_load
    def _only_of_party(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        if values["party"] == Party.PERSON:
            values["organization_name"] = ""
        return values


class ConfirmationForm(Schema):
    """What the mailbox's owner may correct before confirming."""

    name = Line(MAX_NAME_CHARS, required=True)
    copy = Paragraphs(MAX_COPY_CHARS, default="")


class CheckInForm(Schema):
    """The form on the phone at the door."""

    key = Line(MAX_KEY_CHARS, required=True)
    name = Line(MAX_NAME_CHARS, required=True)
    email = MailAddress()
    organization_name = Line(MAX_ORGANIZATION_CHARS)
    will_speak = YesNo()
    updates = YesNo()
