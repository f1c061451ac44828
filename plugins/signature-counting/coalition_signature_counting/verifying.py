"""Recomputing the counts from the signatures: say each difference, repair it.

Two comparisons. Signatures with the rows that say what is counted: what differs may be a fact
that is still on its way here. Those rows with the rollups: written together, always equal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from coalition.sdk import Letter, reading, session, transaction
from coalition_signature_counting.counting import COLUMNS, PRESENT, agree, lock
from coalition_signature_counting.milestones import note_milestones

SLICE = 5_000  # signatures compared by one query
BATCH = 500  # signatures counted in one transaction
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
_PATIENCE = text("SET LOCAL statement_timeout = '2min'")  # for ten million rows

_SLICE_END = text("SELECT id FROM signatures WHERE id > :after ORDER BY id OFFSET :n LIMIT 1")

_UNLIKE_SIGNATURES = text(f"""
    WITH RECURSIVE asked AS (
        SELECT {COLUMNS} FROM signatures WHERE id > :after AND id <= :until),
    {PRESENT},
    counted AS (
        SELECT id, letter_id, kind, organization_id, family_id, is_affiliated, city, day, source
        FROM signature_counting_signatures WHERE id > :after AND id <= :until),
    unlike AS (
        SELECT id, letter_id FROM (SELECT * FROM present EXCEPT SELECT * FROM counted) AS fresh
        UNION
        SELECT id, letter_id FROM (SELECT * FROM counted EXCEPT SELECT * FROM present) AS stale)
    SELECT unlike.id AS signature_id, unlike.letter_id, l.slug AS letter,
        'the signature ' || unlike.id || CASE
            WHEN unlike.id NOT IN (SELECT id FROM counted) THEN ' is not counted and should be'
            WHEN unlike.id NOT IN (SELECT id FROM present) THEN ' is counted and should not be'
            ELSE ' is counted under an old city, day, source or organization' END AS words
    FROM unlike JOIN letters l ON l.id = unlike.letter_id
    LEFT JOIN signatures s ON s.id = unlike.id
    WHERE s.id IS NULL OR greatest(s.created_at, s.confirmed_at, s.decided_at, s.withdrawn_at)
        <= now() - make_interval(secs => :quiet_s)
    ORDER BY unlike.id""")  # noqa: S608  constants of ours

# What the rollups and totals of one letter must be.
_RIGHT = """
    right_keys AS (
        SELECT dimension, key, count(*) AS n
        FROM signature_counting_signatures CROSS JOIN LATERAL (VALUES
            ('kind', kind), ('city', city), ('day', to_char(day, 'YYYY-MM-DD')),
            ('source', source), ('family', cast(family_id AS text))) AS keys (dimension, key)
        WHERE letter_id = :letter AND key IS NOT NULL GROUP BY dimension, key),
    right_total AS (
        SELECT count(*) FILTER (WHERE kind = 'organization') AS organizations,
            count(DISTINCT family_id) AS families,
            count(*) FILTER (WHERE kind = 'person') AS people,
            count(*) FILTER (WHERE is_affiliated) AS affiliated_people
        FROM signature_counting_signatures WHERE letter_id = :letter)"""

_FIGURES = """(VALUES ('organizations', organizations), ('families', families),
    ('people', people), ('people with an affiliation', affiliated_people)) AS figures (key, n)"""

_UNLIKE_SUMS = text(f"""
    WITH {_RIGHT},
    stored AS (
        SELECT dimension, key, n FROM signature_counting_rollups WHERE letter_id = :letter
        UNION ALL SELECT 'total', key, n FROM signature_counting_totals CROSS JOIN LATERAL
            {_FIGURES} WHERE id = :letter),
    right_ones AS (
        SELECT * FROM right_keys
        UNION ALL SELECT 'total', key, n FROM right_total CROSS JOIN LATERAL {_FIGURES})
    SELECT 'by ' || dimension || ', ' || key || ': ' || coalesce(stored.n, 0)
        || ' stored, ' || coalesce(right_ones.n, 0) || ' right' AS words
    FROM stored FULL JOIN right_ones USING (dimension, key)
    WHERE coalesce(stored.n, 0) <> coalesce(right_ones.n, 0)
    ORDER BY 1""")  # noqa: S608  constants of ours

_SUM_AGAIN = (
    text("DELETE FROM signature_counting_rollups WHERE letter_id = :letter"),
    text(f"""
        WITH {_RIGHT}
        INSERT INTO signature_counting_rollups (id, coalition_id, letter_id, dimension, key, n)
        SELECT gen_random_uuid(), l.coalition_id, l.id, dimension, key, n
        FROM right_keys CROSS JOIN letters l WHERE l.id = :letter"""),  # noqa: S608
    text(f"""
        WITH {_RIGHT}
        UPDATE signature_counting_totals t SET organizations = r.organizations,
            families = r.families, people = r.people, affiliated_people = r.affiliated_people
        FROM right_total r WHERE t.id = :letter"""),  # noqa: S608
)


@dataclass(frozen=True)
class Difference:
    """Something stored that is not as it should be, in words."""

    letter_id: UUID
    letter: str
    words: str
    signature_id: UUID | None = None

    def __str__(self) -> str:
        return f"{self.letter}: {self.words}"


def verify(
    coalition_id: UUID, *, repair: bool = False, quiet_s: int = 0
) -> Iterator[Difference]:
    """Yield each difference in a coalition's counts, repaired if asked for.

    Opens its own transactions, many short ones: call it outside of any.

    Args:
        quiet_s: leave out signatures that changed in this time; their facts may be under way.
    """
    after = FIRST
    while after != LAST:
        found, after = _unlike_signatures(coalition_id, after, quiet_s)
        if repair:
            _count_again(coalition_id, found)
        yield from found
    with reading(coalition_id):
        letters = session.execute(select(Letter.id, Letter.slug).order_by(Letter.slug)).all()
    for letter_id, slug in letters:
        found = _unlike_sums(coalition_id, letter_id, slug)
        if repair and found:
            _sum_again(coalition_id, letter_id)
        yield from found


def _unlike_signatures(
    coalition_id: UUID, after: UUID, quiet_s: int
) -> tuple[list[Difference], UUID]:
    """Compare the next slice; return what differs, and where the slice ended."""
    with reading(coalition_id):
        session.execute(_PATIENCE)
        end = session.execute(_SLICE_END, {"after": after, "n": SLICE - 1}).scalar() or LAST
        rows = session.execute(
            _UNLIKE_SIGNATURES, {"after": after, "until": end, "quiet_s": quiet_s}
        )
        return [Difference(**row) for row in rows.mappings()], end


def _count_again(coalition_id: UUID, found: list[Difference]) -> None:
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        with transaction(coalition_id):
            agree(
                {each.letter_id for each in batch},
                {each.signature_id for each in batch if each.signature_id},
            )


def _unlike_sums(coalition_id: UUID, letter_id: UUID, slug: str) -> list[Difference]:
    with reading(coalition_id):
        session.execute(_PATIENCE)
        words = session.execute(_UNLIKE_SUMS, {"letter": letter_id}).scalars()
        return [Difference(letter_id, slug, each) for each in words]


def _sum_again(coalition_id: UUID, letter_id: UUID) -> None:
    with transaction(coalition_id):
        session.execute(_PATIENCE)
        lock([letter_id])
        for statement in _SUM_AGAIN:
            session.execute(statement, {"letter": letter_id})
        note_milestones([letter_id])
