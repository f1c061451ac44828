"""Which campaigns somebody took part in by what they did, for their calendar."""

from uuid import UUID

from sqlalchemy import Select, select

from coalition.actions.models import Action
from coalition.actions.participations import Participation, ParticipationState
from coalition.calendars.taking_part import counts_as_taking_part

_DONE = (
    ParticipationState.PLEDGED,
    ParticipationState.REPORTED,
    ParticipationState.CONFIRMED,
)


@counts_as_taking_part
def did_something(person_id: UUID) -> Select[UUID | None]:
    """Select the campaigns whose asks a person promised or did."""
    return (
        select(Action.campaign_id)
        .join(Participation, Participation.action_id == Action.id)
        .where(Participation.person_id == person_id, Participation.state.in_(_DONE))
    )
