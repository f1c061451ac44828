"""All of a mailing on one page, for who is about to approve or to send it."""

from collections import Counter
from dataclasses import dataclass, field

from coalition.sdk import (
    Coalition,
    DomainError,
    Reach,
    now,
    segment_by_id,
    segments_as_they_stand,
)
from coalition_email_outreach import approving, audience, queries, starting, workshop
from coalition_email_outreach.composing import Sender
from coalition_email_outreach.forecast import Forecast, forecast
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.queries import InWords
from coalition_email_outreach.quiet import quiet_hours
from coalition_email_outreach.sight import Sight, sight_of


@dataclass(frozen=True)
class Question:
    """A segment, as the page says it."""

    name: str
    words: str


@dataclass(frozen=True)
class Review:
    """What goes out, to whom and when.

    `without_zone`: for how many the coalition's quiet hours count, because nobody knows where they live.
    `approval`: why a second coordinator has to look.
    """

    words: InWords
    sender: Sender
    questions: list[Question]
    reach: Reach
    sight: Sight
    gets: list[audience.Gets] = field(default_factory=list)
    without_zone: int = 0
    forecast: Forecast | None = None
    approval: DomainError | None = None


def review(mailing: Mailing, coalition: Coalition) -> Review:
    """Gather what there is to see of a mailing now.

    Raises:
        NotReady, TextWrong, QuestionBroken: something has to be corrected first.
    """
    starting.check(mailing, coalition)
    with segments_as_they_stand():  # the question that is shown is the one that is asked
        # Counted once, in all ways: it takes a second for a million people.
        found = audience.makeup(mailing)
        people = 0 if mailing.is_series else found.reach.written_to
        sight, questions = sight_of(mailing, coalition, people), _questions(mailing)
    return Review(
        words=queries.in_words(mailing),
        sender=workshop.sender_of(mailing, coalition),
        questions=questions,
        reach=found.reach,
        sight=sight,
        gets=audience.in_words(found.languages),
        without_zone=found.zones.get(None, 0) if quiet_hours(coalition) else 0,
        forecast=None if mailing.is_series else _forecast(found, coalition),
        approval=approving.missing(mailing, sight),
    )


def _questions(mailing: Mailing) -> list[Question]:
    """Return the question of the segment, then those of the segments that it asks about."""
    segment = segment_by_id(mailing.segment_id) if mailing.segment_id else None
    if segment is None:
        return []
    found = [segment_by_id(each) for each in segment.segments_asked()]
    return [Question(each.name, each.in_words()) for each in found if each is not None]


def _forecast(found: audience.Makeup, coalition: Coalition) -> Forecast:
    zones = Counter[str]()
    for zone, people in found.zones.items():
        zones[zone or coalition.time_zone] += people
    return forecast(zones, coalition, now())
