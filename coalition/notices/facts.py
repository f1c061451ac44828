"""What people are told of a campaign's part of a meeting, and what is different from before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from coalition.decisions.meetings import (
    AgendaItem,
    ItemStatus,
    Meeting,
    MeetingStatus,
    Precision,
)


class Standing(StrEnum):
    """Whether the campaign's items are still to be heard at a meeting."""

    ON = "on"
    CANCELLED = "cancelled"
    CONTINUED = "continued"
    WITHDRAWN = "withdrawn"
    OVER = "over"


class NoticeKind(StrEnum):
    """Why people are written to."""

    AGENDA = "agenda"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    CONTINUED = "continued"
    WITHDRAWN = "withdrawn"
    REMINDER = "reminder"
    DEADLINE = "deadline"


class Change(StrEnum):
    """What is another now than people were told."""

    AGAIN = "again"  # it takes place after all
    TIME = "time"
    PLACE = "place"
    REMOTE = "remote"
    NUMBER = "number"
    DEADLINE = "deadline"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What matters to who means to come or to write; two of them can be compared."""

    standing: Standing
    starts_at: datetime
    precision: Precision
    place: str = ""
    remote_url: str | None = None
    comment_closes_at: datetime | None = None
    numbers: Sequence[str] = field(default_factory=tuple)

    @classmethod
    def of(cls, meeting: Meeting, campaign_id: UUID) -> Self:
        """Return how a campaign's items stand at a meeting."""
        items = items_of(meeting, campaign_id)
        return cls(
            standing=_standing(meeting, items),
            starts_at=meeting.starts_at,
            precision=meeting.precision,
            place=", ".join(each for each in (meeting.place, meeting.address) if each),
            remote_url=meeting.remote_url,
            comment_closes_at=meeting.comment_closes_at,
            numbers=tuple(
                each.number
                for each in items
                if each.number and each.status == ItemStatus.SCHEDULED
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it for the database."""
        return {
            "standing": self.standing.value,
            "starts_at": self.starts_at.isoformat(),
            "precision": self.precision.value,
            "place": self.place,
            "remote_url": self.remote_url,
            "comment_closes_at": (
                self.comment_closes_at.isoformat() if self.comment_closes_at else None
            ),
            "numbers": list(self.numbers),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Build it from what `to_json` returned."""
        closes_at = stored["comment_closes_at"]
        return cls(
            standing=Standing(stored["standing"]),
            starts_at=datetime.fromisoformat(stored["starts_at"]),
            precision=Precision(stored["precision"]),
            place=stored["place"],
            remote_url=stored["remote_url"],
            comment_closes_at=datetime.fromisoformat(closes_at) if closes_at else None,
            numbers=tuple(stored["numbers"]),
        )


def items_of(meeting: Meeting, campaign_id: UUID) -> list[AgendaItem]:
    """Return a campaign's items on the agenda of a meeting, in order."""
    return [each for each in meeting.items if each.campaign_id == campaign_id]


def changes(before: Facts, now: Facts) -> list[Change]:
    """Return what is another now; what was not known before is no change."""
    found = {
        Change.AGAIN: before.standing != now.standing,
        Change.TIME: (before.starts_at, before.precision) != (now.starts_at, now.precision),
        Change.PLACE: bool(before.place) and before.place != now.place,
        Change.REMOTE: bool(before.remote_url) and before.remote_url != now.remote_url,
        Change.NUMBER: bool(before.numbers) and before.numbers != now.numbers,
        Change.DEADLINE: before.comment_closes_at is not None
        and now.comment_closes_at is not None
        and before.comment_closes_at != now.comment_closes_at,
    }
    return [change for change, is_so in found.items() if is_so]


def notice_for(before: Facts | None, now: Facts) -> NoticeKind | None:
    """Return what people should be told, who were told `before` last; mostly nothing.

    Of a meeting whose day nobody knows they are told only if they were told a day before.
    """
    if before is None:
        announced = (
            now.standing == Standing.ON and now.numbers and now.precision != Precision.MONTH
        )
        return NoticeKind.AGENDA if announced else None
    if now.standing == Standing.ON:
        if before.precision == now.precision == Precision.MONTH:
            return None
        is_first = now.numbers and not before.numbers and before.standing == Standing.ON
        if is_first and now.precision != Precision.MONTH:
            return NoticeKind.AGENDA
        return NoticeKind.CHANGED if changes(before, now) else None
    if before.standing != Standing.ON:
        return None
    return {
        Standing.CANCELLED: NoticeKind.CANCELLED,
        Standing.CONTINUED: NoticeKind.CONTINUED,
        Standing.WITHDRAWN: NoticeKind.WITHDRAWN,
    }.get(now.standing)


def _standing(meeting: Meeting, items: Sequence[AgendaItem]) -> Standing:
    if meeting.status == MeetingStatus.CANCELLED:
        return Standing.CANCELLED
    statuses = {each.status for each in items}
    if ItemStatus.SCHEDULED in statuses:
        held = meeting.status == MeetingStatus.HELD
        return Standing.OVER if held else Standing.ON
    if ItemStatus.HEARD in statuses:
        return Standing.OVER
    if ItemStatus.CONTINUED in statuses:
        return Standing.CONTINUED
    return Standing.WITHDRAWN
