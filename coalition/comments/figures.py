"""What a ledger says: the figures, by the best source there is, and the two counts side by side."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import aliased

from coalition import db
from coalition.comments.counting import counted
from coalition.comments.imports import ImportState, ListImport
from coalition.comments.models import (
    ClerkCount,
    CommentChannel,
    CommentLedger,
    CommentPosition,
    CommentSource,
    PublicComment,
)
from coalition.comments.wording import Wording
from coalition.small_groups import hide_small_groups


class Basis(StrEnum):
    """What the figures are counted from, best first; `NOTHING` where nobody counted yet."""

    CLERK_LIST = "clerk_list"
    CLERK_COUNT = "clerk_count"
    OURS = "ours"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Figures:
    """How many comments there are on an item; duplicates are counted once.

    `wordings` has the number for each position and wording; nothing where only a clerk's
    count is known. `cities` leaves out those with fewer than `SMALLEST_GROUP`, who are in `elsewhere`.
    """

    basis: Basis
    as_of: datetime
    our_position: CommentPosition
    template_from: int
    adapted_from: int
    total: int = 0
    positions: Counter[CommentPosition] = field(default_factory=Counter)
    wordings: Counter[tuple[CommentPosition, Wording]] = field(default_factory=Counter)
    channels: Counter[CommentChannel] = field(default_factory=Counter)
    cities: dict[str, int] = field(default_factory=dict)
    elsewhere: int = 0
    duplicates: int = 0
    has_texts: bool = False
    source: str = ""
    source_url: str | None = None
    counted_on: date | None = None

    @property
    def on_our_side(self) -> int:
        """How many want what the coalition wants."""
        return self.positions[self.our_position]

    @property
    def with_our_text(self) -> int:
        """How many on our side use the coalition's text or adapt it."""
        return self.worded(Wording.TEMPLATE) + self.worded(Wording.ADAPTED)

    @property
    def has_wordings(self) -> bool:
        """Whether the comments themselves are known, and there is a text to compare them with."""
        return self.has_texts and any(
            wording != Wording.UNKNOWN and number
            for (_, wording), number in self.wordings.items()
        )

    def worded(self, wording: Wording) -> int:
        """Return how many on our side have this wording."""
        return self.wordings[self.our_position, wording]

    def table(self) -> list[tuple[CommentPosition, dict[Wording, int], int]]:
        """Return for each position that occurs its wordings and its total, as a table shows it."""
        return [
            (
                position,
                {wording: self.wordings[position, wording] for wording in Wording},
                self.positions[position],
            )
            for position in CommentPosition
            if self.positions[position]
        ]


@dataclass(frozen=True)
class Reconciliation:
    """Our count beside the clerk's; each `Counter` is by position and wording."""

    matched: int = 0
    otherwise_noted: int = 0  # of those, how many under another position than ours
    only_ours: Counter[tuple[CommentPosition, Wording]] = field(default_factory=Counter)
    only_theirs: Counter[tuple[CommentPosition, Wording]] = field(default_factory=Counter)

    @property
    def ours(self) -> int:
        """All comments of which we know from those who made them."""
        return self.matched + self.only_ours.total()

    @property
    def theirs(self) -> int:
        """All comments in the clerk's list."""
        return self.matched + self.only_theirs.total()


def figures(ledger: CommentLedger) -> Figures:
    """Count the comments on an item: the clerk's list, else the clerk's count, else ours."""
    if _has_any(ledger, CommentSource.CLERK):
        return _counted(ledger, CommentSource.CLERK, Basis.CLERK_LIST)
    count = latest_count(ledger)
    if count is not None:
        return _as_the_clerk_says(ledger, count)
    if _has_any(ledger, CommentSource.OURS):
        return _counted(ledger, CommentSource.OURS, Basis.OURS)
    return Figures(basis=Basis.NOTHING, **_rules(ledger))


def figures_of(ledger: CommentLedger, source: CommentSource) -> Figures:
    """Count the comments of one source, whatever else there is."""
    basis = Basis.CLERK_LIST if source == CommentSource.CLERK else Basis.OURS
    return _counted(ledger, source, basis)


def reconciliation(ledger: CommentLedger) -> Reconciliation:
    """Compare what we know of with what the clerk lists."""
    other = aliased(PublicComment)
    statement = (
        select(
            PublicComment.source,
            PublicComment.position,
            wording_column(ledger),
            PublicComment.match_id.is_not(None).label("matched"),
            (other.position != PublicComment.position).label("otherwise"),
            func.count(),
        )
        .outerjoin(other, other.id == PublicComment.match_id)
        .where(PublicComment.ledger_id == ledger.id, counted())
        .where(PublicComment.duplicate_of_id.is_(None))
        .group_by(
            PublicComment.source, PublicComment.position, "wording", "matched", "otherwise"
        )
    )
    only: dict[CommentSource, Counter[tuple[CommentPosition, Wording]]] = {
        source: Counter() for source in CommentSource
    }
    matched = otherwise = 0
    for source, position, wording, is_matched, is_otherwise, number in db.session.execute(
        statement
    ):
        if not is_matched:
            only[source][position, Wording(wording)] += number
        elif source == CommentSource.OURS:
            matched += number
            otherwise += number if is_otherwise else 0
    return Reconciliation(
        matched=matched,
        otherwise_noted=otherwise,
        only_ours=only[CommentSource.OURS],
        only_theirs=only[CommentSource.CLERK],
    )


