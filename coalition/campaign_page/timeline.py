"""The timeline of a campaign: what letters, meetings, documents and news say, told once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from coalition import db
from coalition.campaigns.models import Campaign
from coalition.campaigns.updates import CampaignUpdate
from coalition.clock import now
from coalition.decisions.meetings import AgendaItem, Meeting
from coalition.decisions.votes import Motion
from coalition.documents.models import Document
from coalition.letters.models import Letter, LetterState


class EntryKind(StrEnum):
    """What an entry of the timeline tells."""

    BEGUN = "begun"
    LETTER_OPENED = "letter_opened"
    LETTER_DELIVERED = "letter_delivered"
    MEETING = "meeting"
    DOCUMENT = "document"
    UPDATE = "update"
    OUTCOME = "outcome"


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `subject` is the record that says so.

    `items` are the campaign's points on the agenda of a meeting.
    """

    on: date
    kind: EntryKind
    subject: Campaign | Letter | Meeting | Document | CampaignUpdate
    items: Sequence[AgendaItem] = ()


def entries(
    campaign: Campaign,
    letters: Sequence[Letter],
    meetings: Sequence[Meeting],
    documents: Sequence[Document],
    updates: Sequence[CampaignUpdate],
) -> list[Entry]:
    """Return what happened, the newest first; `meetings` are those that are over."""
    found = [
        *_of_campaign(campaign),
        *(entry for letter in letters for entry in _of_letter(letter)),
        *(_of_meeting(each, campaign) for each in meetings),
        *(
            Entry(each.dated_on, EntryKind.DOCUMENT, each)
            for each in documents
            if each.dated_on is not None
        ),
        *(Entry(day_of(each), EntryKind.UPDATE, each) for each in updates),
    ]
    # Of one day, what concludes it stands above: the outcome over the vote over the letter.
    rank = list(EntryKind)
    return sorted(found, key=lambda entry: (entry.on, rank.index(entry.kind)), reverse=True)


def meetings_of(campaign: Campaign) -> Sequence[Meeting]:
    """Return the meetings that have a point of the campaign on their agenda, in order of time."""
    concerned = select(AgendaItem.meeting_id).filter_by(campaign_id=campaign.id)
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.id.in_(concerned))
        .options(
            selectinload(Meeting.items)
            .selectinload(AgendaItem.motions)
            .selectinload(Motion.votes)
        )
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()


def items_of(meeting: Meeting, campaign: Campaign) -> list[AgendaItem]:
    """Return the campaign's points on the agenda of a meeting."""
    return [each for each in meeting.items if each.campaign_id == campaign.id]


def day_of(update: CampaignUpdate) -> date:
    """Return the day that a piece of news is about."""
    if update.happened_on is not None:
        return update.happened_on
    return (update.published_at or update.created_at).date()


def published_letters(campaign: Campaign) -> list[Letter]:
    """Return the campaign's letters that everybody may read, the newest first."""
    own = select(Letter).where(
        Letter.campaign_id == campaign.id, Letter.state != LetterState.DRAFT
    )
    found = db.session.scalars(own.order_by(Letter.id.desc()))
    return [each for each in found if each.texts]


def _of_campaign(campaign: Campaign) -> Iterator[Entry]:
    if campaign.starts_on is not None and campaign.starts_on <= now().date():
        yield Entry(campaign.starts_on, EntryKind.BEGUN, campaign)
    if campaign.outcome_on is not None and campaign.outcome:
        yield Entry(campaign.outcome_on, EntryKind.OUTCOME, campaign)


def _of_letter(letter: Letter) -> Iterator[Entry]:
    ended_at = letter.delivered_at or letter.closed_at
    opened_at = letter.opens_at or letter.opened_at
    # A letter of years ago that was entered later did not open when it was entered.
    if opened_at and opened_at <= now() and not (ended_at and ended_at < opened_at):
        yield Entry(_local_day(opened_at, letter.time_zone), EntryKind.LETTER_OPENED, letter)
    if letter.delivered_at is not None:
        delivered_on = _local_day(letter.delivered_at, letter.time_zone)
        yield Entry(delivered_on, EntryKind.LETTER_DELIVERED, letter)


def _of_meeting(meeting: Meeting, campaign: Campaign) -> Entry:
    return Entry(
        meeting.local_start.date(), EntryKind.MEETING, meeting, items_of(meeting, campaign)
    )


def _local_day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
