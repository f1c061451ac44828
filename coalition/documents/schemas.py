"""What coordinators write about documents."""

from marshmallow import Schema

from coalition.documents.models import DocumentKind
from coalition.fields import Choice, Day, Line, Paragraphs, WebAddress, Whole

MAX_TITLE_CHARS = 300
MAX_AGENCY_CHARS = 200
MAX_SHOWS_CHARS = 10_000
MAX_CLAIM_CHARS = 2_000
MAX_ANSWER_CHARS = 10_000
MAX_PAGE = 100_000
MAX_ID_CHARS = 40


class DocumentForm(Schema):
    """A document: what it is, who published it, what it shows, where it belongs."""

    kind = Choice(DocumentKind)
    title = Line(MAX_TITLE_CHARS, required=True)
    agency = Line(MAX_AGENCY_CHARS)
    dated_on = Day()
    shows = Paragraphs(MAX_SHOWS_CHARS)
    url = WebAddress()
    meeting = Line(MAX_ID_CHARS)
    body = Line(MAX_ID_CHARS)


class DocumentTranslationForm(Schema):
    """A document's title, and what it shows, in another language."""

    title = Line(MAX_TITLE_CHARS)
    shows = Paragraphs(MAX_SHOWS_CHARS)


class ClaimForm(Schema):
    """What a document says, and what the campaign answers."""

    claim = Paragraphs(MAX_CLAIM_CHARS, required=True)
    page = Whole(1, MAX_PAGE)
    answer = Paragraphs(MAX_ANSWER_CHARS)


class ClaimTranslationForm(Schema):
    """A claim and its answer in another language."""

    claim = Paragraphs(MAX_CLAIM_CHARS)
    answer = Paragraphs(MAX_ANSWER_CHARS)
