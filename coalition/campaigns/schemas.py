"""What coordinators write about campaigns."""

from datetime import date
from typing import Any

from flask_babel import gettext
from marshmallow import Schema, ValidationError, validates_schema

from coalition import languages
from coalition.campaigns.models import CampaignStatus
from coalition.campaigns.updates import UpdateKind
from coalition.fields import Choice, Day, Line, OneOf, Paragraphs, Slug

MAX_TITLE_CHARS = 200
MAX_GOAL_CHARS = 500
MAX_TARGET_CHARS = 200
MAX_SUMMARY_CHARS = 20_000
MAX_CALL_CHARS = 5_000
MAX_OUTCOME_CHARS = 5_000
MAX_BODY_CHARS = 10_000  # of an update or a reason
MAX_AGREED_HOW_CHARS = 300
MAX_PLACE_CHARS = 200


class CampaignForm(Schema):
    """A campaign: what it wants, from whom, until when, and what came of it."""

    title = Line(MAX_TITLE_CHARS, required=True)
    slug = Slug()
    language = OneOf(languages.WRITTEN, default="en")
    area = Line(MAX_PLACE_CHARS)
    goal = Line(MAX_GOAL_CHARS)
    target = Line(MAX_TARGET_CHARS)
    status = Choice(CampaignStatus)
    starts_on = Day()
    ends_on = Day()
    call = Paragraphs(MAX_CALL_CHARS)
    summary = Paragraphs(MAX_SUMMARY_CHARS)
    outcome = Paragraphs(MAX_OUTCOME_CHARS)
    outcome_on = Day()

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_more: Any) -> None:
        first: date | None = values.get("starts_on")
        last: date | None = values.get("ends_on")
        if first and last and last < first:
            raise ValidationError(gettext("The last day is before the first."), "ends_on")


class CampaignTranslationForm(Schema):
    """A campaign's texts in another language; those left empty are shown as written."""

    title = Line(MAX_TITLE_CHARS)
    goal = Line(MAX_GOAL_CHARS)
    target = Line(MAX_TARGET_CHARS)
    call = Paragraphs(MAX_CALL_CHARS)
    summary = Paragraphs(MAX_SUMMARY_CHARS)
    outcome = Paragraphs(MAX_OUTCOME_CHARS)


class PointForm(Schema):
    """A title with the text behind it: a reason, or the translation of one."""

    title = Line(MAX_TITLE_CHARS, required=True)
    body = Paragraphs(MAX_BODY_CHARS)


class UpdateForm(PointForm):
    """A piece of news."""

    kind = Choice(UpdateKind)
    happened_on = Day()


class PointTranslationForm(Schema):
    """The title and text of an update or a reason in another language."""

    title = Line(MAX_TITLE_CHARS)
    body = Paragraphs(MAX_BODY_CHARS)


class SponsorForm(Schema):
    """An organization that is asked to stand under the text."""

    organization = Line(MAX_TITLE_CHARS, required=True)


class AgreementForm(Schema):
    """When and how an organization agreed to be listed."""

    agreed_on = Day()
    agreed_how = Line(MAX_AGREED_HOW_CHARS)
