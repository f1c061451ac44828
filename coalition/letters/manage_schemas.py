"""What a coordinator's forms about letters hold: every field with its limit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext
from marshmallow import Schema, ValidationError, fields, post_load, validates

from coalition.errors import N_, InvalidInput
from coalition.fields import (
    Choice,
    Day,
    Line,
    OneOf,
    Paragraphs,
    Slug,
    WebAddress,
    Whole,
    YesNo,
)
from coalition.letters.editing import LetterValues, TargetValues, TextValues
from coalition.letters.models import ApprovalRule, LetterKind, ListOrder, Signatories
from coalition.letters.moments import Moment, read_moment
from coalition.letters.partners import MAX_WEIGHT
from coalition.letters.schemas import MAX_CAPACITY_CHARS, source_code
from coalition.localtime import time_zone
from coalition.markdown import MAX_MARKDOWN_CHARS
from coalition.organizations.names import MAX_NAME_CHARS
from coalition.people.models import MAX_NAME_CHARS as MAX_SIGNATORY_CHARS
from coalition.web import Form

MAX_TITLE_CHARS = 300
MAX_TARGETS = 100
MAX_TEXTS = 20
MAX_GOAL = 100_000_000
MAX_NOTE_CHARS = 2_000
MAX_REASON_CHARS = 500
MAX_QUERY_CHARS = 200
MAX_EVIDENCE_CHARS = 500
MAX_SOURCE_CHARS = 40
_LANGUAGE_CHARS = 10
_MOMENT_CHARS = 25


class LetterForm(Schema):
    """The letter's editor; the rows of texts and of those addressed are parallel lists."""

    slug = Slug(required=False)
    kind = Choice(LetterKind, default=LetterKind.SIGN_ON_LETTER)
    campaign_id = Line(36)
    language = Line(_LANGUAGE_CHARS, default="en")
    signatories = Choice(Signatories)
    list_order = Choice(ListOrder)
    approval = Choice(ApprovalRule)
    goal = Whole(1, MAX_GOAL)
    dated_on = Day()
    opens_at = Line(_MOMENT_CHARS)
    closes_at = Line(_MOMENT_CHARS)
    time_zone = Line(60, required=True)
    text_language = fields.List(Line(_LANGUAGE_CHARS), load_default=list)
    text_title = fields.List(Line(MAX_TITLE_CHARS), load_default=list)
    text_body = fields.List(Paragraphs(MAX_MARKDOWN_CHARS), load_default=list)
    remove_text = fields.List(Line(_LANGUAGE_CHARS), load_default=list)
    target_name = fields.List(Line(MAX_NAME_CHARS), load_default=list)
    target_office = fields.List(Line(MAX_NAME_CHARS), load_default=list)
    target_body = fields.List(Line(MAX_NAME_CHARS), load_default=list)
    target_position = fields.List(Line(6), load_default=list)
    remove_target = fields.List(Line(6), load_default=list)
    revision = Line(64)
    signed_text_too = YesNo()


