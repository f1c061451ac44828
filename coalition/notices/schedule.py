"""When reminders go out: so and so long before a meeting, or before comments close."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from coalition.decisions.meetings import Meeting, Precision
from coalition.localtime import time_zone
from coalition.notices.facts import NoticeKind

HOUR_MIN, DAY_MIN = 60, 24 * 60
MEETING_LEADS = (14 * DAY_MIN, 7 * DAY_MIN, 3 * DAY_MIN, 2 * DAY_MIN, DAY_MIN, 3 * HOUR_MIN, HOUR_MIN)  # fmt: skip
DEADLINE_LEADS = (7 * DAY_MIN, 3 * DAY_MIN, 2 * DAY_MIN, DAY_MIN, 3 * HOUR_MIN)
USUAL_MEETING_LEADS = (7 * DAY_MIN, DAY_MIN, 3 * HOUR_MIN)
USUAL_DEADLINE_LEADS = (DAY_MIN,)
MORNING = time(9)  # when people are written to about a day whose hour nobody knows
MAX_LATE = timedelta(hours=12)
MAX_QUIET = timedelta(hours=6)


@dataclass(frozen=True)
class Planned:
    """A reminder: of what, how long before, and when it goes out."""

    kind: NoticeKind
    lead_min: int
    of: datetime
    at: datetime

    @property
    def key(self) -> str:
        """What tells it from others of the meeting; another one once that has another time."""
        return f"{self.lead_min}@{self.of.isoformat()}"

    @property
    def too_late_at(self) -> datetime:
        """Until when it is better sent late than not at all."""
        return min(self.at + min(timedelta(minutes=self.lead_min) / 4, MAX_LATE), self.of)

    @property
    def quiet(self) -> timedelta:
        """How long people must not have been written to before it: it would say the same."""
        return min(timedelta(minutes=self.lead_min) / 2, MAX_QUIET)


def plan(
    meeting: Meeting, meeting_leads: Sequence[int], deadline_leads: Sequence[int]
) -> list[Planned]:
    """Return all reminders of a meeting, the earliest first; none where its day is not known.

    Args:
        meeting_leads: minutes before it begins.
        deadline_leads: minutes before comments close.
    """
    if meeting.precision == Precision.MONTH:
        return []
    place = time_zone(meeting.time_zone)
    begins, leads = meeting.starts_at, list(meeting_leads)
    if meeting.precision == Precision.DAY:
        begins = datetime.combine(meeting.local_start.date(), MORNING, place)
        leads = [each for each in leads if each % DAY_MIN == 0]
    found = [*_before(NoticeKind.REMINDER, begins, meeting.time_zone, leads)]
    if meeting.comment_closes_at is not None:
        found += _before(
            NoticeKind.DEADLINE, meeting.comment_closes_at, meeting.time_zone, deadline_leads
        )
    return sorted(found, key=lambda each: each.at)


def _before(
    kind: NoticeKind, of: datetime, zone: str, leads: Iterable[int]
) -> Iterable[Planned]:
    """Count hours as they pass, and days by the clock on the wall, whatever it does meanwhile."""
    place = time_zone(zone)
    for lead_min in leads:
        lead = timedelta(minutes=lead_min)
        if lead_min % DAY_MIN:
            at = of - lead
        else:
            at = (of.astimezone(place).replace(tzinfo=None) - lead).replace(tzinfo=place)
        yield Planned(kind, lead_min, of.astimezone(UTC), at.astimezone(UTC))
