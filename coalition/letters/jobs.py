"""Work on letters that happens by itself: closing them when their time has come."""

from uuid import UUID

from sqlalchemy import func, select

from coalition import db, jobs
from coalition.letters.models import Letter, LetterState

CLOSE_EVERY_S = 60


def close_due() -> None:
    """Close the letters whose closing time has passed. Idempotent.

    Nobody can sign after that time anyway: each signing asks the database's clock.
    """
    with db.platform_transaction() as session:
        overdue = select(Letter.coalition_id, Letter.id).where(
            Letter.state == LetterState.OPEN, Letter.closes_at <= func.now()
        )
        found = list(session.execute(overdue))
    for coalition_id, letter_id in found:
        close_if_due(coalition_id, letter_id)


def close_if_due(coalition_id: UUID, letter_id: UUID) -> None:
    """Close one letter unless somebody closed it or gave it more time meanwhile."""
    with db.transaction(coalition_id) as session:
        statement = select(Letter).where(
            Letter.id == letter_id,
            Letter.state == LetterState.OPEN,
            Letter.closes_at <= func.now(),
        )
        letter = session.scalar(statement.with_for_update())
        if letter is not None:
            letter.close()


jobs.periodic(jobs.Periodic("letters.close_due", CLOSE_EVERY_S, close_due))
