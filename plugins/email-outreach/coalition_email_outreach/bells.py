"""Bells: when a mailing wants attention next, for the scheduler and the workers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from coalition.sdk import now, session
from coalition_email_outreach.recipients import Bell, Pace


def ring(mailing_id: UUID, coalition_id: UUID, *, at: datetime | None = None) -> None:
    """Have a mailing looked at, at once or at some moment; an earlier moment stays."""
    new = insert(Bell).values(id=mailing_id, owner_id=coalition_id, due_at=at or now())
    earlier = func.least(Bell.due_at, new.excluded.due_at)
    session.execute(new.on_conflict_do_update(index_elements=["id"], set_={"due_at": earlier}))


def put_off(mailing_id: UUID, at: datetime | None) -> None:
    """Look at a mailing again at `at`, or never: `None`."""
    found = session.get(Bell, mailing_id)
    if found is not None and at is None:
        session.delete(found)
    elif found is not None and at is not None:
        found.due_at = at


def silence(mailing_id: UUID) -> None:
    """Look at a mailing no more."""
    session.execute(delete(Bell).where(Bell.id == mailing_id))


def is_any_due() -> bool:
    """Return whether a mailing wants attention and our mail server may be asked."""
    return session.scalar(select(Bell.id).where(*_due()).limit(1)) is not None


def next_due() -> Bell | None:
    """Return the mailing that has waited longest, and put it at the end of the line."""
    wanted = select(Bell).where(*_due()).order_by(Bell.due_at).limit(1)
    found = session.scalar(wanted.with_for_update(skip_locked=True))
    if found is not None:
        found.due_at = now()
    return found


def _due() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    server_rests = exists().where(Pace.key == "server", Pace.blocked_until > now())
    return Bell.due_at <= now(), ~server_rests
