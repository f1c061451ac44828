"""What coordinators write when they carry a campaign to another place."""

from typing import Any

from flask_babel import gettext
from marshmallow import Schema, ValidationError, fields, validates_schema

from coalition.sdk import (
    REGIONS,
    BodyKind,
    Choice,
    ClockTime,
    Day,
    Line,
    OneOf,
    Slug,
    place_written,
    slug_of,
)
from coalition_city_campaigns.kits.cloning import Wanted

MAX_TITLE_CHARS = 200
MAX_SLUG_CHARS = 60


class CloneForm(Schema):
    """Which kit, to which place, and what is known there."""

    source = Line(300)
    kit_city = Line(100)
    city = Line(100, required=True)
    region = OneOf(("", *REGIONS), required=False, default="")
    title = Line(MAX_TITLE_CHARS, required=True)
    slug = Slug(required=False)
    body = Line(MAX_TITLE_CHARS)
    body_kind = Choice(BodyKind, default=BodyKind.COUNCIL)
    meets_on = Day()
    meets_at = ClockTime()

    @validates_schema
    def _fits(self, values: dict[str, Any], **_more: Any) -> None:
        if values["meets_on"] and not values["body"]:
            raise ValidationError(gettext("Say which body meets on that day."), "body")
        if values["meets_at"] and not values["meets_on"]:
            raise ValidationError(gettext("Say on which day."), "meets_on")


class TickForm(Schema):
    """What is meant as it stands."""

    fingerprint = fields.List(Line(80, required=True), load_default=list)


class ReplaceForm(Schema):
    """A word that is left over, and what takes its place."""

    word = Line(500, required=True)
    by = Line(500, required=True)


def wanted(values: dict[str, Any]) -> Wanted:
    """Return where a campaign shall be carried to.

    Raises:
        PlaceUnknown, PlaceAmbiguous: nobody knows which place is meant.
    """
    place = place_written(values["city"], values["region"])
    return Wanted(
        place=place,
        slug=values["slug"]
        or slug_of(values["title"], most_chars=MAX_SLUG_CHARS, otherwise="campaign"),
        title=values["title"],
        body=values["body"],
        body_kind=values["body_kind"],
        meets_on=values["meets_on"],
        meets_at=values["meets_at"],
    )
