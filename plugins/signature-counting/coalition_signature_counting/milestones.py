"""Milestones: each is noted and told once, whatever happens to the count afterwards."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, text

from coalition.sdk import current_coalition_id, record, session
from coalition_signature_counting.events import MilestoneReached
from coalition_signature_counting.models import LetterTotal
from coalition_signature_counting.rules import Figures, Rule

# Signatures: 10, 50, 100, 500, … up to the population of the earth.
NUMBERS = [step * 10**power for power in range(1, 10) for step in (1, 5)]

_NOTE = text("""
    INSERT INTO signature_counting_milestones
        (id, coalition_id, letter_id, kind, signature_count, reached_at)
    SELECT gen_random_uuid(), l.coalition_id, l.id, m.kind, m.signature_count, now()
    FROM unnest(cast(:letters AS uuid[]), cast(:totals AS bigint[])) AS t (letter_id, total)
    JOIN letters l ON l.id = t.letter_id
    CROSS JOIN LATERAL (
        SELECT 'number' AS kind, unnest(cast(:numbers AS bigint[])) AS signature_count
        UNION ALL SELECT 'goal', l.goal WHERE l.goal > 0) AS m
    WHERE m.signature_count <= t.total AND NOT EXISTS (
        SELECT FROM signature_counting_milestones k
        WHERE k.letter_id = l.id AND k.kind = m.kind AND k.signature_count = m.signature_count)
    ON CONFLICT DO NOTHING
    RETURNING letter_id, kind, signature_count""")


def note_milestones(letter_ids: Collection[UUID]) -> None:
    """Note what the letters have reached under their coalition's rule, and tell the new ones."""
    coalition_id = current_coalition_id()
    assert coalition_id is not None
    totals = _totals(letter_ids)
    reached = session.execute(
        _NOTE,
        {
            "letters": list(totals),
            "totals": list(totals.values()),
            "numbers": [n for n in NUMBERS if n <= max(totals.values(), default=0)],
        },
    )
    for row in sorted(reached.all(), key=lambda each: each.signature_count):
        record(
            MilestoneReached(
                coalition_id=coalition_id,
                letter_id=row.letter_id,
                signature_count=row.signature_count,
                kind=row.kind,
            )
        )


def _totals(letter_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        select(
            LetterTotal.id,
            LetterTotal.organizations,
            LetterTotal.families,
            LetterTotal.people,
            LetterTotal.affiliated_people,
        ).where(LetterTotal.id.in_(letter_ids))
    )
    rule = Rule.chosen()
    return {row.id: rule.count(Figures(*row[1:])).total for row in rows}
