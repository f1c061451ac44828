"""Reading the counts: by key, never by counting signatures."""

from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from string import capwords

from sqlalchemy import select

from coalition.sdk import Campaign, Letter, LetterCount, LetterState, hide_small_groups, session
from coalition_signature_counting.models import Dimension, LetterTotal, Milestone, Rollup
from coalition_signature_counting.rules import Figures, Rule


@dataclass(frozen=True)
class Growth:
    """A day, the signatures that count since that day, and all up to its end."""

    day: date
    new: int
    total: int


@dataclass(frozen=True)
class Counts:
    """All that is known of how many have signed a letter.

    Cities, days and source codes count every signature, whatever the coalition's rule for
    the number is.
    """

    count: LetterCount
    figures: Figures
    days: list[Growth]
    cities: list[tuple[str, int]]
    sources: list[tuple[str, int]]
    milestones: list[Milestone]


def all_counts(letter: Letter) -> Counts:
    """Return all counts of a letter, for its coalition only."""
    return _counts(letter, cities(letter), sources(letter))


def public_counts(letter: Letter) -> Counts:
    """Return the counts that tell nothing about any one signatory."""
    # Each signature that counts is on one day, with a city or without.
    everybody = sum(n for _, n in _rolled(letter, Dimension.DAY))
    shown, _ = hide_small_groups(cities(letter), everybody)
    return _counts(letter, shown, [])


def figures(letter: Letter) -> Figures:
    """Return what is known of a letter: one row, found by its id."""
    row = session.execute(
        select(
            LetterTotal.organizations,
            LetterTotal.families,
            LetterTotal.people,
            LetterTotal.affiliated_people,
        ).where(LetterTotal.id == letter.id)
    ).one_or_none()
    return Figures(*row) if row else Figures()


def letter_count(letter: Letter) -> LetterCount:
    """Return how many have signed, under the coalition's rule."""
    return Rule.chosen().count(figures(letter))


def published_letters(campaign: Campaign) -> list[Letter]:
    """Return the letters of a campaign that the public knows."""
    chosen = select(Letter).filter_by(campaign_id=campaign.id)
    return list(session.scalars(chosen.where(Letter.state != LetterState.DRAFT)))


def cities(letter: Letter) -> list[tuple[str, int]]:
    """Return the cities that signatories named and how many did, most first."""
    return [(capwords(city), n) for city, n in _rolled(letter, Dimension.CITY)]


def sources(letter: Letter) -> list[tuple[str, int]]:
    """Return the source codes of the links that signatories came by, most first; for staff."""
    return _rolled(letter, Dimension.SOURCE)


def growth(letter: Letter) -> list[Growth]:
    """Return the days on which signatures began to count, oldest first, without gaps filled.

    Days are those of the letter's time zone. A signature that was withdrawn is on no day.
    """
    days = sorted(_rolled(letter, Dimension.DAY))
    totals = accumulate(n for _, n in days)
    return [
        Growth(date.fromisoformat(day), n, total)
        for (day, n), total in zip(days, totals, strict=True)
    ]


def milestones(letter: Letter) -> list[Milestone]:
    """Return what a letter reached, in order of time."""
    reached = select(Milestone).filter_by(letter_id=letter.id)
    return list(
        session.scalars(reached.order_by(Milestone.reached_at, Milestone.signature_count))
    )


def _counts(
    letter: Letter, by_city: list[tuple[str, int]], by_source: list[tuple[str, int]]
) -> Counts:
    known = figures(letter)
    return Counts(
        count=Rule.chosen().count(known),
        figures=known,
        days=growth(letter),
        cities=by_city,
        sources=by_source,
        milestones=milestones(letter),
    )


def _rolled(letter: Letter, dimension: Dimension) -> list[tuple[str, int]]:
    rows = session.execute(
        select(Rollup.key, Rollup.n)
        .filter_by(letter_id=letter.id, dimension=dimension)
        .where(Rollup.n > 0)
        .order_by(Rollup.n.desc(), Rollup.key)
    )
    return [(row.key, row.n) for row in rows]
