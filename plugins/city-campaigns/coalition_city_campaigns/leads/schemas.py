"""What people write who want to challenge a contract, and what programs get."""

from marshmallow import Schema, fields

from coalition.sdk import REGIONS, Choice, Line, MailAddress, OneOf, Paragraphs, YesNo
from coalition_city_campaigns.leads.models import Lead, Technology

MAX_NAME_CHARS = 100
MAX_CITY_CHARS = 100
MAX_VENDOR_CHARS = 100
MAX_POSTCODE_CHARS = 10
MAX_KNOWN_CHARS = 3_000
MAX_NOTE_CHARS = 300


class ChallengeForm(Schema):
    """The public form. A postcode is only checked against the city and never kept."""

    person_name = Line(MAX_NAME_CHARS, required=True)
    email = MailAddress(required=True)
    city = Line(MAX_CITY_CHARS, required=True)
    region = OneOf(("", *REGIONS), required=False, default="")
    postcode = Line(MAX_POSTCODE_CHARS)
    technology = Choice(Technology)
    vendor = Line(MAX_VENDOR_CHARS)
    known = Paragraphs(MAX_KNOWN_CHARS)
    agreed = YesNo()
    updates = YesNo()


class ConfirmationForm(Schema):
    """Whether the mailbox's owner wants the further mail that whoever filled in the form ticked."""

    updates = YesNo()


class ClosingForm(Schema):
    """Why nothing more is planned with a lead."""

    note = Line(MAX_NOTE_CHARS)


class LeadSchema(Schema):
    """A lead without the person: programs count and route, people write to people."""

    id = fields.UUID()
    city = fields.String(attribute="place_name")
    region = fields.String()
    technology = fields.String()
    vendor = fields.String()
    state = fields.String()
    campaign = fields.Method("_campaign")
    created_at = fields.DateTime(format="iso")
    closed_at = fields.DateTime(format="iso", allow_none=True)

    def _campaign(self, lead: Lead) -> str | None:
        return lead.campaign.slug if lead.campaign else None


class LeadListSchema(Schema):
    """The leads of a coalition, newest first."""

    leads = fields.List(fields.Nested(LeadSchema))
