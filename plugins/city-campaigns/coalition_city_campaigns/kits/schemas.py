"""The format of a kit: a campaign as a file, TOML by hand or JSON by export. One for both."""

from typing import Any

from flask_babel import gettext
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from coalition.sdk import (
    N_,
    REGIONS,
    ActionKind,
    Addressee,
    CampaignStatus,
    Choice,
    Day,
    DocumentKind,
    ItemOutcome,
    ItemStatus,
    LetterKind,
    Line,
    MeetingStatus,
    MotionResult,
    OneOf,
    Paragraphs,
    Position,
    Signatories,
    Slug,
    UpdateKind,
    VoteChoice,
    WebAddress,
    Whole,
    YesNo,
)
from coalition_city_campaigns.kits.fields import WhenField

MAX_TITLE_CHARS = 200
MAX_LINE_CHARS = 500
MAX_TEXT_CHARS = 20_000
MAX_LEAD_MIN = 60 * 24 * 60  # two months
LETTER_STATES = ("draft", "open", "closed", "delivered")
MAX_OF_A_KIND = 200  # letters, reasons, documents and so on of one kit
_LANGUAGE_CHARS = 10


class Table(Schema):
    """A table of a kit. A name that it does not know is a typing error, and said so."""

    error_messages = {  # noqa: RUF012  marshmallow's own attribute
        "unknown": N_("There is no such setting. Look for a typing error."),
        "type": N_("A table of settings belongs here."),
    }


def _list(kind: type[Schema]) -> fields.List:
    few = validate.Length(
        max=MAX_OF_A_KIND, error=N_("There are more of these than a kit can hold.")
    )
    return fields.List(fields.Nested(kind), load_default=list, validate=few)


def _by_language(kind: type[Schema]) -> fields.Dict:
    key = Line(_LANGUAGE_CHARS, required=True)
    return fields.Dict(keys=key, values=fields.Nested(kind), load_default=dict)


class CampaignTexts(Table):
    """The texts of a campaign in one more language."""

    title = Line(MAX_TITLE_CHARS)
    goal = Line(MAX_LINE_CHARS)
    target = Line(MAX_TITLE_CHARS)
    summary = Paragraphs(MAX_TEXT_CHARS)
    call = Paragraphs(MAX_TEXT_CHARS)
    outcome = Paragraphs(MAX_TEXT_CHARS)


class CampaignTable(Table):
    """The campaign itself: what it wants, from whom, and what came of it."""

    slug = Slug()
    title = Line(MAX_TITLE_CHARS, required=True)
    language = Line(_LANGUAGE_CHARS, default="en")
    goal = Line(MAX_LINE_CHARS)
    target = Line(MAX_TITLE_CHARS)
    summary = Paragraphs(MAX_TEXT_CHARS)
    call = Paragraphs(MAX_TEXT_CHARS)
    status = Choice(CampaignStatus, default=CampaignStatus.PLANNED)
    starts_on = Day()
    ends_on = Day()
    outcome = Paragraphs(MAX_TEXT_CHARS)
    outcome_on = Day()
    translations = _by_language(CampaignTexts)


class TitledText(Table):
    """A title and a text in one language."""

    title = Line(MAX_TITLE_CHARS, required=True)
    body = Paragraphs(MAX_TEXT_CHARS, required=True)


class TargetTable(Table):
    """Somebody whom a letter addresses, as it is printed."""

    name = Line(MAX_TITLE_CHARS, required=True)
    office = Line(MAX_TITLE_CHARS)
    body = Line(MAX_TITLE_CHARS)


class LetterTable(Table):
    """A letter with its texts and those whom it addresses."""

    slug = Slug()
    kind = Choice(LetterKind, default=LetterKind.SIGN_ON_LETTER)
    signatories = Choice(Signatories, default=Signatories.BOTH)
    language = Line(_LANGUAGE_CHARS, default="en")
    state = fields.String(load_default="draft")
    dated_on = Day()
    goal = Whole(1, 10_000_000)
    delivered_on = Day()
    delivery_note = Line(MAX_LINE_CHARS)
    texts = _by_language(TitledText)
    targets = _list(TargetTable)

    @validates_schema
    def _is_whole(self, values: dict[str, Any], **_more: Any) -> None:
        if values["state"] not in LETTER_STATES:
            raise ValidationError(gettext("It is draft, open, closed or delivered."), "state")
        if values["language"] not in values["texts"]:
            raise ValidationError(
                gettext("The text in the letter’s own language is missing."), "texts"
            )


class ReasonTable(TitledText):
    """A point of the campaign that a reader can unfold."""

    translations = _by_language(TitledText)


class UpdateTable(TitledText):
    """News of the campaign; a banner stands on top of its page."""

    kind = Choice(UpdateKind, default=UpdateKind.UPDATE)
    happened_on = Day()
    is_banner = YesNo()
    translations = _by_language(TitledText)


class ActionTexts(Table):
    """An ask in one language."""

    title = Line(MAX_TITLE_CHARS, required=True)
    instructions = Paragraphs(MAX_TEXT_CHARS, required=True)
    script = Paragraphs(MAX_TEXT_CHARS)
    subject = Line(MAX_TITLE_CHARS)
    template = Paragraphs(MAX_TEXT_CHARS)


