"""What people agreed to, word for word, and the addresses that must not get mail."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from coalition import db
from coalition.clock import now
from coalition.db import within
from coalition.people.models import email_index


class SuppressionReason(StrEnum):
    """Why an address gets no mail."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    MANUAL = "manual"


class Consent(db.Tenant, db.Base):
    """One answer of a person about one purpose; the newest holds. Rows are never changed."""

    __tablename__ = "consents"
    table_args = (within("people", "person_id"), Index(None, "person_id", "purpose"))

    person_id: Mapped[UUID]
    purpose: Mapped[str]
    given: Mapped[bool]
    wording: Mapped[str]
    source: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(default=now)


class Suppression(db.Tenant, db.Base):
    """A mailbox that a coalition must not write to, known only by its blind index."""

    __tablename__ = "suppressions"
    table_args = (UniqueConstraint("coalition_id", "address_index"),)

    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[SuppressionReason]
    created_at: Mapped[datetime] = mapped_column(default=now)


def suppress(coalition_id: UUID, address: str, reason: SuppressionReason) -> None:
    """Stop all mail of a coalition to an address; suppressing twice changes nothing."""
    db.session.execute(
        insert(Suppression)
        .values(
            id=uuid7(),
            coalition_id=coalition_id,
            address_index=email_index(coalition_id, address),
            reason=reason,
            created_at=now(),
        )
        .on_conflict_do_nothing()
    )


def suppression_of(coalition_id: UUID, address: str) -> SuppressionReason | None:
    """Return why a coalition must not write to an address, or `None` if it may."""
    index = email_index(coalition_id, address)
    return db.session.scalar(
        select(Suppression.reason).filter_by(coalition_id=coalition_id, address_index=index)
    )
