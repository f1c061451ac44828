"""What a coordinator's forms about public comments hold: every field with its limit."""

from marshmallow import Schema, fields

from coalition.comments.list_files import ENCODINGS
from coalition.comments.list_reading import MAX_CITY_CHARS, MAX_NAME_CHARS
from coalition.comments.models import CommentChannel, CommentPosition, CommentSource
from coalition.comments.wording import MAX_TEXT_CHARS
from coalition.fields import Choice, Day, Line, OneOf, Paragraphs, WebAddress, Whole, YesNo

MAX_NOTE_CHARS = 2_000
MAX_SOURCE_CHARS = 300
MAX_TITLE_CHARS = 200
MAX_OWN_TEXT_CHARS = 20_000
MAX_COUNT = 10_000_000


class Rules(Schema):
    """What is ours, from when on a comment is like our text, and what is public."""

    our_position = Choice(CommentPosition)
    template_from = Whole(2, 100, required=True)
    adapted_from = Whole(1, 99, required=True)
    note = Paragraphs(MAX_NOTE_CHARS)
    is_published = YesNo()


class OwnText(Schema):
    """A text of ours that people copy or adapt."""

    title = Line(MAX_TITLE_CHARS, required=True)
    language = Line(10, default="en")
    body = Paragraphs(MAX_OWN_TEXT_CHARS, required=True)


class Comment(Schema):
    """A comment that somebody of ours made."""

    author = Line(MAX_NAME_CHARS)
    organization = Line(MAX_NAME_CHARS)
    city = Line(MAX_CITY_CHARS)
    received_on = Day()
    channel = Choice(CommentChannel, default=CommentChannel.UNKNOWN)
    position = Choice(CommentPosition)
    text = Paragraphs(MAX_TEXT_CHARS)


class Count(Schema):
    """How many comments the clerk says there were."""

    total = Whole(0, MAX_COUNT, required=True)
    oppose = Whole(0, MAX_COUNT)
    support = Whole(0, MAX_COUNT)
    neutral = Whole(0, MAX_COUNT)
    counted_on = Day()
    source = Line(MAX_SOURCE_CHARS, required=True)
    url = WebAddress()


class ListForm(Schema):
    """A list as it arrives: pasted here, or a file beside it; `list_files` keeps its limits."""

    source = Choice(CommentSource)
    pasted = fields.String(load_default="")
    no_quotes = YesNo()


class ListReviewForm(Schema):
    """A list on its way back, with how it is to be read."""

    packed = fields.String(load_default="")
    source = Choice(CommentSource)
    encoding = OneOf(tuple(ENCODINGS))
    delimiter = OneOf(("comma", "semicolon", "tab", "bar", "caret", "tilde", "none"))
    no_quotes = YesNo()
    header = YesNo()
    otherwise = Choice(CommentPosition, default=CommentPosition.UNKNOWN)
    day_first = YesNo()
    leave_out = YesNo()
    named = YesNo()
    origin = Line(MAX_SOURCE_CHARS, required=True)
    published_on = Day()
