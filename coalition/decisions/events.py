"""Facts about meetings and decisions."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from coalition.events import Event


@dataclass(frozen=True, kw_only=True)
class MeetingEvent(Event):
    """Something happened to a meeting."""

    meeting_id: UUID


@dataclass(frozen=True, kw_only=True)
class MeetingScheduled(MeetingEvent):
    """A coalition follows a meeting from now on."""

    name: ClassVar[str] = "meeting.scheduled"


@dataclass(frozen=True, kw_only=True)
class MeetingChanged(MeetingEvent):
    """Time, place, status or the way to take part is another now."""

    name: ClassVar[str] = "meeting.changed"


@dataclass(frozen=True, kw_only=True)
class MeetingCancelled(MeetingEvent):
    """The meeting does not take place."""

    name: ClassVar[str] = "meeting.cancelled"


@dataclass(frozen=True, kw_only=True)
class MeetingRemoved(MeetingEvent):
    """The meeting had been added by mistake, and is not there any more."""

    name: ClassVar[str] = "meeting.removed"


@dataclass(frozen=True, kw_only=True)
class MeetingHeld(MeetingEvent):
    """The meeting took place."""

    name: ClassVar[str] = "meeting.held"


@dataclass(frozen=True, kw_only=True)
class AgendaItemEvent(MeetingEvent):
    """Something happened to a point on the agenda of `meeting_id`."""

    agenda_item_id: UUID


@dataclass(frozen=True, kw_only=True)
class AgendaItemNumbered(AgendaItemEvent):
    """The agenda appeared: an item that a campaign waits for has its printed number."""

    name: ClassVar[str] = "agenda_item.numbered"


@dataclass(frozen=True, kw_only=True)
class AgendaItemMoved(AgendaItemEvent):
    """An item has another number than the one that was told before."""

    name: ClassVar[str] = "agenda_item.moved"


@dataclass(frozen=True, kw_only=True)
class AgendaItemContinued(AgendaItemEvent):
    """An item was put off: `agenda_item_id` is the new one, at the meeting it was put off to."""

    name: ClassVar[str] = "agenda_item.continued"
    continued_from_id: UUID


@dataclass(frozen=True, kw_only=True)
class AgendaItemWithdrawn(AgendaItemEvent):
    """An item was taken off the agenda."""

    name: ClassVar[str] = "agenda_item.withdrawn"


@dataclass(frozen=True, kw_only=True)
class VoteRecorded(AgendaItemEvent):
    """It was written down how the body voted on a motion."""

    name: ClassVar[str] = "vote.recorded"
    motion_id: UUID


@dataclass(frozen=True, kw_only=True)
class OutcomeRecorded(AgendaItemEvent):
    """It was written down how the body ended an item, with or without a vote."""

    name: ClassVar[str] = "outcome.recorded"


@dataclass(frozen=True, kw_only=True)
class PledgeNoted(Event):
    """It was written down what an officeholder said about a campaign."""

    name: ClassVar[str] = "pledge.noted"
    campaign_id: UUID
    officeholder_id: UUID
    pledge_id: UUID
