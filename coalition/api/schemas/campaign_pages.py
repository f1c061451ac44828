"""News, reasons, sponsors and documents in JSON."""

from typing import Any, ClassVar

from marshmallow import fields

from coalition.api.describing import SAMPLE_ID
from coalition.api.schemas.base import Id, Moment, Output
from coalition.api.schemas.campaigns import translations_of
from coalition.campaigns.updates import UpdateKind
from coalition.documents.models import DocumentKind, TextState
from coalition.fields import Choice, Day

_MARKDOWN = {"description": "Markdown."}


class Translations(fields.Function):
    """A record's texts in other languages; "" where there is no translation."""

    def __init__(self) -> None:
        super().__init__(
            translations_of, metadata={"type": "array", "items": {"type": "object"}}
        )


class UpdateSchema(Output):
    """A piece of news."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "kind": "victory",
        "language": "en",
        "title": "The buses stay",
        "body": "The board voted **for** the night buses.",
        "happened_on": "2027-02-10",
        "published_at": "2027-02-11T17:00:00Z",
        "is_banner": True,
        "translations": [{"language": "es", "title": "Los autobuses se quedan", "body": ""}],
    }

    id = Id()
    kind = Choice(UpdateKind)
    language = fields.String()
    title = fields.String()
    body = fields.String(metadata=_MARKDOWN)
    happened_on = Day()
    published_at = Moment(allow_none=True)
    is_banner = fields.Boolean(metadata={"description": "It stands above the original call."})
    translations = Translations()


class ReasonSchema(Output):
    """One reason, with the text behind it."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "position": 1,
        "language": "en",
        "title": "Night workers wait two hours",
        "body": "A nurse who leaves at midnight is home at three.",
        "translations": [],
    }

    id = Id()
    position = fields.Integer()
    language = fields.String()
    title = fields.String()
    body = fields.String(metadata=_MARKDOWN)
    translations = Translations()


class SponsorSchema(Output):
    """An organization under a campaign's text."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "position": 1,
        "organization_id": SAMPLE_ID,
        "organization": "Riders United",
        "agreed_on": "2026-09-14",
        "agreed_how": "E-mail of the director",
    }

    id = Id()
    position = fields.Integer()
    organization_id = Id()
    organization = fields.Function(
        lambda sponsor: sponsor.organization.name,
        metadata={"type": "string", "description": "The organization's name."},
    )
    agreed_on = Day()
    agreed_how = fields.String()


class DocumentFileSchema(Output):
    """The file of a document."""

    name = fields.String()
    media_type = fields.String()
    size_bytes = fields.Integer()
    sha256 = fields.String(attribute="digest")
    text_state = Choice(TextState)


class ClaimSchema(Output):
    """What a document says, and what the campaign answers."""

    page = fields.Integer(allow_none=True)
    language = fields.String()
    claim = fields.String(metadata=_MARKDOWN)
    answer = fields.String(metadata=_MARKDOWN)
    translations = Translations()


class DocumentSchema(Output):
    """A document of a campaign."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "kind": "other_side",
        "language": "en",
        "title": "Why the night buses go",
        "agency": "Transit Agency",
        "dated_on": "2026-10-01",
        "shows": "The agency counts passengers before ten in the evening only.",
        "url": None,
        "meeting_id": None,
        "body_id": None,
        "is_public": True,
        "file": {
            "name": "slides.pdf",
            "media_type": "application/pdf",
            "size_bytes": 48213,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "text_state": "read",
        },
        "claims": [
            {
                "page": 4,
                "language": "en",
                "claim": "Nobody rides at night.",
                "answer": "Nobody was counted at night.",
                "translations": [],
            }
        ],
        "translations": [],
        "created_at": "2026-10-02T17:00:00Z",
    }

    id = Id()
    kind = Choice(DocumentKind)
    language = fields.String()
    title = fields.String()
    agency = fields.String(metadata={"description": "Or who published it."})
    dated_on = Day()
    shows = fields.String(metadata=_MARKDOWN)
    url = fields.String(allow_none=True)
    meeting_id = Id(allow_none=True)
    body_id = Id(allow_none=True)
    is_public = fields.Boolean()
    file = fields.Nested(DocumentFileSchema, allow_none=True)
    claims = fields.List(fields.Nested(ClaimSchema))
    translations = Translations()
    created_at = Moment()
