"""Beginning to send: somebody says so, then a worker writes down in one statement who gets it.

However many they are: the list of a million takes half a minute, which no page waits for. Nothing
is locked meanwhile. What a coordinator changes in that time, such as a segment, changes nothing
about this mailing, but they can take it back until its first message leaves.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, case, cast, func, insert, literal, select, update

from coalition.sdk import (
    N_,
    Coalition,
    Person,
    expect_many,
    now,
    purpose_called,
    record_in_audit_log,
    segments_as_they_stand,
    session,
    transaction,
)
from coalition_email_outreach import approving, audience, bells, holding, subjects, workshop
from coalition_email_outreach.errors import MomentPassed, NobodyToWriteTo, NotReady, PurposeGone
from coalition_email_outreach.lifecycle import Clock, MailingStatus
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.places import Empty, Place
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.sight import Sight, locked_sight, sight_of
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
LIMIT_S = 240  # less than a worker's work may take
LOOK_AGAIN_S = 2  # while another worker writes down the same
_EACH = N_("it has no text.")


def start(mailing: Mailing, seen: Sight | None, now: Sight) -> None:
    """Freeze a mailing and have a worker begin it at once, if it may begin as it is now.

    The worker asks the same again about those whom it writes down, and puts it back if the
    answer is another one then.

    Args:
        seen: what the person saw who says so; `None` if nobody does.

    Raises:
        CannotNow: it is under way or done. SightOutdated, SightOutgrown: it is not what was seen.
        ApprovalNeeded, SeriesApprovalNeeded, ApprovalOutdated, ApprovalOutgrown: a second
        coordinator has to look. NobodyToWriteTo: as said.
    """
    _must_be_allowed(mailing, seen, now)
    mailing.start(seen.parts if seen else None, seen.people if seen else 0)
    record_in_audit_log("mailing.started", mailing)
    bells.ring(mailing.id, mailing.coalition_id)


def schedule(
    mailing: Mailing, at: datetime, clock: Clock, seen: Sight, user_id: UUID | None
) -> None:
    """Have a mailing start later, if it may as it is now.

    Args:
        seen: what the person saw who says so.

    Raises:
        MomentPassed: `at` is over. CannotNow, SightOutdated, SightOutgrown, ApprovalNeeded,
        ApprovalOutdated, ApprovalOutgrown: as for `start`.
    """
    if at <= now():
        raise MomentPassed(field="at")
    coalition = session.get_one(Coalition, mailing.coalition_id)
    there = locked_sight(mailing, coalition)
    seen.must_still_be(there)
    approving.must_be_allowed(mailing, there)
    mailing.schedule(at, clock, user_id=user_id)
    bells.ring(mailing.id, mailing.coalition_id, at=max(first_due(mailing, coalition), now()))
    record_in_audit_log("mailing.scheduled", mailing, ["send_at"])


def begin(mailing_id: UUID, coalition_id: UUID) -> None:
    """Write down who gets a mailing that starts, and have it sent; else say why not.

    Called by workers, outside a transaction.
    """
    try:
        with transaction(coalition_id):
            write_down(mailing_id)
    except _TakenBack:
        pass
    except Exception as error:
        holding.give_up(mailing_id, coalition_id, error)


def write_down(mailing_id: UUID) -> int:
    """Write down who gets a mailing that starts, and have it sent; return how many they are.

    The audience is that of this moment. Who joins the segment later does not get it; who
    leaves it does; who ends their consent does not, because that is asked again before each
    message.

    Raises:
        PurposeGone, NotReady, TextWrong: something has to be corrected; and as `start`.
    """
    if not is_ours_alone(mailing_id):
        bells.put_off(mailing_id, now() + timedelta(seconds=LOOK_AGAIN_S))
        return 0
    mailing = mailing_or_raise(mailing_id)
    if mailing.status != MailingStatus.STARTING:
        return 0  # another worker was ready with it just before, or it was taken back
    started_at = mailing.started_at
    coalition = session.get_one(Coalition, mailing.coalition_id)
    with segments_as_they_stand():  # the question that was approved is the one that is asked
        check(mailing, coalition)
        sight, rows = sight_of(mailing, coalition, 0), _rows(mailing, coalition)
    count = 0 if mailing.is_series else _write_down(rows)
    mailing = mailing_or_raise(mailing_id, lock=True)
    if mailing.status != MailingStatus.STARTING or mailing.started_at != started_at:
        raise _TakenBack
    _must_be_allowed(mailing, _seen(mailing), replace(sight, people=count))
    mailing.begin(count)
    bells.ring(mailing.id, mailing.coalition_id)
    return count


def begin_unasked(mailing: Mailing, coalition: Coalition) -> int:
    """Write down who gets a mailing that follows from what was done, and have it sent.

    Nobody has to say so or to approve it. Without recipients nothing is begun.

    Returns:
        How many get it.
    """
    if count := _write_down(_rows(mailing, coalition)):
        mailing.start()
        mailing.begin(count)
        record_in_audit_log("mailing.started", mailing)
        bells.ring(mailing.id, mailing.coalition_id)
    return count


def check(mailing: Mailing, coalition: Coalition) -> None:
    """Make sure that each text can be written, and that somebody can be asked for.

    Raises:
        PurposeGone: nobody agrees to its purpose. NotReady: a subject or text is empty, or the
        segment is gone. TextWrong: a merge field is wrong. QuestionBroken: the segment cannot be
        asked.
    """
    if purpose_called(mailing.purpose) is None:
        raise PurposeGone
    audience.asked_for(mailing)
    check_texts(mailing, coalition)


def check_texts(mailing: Mailing, coalition: Coalition) -> None:
    """Make sure that each text can be written.

    Raises:
        NotReady: a subject or text is empty. TextWrong: a merge field is wrong. AboutGone: it is
        under way, and what it is about was removed.
    """
    if not mailing.texts:
        raise NotReady(reason=_EACH)
    for written in mailing.texts:
        for part in ("subject", "body"):
            if not written.words[part].strip():
                raise NotReady(reason=Empty(Place(part, written.language)))
    for error in workshop.wrong_texts(mailing, coalition):
        raise error


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


def start_if_due(mailing: Mailing) -> None:
    """Let a scheduled mailing start whose time has come; else look again then."""
    at = first_due(mailing, session.get_one(Coalition, mailing.coalition_id))
    if at > now():
        bells.put_off(mailing.id, at)
    else:
        mailing.start()
        record_in_audit_log("mailing.started", mailing)


def is_ours_alone(what: UUID) -> bool:
    """Return whether no other worker writes down the same, until the transaction ends.

    Args:
        what: the mailing, or the letter whose final copy it will be.
    """
    key = int.from_bytes(what.bytes[8:], signed=True)
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(key))))


def first_due(mailing: Mailing, coalition: Coalition) -> datetime:
    """Return when the first recipients' time comes."""
    assert mailing.send_at is not None
    if mailing.clock == Clock.COALITION:
        return mailing.send_at
    wall = mailing.send_at.astimezone(ZoneInfo(coalition.time_zone)).replace(tzinfo=None)
    zones = {*ZONE_OF_REGION.values(), coalition.time_zone}
    return min(wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for zone in zones)


