"""Work that happens by itself: forgetting leads that nobody confirmed, and those long closed."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from coalition.sdk import Coalition, enqueue, now, reading, session, settings, transaction
from coalition_city_campaigns.leads.models import Lead, LeadState
from coalition_city_campaigns.settings import PLUGIN

DAY_S = 24 * 60 * 60
UNCONFIRMED_FOR = timedelta(days=30)
AT_ONCE = 500  # leads in one transaction


def forget_everywhere() -> None:
    """Have each coalition's old leads forgotten. Idempotent."""
    with transaction():
        for coalition_id in session.scalars(select(Coalition.id)):
            enqueue(forget, coalition_id)


def forget(coalition_id: str) -> None:
    """Erase the leads whose mail was never answered, and those closed for long. Idempotent."""
    with reading(UUID(coalition_id)):
        closed_for = timedelta(days=settings(PLUGIN)["forget_closed_after_days"])
    while _forget_some(UUID(coalition_id), closed_for) == AT_ONCE:
        pass


def _forget_some(coalition_id: UUID, closed_for: timedelta) -> int:
    never_confirmed = (Lead.state == LeadState.UNCONFIRMED) & (
        Lead.created_at < now() - UNCONFIRMED_FOR
    )
    long_closed = (Lead.state == LeadState.CLOSED) & (Lead.closed_at < now() - closed_for)
    with transaction(coalition_id):
        old = session.scalars(
            select(Lead).where(never_confirmed | long_closed).limit(AT_ONCE).with_for_update()
        ).all()
        for lead in old:
            lead.erase()
        return len(old)
