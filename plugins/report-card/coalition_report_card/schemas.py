"""What coordinators write about report cards."""

from marshmallow import Schema

from coalition.sdk import Choice, Day, Line, Paragraphs, Slug, WebAddress, Whole
from coalition_report_card.models import MAX_WEIGHT, Mark

MAX_TITLE_CHARS = 120
MAX_GRADED_CHARS = 120
MAX_INTRO_CHARS = 5_000
MAX_EVIDENCE_CHARS = 5_000


class CardForm(Schema):
    """A card: its title, who is graded, and what stands above the grades."""

    title = Line(MAX_TITLE_CHARS, required=True)
    slug = Slug()
    graded = Line(MAX_GRADED_CHARS, required=True)
    campaign = Line(60)
    intro = Paragraphs(MAX_INTRO_CHARS)


class CriterionForm(Schema):
    """One thing that is graded."""

    title = Line(MAX_TITLE_CHARS, required=True)
    description = Paragraphs(MAX_EVIDENCE_CHARS)
    weight = Whole(1, MAX_WEIGHT, required=True)


class GradeForm(Schema):
    """A grade with what it rests on."""

    mark = Choice(Mark)
    evidence = Paragraphs(MAX_EVIDENCE_CHARS, required=True)
    url = WebAddress()
    graded_on = Day(required=True)
