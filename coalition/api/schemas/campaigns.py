"""Campaigns in JSON."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from coalition.api.describing import SAMPLE_ID
from coalition.api.schemas.base import Id, Input, Moment, Output, check_order
from coalition.campaigns.models import CampaignStatus
from coalition.campaigns.schemas import (
    MAX_GOAL_CHARS,
    MAX_OUTCOME_CHARS,
    MAX_SUMMARY_CHARS,
    MAX_TARGET_CHARS,
    MAX_TITLE_CHARS,
)
from coalition.fields import Choice, Day, Line, Paragraphs, Slug

_EXAMPLE: dict[str, Any] = {
    "slug": "all-night-network",
    "title": "An all-night network",
    "goal": "Buses every thirty minutes, all night, on ten lines",
    "target": "Transit Board",
    "summary": "Night workers wait two hours for a bus. **They should not.**",
    "status": "active",
    "starts_on": "2026-09-01",
    "ends_on": "2027-03-31",
    "outcome": "",
    "outcome_on": None,
}


class CampaignInput(Input):
    """A campaign as it is written."""

    example: ClassVar[dict[str, Any]] = _EXAMPLE
    example_of_change: ClassVar[dict[str, Any]] = {"status": "won", "outcome_on": "2027-02-10"}

    slug = Slug()
    title = Line(MAX_TITLE_CHARS, required=True)
    goal = Line(MAX_GOAL_CHARS)
    target = Line(MAX_TARGET_CHARS)
    summary = Paragraphs(MAX_SUMMARY_CHARS)
    status = Choice(CampaignStatus, default=CampaignStatus.PLANNED)
    starts_on = Day()
    ends_on = Day()
    outcome = Paragraphs(MAX_OUTCOME_CHARS)
    outcome_on = Day()

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_more: Any) -> None:
        check_order(values.get("starts_on"), values.get("ends_on"))


class CampaignSchema(Output):
    """A campaign."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        **_EXAMPLE,
        "created_at": "2026-08-20T17:00:00Z",
    }

    id = Id()
    slug = fields.String()
    title = fields.String()
    goal = fields.String()
    target = fields.String()
    summary = fields.String(metadata={"description": "Markdown."})
    status = Choice(CampaignStatus)
    starts_on = Day()
    ends_on = Day()
    outcome = fields.String()
    outcome_on = Day()
    created_at = Moment()
