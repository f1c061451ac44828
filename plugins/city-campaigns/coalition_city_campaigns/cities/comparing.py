"""Campaigns of several cities side by side: signatures, comments, votes, outcome, days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from coalition.sdk import (
    AgendaItem,
    Area,
    Campaign,
    CommentFigures,
    ItemOutcome,
    Letter,
    LetterState,
    Meeting,
    Motion,
    ask_first,
    comment_figures,
    ledger_of_item,
    session,
)
from coalition_city_campaigns.cities.standing import CityStanding, Standing


@dataclass(frozen=True)
class Vote:
    """How a body voted on a motion: "4-0"; the result where only that is known."""

    motion: Motion
    yes: int | None
    no: int | None


@dataclass(frozen=True)
class Compared:
    """One campaign as a column of the comparison; `None` and empty are "not known"."""

    area: Area
    campaign: Campaign
    standing: Standing
    organizations: int
    people: int
    letter_on: date | None
    meetings: Sequence[Meeting]
    comments: CommentFigures | None
    votes: Sequence[Vote]
    outcomes: Sequence[ItemOutcome]
    outcome_on: date | None


def compared(cities: Sequence[CityStanding]) -> list[Compared]:
    """Return the campaigns of these cities, in the order of the cities."""
    return [_compared(city, each) for city in cities for each in city.campaigns]


def _compared(city: CityStanding, campaign: Campaign) -> Compared:
    letters = session.scalars(
        select(Letter)
        .filter_by(campaign_id=campaign.id)
        .where(Letter.state != LetterState.DRAFT)
        .order_by(Letter.id)
    ).all()
    items = session.scalars(
        select(AgendaItem)
        .filter_by(campaign_id=campaign.id)
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .order_by(Meeting.starts_at)
        .options(selectinload(AgendaItem.meeting), selectinload(AgendaItem.motions))
    ).all()
    counts = [ask_first("coalition_letter_count", letter=each) for each in letters]
    return Compared(
        area=city.area,
        campaign=campaign,
        standing=city.standing,
        organizations=sum(each.organizations for each in counts if each),
        people=sum(each.people for each in counts if each),
        letter_on=_first_day(letters),
        meetings=[each.meeting for each in items],
        comments=_comments(items),
        votes=[_vote(motion) for item in items for motion in item.motions if motion.result],
        outcomes=[item.outcome for item in items if item.outcome],
        outcome_on=campaign.outcome_on,
    )


def _first_day(letters: Sequence[Letter]) -> date | None:
    """Return the day of the first letter: as it is dated, else on which it was opened."""
    days = [
        letter.dated_on or letter.opened_at.astimezone(ZoneInfo(letter.time_zone)).date()
        for letter in letters
        if letter.dated_on or letter.opened_at
    ]
    return min(days, default=None)


def _comments(items: Sequence[AgendaItem]) -> CommentFigures | None:
    """Return the published figures of the item with most comments; each has its own ledger."""
    found = []
    for item in items:
        ledger = ledger_of_item(item.id)
        counted = comment_figures(item.id) if ledger and ledger.is_published else None
        if counted and counted.total:
            found.append(counted)
    return max(found, key=lambda each: each.total, default=None)


def _vote(motion: Motion) -> Vote:
    tally = motion.tally
    return Vote(motion, tally.yes if tally else None, tally.no if tally else None)