class DeliveryTranslations(Schema):
    """The note of a delivery in other languages of the letter."""

    note_language = fields.List(Line(_LANGUAGE_CHARS), load_default=list)
    translation = fields.List(Paragraphs(MAX_NOTE_CHARS), load_default=list)

    @post_load
    def _by_language(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        pairs = zip(values.pop("note_language"), values.pop("translation"), strict=False)
        return {**values, "translations": dict(pairs)}


class Delivery(DeliveryTranslations):
    """To whom, how and when a letter was handed over."""

    note = Paragraphs(MAX_NOTE_CHARS, required=True)
    at = Line(_MOMENT_CHARS)


class Rejection(Schema):
    """Why a signature is refused."""

    reason = Paragraphs(MAX_REASON_CHARS, required=True)


class NewOrganization(Schema):
    """How a new organization is entered into the directory."""

    name = Line(MAX_NAME_CHARS, required=True)
    website = WebAddress()
    domain = Line(253)


class Relisting(Schema):
    """How a signature is listed."""

    listed = YesNo()
    display_name = Line(MAX_NAME_CHARS)


class Representation(Schema):
    """How a representative signs for an organization."""

    name = Line(MAX_SIGNATORY_CHARS, required=True)
    capacity = Line(MAX_CAPACITY_CHARS, required=True)
    listed = YesNo()


class Share(Schema):
    """A member group's share of the questions shown, and the code that its own links carry."""

    weight = Whole(0, MAX_WEIGHT, required=True)
    source_code = Line(MAX_SOURCE_CHARS, default=None)

    @validates("source_code")
    def _is_a_code(self, value: str | None, **_: Any) -> None:
        if value and source_code(value) is None:
            raise ValidationError(
                gettext("Use letters, digits, dots, hyphens and underscores, at most 40.")
            )


class NewPartner(Share):
    """A member group that asks on a letter's form from now on."""

    organization = Line(36, required=True)


class Paste(Schema):
    """A pasted list, whose own limits `pasting.parse` keeps."""

    names = fields.String(load_default="")
    evidence = Line(MAX_EVIDENCE_CHARS)


class PasteReviewForm(Schema):
    """The reviewed list on its way back."""

    packed = fields.String(load_default="")
    section = fields.List(Line(6), load_default=list)
    digest = Line(64)
    evidence = Line(MAX_EVIDENCE_CHARS, required=True)


class Export(Schema):
    """Which file is wanted, and for what."""

    format = OneOf(("csv", "xlsx"))
    reason = Line(MAX_REASON_CHARS, required=True)


def letter_values(form: Form) -> tuple[LetterValues, list[Moment]]:
    """Turn the editor's values into a letter's; also return the times that were moved.

    Raises:
        InvalidInput: there are too many rows, or a time or its zone is none.
    """
    values = form.values
    for name, limit in (("target_name", MAX_TARGETS), ("text_body", MAX_TEXTS)):
        if sum(map(bool, values[name])) > limit:
            reason = N_("There are too many rows: at most 100 addressees and 20 languages fit.")
            raise InvalidInput(field=name, reason=reason)
    zone = time_zone(values["time_zone"]).key
    opens, closes = (
        read_moment(values[name], zone, field=name) if values[name] else None
        for name in ("opens_at", "closes_at")
    )
    made = LetterValues(
        slug=values["slug"],
        kind=values["kind"],
        campaign_id=_campaign_id(values["campaign_id"]),
        language=values["language"],
        signatories=values["signatories"],
        list_order=values["list_order"],
        approval=values["approval"],
        goal=values["goal"],
        dated_on=values["dated_on"],
        opens_at=opens.at if opens else None,
        closes_at=closes.at if closes else None,
        time_zone=zone,
        texts=_texts(values),
        targets=_targets(values),
    )
    return made, [moment for moment in (opens, closes) if moment and moment.skipped]


def _campaign_id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise InvalidInput(
            field="campaign_id", reason=N_("There is no such campaign.")
        ) from None


def _texts(values: Mapping[str, Any]) -> list[TextValues]:
    rows = zip(values["text_language"], values["text_title"], values["text_body"], strict=False)
    removed = set(values["remove_text"])
    kept = {row[0]: TextValues(*row) for row in rows if row[0] not in removed}
    return [text for text in kept.values() if text.title or text.body]


def _targets(values: Mapping[str, Any]) -> list[TargetValues]:
    names, offices, bodies = (values[f"target_{part}"] for part in ("name", "office", "body"))
    positions = [*values["target_position"], *[""] * len(names)]
    rows = [
        (_place(positions[number], number), TargetValues(*row))
        for number, row in enumerate(zip(names, offices, bodies, strict=False))
        if str(number) not in values["remove_target"] and row[0]
    ]
    return [target for _, target in sorted(rows, key=lambda row: row[0])]


def _place(written: str, number: int) -> tuple[float, int]:
    return (float(written) if written.isdecimal() else float(number + 1), number)
