"""What a coalition can set, and what programs get."""

from typing import Any

from marshmallow import Schema, fields

from coalition.sdk import N_, SMALLEST_GROUP, Choice
from coalition_signature_counting.queries import Counts
from coalition_signature_counting.rules import AffiliatedPeople, Chapters


class Settings(Schema):
    """The rule by which signatures are counted; it is shown beside the number."""

    chapters = Choice(
        Chapters,
        default=Chapters.EACH,
        metadata={
            "label": N_("Chapters of one organization"),
            "help": N_("An organization and its chapters can count each, or once together."),
            "choices": {
                Chapters.EACH: N_("Each chapter counts"),
                Chapters.ONCE: N_("They count once, together"),
            },
        },
    )
    affiliated_people = Choice(
        AffiliatedPeople,
        default=AffiliatedPeople.AS_PEOPLE,
        metadata={
            "label": N_("People who name an organization"),
            "help": N_("Naming an organization does not make it sign."),
            "choices": {
                AffiliatedPeople.AS_PEOPLE: N_("They count as people"),
                AffiliatedPeople.APART: N_("They are counted apart and not in the number"),
            },
        },
    )


class CountedDay(Schema):
    """Signatures that count since a day of the letter's time zone, and all up to its end."""

    day = fields.Date()
    new = fields.Integer()
    total = fields.Integer()


class ReachedMilestone(Schema):
    """A milestone and when it was reached."""

    kind = fields.String()
    signature_count = fields.Integer()
    reached_at = fields.DateTime(format="iso")


class PublicCountsSchema(Schema):
    """What everybody may know: cities with few signatories and source codes are left out."""

    organizations = fields.Integer(attribute="count.organizations")
    people = fields.Integer(attribute="count.people")
    total = fields.Integer(attribute="count.total")
    rule = fields.String(attribute="count.rule")
    days = fields.List(fields.Nested(CountedDay))
    milestones = fields.List(fields.Nested(ReachedMilestone))
    cities = fields.Method("_cities")
    smallest_city_shown = fields.Constant(SMALLEST_GROUP)

    def _cities(self, counts: Counts) -> list[dict[str, Any]]:
        return [{"city": city, "signatures": n} for city, n in counts.cities]


class CountsSchema(PublicCountsSchema):
    """What the coalition's own programs may know: everything, under every rule."""

    smallest_city_shown = fields.Constant(1)
    every_chapter = fields.Integer(attribute="figures.organizations")
    chapters_once = fields.Integer(attribute="figures.families")
    every_person = fields.Integer(attribute="figures.people")
    people_with_affiliation = fields.Integer(attribute="figures.affiliated_people")
    sources = fields.Method("_sources")

    def _sources(self, counts: Counts) -> list[dict[str, Any]]:
        return [{"source": source, "signatures": n} for source, n in counts.sources]
