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
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from coalition import audit, db, events
from coalition.clock import now
from coalition.events import Event, Subscriber

BATCH = 500  # deliveries handled in one transaction
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
    __table_args__ = (Index(None, "subscriber", "next_attempt_at"),)

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
        for kind in subscriber.events:
            names.append(kind.name)
            wanted_by.append(subscriber.name)
    with db.platform_transaction() as session:
        taken = session.execute(
            text("""
                WITH taken AS (
                    DELETE FROM outbox WHERE id IN (
                        SELECT id FROM outbox ORDER BY id LIMIT 5000 FOR UPDATE SKIP LOCKED)
                    RETURNING *),
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
    """Hand the due deliveries to one subscriber; return how many were handled.

    Runs in the worker. A batch that fails is tried again event by event, so that one bad
    event does not hold up the others.
    """
    subscriber = next(
        (each for each in events.subscribers() if each.name == subscriber_name), None
    )
    if subscriber is None:
        return 0
    handled = 0
    while batch := _due(subscriber_name):
        try:
            handled += _handle(subscriber, batch)
        except Exception:
            for delivery_id in batch:
                handled += _handle_alone(subscriber, delivery_id)
    return handled


def subscribers_with_work() -> list[str]:
    """Return the subscribers for whom a delivery is due."""
    with db.platform_transaction() as session:
        due = (
            select(Delivery.subscriber).where(Delivery.next_attempt_at <= func.now()).distinct()
        )
        return list(session.scalars(due))


def has_facts() -> bool:
    """Return whether facts wait to be handed out."""
    with db.platform_transaction() as session:
        return session.scalar(select(select(OutboxEvent.id).exists())) or False


def given_up() -> list[Delivery]:
    """Return the deliveries that failed for good, for the administrator's page."""
    return list(
        db.session.scalars(
            select(Delivery).where(Delivery.next_attempt_at.is_(None)).order_by(Delivery.id)
        )
    )


def retry_given_up(subscriber_name: str) -> None:
    """Try again what a subscriber failed at for good."""
    db.session.execute(
        update(Delivery)
        .where(Delivery.subscriber == subscriber_name, Delivery.next_attempt_at.is_(None))
        .values(next_attempt_at=now(), attempts=0)
    )


def _due(subscriber_name: str) -> list[UUID]:
    """Return ids of one coalition's due deliveries, oldest first."""
    with db.platform_transaction() as session:
        rows = session.execute(
            select(Delivery.id, Delivery.coalition_id)
            .where(
                Delivery.subscriber == subscriber_name, Delivery.next_attempt_at <= func.now()
            )
            .order_by(Delivery.event_id)
            .limit(BATCH)
            # What another worker is handling is not due: looking at it again and again helps nobody.
            .with_for_update(skip_locked=True)
        ).all()
    by_coalition: dict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        by_coalition[row.coalition_id].append(row.id)
    return next(iter(by_coalition.values()), [])


def _handle(subscriber: Subscriber, delivery_ids: Iterable[UUID]) -> int:
    """Handle the deliveries that nobody else is handling, and end them, in one transaction."""
    with db.platform_transaction() as session:
        claimed = list(
            session.scalars(
                select(Delivery)
                .where(Delivery.id.in_(delivery_ids), Delivery.next_attempt_at <= func.now())
                .order_by(Delivery.event_id)
                .with_for_update(skip_locked=True)
            )
        )
        if not claimed:
            return 0
        known = [_event(delivery) for delivery in claimed]
        with db.narrowed(claimed[0].coalition_id), audit.acting(audit.SYSTEM):
            subscriber.handle([event for event in known if event is not None])
        session.execute(delete(Delivery).where(Delivery.id.in_([each.id for each in claimed])))
        return len(claimed)


def _handle_alone(subscriber: Subscriber, delivery_id: UUID) -> int:
    try:
        return _handle(subscriber, [delivery_id])
    except Exception as error:
        _note_failure(delivery_id, error)
        return 0


def _note_failure(delivery_id: UUID, error: Exception) -> None:
    with db.platform_transaction() as session:
        delivery = session.get(Delivery, delivery_id)
        if delivery is None:
            return
        delivery.attempts += 1
        # The kind of error and the place, not its text: that may quote somebody's address.
        delivery.error = describe(error)
        pause_s = FIRST_PAUSE_S * 2**delivery.attempts * random.uniform(0.5, 1)  # noqa: S311
        gave_up = delivery.attempts >= MAX_ATTEMPTS
        delivery.next_attempt_at = None if gave_up else now() + timedelta(seconds=pause_s)


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
