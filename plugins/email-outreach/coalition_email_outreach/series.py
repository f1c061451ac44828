"""Running a series: who is written to next, because something happened or is about to."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coalition.sdk import (
    Coalition,
    DomainError,
    Signature,
    SignatureEvent,
    VoteRecorded,
    enqueue,
    hold_segments,
    is_on,
    now,
    reading,
    record_in_audit_log,
    session,
    transaction,
)
from coalition_email_outreach import approving, bells, starting, telling, triggers
from coalition_email_outreach.audience import audience, must_have_purpose
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.pacing import PLUGIN
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.triggers import SIGNED, VOTE, Occasion


def after_signing(facts: Sequence[SignatureEvent]) -> None:
    """Enroll those whose signature counts from now on in the series that begin with that."""
    for mailing in _running(SIGNED):
        for fact in facts:
            if mailing.letter_id in (None, fact.letter_id):
                signature = session.get(Signature, fact.signature_id)
                if signature is not None and signature.counts and signature.person_id:
                    enroll_person(mailing, signature.person_id, fact.letter_id)


def after_vote(facts: Sequence[VoteRecorded]) -> None:
    """Enroll the audience of the series that begin with a vote, once for each motion."""
    for mailing in _running(VOTE):
        for fact in facts:
            due = now() + timedelta(hours=mailing.delay_hours)
            enroll_audience(mailing, Occasion(fact.motion_id, due))


def enroll_person(mailing: Mailing, person_id: UUID, occasion_id: UUID) -> None:
    """Write to one person after the series' delay; a second time changes nothing."""
    due = now() + timedelta(hours=mailing.delay_hours)
    new = insert(Recipient).values(
        id=uuid7(),
        coalition_id=mailing.coalition_id,
        mailing_id=mailing.id,
        person_id=person_id,
        occasion_id=occasion_id,
        state=RecipientState.QUEUED,
        subject="a",
        due_at=due,
        attempts=0,
    )
    session.execute(new.on_conflict_do_nothing())
    bells.ring(mailing.id, mailing.coalition_id, at=due)


def enroll_audience(mailing: Mailing, occasion: Occasion) -> None:
    """Write to everybody in the series' audience about an occasion; once to each.

    If its question was changed since it was approved, nobody is written to and it is paused.
    """
    session.refresh(mailing, with_for_update=True)
    hold_segments()
    if mailing.status != MailingStatus.SENDING or not _may_go_on(mailing):
        return
    due = max(occasion.at, now()) if mailing.trigger == VOTE else now()
    people = audience(mailing).subquery()
    rows = select(
        func.gen_random_uuid(),
        literal(mailing.coalition_id),
        literal(mailing.id),
        people.c.id,
        literal(RecipientState.QUEUED.value),
        literal("a"),
        literal(due),
        literal(0),
        literal(occasion.id),
    )
    columns = [*starting.COLUMNS, "occasion_id"]
    statement = insert(Recipient).from_select(columns, rows)
    session.connection().execute(statement.on_conflict_do_nothing())
    bells.ring(mailing.id, mailing.coalition_id, at=due)


def look_at_moments() -> None:
    """Have the series of each coalition looked at. Idempotent; called every few minutes."""
    with transaction():
        for coalition_id in session.scalars(select(Coalition.id)):
            enqueue(enroll_due, coalition_id)


def enroll_due(coalition_id: str) -> None:
    """Enroll for all moments that have come in a coalition. Idempotent."""
    with reading(UUID(coalition_id)):
        if not is_on(PLUGIN):
            return
        due = [
            (mailing.id, occasion)
            for mailing in _running()
            if (trigger := triggers.trigger_called(mailing.trigger)) is not None
            for occasion in trigger.due(mailing)
        ]
    for mailing_id, occasion in due:
        with transaction(UUID(coalition_id)):
            enroll_audience(session.get_one(Mailing, mailing_id), occasion)


def _may_go_on(mailing: Mailing) -> bool:
    """Return whether a series may write to more people; else pause it and say why."""
    coalition = session.get_one(Coalition, mailing.coalition_id)
    try:
        must_have_purpose(mailing)
        approving.must_be_allowed(mailing, coalition, 0)
    except DomainError as error:
        mailing.hold(error.code)
        record_in_audit_log("mailing.held", mailing)
        telling.held(mailing, error)
        return False
    return True


def _running(trigger: str | None = None) -> list[Mailing]:
    wanted = select(Mailing).where(
        Mailing.status == MailingStatus.SENDING, Mailing.trigger.is_not(None)
    )
    if trigger is not None:
        wanted = wanted.where(or_(Mailing.trigger == trigger))
    return list(session.scalars(wanted))
