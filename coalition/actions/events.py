"""What happens to actions, and what people did about them."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from coalition.events import Event


@dataclass(frozen=True, kw_only=True)
class ActionEvent(Event):
    """Something about an action."""

    action_id: UUID


@dataclass(frozen=True, kw_only=True)
class ActionOpened(ActionEvent):
    """People are asked to do something from now on."""

    name: ClassVar[str] = "action.opened"


@dataclass(frozen=True, kw_only=True)
class ActionClosed(ActionEvent):
    """Nobody is asked any more, and no more reports are taken."""

    name: ClassVar[str] = "action.closed"


@dataclass(frozen=True, kw_only=True)
class ParticipationEvent(Event):
    """Something about what a person or an organization does or did."""

    participation_id: UUID


@dataclass(frozen=True, kw_only=True)
class ParticipationAdded(ParticipationEvent):
    """Somebody wrote on a public page what they did and has yet to confirm it by mail."""

    name: ClassVar[str] = "participation.added"


@dataclass(frozen=True, kw_only=True)
class ParticipationRepeated(ParticipationEvent):
    """Somebody reported again what they had reported; only the mailbox's owner is told."""

    name: ClassVar[str] = "participation.repeated"


@dataclass(frozen=True, kw_only=True)
class ParticipationPledged(ParticipationEvent):
    """Somebody promised to do it."""

    name: ClassVar[str] = "participation.pledged"


@dataclass(frozen=True, kw_only=True)
class ParticipationRecorded(ParticipationEvent):
    """It was done, as the owner of a mailbox, a representative or a coordinator says."""

    name: ClassVar[str] = "participation.recorded"


@dataclass(frozen=True, kw_only=True)
class CommentReported(ParticipationEvent):
    """A public comment under `agenda_item_id` was sent; told beside ParticipationRecorded."""

    name: ClassVar[str] = "comment.reported"
    agenda_item_id: UUID


@dataclass(frozen=True, kw_only=True)
class AttendanceRecorded(ParticipationEvent):
    """Somebody came, by check-in on a phone or in a coordinator's list."""

    name: ClassVar[str] = "attendance.recorded"


@dataclass(frozen=True, kw_only=True)
class ParticipationConfirmed(ParticipationEvent):
    """A coordinator has seen that it is true."""

    name: ClassVar[str] = "participation.confirmed"


@dataclass(frozen=True, kw_only=True)
class ParticipationDeclined(ParticipationEvent):
    """Who was asked said no."""

    name: ClassVar[str] = "participation.declined"


@dataclass(frozen=True, kw_only=True)
class ParticipationMissed(ParticipationEvent):
    """What was promised did not come about."""

    name: ClassVar[str] = "participation.missed"


@dataclass(frozen=True, kw_only=True)
class ParticipationWithdrawn(ParticipationEvent):
    """A record was taken back or refused; `counted` says whether it had counted until then."""

    name: ClassVar[str] = "participation.withdrawn"
    counted: bool


@dataclass(frozen=True, kw_only=True)
class FollowUpEvent(Event):
    """Something about a task."""

    follow_up_id: UUID


@dataclass(frozen=True, kw_only=True)
class FollowUpAdded(FollowUpEvent):
    """There is a task to do."""

    name: ClassVar[str] = "follow_up.added"


@dataclass(frozen=True, kw_only=True)
class FollowUpDone(FollowUpEvent):
    """A task was done."""

    name: ClassVar[str] = "follow_up.done"
