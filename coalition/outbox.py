"""The outbox: facts stored with their transaction, then delivered to each subscriber.

Two tables, both emptied as the work is done. `outbox` takes the facts of a commit in one
insert; the worker turns each into one delivery per subscriber. A delivery is deleted in the
transaction in which the subscriber handled it, so what a subscriber writes to the database
happens exactly once. A failing subscriber keeps its own deliveries, which are tried again with
growing pauses; the others do not notice. Rows are claimed by state with SKIP LOCKED and never
by "id greater than the last one", because ids are given out before their commit.
"""

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from coalition import audit, db, events
from coalition.clock import now
from coalition.events import Event, Subscriber

BATCH = 500  # deliveries handled in one transaction
WORK_S = 20.0  # then the worker turns to something else; the bell rings again
LEASE_S = 90  # after that a delivery whose worker died is tried again
MAX_ATTEMPTS = 8  # after that an administrator has to look; about two hours in all
FIRST_PAUSE_S = 30
MAX_ERROR_CHARS = 300


class OutboxEvent(db.Base):
    """A recorded fact that the worker has not yet handed to its subscribers."""

    __tablename__ = "outbox"

    coalition_id: Mapped[UUID] = mapped_column(ForeignKey("coalitions.id", ondelete="CASCADE"))
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Delivery(db.Base):
    """One fact on its way to one subscriber; `next_attempt_at` is empty when it was given up."""

    __tablename__ = "outbox_deliveries"
    __table_args__ = (
        Index(
            "ix_outbox_deliveries_due",
            "subscriber",
            "attempts",
            "event_id",
            postgresql_where=text("next_attempt_at IS NOT NULL"),
        ),
    )

    coalition_id: Mapped[UUID] = mapped_column(ForeignKey("coalitions.id", ondelete="CASCADE"))
    event_id: Mapped[UUID]
    subscriber: Mapped[str]
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    error: Mapped[str | None]


def store(session: Session, recorded: Sequence[Event]) -> None:
    """Write the facts of a transaction beside what they are about; called before the commit."""
    if recorded:
        session.execute(
            insert(OutboxEvent),
            [
                {
                    "id": each.id,
                    "coalition_id": each.coalition_id,
                    "name": each.name,
                    "payload": each.to_json(),
                }
                for each in recorded
            ],
        )


db.before_commit(store)


def fan_out() -> int:
    """Turn waiting facts into deliveries; return how many facts were taken."""
    names, wanted_by = [], []
    for subscriber in events.subscribers():
        for kind in subscriber.events if not subscriber.is_held else events.event_types():
            names.append(kind.name)
            wanted_by.append(subscriber.name)
    with db.platform_transaction() as session:
        taken = session.execute(
            text("""
                WITH oldest AS MATERIALIZED (
                    SELECT id FROM outbox ORDER BY id LIMIT 5000 FOR UPDATE SKIP LOCKED),
                taken AS (
                    DELETE FROM outbox USING oldest WHERE outbox.id = oldest.id
                    RETURNING outbox.*),
                wanted AS (
                    SELECT * FROM unnest(cast(:names AS text[]), cast(:subscribers AS text[]))
                        AS pairs(name, subscriber)),
                delivered AS (
                    INSERT INTO outbox_deliveries
                        (id, coalition_id, event_id, subscriber, name, payload, attempts,
                         next_attempt_at)
                    SELECT gen_random_uuid(), taken.coalition_id, taken.id, wanted.subscriber,
                           taken.name, taken.payload, 0, taken.recorded_at
                    FROM taken JOIN wanted USING (name))
                SELECT count(*) FROM taken"""),
            {"names": names, "subscribers": wanted_by},
        )
        return int(taken.scalar_one())


def deliver(subscriber_name: str) -> int:
    """Hand the due deliveries to one subscriber for a while; return how many were handled.

    Runs in the worker. A batch that fails is tried again event by event, so that one bad
    event does not hold up the others. An event whose worker died with it is tried alone.
    """
    subscriber = _subscriber(subscriber_name)
    if subscriber is None:
        return 0
    handled, ends = 0, time.monotonic() + WORK_S
    while time.monotonic() < ends and (claim := _claim(subscriber_name)):
        try:
            handled += _handle(subscriber, claim)
        except Exception:
            for delivery_id in claim.ids:
                handled += _handle_alone(subscriber, replace(claim, ids=(delivery_id,)))
    return handled


def subscribers_with_work() -> list[str]:
    """Return the subscribers for whom a delivery is due."""
    due = exists().where(Delivery.subscriber == bindparam("name"), _is_due())
    with db.platform_transaction() as session:
        return [
            subscriber.name
            for subscriber in events.subscribers()
            if not subscriber.is_held and session.scalar(select(due), {"name": subscriber.name})
        ]


def has_facts() -> bool:
    """Return whether facts wait to be handed out."""
    with db.platform_transaction() as session:
        return session.scalar(select(select(OutboxEvent.id).exists())) or False


