"""The door: everything that leaves by mail is queued here and asked about before it is sent."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coalition import config, crypto, db
from coalition.addresses import clean_address, same_mailbox
from coalition.clock import now
from coalition.mail.models import MailMessage, MailQuota
from coalition.people.models import email_index

MAX_PER_MAILBOX_AND_DAY = 5  # so that nobody can flood a stranger's mailbox through us

Check = Callable[[UUID, str, str, UUID | None], str | None]
_checks: list[Check] = []


def refuse_when(check: Check) -> None:
    """Ask `check(coalition_id, address, purpose, organization_id)` before each message.

    A text is a refusal. Called at start-up by features above this one, and once for all plugins.
    """
    if check not in _checks:
        _checks.append(check)


def refusal(
    coalition_id: UUID, address: str, purpose: str, organization_id: UUID | None = None
) -> str | None:
    """Return the first reason not to send, or `None`. Asked right before a message leaves.

    Args:
        organization_id: the member group for which the coalition writes; `None` for itself.
    """
    answers = (check(coalition_id, address, purpose, organization_id) for check in _checks)
    return next((reason for reason in answers if reason), None)


def queue(
    *,
    purpose: str,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    coalition_id: UUID | None = None,
    organization_id: UUID | None = None,
    sender_name: str = "",
    reply_to: str | None = None,
    list_unsubscribe: str | None = None,
    is_counted: bool = True,
) -> None:
    """Put a message into the queue of the open transaction; the worker sends it after the commit.

    More than `MAX_PER_MAILBOX_AND_DAY`, of all coalitions together, wait for the next day; more
    than twice as many are dropped. Nobody is told: who asked for them may be an attacker.

    Args:
        purpose: what the message is for ("confirmation"), asked about before sending; what
            nobody registered is refused, unless it is the installation's own mail.
        coalition_id: who writes; `None` for mail of the installation about an account.
        organization_id: the member group for which the coalition writes, if it is one.
        is_counted: false for what somebody signed in sends to their own mailbox.
        list_unsubscribe: where one click ends such mail (RFC 8058), an https address of ours.

    Raises:
        NotAnAddress: mail cannot be sent to `to`.
    """
    address = clean_address(to)
    nth = _count(crypto.keyed_hash("mailbox", same_mailbox(address))) if is_counted else 1
    if nth > 2 * MAX_PER_MAILBOX_AND_DAY:
        return
    message = MailMessage(
        coalition_id=coalition_id,
        organization_id=organization_id,
        purpose=purpose,
        address_index=email_index(coalition_id, address) if coalition_id else None,
    )
    if nth > MAX_PER_MAILBOX_AND_DAY:
        message.next_attempt_at = now() + timedelta(days=1)
    letter = {
        "to": address,
        "subject": one_line(subject),
        "text": text,
        "html": html,
        "sender_name": one_line(sender_name),
        "reply_to": reply_to,
        "list_unsubscribe": list_unsubscribe,
    }
    message.put(json.dumps(letter))
    db.session.add(message)


def _count(address_hash: str) -> int:
    """Count a message to a mailbox; return how many it makes today."""
    today = insert(MailQuota).values(
        id=uuid7(), address_hash=address_hash, day=now().date(), message_count=1
    )
    counted = today.on_conflict_do_update(
        index_elements=["address_hash", "day"],
        set_={"message_count": MailQuota.message_count + 1},
    ).returning(MailQuota.message_count)
    return db.session.execute(counted).scalar_one()


def sender_address() -> str:
    """Return the address that all mail comes from; its domain is the one that signs."""
    return config.current().mail_from


def bounce_address() -> str | None:
    """Return the address whose `+TOKEN` forms mail comes back to, or `None` if there is none."""
    return config.current().bounce_address


def is_demonstration() -> bool:
    """Return whether mail goes to the mailbox page instead of leaving."""
    return config.current().is_demo_mail


def one_line(text: str) -> str:
    """Return `text` as it may stand in a header: no line breaks, no control characters."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())
