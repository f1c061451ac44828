"""Taking a batch: the next recipients that are due, and who of them may be written to now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from coalition.sdk import Coalition, now, session, transaction
from coalition_email_outreach import audience, pacing, resting, series, subjects
from coalition_email_outreach.admitting import NO_ROOM, OF_DOMAIN, admit
from coalition_email_outreach.journal import Claimed
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.limits import limits
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.quiet import QuietHours, quiet_hours
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.workshop import Letter, Workshop

BATCH = 250  # so much may be in doubt if a machine is lost with its journal
SPARE = 25  # taken beyond what a limit lets go, because some may have to wait for their domain
LEASE_S = 240  # a batch not sent by then is put back by whoever holds it

# The next ones are found once, before anything is changed: as a condition of the UPDATE they
# may be looked for again for each row, and then there is no limit.
_CLAIM = text("""
    WITH following AS MATERIALIZED (
        SELECT id FROM email_outreach_recipients
        WHERE mailing_id = :mailing AND state = 'queued' AND due_at <= cast(:now AS timestamptz)
        ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED)
    UPDATE email_outreach_recipients r SET state = 'sending', claim_id = :claim,
        lease_until = cast(:now AS timestamptz) + make_interval(secs => :lease)
    FROM following WHERE r.id = following.id
    RETURNING r.id, r.person_id, r.subject, r.occasion_id""")

_PUT_BACK = text("""
    UPDATE email_outreach_recipients r SET state = 'queued', claim_id = NULL,
        lease_until = NULL, due_at = coalesce(told.due_at, r.due_at),
        reason = coalesce(cast(:reason AS text), r.reason)
    FROM unnest(cast(:ids AS uuid[]), cast(:dues AS timestamptz[])) AS told (id, due_at)
    WHERE r.id = told.id AND r.claim_id = :claim""")


@dataclass(frozen=True)
class Batch:
    """Letters that may leave now, and the limits that they were taken from."""

    letters: list[Letter] = field(default_factory=list)
    limits: Mapping[str, pacing.Flow] = field(default_factory=dict)


def claim(claimed: Claimed, workshop: Workshop) -> Batch | None:
    """Take a batch, with all that is needed to write it.

    Returns:
        The letters, none if nobody is due, and `None` if nobody who is due may be written to;
        then the mailing's bell is set.
    """
    with transaction(claimed.coalition_id):
        # Not locked: ten workers that each hold it now and then would never let a coordinator
        # have it who wants to pause. Who pauses meanwhile is heard before the first message.
        mailing = session.scalar(select(Mailing).filter_by(id=claimed.mailing_id))
        coalition = session.get_one(Coalition, claimed.coalition_id)
        if mailing is None or mailing.status != MailingStatus.SENDING:
            return Batch()
        audience.must_have_purpose(mailing)  # else it is held: the purpose may come back
        subjects.decide_if_due(mailing)
        found = limits(coalition)
        flows = found.of_all(coalition.id)
        room, wait_s = pacing.room(flows, BATCH)
        if room == 0:
            if not _is_anybody_due(mailing):
                return Batch()  # it may be at its end, and needs no room for that
            resting.wait(mailing.id, now() + timedelta(seconds=wait_s))
            return None
        rows = _take(claimed, min(room + SPARE, BATCH))
        meant = series.take_back(mailing, rows)
        awake = _without_quiet(claimed, meant, quiet_hours(coalition))
        letters = prepared(mailing, coalition, workshop, awake)
        going = _sort_out(claimed, letters, flows, found.domain)
        return going if going.letters or not rows else None


def prepared(
    mailing: Mailing, coalition: Coalition, workshop: Workshop, rows: Sequence[Any]
) -> list[Letter]:
    """Prepare a letter for each row; who must not be written to has one without an address."""
    people = [row.person_id for row in rows if row.person_id]
    boxes = {box.person_id: box for box in audience.boxes(mailing, people)}
    return [
        workshop.letter(
            mailing,
            coalition,
            row.id,
            subject=row.subject,
            box=boxes.get(row.person_id),
            occasion_id=row.occasion_id,
        )
        for row in rows
    ]


def _is_anybody_due(mailing: Mailing) -> bool:
    due = select(Recipient.id).where(
        Recipient.mailing_id == mailing.id,
        Recipient.state == RecipientState.QUEUED,
        Recipient.due_at <= now(),
    )
    return session.scalar(due.limit(1)) is not None


def _take(claimed: Claimed, most: int) -> Sequence[Any]:
    asked = {
        "claim": claimed.claim_id,
        "mailing": claimed.mailing_id,
        "now": now(),
        "lease": LEASE_S,
        "most": most,
    }
    return session.execute(_CLAIM, asked).all()


def _without_quiet(
    claimed: Claimed, rows: Sequence[Any], hours: QuietHours | None
) -> Sequence[Any]:
    """Put those back for whom these are quiet hours; return the others."""
    waiting = hours.waiting([row.person_id for row in rows]) if hours and rows else {}
    if not hours or not waiting:
        return rows
    dues = {row.id: waiting[row.person_id] for row in rows if row.person_id in waiting}
    _put_back(claimed, dues, hours.reason)
    return [row for row in rows if row.id not in dues]


def _sort_out(
    claimed: Claimed,
    letters: list[Letter],
    flows: Mapping[str, pacing.Flow],
    per_domain: float | None,
) -> Batch:
    """Keep those letters that may leave now, and put the others back until they may."""
    domains = [letter.domain for letter in letters if letter.address]
    waits = iter(admit(domains, flows, per_domain))
    going, lacking = list[Letter](), dict[UUID, datetime | None]()
    late = dict[UUID, datetime | None]()
    for letter in letters:
        wait_s = next(waits) if letter.address else None  # without one nothing is sent
        if wait_s is None:
            going.append(letter)
        elif wait_s == NO_ROOM:
            lacking[letter.recipient_id] = None
        else:
            late[letter.recipient_id] = now() + timedelta(seconds=wait_s)
    _put_back(claimed, lacking)
    _put_back(claimed, late, OF_DOMAIN)
    return Batch(going, flows)


def _put_back(
    claimed: Claimed, dues: Mapping[UUID, datetime | None], reason: str | None = None
) -> None:
    """Queue some of a batch again: at a moment, or, without one, when they were due."""
    if dues:
        told = {"claim": claimed.claim_id, "ids": list(dues), "dues": list(dues.values())}
        session.execute(_PUT_BACK, told | {"reason": reason})


def untried(batch: Batch, claimed: Claimed) -> Iterable[Letter]:
    """Give the letters of a batch with which no server was asked for anything."""
    for letter in batch.letters:
        outcome = claimed.outcomes.get(letter.recipient_id)
        if letter.address and (outcome is None or not outcome.was_tried):
            yield letter
