"""Answers kept under the Idempotency-Key of their request, so that asking again does nothing."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from coalition import crypto, db, jobs
from coalition.clock import now

KEPT = timedelta(hours=24)
PRUNE_EVERY_S = 60 * 60


class IdempotencyKey(db.Tenant, db.Base):
    """A key that a credential has used, with the answer, sealed: it may quote contact data."""

    __tablename__ = "idempotency_keys"
    table_args = (
        UniqueConstraint("coalition_id", "credential", "key"),
        Index(None, "created_at"),
    )

    credential: Mapped[str]
    key: Mapped[str]
    request_index: Mapped[bytes] = mapped_column(LargeBinary)  # blind, as the body is private
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    answer_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)

    answer = crypto.sealed[str]("answer_sealed")


@dataclass(frozen=True)
class Claim:
    """A key as one request uses it: `credential` is who sends, `request` is all that is sent."""

    credential: str
    key: str
    request: bytes

    def is_free(self) -> bool:
        """Take the key for this transaction; false if another one has it at this moment."""
        mark = f"{db.current_coalition_id()}\0{self.credential}\0{self.key}"
        number = int.from_bytes(hashlib.sha256(mark.encode()).digest()[:8], "big", signed=True)
        return bool(db.session.scalar(select(func.pg_try_advisory_xact_lock(number))))

    def answered(self) -> IdempotencyKey | None:
        """Return what was answered under this key, to whatever request."""
        return db.session.scalar(
            select(IdempotencyKey).filter_by(credential=self.credential, key=self.key)
        )

    def is_of(self, stored: IdempotencyKey) -> bool:
        """Return whether the stored answer is the answer to this very request."""
        return stored.request_index == self._index()

    def keep(self, status: int, headers: dict[str, str], answer: str) -> None:
        """Keep the answer, in the transaction that makes it true."""
        kept = IdempotencyKey(
            credential=self.credential,
            key=self.key,
            request_index=self._index(),
            status=status,
            headers=headers,
        )
        kept.answer = answer
        db.session.add(kept)

    def _index(self) -> bytes:
        coalition_id = db.current_coalition_id()
        assert coalition_id is not None
        digest = hashlib.sha256(self.request).hexdigest()
        return crypto.keyring(coalition_id).index("idempotency", digest)


def forget_old() -> None:
    """Forget keys after `KEPT`. Idempotent; a key in use is younger, so it is never touched."""
    with db.platform_transaction() as session:
        session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now() - KEPT))


jobs.periodic(jobs.Periodic("idempotency.forget_old", PRUNE_EVERY_S, forget_old))
