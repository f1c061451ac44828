"""The audit log: who did what to which record, when, from where. Append-only, no contact data."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from coalition import db
from coalition.clock import now


@dataclass(frozen=True)
class Actor:
    """Who acts: `kind` is user, token, signatory, person, command or system; `id` fits the kind.

    `origin` is the way in (web, api, command line, worker) with the request's id, never a
    network address: those are not kept anywhere.
    """

    kind: str
    id: UUID | None = None
    origin: str = ""


SYSTEM = Actor("system", origin="worker")
_actor: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


class AuditEntry(db.Base):
    """One line of the log. The application's role may add lines and read them, no more."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "coalition_id", "id"), Index(None, "subject_id"))

    # No foreign key: the log of a coalition outlives it, and stays that coalition's.
    coalition_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    origin: Mapped[str]
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID | None]
    fields: Mapped[list[str]]


def record(action: str, subject: db.Base, fields: Sequence[str] = ()) -> None:
    """Note that the current actor did `action` ("letter.opened") to `subject`.

    Args:
        fields: the names of what changed, never the values.
    """
    actor = _actor.get()
    entry = AuditEntry(
        coalition_id=db.current_coalition_id(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        origin=actor.origin,
        action=action,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        fields=list(fields),
    )
    db.session.add(entry)


def current_actor() -> Actor:
    """Return who acts in this request, job or command."""
    return _actor.get()


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Let `actor` be the one who acts in the block."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def act_as(actor: Actor) -> None:
    """Let `actor` act until the end of this request's context."""
    _actor.set(actor)
