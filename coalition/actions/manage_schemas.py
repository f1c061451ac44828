"""What coordinators and representatives write: every field with its limit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from coalition.actions.editing import ActionValues, TextValues
from coalition.actions.follow_ups import MAX_TITLE_CHARS as MAX_TASK_CHARS
from coalition.actions.models import ActionKind, Addressee, Audience
from coalition.actions.participations import ParticipationState
from coalition.actions.schemas import MAX_COPY_CHARS, MAX_NAME_CHARS, MAX_PLACE_CHARS
from coalition.decisions.votes import Position
from coalition.errors import N_, InvalidInput
from coalition.fields import (
    Choice,
    Day,
    Line,
    MailAddress,
    OneOf,
    Paragraphs,
    Slug,
    WebAddress,
    Whole,
    YesNo,
)
from coalition.letters.moments import Moment, read_moment
from coalition.localtime import time_zone
from coalition.organizations.names import MAX_NAME_CHARS as MAX_ORGANIZATION_CHARS

MAX_ACTION_TITLE_CHARS = 200
MAX_INSTRUCTIONS_CHARS = 20_000
MAX_SCRIPT_CHARS = 10_000
MAX_SUBJECT_CHARS = 200
MAX_TEMPLATE_CHARS = 20_000
MAX_PHONE_CHARS = 60
MAX_DOCKET_CHARS = 60
MAX_NOTE_CHARS = 2_000
MAX_DETAILS_CHARS = 5_000
MAX_NUMBER = 1_000_000
MAX_RUNG_CHARS = 60
MAX_TEXTS = 20
_LANGUAGE_CHARS = 10
_MOMENT_CHARS = 25
_ID_CHARS = 36
RECORDED = (
    ParticipationState.REPORTED,
    ParticipationState.CONFIRMED,
    ParticipationState.PLEDGED,
    ParticipationState.DECLINED,
)


class ActionForm(Schema):
    """The action's editor; the rows of texts are parallel lists."""

    slug = Slug(required=False)
    kind = Choice(ActionKind)
    campaign_id = Line(_ID_CHARS, required=True)
    meeting_id = Line(_ID_CHARS)
    agenda_item_id = Line(_ID_CHARS)
    body_id = Line(_ID_CHARS)
    area_id = Line(_ID_CHARS)
    segment_id = Line(_ID_CHARS)
    language = Line(_LANGUAGE_CHARS, default="en")
    audience = Choice(Audience, default=Audience.EVERYBODY)
    addressee = Choice(Addressee, default=Addressee.CLERK)
    position = Choice(Position, default=Position.NEUTRAL)
    email = MailAddress()
    url = WebAddress()
    phone = Line(MAX_PHONE_CHARS)
    closes_at = Line(_MOMENT_CHARS)
    time_zone = Line(60, required=True)
    goal = Whole(1, MAX_NUMBER)
    asked = fields.List(Line(_ID_CHARS), load_default=list)
    targets = fields.List(Line(_ID_CHARS), load_default=list)
    text_language = fields.List(Line(_LANGUAGE_CHARS), load_default=list)
    text_title = fields.List(Line(MAX_ACTION_TITLE_CHARS), load_default=list)
    text_instructions = fields.List(Paragraphs(MAX_INSTRUCTIONS_CHARS), load_default=list)
    text_script = fields.List(Paragraphs(MAX_SCRIPT_CHARS), load_default=list)
    text_subject = fields.List(Line(MAX_SUBJECT_CHARS), load_default=list)
    text_template = fields.List(Paragraphs(MAX_TEMPLATE_CHARS), load_default=list)
    remove_text = fields.List(Line(_LANGUAGE_CHARS), load_default=list)


class RecordForm(Schema):
    """What a coordinator writes down about somebody's part in an action."""

    name = Line(MAX_NAME_CHARS)
    email = MailAddress()
    organization = Line(MAX_ORGANIZATION_CHARS)
    state = OneOf([each.value for each in RECORDED], default=ParticipationState.REPORTED.value)
    promised = Whole(0, MAX_NUMBER)
    delivered = Whole(0, MAX_NUMBER)
    spoke = YesNo()
    copy = Paragraphs(MAX_COPY_CHARS, default=None)
    place = Line(MAX_PLACE_CHARS)
    docket = Line(MAX_DOCKET_CHARS)
    done_at = Line(_MOMENT_CHARS)
    note = Paragraphs(MAX_NOTE_CHARS)


class PledgeForm(Schema):
    """What a representative promises for an organization."""

    name = Line(MAX_NAME_CHARS, required=True)
    promised = Whole(0, MAX_NUMBER)


