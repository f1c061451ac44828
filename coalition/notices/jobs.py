"""What the meeting clock does by itself, every minute."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
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
            select(UnsettledChange.coalition_id, UnsettledChange.id)
            .join(Meeting, Meeting.id == UnsettledChange.meeting_id)
            .where(UnsettledChange.settles_at <= now())
            .order_by(Meeting.starts_at)
        )
        found = list(session.execute(due))
    for coalition_id, change_id in found:
        _settle_one(coalition_id, change_id)


def remind_due() -> None:
    """Begin the reminders whose time has come. Idempotent."""
    with db.platform_transaction() as session:
        running = select(MeetingClock.coalition_id, MeetingClock.id).filter_by(is_on=True)
        found = list(session.execute(running))
    for coalition_id, clock_id in found:
        with db.transaction(coalition_id) as session:
            # Locked, so that of two schedulers one sees what the other has begun.
            clock = session.scalar(
                select(MeetingClock)
                .filter_by(id=clock_id)
                .options(selectinload(MeetingClock.campaign))
                .with_for_update()
            )
            if clock is not None:
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


def _settle_one(coalition_id: UUID, change_id: UUID) -> None:
    with db.transaction(coalition_id):
        change = locked_change(change_id)
        if change is not None and change.settles_at <= now():  # else it moved again just now
            settle(change)


jobs.periodic(jobs.Periodic("notices.settle_due", LOOK_EVERY_S, settle_due))
jobs.periodic(jobs.Periodic("notices.remind_due", LOOK_EVERY_S, remind_due))
jobs.periodic(jobs.Periodic("notices.forget_receipts", 24 * 60 * 60, forget_receipts))
