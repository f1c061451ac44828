"""Mail about a signature that its giver may expect: reminders to confirm, the final copy.

These answer what somebody did, so they need no consent to news; whoever's mailbox bounced or
complained gets none. Each is noted in the transaction that queues it, so nobody gets it twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from flask import render_template
from flask_babel import force_locale, format_date, gettext
from sqlalchemy import ColumnElement, Index, UniqueConstraint, exists, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from coalition.sdk import (
    Base,
    Coalition,
    Letter,
    LetterDelivered,
    LetterState,
    Signature,
    SignatureState,
    Tenant,
    absolute_url,
    enqueue,
    is_on,
    markdown_to_html,
    markdown_to_text,
    now,
    queue_mail,
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
    FINAL_COPY = "final_copy"


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


def after_delivery(facts: Sequence[LetterDelivered]) -> None:
    """Send everybody who signed a letter its final copy, once it was handed over."""
    if settings(PLUGIN).get("final_copies") == "send":
        for fact in facts:
            enqueue(send_copies, fact.coalition_id, fact.letter_id)


def send_copies(coalition_id: str, letter_id: str) -> None:
    """Queue the final copies of a letter, some at a time. Idempotent; goes on where it ended."""
    while _copy_some(UUID(coalition_id), UUID(letter_id)) == AT_ONCE:
        pass


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


def _copy_some(coalition_id: UUID, letter_id: UUID) -> int:
    with transaction(coalition_id):
        coalition = session.get_one(Coalition, coalition_id)
        letter = session.get(Letter, letter_id)
        if letter is None or letter.state != LetterState.DELIVERED:
            return 0
        counted = (SignatureState.CONFIRMED, SignatureState.APPROVED)
        found = session.scalars(
            select(Signature)
            .where(
                Signature.letter_id == letter_id,
                Signature.state.in_(counted),
                Signature.email_sealed.is_not(None),
                ~_had(CourtesyKind.FINAL_COPY),
            )
            .order_by(Signature.id)
            .limit(AT_ONCE)
        ).all()
        for signature in found:
            if _note(signature, CourtesyKind.FINAL_COPY) and signature.counts:
                _write_copy(coalition, letter, signature)
        return len(found)


def _write_copy(coalition: Coalition, letter: Letter, signature: Signature) -> None:
    assert signature.email is not None
    with force_locale(signature.language):
        text = letter.text_in(signature.language)
        subject = gettext("Delivered: %(title)s", title=text.title)
        shown = {
            "coalition": coalition,
            "letter": letter,
            "title": text.title,
            "subject": subject,
            "day": format_date(letter.delivered_at),
            "language": signature.language,
            "url": absolute_url("letters.show", coalition=coalition.slug, letter=letter.slug),
        }
        as_text = render_template(
            "email_outreach/final_copy.txt", **shown, body=markdown_to_text(text.body)
        )
        as_html = render_template(
            "email_outreach/final_copy.html", **shown, body=markdown_to_html(text.body)
        )
    queue_mail(
        coalition_id=coalition.id,
        purpose="signature",
        to=signature.email,
        subject=subject,
        text=as_text,
        html=as_html,
        sender_name=coalition.name,
        reply_to=coalition.reply_to,
    )


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
