"""What may stand in a `city.toml`."""

from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext
from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from coalition.areas.errors import DivisionMalformed
from coalition.areas.models import check_division
from coalition.areas.states import STATES
from coalition.cities import places
from coalition.cities.city import Body, HeldBy, Seat
from coalition.decisions.models import BodyFacts, BodyKind
from coalition.errors import N_
from coalition.fields import (
    Choice,
    Day,
    Line,
    MailAddress,
    OneOf,
    Paragraphs,
    WebAddress,
    Whole,
)

MAX_NAME_CHARS = 200
MAX_TEXT_CHARS = 2_000


class Described(Schema):
    """A table of a TOML file. What it does not know is a typing error, and said so."""

    error_messages = {  # noqa: RUF012  marshmallow's own attribute
        "unknown": N_("There is no such setting. Look for a typing error."),
        "type": N_("A table of settings belongs here."),
    }


class HeldBySchema(Described):
    """Somebody who held a seat."""

    name = Line(MAX_NAME_CHARS, required=True)
    starts_on = Day()
    ends_on = Day()

    @post_load
    def _make(self, values: dict[str, Any], **_more: Any) -> HeldBy:
        return HeldBy(**values)


class SeatSchema(Described):
    """A seat of a body."""

    label = Line(MAX_NAME_CHARS, required=True)
    holders = fields.List(fields.Nested(HeldBySchema), load_default=list)

    @post_load
    def _make(self, values: dict[str, Any], **_more: Any) -> Seat:
        return Seat(label=values["label"], holders=tuple(values["holders"]))


class BodySchema(Described):
    """A body that decides, with its rules of public comment."""

    name = Line(MAX_NAME_CHARS, required=True)
    classification = Choice(BodyKind)
    website = WebAddress()
    place = Line(MAX_NAME_CHARS)
    address = Line(MAX_NAME_CHARS)
    meets = Line(MAX_NAME_CHARS)
    comment_email = MailAddress()
    comment_url = WebAddress()
    comment_minutes = Whole(1, 60)
    comment_registration = Paragraphs(MAX_TEXT_CHARS)
    comment_closes_min = Whole(0, 100_000)
    languages = fields.List(Line(10, required=True), load_default=list)
    interpretation = Paragraphs(MAX_TEXT_CHARS)
    interpretation_notice_h = Whole(0, 10_000)
    seats = fields.List(fields.Nested(SeatSchema), load_default=list)

    @post_load
    def _make(self, values: dict[str, Any], **_more: Any) -> Body:
        name, seats = values.pop("name"), tuple(values.pop("seats"))
        values["languages"] = tuple(values["languages"])
        return Body(name=name, facts=BodyFacts(**values), seats=seats)


class CitySchema(Described):
    """A city with its bodies and the files of its campaigns."""

    division_id = Line(MAX_NAME_CHARS, required=True)
    name = Line(MAX_NAME_CHARS, required=True)
    region = OneOf(tuple(STATES))
    time_zone = OneOf(available_timezones())
    languages = fields.List(Line(10, required=True), load_default=lambda: ["en"])
    website = WebAddress()
    also_called = fields.List(Line(MAX_NAME_CHARS, required=True), load_default=list)
    agencies = fields.List(Line(MAX_NAME_CHARS, required=True), load_default=list)
    campaigns = fields.List(Line(MAX_NAME_CHARS, required=True), load_default=list)
    bodies = fields.List(fields.Nested(BodySchema), load_default=list)

    @validates_schema
    def _is_known(self, values: dict[str, Any], **_more: Any) -> None:
        try:
            check_division(values["division_id"])
        except DivisionMalformed as error:
            raise ValidationError(str(error), "division_id") from error
        if places.place_in(values["name"], values["region"]) is None:
            raise ValidationError(
                gettext("The post knows no place of this name in that state."), "name"
            )

    @validates_schema
    def _has_each_body_once(self, values: dict[str, Any], **_more: Any) -> None:
        names = [body.name for body in values["bodies"]]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValidationError(
                gettext("There are two bodies called “%(name)s”.") % {"name": twice[0]},
                "bodies",
            )