class DoneForm(Schema):
    """What a representative says that an organization did."""

    name = Line(MAX_NAME_CHARS, required=True)
    delivered = Whole(0, MAX_NUMBER)
    copy = Paragraphs(MAX_COPY_CHARS, default=None)
    place = Line(MAX_PLACE_CHARS)
    docket = Line(MAX_DOCKET_CHARS)


class ReasonForm(Schema):
    """Why not."""

    note = Paragraphs(MAX_NOTE_CHARS)


class OrganizationForm(Schema):
    """Whose record it is."""

    organization = Line(MAX_ORGANIZATION_CHARS)


class ArrivalForm(Schema):
    """Somebody whom a coordinator adds to the list at the door."""

    name = Line(MAX_NAME_CHARS, required=True)
    organization_name = Line(MAX_ORGANIZATION_CHARS)
    will_speak = YesNo()


class TaskForm(Schema):
    """A task."""

    title = Line(MAX_TASK_CHARS, required=True)
    details = Paragraphs(MAX_DETAILS_CHARS)
    owner_id = Line(_ID_CHARS, default=None)
    due_on = Day()
    campaign_id = Line(_ID_CHARS, default=None)
    action_id = Line(_ID_CHARS, default=None)
    participation_id = Line(_ID_CHARS, default=None)
    meeting_id = Line(_ID_CHARS, default=None)
    person_id = Line(_ID_CHARS, default=None)
    organization_id = Line(_ID_CHARS, default=None)


class LadderForm(Schema):
    """The rungs, as parallel lists; a row without a name is left out."""

    rung_id = fields.List(Line(_ID_CHARS), load_default=list)
    name = fields.List(Line(MAX_RUNG_CHARS), load_default=list)
    rule = fields.List(Line(20), load_default=list)
    minimum = fields.List(Line(6), load_default=list)
    within_days = fields.List(Line(6), load_default=list)
    tag = fields.List(Line(MAX_RUNG_CHARS), load_default=list)


def action_values(given: Mapping[str, Any]) -> tuple[ActionValues, Moment | None]:
    """Turn the editor's values into an action's; also return the deadline if it was moved.

    Raises:
        InvalidInput: an id is none, there are too many texts, or a time or its zone is none.
    """
    if len(given["text_language"]) > MAX_TEXTS:
        raise InvalidInput(field="text_title", reason=N_("At most 20 languages fit."))
    zone = time_zone(given["time_zone"]).key
    closes = (
        read_moment(given["closes_at"], zone, field="closes_at") if given["closes_at"] else None
    )
    campaign_id = id_of(given["campaign_id"], "campaign_id")
    assert campaign_id is not None, "the schema asks for it"
    made = ActionValues(
        campaign_id=campaign_id,
        kind=given["kind"],
        slug=given["slug"],
        meeting_id=id_of(given["meeting_id"], "meeting_id"),
        agenda_item_id=id_of(given["agenda_item_id"], "agenda_item_id"),
        body_id=id_of(given["body_id"], "body_id"),
        area_id=id_of(given["area_id"], "area_id"),
        segment_id=id_of(given["segment_id"], "segment_id"),
        language=given["language"],
        audience=given["audience"],
        addressee=given["addressee"],
        position=given["position"],
        email=given["email"],
        url=given["url"],
        phone=given["phone"],
        closes_at=closes.at if closes else None,
        time_zone=zone,
        goal=given["goal"],
        texts=texts_of(given),
        asked_ids=_ids(given["asked"], "asked"),
        target_ids=_ids(given["targets"], "targets"),
    )
    return made, closes if closes and closes.skipped else None


def texts_of(given: Mapping[str, Any]) -> list[TextValues]:
    """Return the rows of texts; one that is empty or was removed is left out."""
    columns = ("language", "title", "instructions", "script", "subject", "template")
    rows = zip(*(given[f"text_{column}"] for column in columns), strict=False)
    kept = {row[0]: TextValues(*row) for row in rows if row[0] not in given["remove_text"]}
    return [text for text in kept.values() if any((text.title, text.instructions))]


def id_of(text: str | None, field: str) -> UUID | None:
    """Return the id that a form's field holds, `None` if it is empty.

    Raises:
        InvalidInput: it is none.
    """
    try:
        return UUID(text) if text else None
    except ValueError:
        raise InvalidInput(
            field=field, reason=N_("Choose one of the values offered.")
        ) from None


def _ids(texts: list[str], field: str) -> list[UUID]:
    return [found for text in texts if (found := id_of(text, field)) is not None]
