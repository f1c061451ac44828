"""Public comments in JSON: figures, and comments without names and texts."""

from typing import Any, ClassVar

from marshmallow import fields

from coalition.api.describing import SAMPLE_ID
from coalition.api.schemas.base import Id, Input, Moment, Output, State
from coalition.comments.figures import Basis
from coalition.comments.list_reading import MAX_CITY_CHARS, MAX_NAME_CHARS
from coalition.comments.models import CommentChannel, CommentPosition, CommentSource
from coalition.comments.wording import MAX_TEXT_CHARS
from coalition.fields import Choice, Day, Line, Paragraphs

_NUMBERS = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
_PERCENT = {"minimum": 0, "maximum": 100}


class CommentInput(Input):
    """A comment that somebody of ours made."""

    example: ClassVar[dict[str, Any]] = {
        "position": "oppose",
        "channel": "email",
        "author": "Ada Example",
        "organization": "",
        "city": "Anytown",
        "received_on": "2026-11-24",
        "text": "Please keep the night buses.",
    }

    position = Choice(CommentPosition)
    channel = Choice(CommentChannel, default=CommentChannel.UNKNOWN)
    author = Line(MAX_NAME_CHARS)
    organization = Line(MAX_NAME_CHARS)
    city = Line(MAX_CITY_CHARS)
    received_on = Day()
    text = Paragraphs(MAX_TEXT_CHARS)


class CommentSchema(Output):
    """A comment, without its author and its text."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "source": "ours",
        "position": "oppose",
        "channel": "email",
        "organization": "",
        "city": "Anytown",
        "received_on": "2026-11-24",
        "similarity": 92,
        "duplicate_of_id": None,
        "match_id": None,
        "created_at": "2026-11-24T17:00:00Z",
    }

    id = Id()
    source = State(CommentSource)
    position = State(CommentPosition)
    channel = State(CommentChannel)
    organization = fields.String()
    city = fields.String()
    received_on = Day()
    similarity = fields.Integer(
        allow_none=True,
        metadata={"description": "To the coalition's nearest text, in percent.", **_PERCENT},
    )
    duplicate_of_id = fields.UUID(
        allow_none=True, metadata={"description": "The earlier comment that it repeats."}
    )
    match_id = fields.UUID(
        allow_none=True, metadata={"description": "The same comment in the other source."}
    )
    created_at = Moment()


class FiguresSchema(Output):
    """How many comments there are on an item; duplicates are counted once."""

    example: ClassVar[dict[str, Any]] = {
        "basis": "clerk_list",
        "source": "List of public comments on the board's website",
        "counted_on": "2026-11-30",
        "as_of": "2026-12-01T09:00:00+00:00",
        "our_position": "oppose",
        "total": 943,
        "on_our_side": 931,
        "with_our_text": 889,
        "positions": {"oppose": 931, "support": 12, "neutral": 0, "unknown": 0},
        "wordings": {
            "oppose": {"template": 687, "adapted": 202, "own_words": 42, "unknown": 0}
        },
        "channels": {"email": 943},
        "cities": [{"city": "Anytown", "comments": 700}],
        "elsewhere": 243,
        "duplicates": 0,
        "template_from": 90,
        "adapted_from": 50,
        "sentence": "931 of 943 public comments (99%) were opposed.",
        "about_wording": "889 of them used the coalition's text or adapted it.",
        "about_source": "Counted from the list of comments that the public body published.",
        "about_method": ["The same text sent twice by the same author counts once."],
    }

    basis = State(Basis)
    source = fields.String()
    counted_on = fields.String(allow_none=True)
    as_of = fields.String()
    our_position = State(CommentPosition)
    total = fields.Integer()
    on_our_side = fields.Integer()
    with_our_text = fields.Integer(
        allow_none=True, metadata={"description": "null where the wording is not known."}
    )
    positions = fields.Raw(metadata=_NUMBERS)
    wordings = fields.Raw(metadata={"type": "object", "additionalProperties": _NUMBERS})
    channels = fields.Raw(metadata=_NUMBERS)
    cities = fields.List(
        fields.Raw(
            metadata={
                "type": "object",
                "properties": {"city": {"type": "string"}, "comments": {"type": "integer"}},
            }
        ),
        metadata={"description": "Without places that have fewer than five comments."},
    )
    elsewhere = fields.Integer()
    duplicates = fields.Integer()
    template_from = fields.Integer(metadata=_PERCENT)
    adapted_from = fields.Integer(metadata=_PERCENT)
    sentence = fields.String()
    about_wording = fields.String()
    about_source = fields.String()
    about_method = fields.List(fields.String())
