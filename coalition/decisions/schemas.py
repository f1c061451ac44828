"""What coordinators write about public bodies, meetings, agendas and votes."""

from typing import Any

from flask_babel import gettext
from marshmallow import Schema, ValidationError, fields, validates_schema

from coalition.areas.models import AreaKind
from coalition.decisions.agenda import ItemOutcome
from coalition.decisions.models import BodyFacts, BodyKind
from coalition.decisions.numbers import MAX_NUMBER_CHARS
from coalition.decisions.scheduling import Precision
from coalition.decisions.votes import MotionResult, Position
from coalition.fields import (
    Choice,
    ChosenId,
    ClockTime,
    Day,
    Line,
    MailAddress,
    OneOf,
    Paragraphs,
    WebAddress,
    Whole,
)
from coalition.localtime import Turn, time_zones

MAX_NAME_CHARS = 200
MAX_LINE_CHARS = 300
MAX_TEXT_CHARS = 5_000
MAX_MOTION_CHARS = 2_000
MAX_VOTES = 1_000

# In which unit a deadline before the meeting is written: {unit: minutes}, the largest first.
UNITS = {"days": 24 * 60, "hours": 60, "minutes": 1}


class PlaceForm(Schema):
    """A place for the directory."""

    name = Line(MAX_NAME_CHARS, required=True)
    region = Line(100)
    kind = Choice(AreaKind, default=AreaKind.PLACE)
    time_zone = OneOf(time_zones)
    division_id = Line(MAX_NAME_CHARS)


class BodyForm(Schema):
    """A public body and how it hears the public."""

    name = Line(MAX_NAME_CHARS, required=True)
    area = Line(MAX_NAME_CHARS, required=True)
    classification = Choice(BodyKind)
    website = WebAddress()
    place = Line(MAX_LINE_CHARS)
    address = Line(MAX_LINE_CHARS)
    meets = Line(MAX_LINE_CHARS)
    comment_email = MailAddress()
    comment_url = WebAddress()
    comment_minutes = Whole(1, 60)
    comment_registration = Paragraphs(MAX_TEXT_CHARS)
    comment_closes = Whole(0, 10_000)
    comment_closes_unit = OneOf(UNITS, default="hours")
    languages = fields.List(Line(10), load_default=list)
    interpretation = Paragraphs(MAX_TEXT_CHARS)
    interpretation_notice_h = Whole(0, 2_000)


def facts_of(values: dict[str, Any]) -> BodyFacts:
    """Return what a checked `BodyForm` says of a body."""
    closes = values["comment_closes"]
    return BodyFacts(
        comment_closes_min=None if closes is None else closes * _unit(values),
        languages=[each for each in values["languages"] if each],
        **{
            name: values[name]
            for name in (
                "classification", "website", "place", "address", "meets", "comment_email",
                "comment_url", "comment_minutes", "comment_registration", "interpretation",
                "interpretation_notice_h",
            )
        },
    )  # fmt: skip


def closing_rule(minutes: int | None) -> tuple[int | None, str]:
    """Return a deadline before the meeting in its largest whole unit, and that unit's name."""
    if not minutes:
        return minutes, "hours"
    unit = next(unit for unit, length in UNITS.items() if minutes % length == 0)
    return minutes // UNITS[unit], unit


def _unit(values: dict[str, Any]) -> int:
    return UNITS[values["comment_closes_unit"]]


class TermForm(Schema):
    """Who holds a seat, and when."""

    holder = Line(MAX_NAME_CHARS, required=True)
    starts_on = Day()
    ends_on = Day()


class SeatForm(TermForm):
    """A seat, with who holds it if that is known."""

    label = Line(MAX_NAME_CHARS, required=True)
    holder = Line(MAX_NAME_CHARS)


class SeatNameForm(Schema):
    """What a seat is called."""

    label = Line(MAX_NAME_CHARS, required=True)


class MeetingForm(Schema):
    """A meeting: when and where, and what else is known."""

    precision = Choice(Precision, default=Precision.TIME)
    day = Day(required=True)
    time = ClockTime()
    turn = Choice(Turn, required=False)
    time_zone = OneOf(time_zones, required=False)
    duration_min = Whole(1, 24 * 60)
    title = Line(MAX_NAME_CHARS)
    place = Line(MAX_LINE_CHARS)
    address = Line(MAX_LINE_CHARS)
    remote_url = WebAddress()
    agenda_url = WebAddress()
    minutes_url = WebAddress()
    comments_day = Day()
    comments_time = ClockTime()
    note = Paragraphs(MAX_TEXT_CHARS)

    @validates_schema
    def _both_or_none(self, values: dict[str, Any], **_more: Any) -> None:
        day, at = values.get("comments_day"), values.get("comments_time")
        if (day is None) != (at is None):
            raise ValidationError(
                gettext("Give day and time of the deadline, or neither."),
                "comments_time" if at is None else "comments_day",
            )


class NewMeetingForm(MeetingForm):
    """A meeting to follow, and the first item of its agenda that concerns the coalition."""

    body = ChosenId(required=True)
    campaign = ChosenId()
    subject = Line(MAX_LINE_CHARS)

    @validates_schema
    def _says_what_it_is_about(self, values: dict[str, Any], **_more: Any) -> None:
        # The title of a campaign that is not published must not get on a public page.
        if values.get("campaign") and not values.get("subject"):
            raise ValidationError(
                gettext("Write what the item is about: everybody will read it."), "subject"
            )


class CancelForm(Schema):
    """Why a meeting does not take place."""

    reason = Line(MAX_LINE_CHARS)


class ItemForm(Schema):
    """An item of an agenda."""

    subject = Line(MAX_LINE_CHARS, required=True)
    number = Line(MAX_NUMBER_CHARS)
    campaign = ChosenId()
    description = Paragraphs(MAX_TEXT_CHARS)
    docket = Line(100)
    url = WebAddress()


class ContinueForm(Schema):
    """The meeting to which an item is put off."""

    meeting = ChosenId(required=True)


class OutcomeForm(Schema):
    """How the body ended an item; without one, it is not known."""

    outcome = Choice(ItemOutcome, required=False)
    outcome_note = Paragraphs(MAX_TEXT_CHARS)
    outcome_on = Day()


class MotionForm(Schema):
    """A motion and what the coalition wants of it."""

    text = Paragraphs(MAX_MOTION_CHARS, required=True)
    our_position = Choice(Position, default=Position.NEUTRAL)


class VoteForm(Schema):
    """A vote; how each member voted stands in fields of their own."""

    voted_on = Day()
    result = Choice(MotionResult, required=False)
    yes_count = Whole(0, MAX_VOTES)
    no_count = Whole(0, MAX_VOTES)

    @validates_schema
    def _both_or_none(self, values: dict[str, Any], **_more: Any) -> None:
        yes, no = values.get("yes_count"), values.get("no_count")
        if (yes is None) != (no is None):
            raise ValidationError(
                gettext("Write both numbers; 0 if there were none."),
                "yes_count" if yes is None else "no_count",
            )


class PledgeForm(Schema):
    """What an officeholder said about a campaign."""

    officeholder = ChosenId(required=True)
    position = Choice(Position)
    said_on = Day(required=True)
    evidence = Paragraphs(MAX_TEXT_CHARS)
    url = WebAddress()
