"""What a coordinator sees first: how each letter stands and what needs attention."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from coalition import db, plugins
from coalition.campaigns.models import Campaign, CampaignStatus
from coalition.clock import now
from coalition.letters.models import Letter, LetterState
from coalition.letters.queries import count_counted
from coalition.letters.signatures import Signature

CLOSES_SOON = timedelta(days=3)
COUNTED_UP_TO = 1_000  # signatures waiting or unconfirmed; beyond that “1,000+” says enough

# The inner LIMIT keeps a letter with a million unconfirmed signatures from being counted out.
_OPEN_ENDS = """
    SELECT letters.id, waiting.n AS waiting, unconfirmed.n AS unconfirmed
    FROM letters
    CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM (
            SELECT FROM signatures WHERE letter_id = letters.id
            AND kind = 'organization' AND state = 'confirmed' LIMIT :most) AS few) AS waiting
    CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM (
            SELECT FROM signatures WHERE letter_id = letters.id
            AND kind IN ('organization', 'person') AND state = 'pending'
            LIMIT :most) AS few) AS unconfirmed
    WHERE letters.coalition_id = :coalition_id
"""


class Need(StrEnum):
    """What somebody of the coalition should do, the most urgent first."""

    DECIDE = "decide"
    CLOSES_SOON = "closes_soon"
    DELIVER = "deliver"
    FINISH_DRAFT = "finish_draft"


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that needs attention, about one letter."""

    need: Need
    letter: Letter
    number: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """How a letter stands; `waiting` and `unconfirmed` are counted up to `COUNTED_UP_TO`."""

    letter: Letter
    organizations: int
    people: int
    waiting: int
    unconfirmed: int

    @property
    def total(self) -> int:
        """All signatures that count."""
        return self.organizations + self.people

    @property
    def closes_in(self) -> timedelta | None:
        """How long it is still open; `None` without a closing time."""
        return self.letter.closes_at - now() if self.letter.closes_at else None


def figures(letters: list[Letter]) -> list[Figures]:
    """Return how these letters stand, in their order."""
    ends = open_ends()
    return [figures_of(letter, ends.get(letter.id, (0, 0))) for letter in letters]


def figures_of(letter: Letter, ends: tuple[int, int] | None = None) -> Figures:
    """Return how one letter stands."""
    waiting, unconfirmed = ends or open_ends().get(letter.id, (0, 0))
    answer = plugins.ask_first("coalition_letter_count", letter=letter)
    if answer is not None:
        counted = answer.organizations, answer.people
    else:
        counted = count_counted(letter.id)
    return Figures(letter, *counted, waiting, unconfirmed)


def open_ends() -> dict[UUID, tuple[int, int]]:
    """Return by letter how many signatures wait for a coordinator and for their signatory."""
    values = {"most": COUNTED_UP_TO, "coalition_id": db.current_coalition_id()}
    return {
        row["id"]: (row["waiting"], row["unconfirmed"]) for row in db.rows(_OPEN_ENDS, values)
    }


def letters_in(*states: LetterState) -> list[Letter]:
    """Return the coalition's letters in these states, the next to close first."""
    statement = (
        select(Letter)
        .options(lazyload(Letter.targets))  # not shown there
        .where(Letter.state.in_(states))
        .order_by(Letter.closes_at.asc().nulls_last(), Letter.created_at.desc())
    )
    return list(db.session.scalars(statement))


def recent_signatures(limit: int = 10) -> list[Signature]:
    """Return the newest signatures under any letter; their ids are in the order of time."""
    statement = (
        select(Signature)
        .options(
            joinedload(Signature.organization),
            joinedload(Signature.letter).lazyload(Letter.targets),
        )
        .order_by(Signature.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def current_campaigns() -> list[Campaign]:
    """Return the campaigns that are planned or under way."""
    current = (CampaignStatus.ACTIVE, CampaignStatus.PLANNED, CampaignStatus.PAUSED)
    return list(
        db.session.scalars(
            select(Campaign).where(Campaign.status.in_(current)).order_by(Campaign.title)
        )
    )


def attention(open_now: list[Figures], others: list[Letter]) -> list[Attention]:
    """Return what needs attention, the most urgent first; `others` are closed or drafts."""
    ends = open_ends() if any(each.state == LetterState.CLOSED for each in others) else {}
    waiting = [(each.letter, each.waiting) for each in open_now]
    waiting += [(letter, ends[letter.id][0]) for letter in others if letter.id in ends]
    needs = [Attention(Need.DECIDE, letter, number) for letter, number in waiting if number]
    needs += [
        Attention(Need.CLOSES_SOON, each.letter, max(each.closes_in.days, 0))
        for each in open_now
        if each.closes_in is not None and each.closes_in < CLOSES_SOON
    ]
    for state, need in (
        (LetterState.CLOSED, Need.DELIVER),
        (LetterState.DRAFT, Need.FINISH_DRAFT),
    ):
        needs += [Attention(need, letter) for letter in others if letter.state == state]
    return needs
