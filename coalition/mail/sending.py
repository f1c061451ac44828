"""Sending what is queued: claimed row by row, asked about, handed over, wiped."""

import json
from datetime import timedelta

from sqlalchemy import Select, delete, func, select

from coalition import db, jobs, outbox
from coalition.clock import now
from coalition.mail import door
from coalition.mail.models import MailMessage, MessageState
from coalition.mail.transports import Envelope, Refused, Transport, transport

MAX_ATTEMPTS = 8  # about a day
KEEP_DAYS = 7  # the quota and the administrator's page need no more


def send_due() -> int:
    """Send what is due over one connection; return how many messages the server took.

    A message stays locked while it is handed over, so no two workers send it. If this process
    dies between the server's "250" and our commit, it is sent once more: for a confirmation
    link a second copy does no harm, a missing one does.
    """
    if not has_work():
        return 0
    carrier, sent = transport(), 0
    try:
        while (taken := _send_next(carrier)) is not None:
            sent += taken
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


def _due() -> Select[MailMessage]:
    return select(MailMessage).where(
        MailMessage.state == MessageState.QUEUED, MailMessage.next_attempt_at <= func.now()
    )


def _send_next(carrier: Transport) -> int | None:
    """Send one message; 1 if it was taken, 0 if not, `None` if none is due."""
    with db.platform_transaction() as session:
        message = session.scalars(
            _due()
            .order_by(MailMessage.next_attempt_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if message is None:
            return None
        _attempt(message, carrier)
        return int(message.state == MessageState.SENT)


def _attempt(message: MailMessage, carrier: Transport) -> None:
    message.attempts += 1
    try:
        letter = _open(message)
        if reason := _refusal(message, letter["to"]):
            _finish(message, MessageState.REFUSED, reason)
            return
        carrier.send(Envelope(message_id=message.id.hex, **letter))
    except Refused as error:
        _finish(message, MessageState.FAILED, str(error))
    except Exception as error:
        message.reason = outbox.describe(error)
        message.next_attempt_at = now() + timedelta(seconds=15 * 3**message.attempts)
        if message.attempts >= MAX_ATTEMPTS:
            _finish(message, MessageState.FAILED, message.reason)
    else:
        message.sent_at = now()
        _finish(message, MessageState.SENT, None)


def _open(message: MailMessage) -> dict[str, str]:
    if message.coalition_id is None:
        letter: dict[str, str] = json.loads(message.take())
        return letter
    with db.narrowed(message.coalition_id):
        letter = json.loads(message.take())
    return letter


def _refusal(message: MailMessage, address: str) -> str | None:
    if message.coalition_id is None:
        return None
    with db.narrowed(message.coalition_id):
        return door.refusal(message.coalition_id, address, message.purpose)


def _finish(message: MailMessage, state: MessageState, reason: str | None) -> None:
    message.state = state
    message.reason = reason
    message.sealed = None


jobs.chore("mail", send_due)
jobs.periodic(jobs.Periodic("mail.forget_old", 24 * 60 * 60, forget_old))
