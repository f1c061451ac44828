"""The ladder of engagement: rungs in order, each a rule over what is known of a person.

Somebody stands on the highest rung whose rule they meet; the rungs below need not be met. All of
it is computed by one statement from signatures and participations, so nothing has to be kept up
to date. `since` is the moment of the fact that fulfilled the rule.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Integer, Subquery, Uuid, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db
from coalition.actions.errors import RungIncomplete
from coalition.actions.models import ActionKind
from coalition.clock import now
from coalition.db import within
from coalition.errors import N_
from coalition.people.models import Tag

MOVED_LATELY = timedelta(days=30)
MOVED_SHOWN = 50
PEOPLE_SHOWN = 100
MAX_RUNGS = 12


class RungRule(StrEnum):
    """What must be known of somebody, at least so many times."""

    SIGNED = "signed"
    ACTED = "acted"
    ATTENDED = "attended"
    SPOKE = "spoke"
    RECRUITED = "recruited"
    TAGGED = "tagged"


class LadderRung(db.Tenant, db.Base):
    """A rung: `minimum` facts of the rule's sort, counted in the last `within_days` if given."""

    __tablename__ = "ladder_rungs"
    table_args = (
        within("tags", "tag_id", ondelete="CASCADE"),
        Index(None, "coalition_id", "position"),
    )

    position: Mapped[int]
    name: Mapped[str]
    rule: Mapped[RungRule]
    minimum: Mapped[int] = mapped_column(default=1)
    within_days: Mapped[int | None]
    action_kind: Mapped[ActionKind | None]  # for `acted`: only this kind
    tag_id: Mapped[UUID | None]  # for `tagged`: which

    tag: Mapped[Tag | None] = relationship(
        primaryjoin="foreign(LadderRung.tag_id) == Tag.id", viewonly=True
    )

    def check(self) -> None:
        """Refuse a rule that lacks what it needs.

        Raises:
            RungIncomplete: it goes by a tag and names none.
        """
        if self.rule == RungRule.TAGGED and self.tag_id is None:
            raise RungIncomplete(field="tag", reason=N_("Write which tag people carry."))


