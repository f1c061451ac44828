"""Recipients: one mailing to one person, one row and one hand-over."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from coalition.sdk import Base, Tenant, within


class RecipientState(StrEnum):
    """Where one person's message stands.

    sent: the server took it. delivered: another server confirmed that. refused: we must not
    write to them. uncertain: the connection died at the worst moment. stopped: the mailing was
    ended before their turn.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    STOPPED = "stopped"


class Recipient(Tenant, Base):
    """One person who gets a mailing. No address is kept here, no opening, no click.

    While a worker has the row it bears the id of the worker's claim: who comes too late finds
    another id and changes nothing. Unique by person first, so that erasing
    somebody is quick; of people who were erased there may be many in one mailing.
    """

    __tablename__ = "email_outreach_recipients"
    # Without the key of coalition and id that other tables have for what refers to them: nothing
    # refers to a recipient, and a million rows are written faster by it.
    __table_args__ = (
        within("email_outreach_mailings", "mailing_id"),
        within("people", "person_id", ondelete="SET NULL"),
        Index(
            "ix_email_outreach_recipients_once",
            "person_id",
            "mailing_id",
            "occasion_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("person_id IS NOT NULL"),
        ),
        Index("ix_email_outreach_recipients_due", "mailing_id", "state", "due_at"),
        Index(
            "ix_email_outreach_recipients_claim",
            "claim_id",
            postgresql_where=text("claim_id IS NOT NULL"),
        ),
    )

    # The reference to the mailing carries the coalition; one of its own would be looked up a
    # million times more when a mailing begins.
    coalition_id: Mapped[UUID] = mapped_column()
    mailing_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    occasion_id: Mapped[UUID | None]  # of a series: the letter or meeting that it is about
    state: Mapped[RecipientState] = mapped_column(default=RecipientState.QUEUED)
    subject: Mapped[str] = mapped_column(default="a")
    due_at: Mapped[datetime | None]  # empty: waits for the test of subjects
    attempts: Mapped[int] = mapped_column(default=0)
    claim_id: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    reason: Mapped[str | None]  # a server's code or our rule, never an address
    replied_at: Mapped[datetime | None]
    auto_replied_at: Mapped[datetime | None]


class Bell(Base):
    """Says when a mailing wants attention next: what the scheduler looks at, for all coalitions.

    Its id is the mailing's, `owner_id` its coalition's: a worker has to see both before it can
    enter that coalition. It says nothing else, and names nobody.
    """

    __tablename__ = "email_outreach_bells"
    __table_args__ = (Index(None, "due_at"),)

    owner_id: Mapped[UUID]
    due_at: Mapped[datetime]


class Pace(Base):
    """How fast something may be written to: the installation, a coalition, a mail domain.

    `key` is a keyed hash for domains: a small one could tell who somebody is. `tokens` are
    messages that may be handed over now; they grow with time. `strikes` says how often in a row
    it said “not now”: the third begins a pause, and each one more doubles it.
    """

    __tablename__ = "email_outreach_paces"
    __table_args__ = (UniqueConstraint("key"),)

    key: Mapped[str]
    tokens: Mapped[float] = mapped_column(default=0.0)
    counted_at: Mapped[datetime]
    strikes: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime | None]
    trouble: Mapped[str | None]  # of our server: see `troubles`
