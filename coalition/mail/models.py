"""Messages on their way out, one row and one recipient each."""

from datetime import date, datetime
from email import message_from_string
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coalition import crypto, db
from coalition.clock import now


class MessageState(StrEnum):
    """queued until the server has taken it; refused means that we must not send it."""

    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"


class MailMessage(db.Base):
    """One message to one mailbox. Address and text are sealed, and wiped once it is gone."""

    __tablename__ = "mail_messages"
    __table_args__ = (Index("ix_mail_messages_due", "state", "next_attempt_at"),)

    coalition_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("coalitions.id", ondelete="CASCADE")
    )
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE")
    )
    purpose: Mapped[str]
    address_index: Mapped[bytes | None] = mapped_column(LargeBinary)  # when it comes back
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[MessageState] = mapped_column(default=MessageState.QUEUED)
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    def put(self, letter: str) -> None:
        """Seal the message, given as JSON."""
        if self.coalition_id is None:
            self.sealed = crypto.wrap(letter.encode())
        else:
            ring = crypto.keyring(self.coalition_id)
            self.sealed = ring.seal(letter, "mail_messages.sealed", self.id)

    def take(self) -> str:
        """Open the message.

        Raises:
            crypto.CannotOpen: it was sent and wiped, or the key is gone.
        """
        if self.sealed is None:
            raise crypto.CannotOpen("the message was wiped")
        if self.coalition_id is None:
            return crypto.unwrap(self.sealed).decode()
        ring = crypto.keyring(self.coalition_id)
        return ring.open(self.sealed, "mail_messages.sealed", self.id)


class MailQuota(db.Base):
    """How many messages a mailbox gets on a day, from all coalitions; known only by a hash."""

    __tablename__ = "mail_quotas"
    __table_args__ = (UniqueConstraint("address_hash", "day"),)

    address_hash: Mapped[str]
    day: Mapped[date]
    message_count: Mapped[int]


class MailboxMessage(db.Base):
    """A message that the demo shows on its mailbox page instead of sending it."""

    __tablename__ = "mailbox_messages"
    __table_args__ = (Index(None, "arrived_at"),)

    recipient: Mapped[str]
    sender: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    headers: Mapped[str] = mapped_column(default="")  # as they went out, one to a line
    arrived_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def list_unsubscribe(self) -> str | None:
        """Where a mail program sends the one click that ends such mail (RFC 8058)."""
        parsed = message_from_string(self.headers)
        if "List-Unsubscribe-Post" not in parsed:
            return None
        return str(parsed["List-Unsubscribe"]).strip("<>")
