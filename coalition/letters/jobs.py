"""Work on letters that happens by itself: closing them, forgetting who never confirmed."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from coalition import audit, db, jobs
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.letters.models import Letter, LetterState
from coalition.letters.signatures import Signature, SignatureSource, SignatureState

CLOSE_EVERY_S = 60
FORGET_EVERY_S = 3600
FORGOTTEN_AFTER = timedelta(days=30)
FORGOTTEN_AT_ONCE = 1_000  # signatures in one transaction


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


def forget_unconfirmed() -> None:
    """Delete the signatures whose mail nobody ever answered. Idempotent."""
    with db.platform_transaction() as session:
        concerned = select(Signature.coalition_id).where(_never_confirmed()).distinct()
        coalition_ids = list(session.scalars(concerned))
    for coalition_id in coalition_ids:
        while _forget_some(coalition_id) == FORGOTTEN_AT_ONCE:
            pass


def _forget_some(coalition_id: UUID) -> int:
    with db.transaction(coalition_id) as session:
        some = select(Signature.id).where(_never_confirmed()).limit(FORGOTTEN_AT_ONCE)
        gone = session.scalars(
            delete(Signature)
            .where(Signature.id.in_(some), _never_confirmed())
            .returning(Signature.id)
            .execution_options(synchronize_session=False)
        ).all()
        if gone:
            audit.record("signatures.forgotten", session.get_one(Coalition, coalition_id))
        return len(gone)


def _never_confirmed() -> ColumnElement[bool]:
    """Choose what somebody typed and no mailbox's owner stood by; pasted lists have evidence."""
    states = (SignatureState.PENDING, SignatureState.REJECTED, SignatureState.WITHDRAWN)
    return (
        (Signature.created_at < now() - FORGOTTEN_AFTER)
        & Signature.confirmed_at.is_(None)
        & (Signature.source != SignatureSource.PASTED)
        & Signature.state.in_(states)
    )


jobs.periodic(jobs.Periodic("letters.close_due", CLOSE_EVERY_S, close_due))
jobs.periodic(jobs.Periodic("letters.forget_unconfirmed", FORGET_EVERY_S, forget_unconfirmed))
