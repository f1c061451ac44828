"""A task for each lead: made when it comes, given to who takes it, done when it is started or closed."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from flask_babel import force_locale, gettext
from sqlalchemy import select

from coalition.sdk import Coalition, FollowUp, add_follow_up, session
from coalition_city_campaigns.leads.events import (
    LeadAdded,
    LeadClosed,
    LeadErased,
    LeadEvent,
    LeadStarted,
    LeadTaken,
)
from coalition_city_campaigns.leads.models import Lead

ANSWERED_WITHIN = timedelta(days=3)


def hear(events: Sequence[LeadEvent]) -> None:
    """Keep the tasks of leads as the leads are."""
    for event in events:
        match event:
            case LeadAdded():
                _make(event)
            case LeadTaken(owner_id=owner_id):
                if task := _task(event.lead_id):
                    task.give_to(UUID(str(owner_id)))
            case LeadStarted() | LeadClosed():
                if task := _task(event.lead_id):
                    task.finish()
            case LeadErased():
                if task := _task(event.lead_id):
                    session.delete(task)


def _make(event: LeadAdded) -> None:
    lead = session.get(Lead, event.lead_id)
    here = session.get(Coalition, event.coalition_id)
    if lead is None or here is None:  # erased meanwhile
        return
    with force_locale(here.language):
        title = gettext("Answer the lead from %(place)s", place=lead.place)
    add_follow_up(
        title,
        due_on=here.today() + ANSWERED_WITHIN,
        owner_id=lead.owner_id,
        url=f"/manage/{here.slug}/leads/{lead.id}",
        key=_key(event.lead_id),
    )


def _task(lead_id: UUID) -> FollowUp | None:
    return session.scalar(select(FollowUp).filter_by(key=_key(lead_id)))


def _key(lead_id: UUID) -> str:
    return f"city-campaigns:lead:{lead_id}"
