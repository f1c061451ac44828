"""Letters in JSON."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import url_for
from flask_babel import gettext
from marshmallow import ValidationError, fields, validates

from coalition import config
from coalition.api.describing import SAMPLE_ID
from coalition.api.paging import PageQuery
from coalition.api.schemas.base import (
    Flag,
    Id,
    Input,
    Items,
    Language,
    Moment,
    Number,
    Output,
    Part,
    State,
)
from coalition.fields import MAX_SLUG_CHARS, Choice, Day, Line, OneOf, Paragraphs, Slug
from coalition.letters.manage_schemas import MAX_GOAL, MAX_NOTE_CHARS, MAX_TITLE_CHARS
from coalition.letters.models import (
    ApprovalRule,
    Letter,
    LetterKind,
    LetterState,
    ListOrder,
    Signatories,
)
from coalition.localtime import time_zones
from coalition.markdown import MAX_MARKDOWN_CHARS
from coalition.organizations.names import MAX_NAME_CHARS

MAX_TARGETS = 100
MAX_TEXTS = 20

_EXAMPLE: dict[str, Any] = {
    "slug": "keep-the-owl-line",
    "kind": "sign_on_letter",
    "campaign": None,
    "language": "en",
    "signatories": "both",
    "list_order": "alphabetical",
    "approval": "unproven",
    "goal": 100,
    "dated_on": "2026-11-24",
    "opens_at": None,
    "closes_at": "2036-12-15T07:59:59Z",
    "time_zone": "America/Los_Angeles",
    "texts": [
        {
            "language": "en",
            "title": "Keep the Owl line",
            "body": "We ask you to **keep** the Owl line running all night.",
        }
    ],
    "targets": [{"name": "Jo Driver", "office": "Chair", "body": "Transit Board"}],
}


class TextPart(Input):
    """The letter in one language."""

    language = Language(required=True)
    title = Line(MAX_TITLE_CHARS, required=True)
    body = Paragraphs(MAX_MARKDOWN_CHARS, metadata={"description": "Markdown."})


class TargetPart(Input):
    """Somebody whom the letter addresses."""

    name = Line(MAX_NAME_CHARS, required=True)
    office = Line(MAX_NAME_CHARS)
    body = Line(MAX_NAME_CHARS)


class LettersQuery(PageQuery):
    """Which letters are wanted."""

    state = State(LetterState)
    campaign = Line(
        MAX_SLUG_CHARS, default=None, metadata={"description": "The address of a campaign."}
    )


class LetterInput(Input):
    """A letter as it is written."""

    example: ClassVar[dict[str, Any]] = _EXAMPLE
    example_of_change: ClassVar[dict[str, Any]] = {"goal": 150}

    slug = Slug(required=False)
    kind = Choice(LetterKind, default=LetterKind.SIGN_ON_LETTER)
    campaign = Line(
        MAX_SLUG_CHARS, default=None, metadata={"description": "The address of its campaign."}
    )
    language = Language()
    signatories = Choice(Signatories, default=Signatories.BOTH)
    list_order = Choice(ListOrder, default=ListOrder.ALPHABETICAL)
    approval = Choice(ApprovalRule, default=ApprovalRule.UNPROVEN)
    goal = Number(1, MAX_GOAL)
    dated_on = Day()
    opens_at = Moment(load_default=None)
    closes_at = Moment(load_default=None)
    time_zone = OneOf(time_zones, default="America/Los_Angeles")
    texts = Items(Part(TextPart), MAX_TEXTS, load_default=list)
    targets = Items(Part(TargetPart), MAX_TARGETS, load_default=list)

    @validates("texts")
    def _each_language_once(self, value: list[Mapping[str, Any]], data_key: str) -> None:  # noqa: ARG002
        languages = [text["language"] for text in value if "language" in text]
        if len(set(languages)) < len(languages):
            raise ValidationError(gettext("Each language may come once."))


class LetterChange(LetterInput):
    """What may change of a letter."""

    signed_text_too = Flag(
        load_default=False,
        metadata={"description": "Change the text although people have signed it."},
    )


class LetterSchema(Output):
    """A text that people and organizations put their name to."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        **_EXAMPLE,
        "state": "draft",
        "closed_at": None,
        "delivered_at": None,
        "delivery_note": "",
        "is_sample": False,
        "created_at": "2026-11-20T17:00:00Z",
    }

    id = Id()
    slug = fields.String()
    kind = Choice(LetterKind)
    state = Choice(LetterState)
    campaign = fields.Function(
        lambda letter: letter.campaign.slug if letter.campaign else None,
        metadata={"type": ["string", "null"], "description": "The address of its campaign."},
    )
    language = fields.String()
    signatories = Choice(Signatories)
    list_order = Choice(ListOrder)
    approval = Choice(ApprovalRule)
    goal = fields.Integer(allow_none=True)
    dated_on = Day()
    opens_at = Moment(allow_none=True)
    closes_at = Moment(allow_none=True)
    time_zone = fields.String()
    texts = fields.List(fields.Nested(TextPart))
    targets = fields.List(fields.Nested(TargetPart))
    closed_at = Moment(allow_none=True)
    delivered_at = Moment(allow_none=True)
    delivery_note = fields.String()
    is_sample = fields.Boolean(metadata={"description": "Made up to try things out."})
    created_at = Moment()


class DeliveryInput(Input):
    """To whom, how and when a letter was handed over."""

    example: ClassVar[dict[str, Any]] = {
        "note": "Handed to the clerk of the Transit Board at its meeting.",
        "delivered_at": "2026-12-16T18:00:00Z",
    }

    note = Paragraphs(MAX_NOTE_CHARS, required=True)
    delivered_at = Moment(load_default=None)


class PublicLetterSchema(Output):
    """What everybody may know of a letter."""

    example: ClassVar[dict[str, Any]] = {
        "slug": "keep-the-night-buses",
        "title": "Keep the night buses",
        "state": "open",
        "closes_at": "2036-12-15T07:59:59Z",
        "url": "https://coalition.example/c/night-buses/letters/keep-the-night-buses",
    }

    slug = fields.String()
    title = fields.String()
    state = Choice(LetterState)
    closes_at = Moment(allow_none=True)
    url = fields.String(metadata={"description": "The letter's page."})


def public_facts(coalition_slug: str, letter: Letter) -> dict[str, Any]:
    """Return what everybody may know of a letter."""
    path = url_for("letters.show", coalition=coalition_slug, letter=letter.slug)
    return {
        "slug": letter.slug,
        "title": letter.title,
        "state": letter.state,
        "closes_at": letter.closes_at,
        "url": config.current().public_url + path,
    }
