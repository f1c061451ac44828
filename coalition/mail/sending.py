"""Sending what is queued: claimed row by row, asked about, handed over, wiped."""

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import Select, delete, func, select

from coalition import db, jobs, outbox
from coalition.clock import now
from coalition.mail import door
from coalition.mail.models import MailMessage, MailQuota, MessageState
from coalition.mail.return_paths import return_path
from coalition.mail.smtp import Answer, Refused, Unreachable
from coalition.mail.transports import Envelope, Transport, transport

MAX_ATTEMPTS = 8  # about a day
LEASE_S = 600  # longer than any server may take for one message
KEEP_DAYS = 7  # the quota and the administrator's page need no more

log = structlog.get_logger(__name__)


HearRefusal = Callable[[UUID, UUID, Answer], None]
_hear_refusals: list[HearRefusal] = []


def when_refused(hear: HearRefusal) -> None:
    """Have `hear(coalition_id, message_id, answer)` called when a server refuses a message.

    Called at start-up by features above this one.
    """
    if hear not in _hear_refusals:
        _hear_refusals.append(hear)


def send_due() -> int:
    """Send what is due over one connection, for a while; return how many the server took.

    No transaction is open while a server thinks, which may take minutes (RFC 5321, 4.5.3.2). If
    this process dies between the server's "250" and our commit, the message is sent once more
    after the lease: for a confirmation link a second copy does no harm, a missing one does.
    """
    if not has_work():
        return 0
    carrier, sent, ends = transport(), 0, time.monotonic() + outbox.WORK_S
    try:
        while time.monotonic() < ends and (claim := _claim()) is not None:
            sent += _attempt(claim, carrier) == MessageState.SENT
    except Unreachable as error:
        # The bell rings again; the messages are due again by and by.
        log.warning("mail is not taken", trouble=error.trouble.value, answer=str(error))
    finally:
        carrier.close()
    return sent


def has_work() -> bool:
    """Return whether a message is due."""
    with db.platform_transaction() as session:
        return session.scalar(select(_due().exists())) or False


def forget_old() -> None:
    """Delete the rows of messages that are done with. Idempotent."""
    with db.platform_transaction() as session:
        session.execute(
            delete(MailMessage).where(
                MailMessage.state != MessageState.QUEUED,
                MailMessage.created_at < now() - timedelta(days=KEEP_DAYS),
            )
        )
        session.execute(delete(MailQuota).where(MailQuota.day < now().date()))


def _due() -> Select[MailMessage]:
    return select(MailMessage).where(
        MailMessage.state == MessageState.QUEUED, MailMessage.next_attempt_at <= func.now()
    )


@dataclass(frozen=True)
class _Claim:
    """A message that is this worker's until the lease ends."""

    id: UUID
    attempts: int
    envelope: Envelope | None
    refusal: str | None = None
    coalition_id: UUID | None = None


def _claim() -> _Claim | None:
    """Take the next due message, counting the attempt before it is made."""
    with db.platform_transaction() as session:
        message = session.scalars(
            _due()
            .order_by(MailMessage.attempts, MailMessage.next_attempt_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if message is None:
            return None
        message.attempts += 1
        message.next_attempt_at = now() + timedelta(seconds=LEASE_S)
        return _prepared(message)


def _prepared(message: MailMessage) -> _Claim:
    """Open the message and ask whether it may be sent; what fails is tried again later."""
    try:
        letter = _open(message)
        refusal = _refusal(message, letter["to"])
    except Exception as error:
        message.reason = outbox.describe(error)
        return _Claim(message.id, message.attempts, None)
    path = return_path(message.coalition_id, message.id)
    envelope = Envelope(message_id=message.id.hex, return_path=path, **letter)
    return _Claim(message.id, message.attempts, envelope, refusal, message.coalition_id)


def _attempt(claim: _Claim, carrier: Transport) -> MessageState:
    """Hand a claimed message over, outside any transaction, and note what came of it.

    Raises:
        Unreachable: the server is away; the other messages need not be tried now.
    """
    if claim.refusal:
        return _end(claim, MessageState.REFUSED, claim.refusal)
    if claim.envelope is None:
        return _later(claim, None)
    try:
        carrier.send(claim.envelope)
    except Refused as error:
        _tell_refused(claim, error)
        return _end(claim, MessageState.FAILED, str(error))
    except Unreachable as error:
        _later(claim, outbox.describe(error))
        raise
    except Exception as error:
        return _later(claim, outbox.describe(error))
    return _end(claim, MessageState.SENT, None)


def _tell_refused(claim: _Claim, error: Refused) -> None:
    if claim.coalition_id is not None and error.answer is not None:
        for hear in _hear_refusals:
            hear(claim.coalition_id, claim.id, error.answer)


def _later(claim: _Claim, reason: str | None) -> MessageState:
    if claim.attempts >= MAX_ATTEMPTS:
        return _end(claim, MessageState.FAILED, reason)
    pause_s = 15 * 3**claim.attempts * random.uniform(0.7, 1)  # noqa: S311
    with _still(claim) as message:
        if message is not None:
            message.reason = reason or message.reason
            message.next_attempt_at = now() + timedelta(seconds=pause_s)
    return MessageState.QUEUED


def _end(claim: _Claim, state: MessageState, reason: str | None) -> MessageState:
    with _still(claim) as message:
        if message is not None:
            _finish(message, state, reason)
    return state


@contextmanager
def _still(claim: _Claim) -> Iterator[MailMessage | None]:
    """Give the message if the claim still holds: a worker thought dead must not end it."""
    with db.platform_transaction() as session:
        statement = select(MailMessage).filter_by(id=claim.id, attempts=claim.attempts)
        yield session.scalars(statement.with_for_update()).one_or_none()


def _open(message: MailMessage) -> dict[str, str]:
    if message.coalition_id is None:
        return dict(json.loads(message.take()))
    with db.narrowed(message.coalition_id):
        return dict(json.loads(message.take()))


def _refusal(message: MailMessage, address: str) -> str | None:
    if message.coalition_id is None:
        return None
    with db.narrowed(message.coalition_id):
        return door.refusal(
            message.coalition_id, address, message.purpose, message.organization_id
        )


def _finish(message: MailMessage, state: MessageState, reason: str | None) -> None:
    message.state = state
    message.sent_at = now() if state == MessageState.SENT else None
    message.reason = reason
    message.sealed = None


jobs.chore("mail", send_due)
jobs.periodic(jobs.Periodic("mail.forget_old", 24 * 60 * 60, forget_old))
