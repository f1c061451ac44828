"""What comes back: bounces (RFC 3464), complaints (RFC 5965), automatic and human answers.

Only a return path or message id that carries our token says whose message it was. Anybody can
send us mail that claims that an address is dead; without a token it changes nothing.
"""

import re
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from enum import StrEnum
from uuid import UUID

import structlog
from flufl.bounce import all_failures
from sqlalchemy import select

from coalition.sdk import (
    Answer,
    MailTold,
    coalitions_that_begin,
    mail_token_in,
    note_bounce,
    note_complaint,
    note_message_bounce,
    note_message_complaint,
    now,
    read_mail_token,
    reading,
    session,
    transaction,
)
from coalition_email_outreach import settling
from coalition_email_outreach.faults import Fault, fault_of
from coalition_email_outreach.recipients import Recipient, RecipientState

MAX_BYTES = 1024 * 1024  # of a returned message that are looked at
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})\.m@")
_TO_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_SMTP_ANSWER = re.compile(r"\s*smtp;\s*(\d{3})[ -](.*)", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(rb"\+([a-z2-7]{42})@", re.IGNORECASE)
MAX_TOKENS = 20  # of a complaint that are looked at

log = structlog.get_logger(__name__)


class ReturnKind(StrEnum):
    """What came back."""

    BOUNCE = "bounce"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    REPLY = "reply"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Returned:
    """One returned message, as far as it concerns us."""

    kind: ReturnKind
    told: MailTold | None  # by the token of our return path
    message_id: UUID | None  # the recipient, from the id of the message that we sent
    status: str = ""  # "5.1.1", or "550" of a server that knows no more


def read(raw: bytes, *, recipient: str | None = None) -> Returned:
    """Read a returned message.

    Args:
        recipient: the envelope's, where it is known (LMTP); else the headers are asked.
    """
    message = message_from_bytes(raw[:MAX_BYTES], policy=policy.default)
    known = Returned(ReturnKind.UNKNOWN, _told(message, recipient), _original_id(raw))
    try:
        return _judged(message, raw, known)
    except Exception as error:  # what strangers send may break any parser
        log.warning("a returned message could not be read", error=type(error).__name__)
        return known


def handle(returned: Returned) -> str:
    """Write down what came back; return in one word what was done, for the log and counts.

    A token or message id that is not ours is counted and changes nothing.
    """
    found = _find(returned)
    if found is None:
        return "unknown"
    coalition_id, recipient_id = found
    with transaction(coalition_id):
        recipient = session.get(Recipient, recipient_id, with_for_update=True)
        if recipient is None:
            is_ours = _note_message(coalition_id, recipient_id, returned)
            return returned.kind.value if is_ours else "unknown"
        _note(recipient, returned)
    return returned.kind.value


def tally(done: Counter[str]) -> None:
    """Say in the log what a reading of the mailbox brought."""
    if done:
        log.info("returned mail", **done)


def _judged(message: EmailMessage, raw: bytes, known: Returned) -> Returned:
    report = str(message.get_param("report-type", "")).lower()
    if report == "feedback-report":
        return Returned(ReturnKind.COMPLAINT, known.told or _told_inside(raw), known.message_id)
    if report == "delivery-status":
        return _delivery_status(message, known)
    if _is_automatic(message):
        return Returned(ReturnKind.AUTO_REPLY, known.told, known.message_id)
    temporary, permanent = all_failures(message)
    if permanent:
        return Returned(ReturnKind.BOUNCE, known.told, known.message_id, "5.0.0")
    if temporary:
        return Returned(ReturnKind.BOUNCE, known.told, known.message_id, "4.0.0")
    answered = " ".join(str(message.get(name, "")) for name in ("In-Reply-To", "References"))
    match = _MESSAGE_ID.search(answered)
    if match:
        return Returned(ReturnKind.REPLY, None, UUID(match[1]))
    return known


def _delivery_status(message: EmailMessage, known: Returned) -> Returned:
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.iter_parts() if part.is_multipart() else []:
            action = str(block.get("Action", "")).strip().lower()
            kind = {
                "failed": ReturnKind.BOUNCE,
                "delayed": ReturnKind.DELAYED,
                "delivered": ReturnKind.DELIVERED,
                "relayed": ReturnKind.DELIVERED,
                "expanded": ReturnKind.DELIVERED,
            }.get(action)
            if kind is not None:
                return Returned(kind, known.told, known.message_id, _status(block))
    return known


def _status(block: Message) -> str:
    """Return the most exact code of a report. Exim's “Status” is 5.0.0, whatever it was told."""
    match = _STATUS.search(str(block.get("Status", "")))
    if match and (match[2], match[3]) != ("0", "0"):
        return match[0]
    told = _SMTP_ANSWER.match(str(block.get("Diagnostic-Code", "")))
    if told:
        answer = Answer.read(int(told[1]), told[2])
        return answer.status or told[1]
    return match[0] if match else "5.0.0"


def _is_automatic(message: Message) -> bool:
    """Return whether a program answered that somebody is away (RFC 3834)."""
    submitted = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    if submitted.startswith("auto-replied"):
        return True
    names = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
    return any(message.get(name) for name in names) or (
        str(message.get("Precedence", "")).strip().lower() == "auto_reply"
    )


def _told(message: Message, recipient: str | None) -> MailTold | None:
    addresses = [recipient] if recipient else []
    for name in _TO_HEADERS:
        addresses += [str(value) for value in message.get_all(name, [])]
    for address in addresses:
        for word in re.split(r"[\s,;<>]+", address):
            token = mail_token_in(word)
            told = read_mail_token(token) if token else None
            if told is not None:
                return told
    return None


def _told_inside(raw: bytes) -> MailTold | None:
    """Return what a complaint says that goes to an address of its own, as providers send them.

    It carries our mail with its return path, or names that as “Original-Mail-From”.
    """
    found = dict.fromkeys(match[1].decode() for match in _TOKEN.finditer(raw[:MAX_BYTES]))
    told = (read_mail_token(token) for token in [*found][:MAX_TOKENS])
    return next((each for each in told if each is not None), None)


def _original_id(raw: bytes) -> UUID | None:
    """Return the recipient from the id of our message, which reports carry along."""
    for match in re.finditer(rb"(?im)^message-id:\s*<([0-9a-f]{32})\.m@", raw[:MAX_BYTES]):
        return UUID(match[1].decode())
    return None


def _find(returned: Returned) -> tuple[UUID, UUID] | None:
    """Return coalition and recipient. A message id is no secret, so it serves for answers only."""
    if returned.told is not None:
        return returned.told.coalition_id, returned.told.message_id
    if returned.kind != ReturnKind.REPLY or returned.message_id is None:
        return None
    for coalition_id in coalitions_that_begin(""):
        with reading(coalition_id):
            if session.scalar(select(Recipient.id).filter_by(id=returned.message_id)):
                return coalition_id, returned.message_id
    return None


def _note_message(coalition_id: UUID, message_id: UUID, returned: Returned) -> bool:
    """Tell the core of a message of its own, such as a confirmation; return whether it was one."""
    if returned.kind == ReturnKind.COMPLAINT:
        return note_message_complaint(coalition_id, message_id)
    fault = fault_of(returned.status)
    if returned.kind != ReturnKind.BOUNCE or fault == Fault.OURS:
        return False
    return note_message_bounce(coalition_id, message_id, permanent=fault == Fault.GONE)


def _note(recipient: Recipient, returned: Returned) -> None:
    address = settling.addresses_of({recipient.id: None}).get(recipient.id)
    match returned.kind:
        case ReturnKind.BOUNCE:
            recipient.state = RecipientState.BOUNCED
            recipient.reason = returned.status
            fault = fault_of(returned.status)
            if address and fault != Fault.OURS:
                permanent = fault == Fault.GONE
                note_bounce(recipient.coalition_id, address, permanent=permanent)
        case ReturnKind.COMPLAINT:
            recipient.state = RecipientState.COMPLAINED
            if address:
                note_complaint(recipient.coalition_id, address)
        case ReturnKind.DELIVERED if recipient.state in (
            RecipientState.SENT,
            RecipientState.UNCERTAIN,
        ):
            recipient.state = RecipientState.DELIVERED
        case ReturnKind.AUTO_REPLY:
            recipient.auto_replied_at = recipient.auto_replied_at or now()
        case ReturnKind.REPLY:
            recipient.replied_at = recipient.replied_at or now()
