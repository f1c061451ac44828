"""What coordinators write about campaigns."""

from datetime import date
from typing import Any

from flask_babel import gettext
from marshmallow import Schema, ValidationError, validates_schema

from coalition.campaigns.models import CampaignStatus
from coalition.fields import Choice, Day, Line, Paragraphs, Slug

MAX_TITLE_CHARS = 200
MAX_GOAL_CHARS = 500
MAX_TARGET_CHARS = 200
MAX_SUMMARY_CHARS = 20_000
MAX_OUTCOME_CHARS = 5_000


class CampaignForm(Schema):
    """A campaign: what it wants, from whom, until when, and what came of it."""

    title = Line(MAX_TITLE_CHARS, required=True)
    slug = Slug()
    goal = Line(MAX_GOAL_CHARS)
    target = Line(MAX_TARGET_CHARS)
    status = Choice(CampaignStatus)
    starts_on = Day()
    ends_on = Day()
    summary = Paragraphs(MAX_SUMMARY_CHARS)
    outcome = Paragraphs(MAX_OUTCOME_CHARS)
    outcome_on = Day()

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_more: Any) -> None:
        first: date | None = values.get("starts_on")
        last: date | None = values.get("ends_on")
        if first and last and last < first:
            raise ValidationError(gettext("The last day is before the first."), "ends_on")
