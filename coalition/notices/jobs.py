"""What the meeting clock does by itself, every minute."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import selectinload

from coalition import db, jobs
from coalition.clock import now
from coalition.decisions.meetings import Meeting
from coalition.notices.models import MeetingClock, UnsettledChange, locked_change
from coalition.notices.receipts import Notice, NoticeReceipt
from coalition.notices.settling import remind, settle

LOOK_EVERY_S = 60
RECEIPTS_KEPT = timedelta(days=30)  # after the meeting: then nobody is told of it any more


def settle_due() -> None:
    """Tell people of the changes that have come to rest. Idempotent.

    The earlier meeting comes first: an item that was put off and numbered is told once.
    """
    with db.platform_transaction() as session:
        due = (
            select(UnsettledChange.coalition_id, UnsettledChange.meeting_id, UnsettledChange.id)
            .join(Meeting, Meeting.id == UnsettledChange.meeting_id)
            .where(UnsettledChange.settles_at <= now())
            .order_by(Meeting.starts_at, UnsettledChange.meeting_id, UnsettledChange.id)
        )
        found = list(session.execute(due))
    for (coalition_id, _), changes in groupby(found, key=_of_one_meeting):
        _settle(coalition_id, [each.id for each in changes])


def remind_due() -> None:
    """Begin the reminders whose time has come. Idempotent."""
    with db.platform_transaction() as session:
        running = select(MeetingClock.coalition_id, MeetingClock.id).filter_by(is_on=True)
        found = list(
            session.execute(running.order_by(MeetingClock.coalition_id, MeetingClock.id))
        )
    for coalition_id, clocks in groupby(found, key=lambda each: each.coalition_id):
        # Together, so that what two campaigns remind of is known before the first mail.
        with db.transaction(coalition_id) as session:
            # Locked, so that of two schedulers one sees what the other has begun.
            locked = session.scalars(
                select(MeetingClock)
                .where(MeetingClock.id.in_([each.id for each in clocks]))
                .order_by(MeetingClock.id)
                .options(selectinload(MeetingClock.campaign))
                .with_for_update()
            )
            for clock in locked.all():
                remind(clock)


def forget_receipts() -> None:
    """Forget who was told of meetings that are long over; how many stays. Idempotent."""
    with db.platform_transaction() as session:
        over = (
            select(Notice.id)
            .join(Meeting, Meeting.id == Notice.meeting_id)
            .where(Meeting.starts_at < now() - RECEIPTS_KEPT)
        )
        session.execute(
            delete(NoticeReceipt)
            .where(NoticeReceipt.notice_id.in_(over))
            .execution_options(synchronize_session=False)
        )


def _of_one_meeting(change: Row[UUID, UUID, UUID]) -> tuple[UUID, UUID]:
    return change.coalition_id, change.meeting_id


def _settle(coalition_id: UUID, change_ids: Sequence[UUID]) -> None:
    """Settle changes of one meeting, together: the first mail knows of all of them."""
    with db.transaction(coalition_id):
        for change_id in change_ids:
            change = locked_change(change_id)
            # Else it moved again just now.
            if change is not None and change.settles_at <= now():
                settle(change)


jobs.periodic(jobs.Periodic("notices.settle_due", LOOK_EVERY_S, settle_due))
jobs.periodic(jobs.Periodic("notices.remind_due", LOOK_EVERY_S, remind_due))
jobs.periodic(jobs.Periodic("notices.forget_receipts", 24 * 60 * 60, forget_receipts))
