"""Work on actions that happens by itself: closing them, forgetting what nobody confirmed."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from coalition import audit, db, jobs
from coalition.actions.models import REPORTS_TAKEN_FOR, Action, ActionState
from coalition.actions.participations import (
    Participation,
    ParticipationSource,
    ParticipationState,
)
from coalition.clock import now
from coalition.coalitions.models import Coalition

CLOSE_EVERY_S = 900
FORGET_EVERY_S = 3600
FORGOTTEN_AFTER = timedelta(days=30)
FORGOTTEN_AT_ONCE = 1_000


def close_due() -> None:
    """Close the actions whose deadline passed a week ago. Idempotent.

    Until then people tell what they did in time.
    """
    with db.platform_transaction() as session:
        opened = select(Action.coalition_id, Action.id).where(Action.state == ActionState.OPEN)
        found = list(session.execute(opened))
    for coalition_id, action_id in found:
        close_if_due(coalition_id, action_id)


def close_if_due(coalition_id: UUID, action_id: UUID) -> None:
    """Close one action unless somebody closed it or gave it more time meanwhile."""
    with db.transaction(coalition_id) as session:
        statement = select(Action).filter_by(id=action_id, state=ActionState.OPEN)
        action = session.scalar(statement.with_for_update(of=Action))
        if action is None or action.deadline is None:
            return
        if action.deadline + REPORTS_TAKEN_FOR <= now():
            action.close()


def forget_unconfirmed() -> None:
    """Delete reports whose mail nobody answered, and addresses given at the door. Idempotent."""
    with db.platform_transaction() as session:
        concerned = select(Participation.coalition_id).where(
            _never_confirmed() | _address_left_at_the_door()
        )
        coalition_ids = list(session.scalars(concerned.distinct()))
    for coalition_id in coalition_ids:
        while _forget_some(coalition_id) == FORGOTTEN_AT_ONCE:
            pass


def _forget_some(coalition_id: UUID) -> int:
    with db.transaction(coalition_id) as session:
        some = select(Participation.id).where(_never_confirmed()).limit(FORGOTTEN_AT_ONCE)
        gone = session.scalars(
            delete(Participation)
            .where(Participation.id.in_(some), _never_confirmed())
            .returning(Participation.id)
            .execution_options(synchronize_session=False)
        ).all()
        session.execute(
            update(Participation)
            .where(_address_left_at_the_door())
            .values(email_sealed=None, email_index=None, updates_wording=None)
            .execution_options(synchronize_session=False)
        )
        if gone:
            coalition = session.get_one(Coalition, coalition_id)
            audit.record("participations.forgotten", coalition)
        return len(gone)


def _never_confirmed() -> ColumnElement[bool]:
    """Choose what somebody typed and no mailbox's owner stood by."""
    return (Participation.created_at < now() - FORGOTTEN_AFTER) & (
        Participation.state == ParticipationState.PENDING
    )


def _address_left_at_the_door() -> ColumnElement[bool]:
    """Choose addresses that were never confirmed; that somebody came stays on the list."""
    return (
        (Participation.created_at < now() - FORGOTTEN_AFTER)
        & (Participation.source == ParticipationSource.CHECK_IN)
        & Participation.email_index.is_not(None)
        & Participation.person_id.is_(None)
    )


jobs.periodic(jobs.Periodic("actions.close_due", CLOSE_EVERY_S, close_due))
jobs.periodic(jobs.Periodic("actions.forget_unconfirmed", FORGET_EVERY_S, forget_unconfirmed))
