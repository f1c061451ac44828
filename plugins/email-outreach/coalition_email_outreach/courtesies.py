"""Reminders to those who signed and did not confirm it.

They answer what somebody did, so they need no consent to news; who ended all mail, and whose
mailbox bounced or complained, gets none. Each is noted in the transaction that queues it, so
nobody gets it twice.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Index, UniqueConstraint, exists, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from coalition.sdk import (
    Base,
    Coalition,
    Letter,
    LetterState,
    Signature,
    SignatureState,
    Tenant,
    enqueue,
    is_on,
    now,
    reading,
    session,
    settings,
    transaction,
    within,
    write_signing_reminder,
)
from coalition_email_outreach.pacing import PLUGIN

AT_ONCE = 200  # signatures of one transaction
# After so many days without a confirmation the first and the second reminder go out, with at
# least so many between them: reminders that were turned on late must not leave together.
REMIND_AFTER_DAYS = (2, 5)
BETWEEN_REMINDERS = timedelta(days=3)
FORGOTTEN_AFTER_DAYS = 14  # older ones are let be


class CourtesyKind(StrEnum):
    """What was sent about a signature."""

    FIRST_REMINDER = "first_reminder"
    SECOND_REMINDER = "second_reminder"
    FINAL_COPY = "final_copy"  # of a time before each letter's was a mailing


_REMINDERS = (CourtesyKind.FIRST_REMINDER, CourtesyKind.SECOND_REMINDER)


class Courtesy(Tenant, Base):
    """That something was sent about a signature, so that it is not sent again."""

    __tablename__ = "email_outreach_courtesies"
    table_args = (
        within("signatures", "signature_id"),
        UniqueConstraint("signature_id", "kind"),
        Index(None, "coalition_id"),
    )

    signature_id: Mapped[UUID]
    kind: Mapped[CourtesyKind] = mapped_column()
    noted_at: Mapped[datetime] = mapped_column(default=now)


def remind_all() -> None:
    """Have the unconfirmed signatories of each coalition reminded. Idempotent; hourly."""
    with transaction():
        for coalition_id in session.scalars(select(Coalition.id)):
            enqueue(remind, coalition_id)


def remind(coalition_id: str) -> None:
    """Remind those who signed some days ago and did not confirm; at most twice. Idempotent."""
    here = UUID(coalition_id)
    with reading(here):
        wanted = settings(PLUGIN).get("reminders", 0) if is_on(PLUGIN) else 0
    for kind, days in list(zip(_REMINDERS, REMIND_AFTER_DAYS, strict=True))[:wanted]:
        while _remind_some(here, kind, days) == AT_ONCE:
            pass


def had_final_copy() -> ColumnElement[bool]:
    """Choose the signatures that got their final copy before it was a mailing."""
    return _had(CourtesyKind.FINAL_COPY)


def _remind_some(coalition_id: UUID, kind: CourtesyKind, days: int) -> int:
    with transaction(coalition_id):
        coalition = session.get_one(Coalition, coalition_id)
        found = session.scalars(
            select(Signature)
            .join(Letter, Letter.id == Signature.letter_id)
            .where(
                Signature.state == SignatureState.PENDING,
                Signature.email_sealed.is_not(None),
                Signature.created_at <= now() - timedelta(days=days),
                Signature.created_at > now() - timedelta(days=FORGOTTEN_AFTER_DAYS),
                Letter.state == LetterState.OPEN,
                ~_had(kind),
                _may_follow(kind),
            )
            .order_by(Signature.id)
            .limit(AT_ONCE)
        ).all()
        for signature in found:
            letter = session.get_one(Letter, signature.letter_id)
            if _note(signature, kind) and letter.accepts_signatures(now()):
                write_signing_reminder(coalition, letter, signature)
        return len(found)


def _may_follow(kind: CourtesyKind) -> ColumnElement[bool]:
    """Choose the signatures about which this reminder is the next one, and not too soon."""
    if kind == CourtesyKind.FIRST_REMINDER:
        return true()
    earlier = Courtesy.noted_at <= now() - BETWEEN_REMINDERS
    return _had(CourtesyKind.FIRST_REMINDER, earlier)


def _had(kind: CourtesyKind, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Courtesy.signature_id == Signature.id, Courtesy.kind == kind, *more)


def _note(signature: Signature, kind: CourtesyKind) -> bool:
    """Note that it is sent; false if it was before."""
    new = insert(Courtesy).values(
        id=uuid7(),
        coalition_id=signature.coalition_id,
        signature_id=signature.id,
        kind=kind,
        noted_at=now(),
    )
    added = session.execute(new.on_conflict_do_nothing().returning(Courtesy.id))
    return added.first() is not None
