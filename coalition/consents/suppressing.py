"""Stopping all mail to an address: by its owner, by what came back, by a coordinator."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coalition import db
from coalition.clock import now
from coalition.consents.errors import NotSuppressed, OwnersChoice
from coalition.consents.models import SoftBounce, Suppression, SuppressionReason
from coalition.people.models import email_index

SOFT_BOUNCE_DAYS = 3  # as many different days …
SOFT_BOUNCE_WINDOW_DAYS = 30  # … within this time are taken for good

# The gravest first: it is the one that is told.
_BY_GRAVITY = (
    SuppressionReason.COMPLAINT,
    SuppressionReason.BOUNCE,
    SuppressionReason.MANUAL,
    SuppressionReason.UNSUBSCRIBE,
)
# What a coordinator may take back: their own decision, and a mailbox that works again.
LIFTABLE = (SuppressionReason.MANUAL, SuppressionReason.BOUNCE)


def suppress(coalition_id: UUID, address: str, reason: SuppressionReason) -> bool:
    """Stop all mail of a coalition to an address; return whether that is news."""
    return suppress_mailbox(coalition_id, email_index(coalition_id, address), reason)


def suppress_mailbox(coalition_id: UUID, index: bytes, reason: SuppressionReason) -> bool:
    """Stop all mail to a mailbox known by its blind index; return whether that is news."""
    added = db.session.execute(
        insert(Suppression)
        .values(
            id=uuid7(),
            coalition_id=coalition_id,
            address_index=index,
            reason=reason,
            created_at=now(),
        )
        .on_conflict_do_nothing()
        .returning(Suppression.id)
    )
    return added.first() is not None


def suppression_of(coalition_id: UUID, address: str) -> SuppressionReason | None:
    """Return the gravest reason not to write to an address, or `None` if one may."""
    found = reasons([email_index(coalition_id, address)])
    return next(iter(found.values()), None)


def reasons(indexes: Sequence[bytes]) -> dict[bytes, SuppressionReason]:
    """Return the gravest reason for each address that must not get mail, by blind index."""
    rows = db.session.execute(
        select(Suppression.address_index, Suppression.reason).where(
            Suppression.address_index.in_(indexes)
        )
    )
    found: dict[bytes, SuppressionReason] = {}
    for index, reason in sorted(rows, key=lambda row: _BY_GRAVITY.index(row.reason)):
        found.setdefault(index, reason)
    return found


def lift(coalition_id: UUID, address: str) -> None:
    """Write to an address again that a coordinator stopped, or that bounced.

    Raises:
        OwnersChoice: its owner ended the mail; only they can begin it again.
        NotSuppressed: it was not stopped.
    """
    index = email_index(coalition_id, address)
    statement = select(Suppression).filter_by(address_index=index)
    found = db.session.scalars(statement).all()
    if not found:
        raise NotSuppressed(field="email")
    if any(each.reason not in LIFTABLE for each in found):
        raise OwnersChoice(field="email")
    for each in found:
        db.session.delete(each)
    db.session.execute(delete(SoftBounce).where(SoftBounce.address_index == index))


def take_back_unsubscription(indexes: Sequence[bytes]) -> None:
    """Let mail to these addresses begin again, because their owner asked for it."""
    db.session.execute(
        delete(Suppression).where(
            Suppression.address_index.in_(indexes),
            Suppression.reason == SuppressionReason.UNSUBSCRIBE,
        )
    )


def note_bounce(coalition_id: UUID, address: str, *, permanent: bool) -> bool:
    """Note that mail to an address came back; return whether it is suppressed because of that.

    A permanent bounce stops all mail at once. Others stop it after `SOFT_BOUNCE_DAYS` different
    days within `SOFT_BOUNCE_WINDOW_DAYS`: a mailbox may be full over a weekend.
    """
    index = email_index(coalition_id, address)
    return note_bounce_of(coalition_id, index, permanent=permanent)


def note_bounce_of(coalition_id: UUID, index: bytes, *, permanent: bool) -> bool:
    """Do the same for a mailbox known by its blind index."""
    if not permanent and _soft_days(coalition_id, index) < SOFT_BOUNCE_DAYS:
        return False
    suppress_mailbox(coalition_id, index, SuppressionReason.BOUNCE)
    return True


def note_complaint(coalition_id: UUID, address: str) -> None:
    """Stop all mail to an address whose owner reported ours as spam."""
    suppress(coalition_id, address, SuppressionReason.COMPLAINT)


def counts() -> dict[SuppressionReason, int]:
    """Return how many addresses the coalition does not write to, by reason, zeros filled in."""
    rows = db.session.execute(
        select(Suppression.reason, func.count()).group_by(Suppression.reason)
    )
    found = {reason: count for reason, count in rows}  # noqa: C416  rows are no pairs to mypy
    return {reason: found.get(reason, 0) for reason in SuppressionReason}


def forget_old_bounces() -> None:
    """Delete soft bounces that no rule asks about any more. Idempotent."""
    with db.platform_transaction() as session:
        oldest = now().date() - timedelta(days=SOFT_BOUNCE_WINDOW_DAYS)
        session.execute(delete(SoftBounce).where(SoftBounce.day < oldest))


def _soft_days(coalition_id: UUID, index: bytes) -> int:
    """Note that mail came back today; return on how many days of the window it did."""
    today = now().date()
    db.session.execute(
        insert(SoftBounce)
        .values(id=uuid7(), coalition_id=coalition_id, address_index=index, day=today)
        .on_conflict_do_nothing()
    )
    oldest = today - timedelta(days=SOFT_BOUNCE_WINDOW_DAYS)
    counted = select(func.count()).select_from(SoftBounce)
    days = db.session.scalar(
        counted.where(SoftBounce.address_index == index, SoftBounce.day > oldest)
    )
    return days or 0
