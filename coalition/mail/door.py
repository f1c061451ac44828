"""The door: everything that leaves by mail is queued here and asked about before it is sent."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from coalition import crypto, db
from coalition.addresses import clean_address, same_mailbox
from coalition.clock import now
from coalition.mail.models import MailMessage

MAX_PER_MAILBOX_AND_DAY = 5  # so that nobody can flood a stranger's mailbox through us

Check = Callable[[UUID, str, str], str | None]
_checks: list[Check] = []


def refuse_when(check: Check) -> None:
    """Ask `check(coalition_id, address, purpose)` before each message; a text is a refusal.

    Called at start-up by features above this one, and once for all plugins.
    """
    if check not in _checks:
        _checks.append(check)


def refusal(coalition_id: UUID, address: str, purpose: str) -> str | None:
    """Return the first reason not to send, or `None`."""
    return next(
        (reason for check in _checks if (reason := check(coalition_id, address, purpose))), None
    )


def queue(
    *,
    purpose: str,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    coalition_id: UUID | None = None,
    sender_name: str = "",
    reply_to: str | None = None,
) -> None:
    """Put a message into the queue of the open transaction; the worker sends it after the commit.

    Above `MAX_PER_MAILBOX_AND_DAY` the message is dropped, and nobody is told: the one who
    asked for it may be an attacker.

    Args:
        purpose: what the message is for ("confirmation"), asked about before sending.
        coalition_id: who writes; `None` for mail of the installation about an account.

    Raises:
        NotAnAddress: mail cannot be sent to `to`.
    """
    address = clean_address(to)
    address_hash = crypto.keyed_hash("mailbox", same_mailbox(address))
    recent = select(func.count()).where(
        MailMessage.address_hash == address_hash,
        MailMessage.created_at > now() - timedelta(days=1),
    )
    if (db.session.scalar(recent) or 0) >= MAX_PER_MAILBOX_AND_DAY:
        return
    message = MailMessage(coalition_id=coalition_id, purpose=purpose, address_hash=address_hash)
    letter = {
        "to": address,
        "subject": one_line(subject),
        "text": text,
        "html": html,
        "sender_name": one_line(sender_name),
        "reply_to": reply_to,
    }
    message.put(json.dumps(letter))
    db.session.add(message)


def one_line(text: str) -> str:
    """Return `text` as it may stand in a header: no line breaks, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