class ActionTable(Table):
    """An ask to do something: comment, call, write, attend, share, report back."""

    slug = Slug()
    kind = Choice(ActionKind)
    language = Line(_LANGUAGE_CHARS, default="en")
    addressee = Choice(Addressee, default=Addressee.NOBODY)
    position = Choice(Position, default=Position.NEUTRAL)
    texts = _by_language(ActionTexts)


class CommentText(TitledText):
    """A text that people use for their public comments."""

    language = Line(_LANGUAGE_CHARS, default="en")


class CommentFigures(Table):
    """How many comments the body received on an item, as a source counted them."""

    received = Whole(0, 10_000_000, required=True)
    oppose = Whole(0, 10_000_000, required=True)
    template = Whole(0, 10_000_000)
    source = Line(MAX_LINE_CHARS, required=True)


class MotionTable(Table):
    """What was put to the vote; `votes` has each member's where it is known."""

    text = Line(MAX_LINE_CHARS, required=True)
    our_position = Choice(Position, default=Position.NEUTRAL)
    result = Choice(MotionResult, required=False)
    yes_count = Whole(0, 1000)
    no_count = Whole(0, 1000)
    votes = fields.Dict(
        keys=Line(MAX_TITLE_CHARS, required=True), values=Choice(VoteChoice), load_default=dict
    )


class ItemTable(Table):
    """A point of an agenda; `is_ours` says that the campaign is about it."""

    number = Line(30)
    subject = Line(MAX_LINE_CHARS, required=True)
    description = Paragraphs(MAX_TEXT_CHARS)
    docket = Line(60)
    is_ours = YesNo()
    status = Choice(ItemStatus, default=ItemStatus.SCHEDULED)
    outcome = Choice(ItemOutcome, required=False)
    outcome_note = Line(MAX_LINE_CHARS)
    outcome_on = Day()
    motions = _list(MotionTable)
    comments = fields.Nested(CommentFigures, load_default=None)


class MeetingTable(Table):
    """A meeting of one of the city's bodies, in the city's own time.

    Without `when` it is a pattern: what the agenda of a meeting to come would hold.
    """

    body = Line(MAX_TITLE_CHARS, required=True)
    when = WhenField(load_default=None)
    duration_min = Whole(1, 1440)
    status = Choice(MeetingStatus, default=MeetingStatus.TENTATIVE)
    place = Line(MAX_TITLE_CHARS)
    address = Line(MAX_TITLE_CHARS)
    items = _list(ItemTable)


class ClaimTexts(Table):
    """A claim and its answer in one more language."""

    claim = Paragraphs(MAX_TEXT_CHARS)
    answer = Paragraphs(MAX_TEXT_CHARS)


class ClaimTable(Table):
    """What the other side says in a document, and the campaign's answer."""

    claim = Paragraphs(MAX_TEXT_CHARS, required=True)
    page = Whole(1, 100_000)
    answer = Paragraphs(MAX_TEXT_CHARS)
    translations = _by_language(ClaimTexts)


class DocumentTexts(Table):
    """What is said of a document in one more language."""

    title = Line(MAX_TITLE_CHARS)
    shows = Paragraphs(MAX_TEXT_CHARS)


class DocumentTable(Table):
    """A document of the library; `meeting` is the day of the meeting that it was shown at.

    `excerpt` is kept as a text file where the document itself has no address on the web.
    """

    kind = Choice(DocumentKind)
    title = Line(MAX_TITLE_CHARS, required=True)
    agency = Line(MAX_TITLE_CHARS)
    body = Line(MAX_TITLE_CHARS)
    meeting = Day()
    dated_on = Day()
    url = WebAddress()
    shows = Paragraphs(MAX_TEXT_CHARS)
    excerpt = Paragraphs(MAX_TEXT_CHARS)
    claims = _list(ClaimTable)
    translations = _by_language(DocumentTexts)


class ClockTable(Table):
    """How long before a meeting, and before its comments close, people are reminded: minutes."""

    meeting_leads = fields.List(Whole(1, MAX_LEAD_MIN), load_default=list)
    deadline_leads = fields.List(Whole(1, MAX_LEAD_MIN), load_default=list)


class PlaceTable(Table):
    """The place that the campaign is about, so that what is left over from there can be found."""

    name = Line(100, required=True)
    region = OneOf(tuple(REGIONS))
    division_id = Line(200)


class KitSchema(Table):
    """A whole kit. Those of a city's plugin say no place: it is the city's."""

    place = fields.Nested(PlaceTable, load_default=None)
    campaign = fields.Nested(CampaignTable, required=True)
    letters = _list(LetterTable)
    reasons = _list(ReasonTable)
    updates = _list(UpdateTable)
    actions = _list(ActionTable)
    comment_texts = _list(CommentText)
    meetings = _list(MeetingTable)
    clock = fields.Nested(ClockTable, load_default=None)
    documents = _list(DocumentTable)
