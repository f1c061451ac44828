"""Campaigns in JSON."""

from collections.abc import Iterable
from typing import Any, ClassVar

from flask_babel import gettext
from marshmallow import ValidationError, fields, validates, validates_schema

from coalition.api.describing import SAMPLE_ID
from coalition.api.schemas.base import (
    Id,
    Input,
    Items,
    Language,
    Moment,
    Output,
    Part,
    check_order,
)
from coalition.campaigns.models import CampaignStatus
from coalition.campaigns.schemas import (
    MAX_CALL_CHARS,
    MAX_GOAL_CHARS,
    MAX_OUTCOME_CHARS,
    MAX_PLACE_CHARS,
    MAX_SUMMARY_CHARS,
    MAX_TARGET_CHARS,
    MAX_TITLE_CHARS,
)
from coalition.fields import Choice, Day, Line, Paragraphs, Slug
from coalition.wording import Worded

MAX_TRANSLATIONS = 20

_EXAMPLE: dict[str, Any] = {
    "slug": "all-night-network",
    "language": "en",
    "area": None,
    "title": "An all-night network",
    "goal": "Buses every thirty minutes, all night, on ten lines",
    "target": "Transit Board",
    "call": "Come to the board's meeting and **tell them how long you wait**.",
    "summary": "Night workers wait two hours for a bus. **They should not.**",
    "status": "active",
    "starts_on": "2026-09-01",
    "ends_on": "2027-03-31",
    "outcome": "",
    "outcome_on": None,
    "translations": [
        {
            "language": "es",
            "title": "Una red toda la noche",
            "goal": "Autobuses cada treinta minutos, toda la noche, en diez líneas",
            "target": "",
            "call": "",
            "summary": "",
            "outcome": "",
        }
    ],
}


class CampaignTranslationPart(Input):
    """A campaign's texts in another language; "" where there is no translation."""

    language = Language(required=True)
    title = Line(MAX_TITLE_CHARS)
    goal = Line(MAX_GOAL_CHARS)
    target = Line(MAX_TARGET_CHARS)
    call = Paragraphs(MAX_CALL_CHARS)
    summary = Paragraphs(MAX_SUMMARY_CHARS)
    outcome = Paragraphs(MAX_OUTCOME_CHARS)


def translations_of(record: Worded) -> list[dict[str, str]]:
    """Return a record's texts in other languages, as the API writes them."""
    return [
        {"language": language, **{name: texts.get(name, "") for name in record.WORDS}}
        for language, texts in sorted((record.translations or {}).items())
    ]


def _once_each(languages: Iterable[str]) -> None:
    named = list(languages)
    if len(set(named)) < len(named):
        raise ValidationError(gettext("Each language may come once."))


class CampaignInput(Input):
    """A campaign as it is written."""

    example: ClassVar[dict[str, Any]] = _EXAMPLE
    example_of_change: ClassVar[dict[str, Any]] = {"status": "won", "outcome_on": "2027-02-10"}

    slug = Slug()
    language = Language()
    area = Line(
        MAX_PLACE_CHARS,
        default=None,
        metadata={"description": "The place it is about: a division id, or a name."},
    )
    title = Line(MAX_TITLE_CHARS, required=True)
    goal = Line(MAX_GOAL_CHARS)
    target = Line(MAX_TARGET_CHARS)
    call = Paragraphs(MAX_CALL_CHARS, metadata={"description": "Markdown."})
    summary = Paragraphs(MAX_SUMMARY_CHARS)
    status = Choice(CampaignStatus, default=CampaignStatus.PLANNED)
    starts_on = Day()
    ends_on = Day()
    outcome = Paragraphs(MAX_OUTCOME_CHARS)
    outcome_on = Day()
    translations = Items(Part(CampaignTranslationPart), MAX_TRANSLATIONS, load_default=list)

    @validates("translations")
    def _languages_once(self, translations: list[dict[str, str]], **_more: Any) -> None:
        _once_each(each["language"] for each in translations)

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_more: Any) -> None:
        check_order(values.get("starts_on"), values.get("ends_on"))


class CampaignSchema(Output):
    """A campaign."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        **_EXAMPLE,
        "is_published": False,
        "created_at": "2026-08-20T17:00:00Z",
    }

    id = Id()
    slug = fields.String()
    language = fields.String()
    area = fields.Function(
        lambda campaign: campaign.area.division_id if campaign.area else None,
        metadata={"type": ["string", "null"], "description": "The division id of its place."},
    )
    title = fields.String()
    goal = fields.String()
    target = fields.String()
    call = fields.String(metadata={"description": "What readers are asked to do; Markdown."})
    summary = fields.String(metadata={"description": "Markdown."})
    status = Choice(CampaignStatus)
    starts_on = Day()
    ends_on = Day()
    outcome = fields.String()
    outcome_on = Day()
    translations = fields.Function(
        translations_of, metadata={"type": "array", "items": {"type": "object"}}
    )
    is_published = fields.Boolean(metadata={"description": "Everybody can read its page."})
    created_at = Moment()
