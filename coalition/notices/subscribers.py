"""What starts the waiting: anything about a meeting or an item that people may have been told."""

from collections.abc import Sequence

from sqlalchemy import select

from coalition import db, events
from coalition.decisions.events import (
    AgendaItemContinued,
    AgendaItemMoved,
    AgendaItemNumbered,
    AgendaItemWithdrawn,
    MeetingCancelled,
    MeetingChanged,
    MeetingEvent,
)
from coalition.decisions.meetings import AgendaItem
from coalition.notices.models import UnsettledChange


@events.subscribe(
    "notices.wait_to_settle",
    AgendaItemNumbered,
    AgendaItemMoved,
    AgendaItemContinued,
    AgendaItemWithdrawn,
    MeetingChanged,
    MeetingCancelled,
)
def wait_to_settle(facts: Sequence[MeetingEvent]) -> None:
    """Note which meetings changed; what people are told of it is found out once it rests."""
    meetings = {fact.meeting_id for fact in facts}
    left = [fact.continued_from_id for fact in facts if isinstance(fact, AgendaItemContinued)]
    meetings.update(
        db.session.scalars(select(AgendaItem.meeting_id).where(AgendaItem.id.in_(left)))
    )
    UnsettledChange.note(sorted(meetings))
