"""A person's own calendar: one secret address, known to the database by its hash and sealed."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from coalition import crypto, db
from coalition.clock import now
from coalition.db import within

SECRET_BYTES = 20


class CalendarLink(db.Tenant, db.Base):
    """The secret address of a person's calendar; a new one ends the old one.

    It is found by the hash of its token. The token itself is sealed, so that each mail can name
    the same address.
    """

    __tablename__ = "calendar_links"
    table_args = (
        within("people", "person_id"),
        UniqueConstraint("coalition_id", "person_id"),
        UniqueConstraint("coalition_id", "token_hash"),
    )

    person_id: Mapped[UUID]
    token_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)

    token = crypto.sealed[str]("token_sealed")

    def renew(self) -> None:
        """Give the calendar a new address; the old one leads nowhere from now on."""
        self._take(_new_token(self.coalition_id))
        self.created_at = now()

    def _take(self, token: str) -> None:
        self.token = token
        self.token_hash = _hash(token)


def tokens_of(person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the tokens of people's calendars, made for who has none yet.

    Many at once cost no more statements than one. Needs a writing transaction.
    """
    known = _known(person_ids)
    missing = [each for each in person_ids if each not in known]
    if missing:
        made = [_new(person_id) for person_id in missing]
        # Somebody else may be making one for the same person: theirs holds then.
        db.session.execute(
            insert(CalendarLink)
            .values(
                [
                    {
                        name: getattr(link, name)
                        for name in (
                            "id", "coalition_id", "person_id", "token_sealed", "token_hash",
                            "created_at",
                        )
                    }
                    for link in made
                ]
            )
            .on_conflict_do_nothing(index_elements=["coalition_id", "person_id"])
        )  # fmt: skip
        known |= _known(missing)
    return known


def link_by_token(token: str, *, lock: bool = False) -> CalendarLink | None:
    """Return the current coalition's link with this token."""
    statement = select(CalendarLink).filter_by(token_hash=_hash(token))
    return db.session.scalar(statement.with_for_update() if lock else statement)


def coalition_in(token: str) -> UUID | None:
    """Return whose link a token would be, so that it can be looked for there."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:  # also what is not ASCII
        return None
    return UUID(bytes=raw[:16]) if len(raw) == 16 + SECRET_BYTES else None


def _known(person_ids: Sequence[UUID]) -> dict[UUID, str]:
    found = select(CalendarLink).where(CalendarLink.person_id.in_(person_ids))
    return {link.person_id: link.token for link in db.session.scalars(found)}


def _new(person_id: UUID) -> CalendarLink:
    link = CalendarLink(person_id=person_id, created_at=now())
    link._take(_new_token(link.coalition_id))
    return link


def _new_token(coalition_id: UUID) -> str:
    return base64.urlsafe_b64encode(
        coalition_id.bytes + secrets.token_bytes(SECRET_BYTES)
    ).decode()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
