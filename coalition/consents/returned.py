"""Mail of the core's that came back: its mailbox is not written to any more."""

import re
from uuid import UUID

from sqlalchemy import select

from coalition import db
from coalition.consents import suppressing
from coalition.consents.models import SuppressionReason
from coalition.mail import sending
from coalition.mail.models import MailMessage
from coalition.mail.smtp import Answer

# There is no such mailbox, or it takes nothing any more (RFC 3463); other refusals may be about
# us, or about this message.
_GONE = re.compile(r"5\.1\.(1|2|3|6|10)|5\.2\.1")


def note_message_bounce(coalition_id: UUID, message_id: UUID, *, permanent: bool) -> bool:
    """Note that a message of the core's came back; return whether it was one.

    What follows is the same as for `note_bounce`. Asked within a week of the message, after
    which its mailbox is forgotten.
    """
    index = _mailbox_of(coalition_id, message_id)
    if index is not None:
        suppressing.note_bounce_of(coalition_id, index, permanent=permanent)
    return index is not None


def note_message_complaint(coalition_id: UUID, message_id: UUID) -> bool:
    """Stop all mail to whom a message of the core's was spam; return whether it was one."""
    index = _mailbox_of(coalition_id, message_id)
    if index is not None:
        suppressing.suppress_mailbox(coalition_id, index, SuppressionReason.COMPLAINT)
    return index is not None


def hear_refusal(coalition_id: UUID, message_id: UUID, answer: Answer) -> None:
    """Note that our own server refused a message because there is no such mailbox."""
    if _GONE.fullmatch(answer.status):
        with db.transaction(coalition_id):
            note_message_bounce(coalition_id, message_id, permanent=True)


def _mailbox_of(coalition_id: UUID, message_id: UUID) -> bytes | None:
    return db.session.scalar(
        select(MailMessage.address_index).filter_by(id=message_id, coalition_id=coalition_id)
    )


sending.when_refused(hear_refusal)
