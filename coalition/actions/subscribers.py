"""Whom we write to when something happens to a participation: its owner, nobody else."""

from collections.abc import Callable, Sequence

from coalition import db, events
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