def wording_column(ledger: CommentLedger) -> ColumnElement[str]:
    """Return whose words a comment uses, by the ledger's thresholds of this moment."""
    percent = PublicComment.similarity
    return case(
        (percent.is_(None), literal(Wording.UNKNOWN.value)),
        (percent >= ledger.template_from, literal(Wording.TEMPLATE.value)),
        (percent >= ledger.adapted_from, literal(Wording.ADAPTED.value)),
        else_=literal(Wording.OWN_WORDS.value),
    ).label("wording")


def latest_count(ledger: CommentLedger) -> ClerkCount | None:
    """Return what the clerk said last about the number of comments."""
    return db.session.scalar(
        select(ClerkCount)
        .filter_by(ledger_id=ledger.id)
        .order_by(ClerkCount.counted_on.desc().nulls_last(), ClerkCount.id.desc())
        .limit(1)
    )


def _has_any(ledger: CommentLedger, source: CommentSource) -> bool:
    statement = select(PublicComment.id).where(
        PublicComment.ledger_id == ledger.id, PublicComment.source == source, counted()
    )
    return db.session.scalar(statement.limit(1)) is not None


def _counted(ledger: CommentLedger, source: CommentSource, basis: Basis) -> Figures:
    mine = (PublicComment.ledger_id == ledger.id, PublicComment.source == source, counted())
    statement = (
        select(
            PublicComment.position,
            wording_column(ledger),
            PublicComment.channel,
            PublicComment.duplicate_of_id.is_not(None).label("repeated"),
            func.count(),
        )
        .where(*mine)
        .group_by(PublicComment.position, "wording", PublicComment.channel, "repeated")
    )
    positions: Counter[CommentPosition] = Counter()
    wordings: Counter[tuple[CommentPosition, Wording]] = Counter()
    channels: Counter[CommentChannel] = Counter()
    duplicates = 0
    for position, wording, channel, repeated, number in db.session.execute(statement):
        if repeated:
            duplicates += number
            continue
        positions[position] += number
        wordings[position, Wording(wording)] += number
        channels[channel] += number
    cities, elsewhere = _cities(mine)
    lists = _lists(ledger, source)
    return Figures(
        basis=basis,
        total=positions.total(),
        positions=positions,
        wordings=wordings,
        channels=channels,
        cities=cities,
        elsewhere=elsewhere,
        duplicates=duplicates,
        source="; ".join(dict.fromkeys(each.origin for each in lists)),
        counted_on=max(
            (each.published_on for each in lists if each.published_on), default=None
        ),
        **_rules(ledger),
    )


def _cities(mine: tuple[ColumnElement[bool], ...]) -> tuple[dict[str, int], int]:
    """Count by city; small ones and those not stated become one number that tells nothing."""
    key = func.lower(PublicComment.city)
    statement = (
        select(func.min(PublicComment.city), func.count())
        .where(*mine, PublicComment.duplicate_of_id.is_(None))
        .group_by(key)
    )
    rows = [(city, number) for city, number in db.session.execute(statement)]
    named = [(city, number) for city, number in rows if city]
    shown, elsewhere = hide_small_groups(named, sum(number for _, number in rows))
    return dict(shown), elsewhere


def _lists(ledger: CommentLedger, source: CommentSource) -> Sequence[ListImport]:
    statement = ledger.imports.select().where(
        ListImport.source == source, ListImport.state == ImportState.DONE
    )
    return db.session.scalars(statement.order_by(ListImport.id)).all()


def _as_the_clerk_says(ledger: CommentLedger, count: ClerkCount) -> Figures:
    positions = Counter(
        {
            CommentPosition.OPPOSE: count.oppose or 0,
            CommentPosition.SUPPORT: count.support or 0,
            CommentPosition.NEUTRAL: count.neutral or 0,
        }
    )
    positions[CommentPosition.UNKNOWN] = count.total - positions.total()
    return Figures(
        basis=Basis.CLERK_COUNT,
        total=count.total,
        positions=+positions,
        source=count.source,
        source_url=count.url,
        counted_on=count.counted_on,
        **_rules(ledger),
    )


def _rules(ledger: CommentLedger) -> dict[str, Any]:
    return {
        "as_of": ledger.counted_at,
        "our_position": ledger.our_position,
        "template_from": ledger.template_from,
        "adapted_from": ledger.adapted_from,
        "has_texts": bool(ledger.texts),
    }
