"""What coordinators write about organizations."""

from datetime import date
from typing import Any

from flask_babel import gettext
from marshmallow import Schema, ValidationError, validates_schema

from coalition.fields import Day, Line, Paragraphs, WebAddress, YesNo
from coalition.organizations.names import MAX_NAME_CHARS

MAX_PLACE_CHARS = 100
MAX_ROLE_CHARS = 60
MAX_TITLE_CHARS = 120
MAX_DOMAINS_CHARS = 1_000


class OrganizationForm(Schema):
    """The public facts about an organization; `parent` is a name in the directory."""

    name = Line(MAX_NAME_CHARS, required=True)
    website = WebAddress()
    city = Line(MAX_PLACE_CHARS, default=None)
    region = Line(MAX_PLACE_CHARS, default=None)
    parent = Line(MAX_NAME_CHARS)
    domains = Paragraphs(MAX_DOMAINS_CHARS)


class NewOrganizationForm(OrganizationForm):
    """The same, with a tick that none of the similar ones shown is meant."""

    is_another = YesNo()


class AliasForm(Schema):
    """Another name."""

    alias = Line(MAX_NAME_CHARS, required=True)


class LogoForm(Schema):
    """Whether the organization agreed to its logo being shown."""

    logo_permitted = YesNo()


class MergeForm(Schema):
    """The organization that stays, by name; `agreed` is a tick that it cannot be undone."""

    into = Line(MAX_NAME_CHARS, required=True)
    agreed = YesNo()


class DaysForm(Schema):
    """A first and a last day."""

    starts_on = Day()
    ends_on = Day()

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_more: Any) -> None:
        first: date | None = values.get("starts_on")
        last: date | None = values.get("ends_on")
        if first and last and last < first:
            raise ValidationError(gettext("The last day is before the first."), "ends_on")


class MembershipForm(DaysForm):
    """A person in an organization, which is named as in the directory."""

    organization = Line(MAX_NAME_CHARS, required=True)
    role = Line(MAX_ROLE_CHARS)
    title = Line(MAX_TITLE_CHARS, default=None)
