"""Running a series: who is written to next, because something happened or is about to."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import Insert, insert
from uuid_utils.compat import uuid7

from coalition.sdk import (
    Coalition,
    DomainError,
    Person,
    Signature,
    SignatureEvent,
    SignatureRejected,
    SignatureWithdrawn,
    VoteRecorded,
    enqueue,
    expect_many,
    is_on,
    now,
    reading,
    segments_as_they_stand,
    session,
    transaction,
)
from coalition_email_outreach import (
    approving,
    audience,
    bells,
    holding,
    signatories,
    starting,
    triggers,
)
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.pacing import PLUGIN
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.sight import sight_of
from coalition_email_outreach.triggers import SIGNED, VOTE, Occasion

_TAKEN_BACK = "not now"  # the reason of a recipient whose occasion may come again


def after_signing(facts: Sequence[SignatureEvent]) -> None:
    """Enroll those whose signature counts from now on in the series that begin with that."""
    for mailing in _running(SIGNED):
        signed = [
            (signature.person_id, fact.letter_id)
            for fact in facts
            if mailing.letter_id in (None, fact.letter_id)
            and (signature := session.get(Signature, fact.signature_id)) is not None
            and signature.counts
            and signature.person_id
        ]
        enroll_people(mailing, signed)


def after_vote(facts: Sequence[VoteRecorded]) -> None:
    """Enroll the audience of the series that begin with a vote, once for each motion."""
    for mailing in _running(VOTE):
        for fact in facts:
            if triggers.is_about_vote(mailing, fact.agenda_item_id):
                due = now() + timedelta(hours=mailing.delay_hours)
                enroll_audience(mailing, Occasion(fact.motion_id, due))


def enroll_people(mailing: Mailing, people: Sequence[tuple[UUID, UUID]]) -> None:
    """Write to people to whom something happened, after the series' delay; a second time to nobody.

    Who is not in the series' segment at this moment is left out.

    Args:
        people: each with the occasion: the letter that they signed.
    """
    if not people:
        return
    session.refresh(mailing, with_for_update={"key_share": True})
    with segments_as_they_stand():
        if not _may_go_on(mailing):
            return
        asked_for = audience.asked_for(mailing)
    asked_for = asked_for.where(Person.id.in_([each for each, _ in people]))
    chosen = set(session.scalars(asked_for.with_only_columns(Person.id)))
    due = now() + timedelta(hours=mailing.delay_hours)
    rows = [
        {
            "id": uuid7(),
            "coalition_id": mailing.coalition_id,
            "mailing_id": mailing.id,
            "person_id": person_id,
            "occasion_id": occasion_id,
            "state": RecipientState.QUEUED,
            "subject": "a",
            "due_at": due,
            "attempts": 0,
        }
        for person_id, occasion_id in dict.fromkeys(people)
        if person_id in chosen
    ]
    if rows:
        _enroll(insert(Recipient).values(rows))
        bells.ring(mailing.id, mailing.coalition_id, at=due)


def enroll_audience(mailing: Mailing, occasion: Occasion) -> None:
    """Write to everybody in the series' audience about an occasion; once to each.

    If its question was changed since it was approved, nobody is written to and it is paused.
    """
    session.refresh(mailing, with_for_update={"key_share": True})
    with segments_as_they_stand():  # the question that was approved is the one that is asked
        if not _may_go_on(mailing):
            return
        people = audience.audience(mailing).subquery()
    due = max(occasion.at, now()) if mailing.trigger == VOTE else now()
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
    expect_many(starting.LIMIT_S)
    _enroll(insert(Recipient).from_select(columns, rows))
    bells.ring(mailing.id, mailing.coalition_id, at=due)


def take_back(mailing: Mailing, batch: Sequence[Any]) -> list[Any]:
    """Stop those of a batch that are about what was called off, put off, is over, or taken back.

    If it is due once more, for example at the meeting's new time, they are enrolled again. Only
    the batch is looked at, because of a series about one meeting a million may wait.

    Returns:
        The others.
    """
    off = _about_what_is_off(mailing, batch)
    if mailing.trigger == SIGNED:
        off |= _of_who_left(batch)
    if off:
        session.execute(
            update(Recipient)
            .where(Recipient.id.in_(off))
            .values(
                state=RecipientState.STOPPED,
                reason=_TAKEN_BACK,
                claim_id=None,
                lease_until=None,
            )
        )
    return [row for row in batch if row.id not in off]


def after_leaving(facts: Sequence[SignatureWithdrawn | SignatureRejected]) -> None:
    """Take back what waits for those who signed and do not any more."""
    gone = []
    for fact in facts:
        signature = session.get(Signature, fact.signature_id)
        if signature is not None and signature.person_id is not None:
            theirs = select(Signature).filter_by(
                letter_id=fact.letter_id, person_id=signature.person_id
            )
            if not any(each.counts for each in session.scalars(theirs)):
                gone.append((signature.person_id, fact.letter_id))
    if not gone:
        return
    session.execute(
        update(Recipient)
        .where(
            tuple_(Recipient.person_id, Recipient.occasion_id).in_(gone),
            Recipient.mailing_id.in_(select(Mailing.id).where(Mailing.trigger == SIGNED)),
            Recipient.state == RecipientState.QUEUED,
        )
        .values(state=RecipientState.STOPPED, reason=_TAKEN_BACK)
    )


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


def _about_what_is_off(mailing: Mailing, batch: Sequence[Any]) -> set[UUID]:
    trigger = triggers.trigger_called(mailing.trigger)
    about = {row.occasion_id for row in batch} - {None}
    if trigger is None or not about:
        return set()
    off = about - trigger.holding(mailing, about)
    return {row.id for row in batch if row.occasion_id in off}


def _of_who_left(batch: Sequence[Any]) -> set[UUID]:
    """Choose those whose signature does not count any more.

    `after_leaving` does not see who was on their way just then, and is tried again later.
    """
    about = {row.id: (row.person_id, row.occasion_id) for row in batch if row.person_id}
    found = session.execute(
        select(Signature.person_id, Signature.letter_id).where(
            tuple_(Signature.person_id, Signature.letter_id).in_(set(about.values())),
            signatories.counts(),
        )
    )
    signed = {(person_id, letter_id) for person_id, letter_id in found}
    return {each for each, pair in about.items() if pair not in signed}


def _enroll(new: Insert) -> None:
    """Store recipients; each is there once, and who was taken back waits again."""
    waits_again = new.on_conflict_do_update(
        index_elements=["person_id", "mailing_id", "occasion_id"],
        index_where=Recipient.person_id.is_not(None),
        set_={"state": RecipientState.QUEUED, "due_at": new.excluded.due_at, "reason": None},
        where=(Recipient.state == RecipientState.STOPPED) & (Recipient.reason == _TAKEN_BACK),
    )
    session.connection().execute(waits_again)


def _may_go_on(mailing: Mailing) -> bool:
    """Return whether a series may write to more people; if it has a problem, pause it and say so."""
    if mailing.status != MailingStatus.SENDING:
        return False
    coalition = session.get_one(Coalition, mailing.coalition_id)
    try:
        approving.must_be_allowed(mailing, sight_of(mailing, coalition, 0))
        audience.asked_for(mailing)
    except DomainError as error:
        holding.hold(mailing, error)
        return False
    return True


def _running(trigger: str | None = None) -> list[Mailing]:
    wanted = select(Mailing).where(
        Mailing.status == MailingStatus.SENDING, Mailing.trigger.is_not(None)
    )
    if trigger is not None:
        wanted = wanted.where(or_(Mailing.trigger == trigger))
    return list(session.scalars(wanted))