class ShareCode(db.Tenant, db.Base):
    """The code in the links that a person passes on: who comes by it was brought by them."""

    __tablename__ = "share_codes"
    table_args = (
        within("people", "person_id"),
        Index("uq_share_codes_person", "person_id", unique=True),
        Index("uq_share_codes_code", "coalition_id", "code", unique=True),
    )

    person_id: Mapped[UUID]
    code: Mapped[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """On which rung a person stands, and since when."""

    person_id: UUID
    rung_id: UUID
    since: datetime


# A time-ordered id holds the moment at which its row was made, in milliseconds.
_TAGGED_AT = (
    "to_timestamp(('x' || substr(replace(taggings.id::text, '-', ''), 1, 12))::bit(48)::bigint"
    " / 1000.0)"
)
_FACTS = """
    SELECT person_id, 'signed' AS fact, NULL AS action_kind, NULL::uuid AS tag_id,
        coalesce(confirmed_at, created_at) AS at
    FROM signatures
    WHERE coalition_id = :coalition_id AND person_id IS NOT NULL
        AND state IN ('confirmed', 'approved') {person}
    UNION ALL
    SELECT person_id, fact, actions.kind, NULL, coalesce(done_at, participations.created_at)
    FROM participations
    LEFT JOIN actions ON actions.id = action_id
    CROSS JOIN LATERAL (
        VALUES ('acted', action_id IS NOT NULL), ('spoke', spoke), ('attended',
            action_id IS NULL OR check_in_id IS NOT NULL OR actions.kind = 'attend')
    ) AS known(fact, is_so)
    WHERE participations.coalition_id = :coalition_id AND person_id IS NOT NULL
        AND participations.state IN ('reported', 'confirmed') AND is_so {person}
    UNION ALL
    SELECT person_id, 'recruited', NULL, NULL, at
    FROM share_codes
    JOIN (
        SELECT source_code, person_id AS came, coalesce(confirmed_at, created_at) AS at
        FROM signatures WHERE coalition_id = :coalition_id AND source_code IS NOT NULL
            AND state IN ('confirmed', 'approved')
        UNION ALL
        SELECT source_code, person_id, coalesce(done_at, created_at)
        FROM participations WHERE coalition_id = :coalition_id AND source_code IS NOT NULL
            AND state IN ('reported', 'confirmed')
    ) AS brought ON source_code = code AND came IS DISTINCT FROM person_id
    WHERE share_codes.coalition_id = :coalition_id {person}
    UNION ALL
    SELECT person_id, 'tagged', NULL, tag_id, {tagged_at}
    FROM taggings WHERE coalition_id = :coalition_id {person}
"""
_STANDINGS = """
    WITH facts AS ({facts}), numbered AS (
        SELECT rungs.id AS rung_id, rungs.position, rungs.minimum, facts.person_id, facts.at,
            row_number() OVER (PARTITION BY rungs.id, facts.person_id ORDER BY facts.at) AS n
        FROM ladder_rungs AS rungs
        JOIN facts ON facts.fact = rungs.rule
            AND (rungs.action_kind IS NULL OR rungs.action_kind = facts.action_kind)
            AND (rungs.tag_id IS NULL OR rungs.tag_id = facts.tag_id)
            AND (rungs.within_days IS NULL
                OR facts.at > now() - make_interval(days => rungs.within_days))
        WHERE rungs.coalition_id = :coalition_id)
    SELECT DISTINCT ON (person_id) person_id, rung_id, position, at AS since
    FROM numbered WHERE n = minimum
    ORDER BY person_id, position DESC
"""


def rungs() -> list[LadderRung]:
    """Return the rungs of the coalition, the lowest first."""
    return list(
        db.session.scalars(select(LadderRung).order_by(LadderRung.position, LadderRung.id))
    )


def count_by_rung() -> dict[UUID, int]:
    """Return how many people stand on each rung; rungs with nobody are left out."""
    rows = db.rows(
        f"SELECT rung_id, count(*) AS people FROM ({_standings()}) AS standing"  # noqa: S608  SQL of ours
        " GROUP BY rung_id",
        _values(),
    )
    return {row["rung_id"]: row["people"] for row in rows}


def moved_lately(limit: int = MOVED_SHOWN) -> list[Standing]:
    """Return who reached their rung in the last 30 days, the latest first."""
    rows = db.rows(
        f"SELECT person_id, rung_id, since FROM ({_standings()}) AS standing"  # noqa: S608  SQL of ours
        " WHERE since > :after ORDER BY since DESC, person_id LIMIT :most",
        {**_values(), "after": now() - MOVED_LATELY, "most": limit},
    )
    return [Standing(**row) for row in rows]


def people_on(rung_id: UUID, limit: int = PEOPLE_SHOWN) -> list[Standing]:
    """Return who stands on a rung, the latest to reach it first."""
    rows = db.rows(
        f"SELECT person_id, rung_id, since FROM ({_standings()}) AS standing"  # noqa: S608  SQL of ours
        " WHERE rung_id = :rung_id ORDER BY since DESC, person_id LIMIT :most",
        {**_values(), "rung_id": rung_id, "most": limit},
    )
    return [Standing(**row) for row in rows]


def standing_of(person_id: UUID) -> Standing | None:
    """Return on which rung one person stands, or `None` for on none."""
    rows = db.rows(_standings(one_person=True), {**_values(), "person_id": person_id})
    return next(
        (Standing(row["person_id"], row["rung_id"], row["since"]) for row in rows), None
    )


def standings() -> Subquery:
    """Return where everybody stands as something to select from: `person_id`, `rung_id`, `since`."""
    found = text(_standings()).bindparams(**_values())
    return found.columns(
        person_id=Uuid, rung_id=Uuid, position=Integer, since=DateTime
    ).subquery()


def store(wanted: list[LadderRung]) -> None:
    """Replace the ladder by these rungs, in this order; rungs that are kept keep their id.

    Raises:
        RungIncomplete: a rung lacks what its rule needs.
    """
    kept = {each.id for each in wanted}
    for old in rungs():
        if old.id not in kept:
            audit.record("ladder_rung.removed", old)
            db.session.delete(old)
    for position, rung in enumerate(wanted, start=1):
        rung.check()
        rung.position = position
        db.session.add(rung)
        db.session.flush()
        audit.record("ladder_rung.stored", rung)


def _standings(*, one_person: bool = False) -> str:
    """Return the statement; its parts are ours, and all values are bound."""
    person = "AND person_id = :person_id" if one_person else ""
    return _STANDINGS.format(facts=_FACTS.format(person=person, tagged_at=_TAGGED_AT))


def _values() -> dict[str, Any]:
    return {"coalition_id": db.current_coalition_id()}
