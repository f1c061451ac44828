"""What follows from facts: mail to who took part, actions that go along with a moved item."""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from coalition import audit, db, events
from coalition.actions import mails
from coalition.actions.events import (
    AttendanceRecorded,
    ParticipationAdded,
    ParticipationEvent,
    ParticipationRecorded,
    ParticipationRepeated,
)
from coalition.actions.models import Action, ActionState
from coalition.actions.participations import (
    Participation,
    ParticipationSource,
    ParticipationState,
)
from coalition.coalitions.models import Coalition
from coalition.decisions.events import AgendaItemContinued

Write = Callable[[Coalition, Participation], None]


@events.subscribe(
    "actions.write_to_participant",
    ParticipationAdded,
    ParticipationRepeated,
    ParticipationRecorded,
    AttendanceRecorded,
)
def write_to_participant(facts: Sequence[ParticipationEvent]) -> None:
    """Queue the mail that a fact calls for, going by how the record stands now."""
    for fact in facts:
        found = db.session.get(Participation, fact.participation_id)
        coalition = db.session.get(Coalition, fact.coalition_id)
        if found is None or coalition is None or not found.email:
            continue
        write = _mail_for(fact, found)
        if write is not None:
            write(coalition, found)


def _mail_for(fact: ParticipationEvent, found: Participation) -> Write | None:
    action = db.session.get(Action, found.action_id) if found.action_id else None
    is_open = action is not None and action.state == ActionState.OPEN
    at_the_door = found.source == ParticipationSource.CHECK_IN
    match fact:
        case ParticipationAdded() | ParticipationRepeated() if (
            found.state == ParticipationState.PENDING
        ):
            return mails.write_confirmation if is_open else None
        case ParticipationRepeated() if found.counts:
            return mails.write_known_already
        case AttendanceRecorded() if at_the_door and found.confirmed_at is None:
            return mails.write_came
        case ParticipationRecorded() if (
            found.source == ParticipationSource.PAGE and found.confirmed_at is not None
        ):
            return mails.write_thanks
    return None


@events.subscribe("actions.follow_item", AgendaItemContinued)
def follow_item(facts: Sequence[AgendaItemContinued]) -> None:
    """Let actions about an item that was put off be about it where it is heard now."""
    for fact in facts:
        about = select(Action).filter_by(agenda_item_id=fact.continued_from_id)
        for action in db.session.scalars(about.where(Action.state != ActionState.CLOSED)):
            action.agenda_item_id = fact.agenda_item_id
            action.meeting_id = fact.meeting_id
            audit.record("action.moved", action, ["meeting_id", "agenda_item_id"])