def given_up(limit: int, *, subscriber_name: str | None = None) -> list[Delivery]:
    """Return the oldest deliveries that failed for good, of all subscribers or one."""
    chosen = select(Delivery).where(Delivery.next_attempt_at.is_(None))
    if subscriber_name is not None:
        chosen = chosen.where(Delivery.subscriber == subscriber_name)
    return list(db.session.scalars(chosen.order_by(Delivery.id).limit(limit)))


def retry_given_up(subscriber_name: str) -> None:
    """Try again what a subscriber failed at for good."""
    db.session.execute(
        update(Delivery)
        .where(Delivery.subscriber == subscriber_name, Delivery.next_attempt_at.is_(None))
        .values(next_attempt_at=now(), attempts=0)
    )


@dataclass(frozen=True)
class _Claim:
    """Deliveries of one coalition that are this worker's until the lease ends."""

    coalition_id: UUID
    ids: tuple[UUID, ...]
    attempts: int


def _claim(subscriber_name: str) -> _Claim | None:
    """Take the oldest due deliveries of one coalition, or one alone that failed before.

    The attempt is counted before it is made: an event that kills its worker is given up too.
    """
    due = (Delivery.subscriber == subscriber_name, _is_due())
    with db.platform_transaction() as session:
        first = session.execute(
            select(Delivery.id, Delivery.coalition_id, Delivery.attempts)
            .where(*due)
            .order_by(Delivery.attempts, Delivery.event_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if first is None:
            return None
        ids = [first.id]
        if first.attempts == 0:
            ids += session.scalars(
                select(Delivery.id)
                .where(
                    *due,
                    Delivery.attempts == 0,
                    Delivery.coalition_id == first.coalition_id,
                    Delivery.id != first.id,
                )
                .order_by(Delivery.event_id)
                .limit(BATCH - 1)
                .with_for_update(skip_locked=True)
            )
        attempts = first.attempts + 1
        given_up = attempts > MAX_ATTEMPTS
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ids))
            .values(
                attempts=attempts,
                next_attempt_at=None if given_up else func.now() + timedelta(seconds=LEASE_S),
            )
        )
        if given_up:
            session.execute(
                update(Delivery)
                .where(Delivery.id.in_(ids))
                .values(error=func.coalesce(Delivery.error, "WorkerDied"))
            )
    if given_up:
        return _claim(subscriber_name)
    return _Claim(first.coalition_id, tuple(ids), attempts)


def _is_due() -> ColumnElement[bool]:
    return Delivery.next_attempt_at <= func.now()


def _handle(subscriber: Subscriber, claim: _Claim) -> int:
    """Handle claimed deliveries and end them, in one transaction."""
    with db.platform_transaction() as session:
        # The number of the attempt tells whether the lease is still ours.
        mine = list(
            session.scalars(
                select(Delivery)
                .where(Delivery.id.in_(claim.ids), Delivery.attempts == claim.attempts)
                .order_by(Delivery.event_id)
                .with_for_update(skip_locked=True)
            )
        )
        if not mine:
            return 0
        known = [event for event in map(_event, mine) if isinstance(event, subscriber.events)]
        if known:
            with db.narrowed(claim.coalition_id), audit.acting(audit.SYSTEM):
                subscriber.handle(known)
        session.execute(delete(Delivery).where(Delivery.id.in_([each.id for each in mine])))
        return len(mine)


def _handle_alone(subscriber: Subscriber, claim: _Claim) -> int:
    try:
        return _handle(subscriber, claim)
    except Exception as error:
        _note_failure(claim, error)
        return 0


def _note_failure(claim: _Claim, error: Exception) -> None:
    pause_s = FIRST_PAUSE_S * 2**claim.attempts * random.uniform(0.5, 1)  # noqa: S311
    gave_up = claim.attempts >= MAX_ATTEMPTS
    with db.platform_transaction() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(claim.ids), Delivery.attempts == claim.attempts)
            .values(
                # The kind of error and the place, not its text: that may quote an address.
                error=describe(error),
                next_attempt_at=None if gave_up else now() + timedelta(seconds=pause_s),
            )
        )


def _subscriber(name: str) -> Subscriber | None:
    found = (each for each in events.subscribers() if each.name == name and not each.is_held)
    return next(found, None)


def describe(error: BaseException) -> str:
    """Say which error it was and where it arose, without its text: that may hold an address."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = ""
    if trace is not None:
        code = trace.tb_frame.f_code
        place = f" in {code.co_qualname}, line {trace.tb_lineno}"
    return f"{type(error).__name__}{place}"[:MAX_ERROR_CHARS]


def _event(delivery: Delivery) -> Event | None:
    """Build the event, or `None` if the code that knew it is gone."""
    kind = events.event_type(delivery.name)
    payload = delivery.payload
    return (
        kind.from_json(json.loads(payload) if isinstance(payload, str) else payload)
        if kind
        else None
    )