class _TakenBack(Exception):
    """A coordinator took it back while its recipients were written down; nothing is stored."""


def _must_be_allowed(mailing: Mailing, seen: Sight | None, now: Sight) -> None:
    if seen is not None:
        seen.must_still_be(now)
    approving.must_be_allowed(mailing, now)
    if now.people == 0 and not mailing.is_series:
        raise NobodyToWriteTo


def _seen(mailing: Mailing) -> Sight | None:
    """Return what who said “send” saw; `None` if nobody did, since its time came."""
    return Sight(mailing.seen_parts, mailing.seen_people) if mailing.seen_parts else None


def _rows(mailing: Mailing, coalition: Coalition) -> Select[Any]:
    """Return the statement for one row per recipient; see `COLUMNS`."""
    people = (
        audience.audience(mailing)
        .add_columns(
            Person.region.label("region"),
            audience.language_of(mailing).label("language"),
            func.random().label("lot"),
        )
        .subquery()
    )
    due = _due(mailing, coalition, people.c.region)
    subject, due = subjects.drawn(mailing, people.c.language, people.c.lot, due)
    return select(
        func.gen_random_uuid(),
        literal(mailing.coalition_id),
        literal(mailing.id),
        people.c.id,
        cast(literal(RecipientState.QUEUED.value), String),
        subject,
        due,
        literal(0),
    )


def _write_down(rows: Select[Any]) -> int:
    """Store one row per recipient in one statement; return how many they are."""
    expect_many(LIMIT_S)
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
