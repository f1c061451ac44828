"""Beginning to send: who gets it is written down in one statement, and nothing changes after."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import String, case, cast, func, insert, literal, null, select, update

from coalition.sdk import (
    N_,
    Coalition,
    DomainError,
    Person,
    expect_many,
    hold_segments,
    now,
    purpose_called,
    record_in_audit_log,
    session,
)
from coalition_email_outreach import approving, audience, bells, telling, workshop
from coalition_email_outreach.errors import NobodyToWriteTo, NotReady, PurposeGone
from coalition_email_outreach.lifecycle import Clock, MailingStatus
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.zones import ZONE_OF_REGION

COLUMNS = [
    "id",
    "coalition_id",
    "mailing_id",
    "person_id",
    "state",
    "subject",
    "due_at",
    "attempts",
]
_EACH = N_("each language needs a subject and a text.")


def begin(mailing_id: UUID) -> int:
    """Write down who gets a mailing, freeze it, and have it sent; return to how many.

    The audience is that of this moment. Who joins the segment later does not get it; who
    leaves it does; who ends their consent does not, because that is asked again before each
    message.

    Raises:
        CannotNow: it is under way or done. ApprovalNeeded, SeriesApprovalNeeded,
        ApprovalOutdated, ApprovalOutgrown: a second coordinator has to look.
        PurposeGone, NotReady, WrongField: something has to be corrected. NobodyToWriteTo: as
        said.
    """
    mailing = mailing_or_raise(mailing_id, lock=True)
    mailing.must_not_be_under_way()
    hold_segments()  # the question that was approved is the one that is asked
    coalition = session.get_one(Coalition, mailing.coalition_id)
    check(mailing, coalition)
    return write_down_and_begin(mailing, coalition)


def write_down_and_begin(mailing: Mailing, coalition: Coalition) -> int:
    """Begin a mailing whose texts were checked."""
    count = 0 if mailing.is_series else write_down(mailing, coalition)
    approving.must_be_allowed(mailing, coalition, count)
    if count == 0 and not mailing.is_series:
        raise NobodyToWriteTo
    begin_written_down(mailing)
    return count


def begin_written_down(mailing: Mailing) -> None:
    """Freeze a mailing whose recipients were written down, and have it sent."""
    mailing.begin()
    record_in_audit_log("mailing.started", mailing)
    bells.ring(mailing.id, mailing.coalition_id)


def check(mailing: Mailing, coalition: Coalition) -> None:
    """Make sure that each text can be written.

    Raises:
        PurposeGone: nobody agrees to its purpose. NotReady: a subject or text is empty.
        WrongField: a merge field is wrong.
    """
    if purpose_called(mailing.purpose) is None:
        raise PurposeGone
    if not mailing.texts:
        raise NotReady(reason=_EACH)
    for written in mailing.texts:
        if not written.subject or not written.body.strip():
            raise NotReady(reason=_EACH)
        for subject in ("a", "b"):
            workshop.sheet_of(mailing, written, coalition, subject)


def stop(mailing_id: UUID) -> None:
    """End a mailing for good: who is still waiting does not get it.

    Raises:
        CannotNow: it is not under way.
    """
    mailing = mailing_or_raise(mailing_id, lock=True)
    mailing.stop()
    session.execute(
        update(Recipient)
        .where(Recipient.mailing_id == mailing.id, Recipient.state == RecipientState.QUEUED)
        .values(state=RecipientState.STOPPED)
    )
    record_in_audit_log("mailing.stopped", mailing)


def begin_if_due(mailing: Mailing) -> None:
    """Begin a scheduled mailing whose time has come; else look again then."""
    assert mailing.send_at is not None
    at = first_due(mailing, session.get_one(Coalition, mailing.coalition_id))
    if at > now():
        bells.put_off(mailing.id, at)
    else:
        begin(mailing.id)


def put_back(mailing_id: UUID, error: DomainError) -> None:
    """Hold a mailing that cannot begin or go on, and tell the coordinators why."""
    mailing = mailing_or_raise(mailing_id, lock=True)
    if mailing.status in (MailingStatus.SCHEDULED, MailingStatus.SENDING):
        mailing.hold(error.code)
        record_in_audit_log("mailing.held", mailing)
        telling.held(mailing, error)
    bells.silence(mailing_id)


def first_due(mailing: Mailing, coalition: Coalition) -> datetime:
    """Return when the first recipients' time comes."""
    assert mailing.send_at is not None
    if mailing.clock == Clock.COALITION:
        return mailing.send_at
    wall = mailing.send_at.astimezone(ZoneInfo(coalition.time_zone)).replace(tzinfo=None)
    zones = {*ZONE_OF_REGION.values(), coalition.time_zone}
    return min(wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for zone in zones)


def write_down(mailing: Mailing, coalition: Coalition) -> int:
    """Store one row per recipient in one statement; return how many they are."""
    people = (
        audience.audience(mailing)
        .add_columns(
            Person.region.label("region"),
            (func.random() * 100).label("lot"),
        )
        .subquery()
    )
    due = _due(mailing, coalition, people.c.region)
    subject: Any = literal("a")
    if mailing.tests_subjects:
        half = mailing.test_percent / 2
        subject = case((people.c.lot < half, "a"), (people.c.lot < 2 * half, "b"), else_="a")
        due = case((people.c.lot < 2 * half, due), else_=null())
    rows = select(
        func.gen_random_uuid(),
        literal(mailing.coalition_id),
        literal(mailing.id),
        people.c.id,
        cast(literal(RecipientState.QUEUED.value), String),
        subject,
        due,
        literal(0),
    )
    expect_many()
    # Without the ORM, which has nothing to do here. Row security guards it.
    written = insert(Recipient).from_select(COLUMNS, rows)
    options = {"preserve_rowcount": True}
    return session.connection().execute(written, execution_options=options).rowcount


def _due(mailing: Mailing, coalition: Coalition, region: Any) -> Any:
    """Return when each is due: now, or at the wall clock's time where they live."""
    if mailing.clock == Clock.COALITION or mailing.send_at is None:
        return literal(now())
    wall = mailing.send_at.astimezone(ZoneInfo(coalition.time_zone)).replace(tzinfo=None)
    zone = case(ZONE_OF_REGION, value=func.upper(region), else_=coalition.time_zone)
    return func.timezone(zone, literal(wall))
