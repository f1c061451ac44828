"""Beginning to send: who gets it is written down in one statement, and nothing changes after."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext
from sqlalchemy import Select, String, case, cast, func, insert, literal, null, select, update

from coalition.sdk import (
    Coalition,
    DomainError,
    Person,
    expect_many,
    may_be_written_to,
    now,
    record_in_audit_log,
    segment_by_id,
    session,
    settings,
)
from coalition_email_outreach import bells, workshop
from coalition_email_outreach.errors import (
    ApprovalNeeded,
    NobodyToWriteTo,
    NotReady,
)
from coalition_email_outreach.lifecycle import Clock, MailingStatus
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.pacing import PLUGIN
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


def audience(mailing: Mailing) -> Select[Any]:
    """Return the statement for the ids of those who would get a mailing now.

    Those in its segment who may be written to for its purpose; without a segment, all of them.

    Raises:
        NotReady: its segment is gone. QuestionBroken: the segment cannot be asked now.
    """
    allowed = may_be_written_to(mailing.purpose)
    if mailing.segment_id is None:
        return select(Person.id).where(allowed)
    segment = segment_by_id(mailing.segment_id)
    if segment is None:
        raise NotReady(reason=gettext("its segment was removed. Choose another one."))
    return segment.people().where(allowed).with_only_columns(Person.id)


def count_audience(mailing: Mailing) -> int:
    """Count those who would get a mailing now."""
    expect_many()
    people = audience(mailing).subquery()
    return session.scalar(select(func.count()).select_from(people)) or 0


def approval_limit() -> int:
    """Return above how many people a second coordinator has to approve; 0 is never."""
    return int(settings(PLUGIN).get("approval_above") or 0)


def begin(mailing_id: UUID) -> int:
    """Write down who gets a mailing, freeze it, and have it sent; return to how many.

    The audience is that of this moment. Who joins the segment later does not get it; who
    leaves it does; who ends their consent does not, because that is asked again before each
    message.

    Raises:
        CannotNow: it is under way or done. ApprovalNeeded: a second coordinator has to look.
        NotReady, WrongField: something has to be corrected. NobodyToWriteTo: as said.
    """
    mailing = mailing_or_raise(mailing_id, lock=True)
    coalition = session.get_one(Coalition, mailing.coalition_id)
    check(mailing, coalition)
    return write_down_and_begin(mailing, coalition)


def write_down_and_begin(mailing: Mailing, coalition: Coalition) -> int:
    """Begin a mailing whose texts were checked."""
    count = 0 if mailing.is_series else _write_down(mailing, coalition)
    must_be_allowed(mailing, count)
    if count == 0 and not mailing.is_series:
        raise NobodyToWriteTo
    mailing.begin()
    record_in_audit_log("mailing.started", mailing)
    bells.ring(mailing.id, mailing.coalition_id)
    return count


def must_be_allowed(mailing: Mailing, count: int) -> None:
    """Make sure that a mailing to so many people was approved if it has to be.

    Raises:
        ApprovalNeeded, NotReady: a second coordinator has to look.
    """
    limit = approval_limit()
    if limit and count > limit and mailing.approved_at is None:
        raise ApprovalNeeded(count=count, limit=limit)
    if limit and mailing.is_series and mailing.approved_at is None:
        reason = gettext(
            "a second coordinator has to approve a series, since it goes on by itself."
        )
        raise NotReady(reason=reason)


def check(mailing: Mailing, coalition: Coalition) -> None:
    """Make sure that each text can be written.

    Raises:
        NotReady: a subject or text is empty. WrongField: a merge field is wrong.
    """
    if not mailing.texts:
        raise NotReady(reason=gettext("each language needs a subject and a text."))
    for written in mailing.texts:
        if not written.subject or not written.body.strip():
            raise NotReady(reason=gettext("each language needs a subject and a text."))
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
    """Take a scheduled mailing that could not begin back to the drafts, and keep the reason."""
    mailing = mailing_or_raise(mailing_id, lock=True)
    if mailing.status == MailingStatus.SCHEDULED:
        mailing.unschedule()
        mailing.problem = error.code
    bells.silence(mailing_id)


def first_due(mailing: Mailing, coalition: Coalition) -> datetime:
    """Return when the first recipients' time comes."""
    assert mailing.send_at is not None
    if mailing.clock == Clock.COALITION:
        return mailing.send_at
    wall = mailing.send_at.astimezone(ZoneInfo(coalition.time_zone)).replace(tzinfo=None)
    zones = {*ZONE_OF_REGION.values(), coalition.time_zone}
    return min(wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for zone in zones)


def _write_down(mailing: Mailing, coalition: Coalition) -> int:
    """Store one row per recipient in one statement; return how many they are."""
    people = (
        audience(mailing)
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
