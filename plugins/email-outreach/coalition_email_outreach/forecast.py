"""How long a mailing takes under the limits that hold, so that nobody is surprised by it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from math import inf
from zoneinfo import ZoneInfo

from coalition.sdk import Coalition
from coalition_email_outreach.limits import Day, Limits, hours_left, limits, warm_up
from coalition_email_outreach.quiet import QuietHours, quiet_hours

LONGEST_DAYS = 60  # beyond that nobody plans


@dataclass(frozen=True)
class Forecast:
    """When the first and the last message leave, if nothing else is sent meanwhile.

    `per_hour`: the limit when it begins, `None` if there is none; then the mail server says how
    fast. `ends_at` is `None` if it takes longer than `LONGEST_DAYS`. `per_domain`: messages an
    hour to one mail domain, which may make it longer. `day`: that of the warm-up plan on which it
    begins.
    """

    begins_at: datetime
    waits_for_morning: bool
    ends_at: datetime | None
    per_hour: float | None
    per_domain: float | None
    day: Day | None


def forecast(people: Mapping[str, int], coalition: Coalition, start: datetime) -> Forecast:
    """Say how long it takes to write to some people from `start` on.

    Args:
        people: how many, by the time zone on whose clock they have their quiet hours.
    """
    hours = quiet_hours(coalition)
    begins_at = min((_awake_at(hours, zone, start) for zone in people), default=start)
    found = limits(coalition, begins_at)
    return Forecast(
        begins_at=begins_at,
        waits_for_morning=begins_at > start,
        ends_at=_Course(coalition, hours, found, begins_at).end(people),
        per_hour=found.per_hour,
        per_domain=found.domain,
        day=found.day,
    )


@dataclass
class _Course:
    """The course of a mailing, hour by hour."""

    coalition: Coalition
    hours: QuietHours | None
    limits: Limits
    at: datetime

    def __post_init__(self) -> None:
        self._ends = self.at + timedelta(days=LONGEST_DAYS)
        self._day = self.limits.day

    def end(self, people: Mapping[str, int]) -> datetime | None:
        """Return when the last leaves: who has quiet hours waits, a plan rises by the day."""
        left = {zone: float(count) for zone, count in people.items() if count}
        while left and self.at < self._ends:
            opens = {zone: _awake_at(self.hours, zone, self.at) for zone in left}
            if min(opens.values()) > self.at:
                self.at = min(opens.values())
            elif (rate := self._rate()) == 0:  # all of this day's messages have left
                self.at = self._tomorrow()
            else:
                awake = [zone for zone in left if opens[zone] <= self.at]
                self._send(left, awake, rate)
        return None if left else self.at

    def _send(self, left: dict[str, float], awake: list[str], rate: float | None) -> None:
        """Let an hour's worth leave, or all that may if there is no limit."""
        room = rate if rate is not None else inf
        for zone in awake:
            sent = min(left[zone], room)
            room, left[zone] = room - sent, left[zone] - sent
            if not left[zone]:
                del left[zone]
        if rate is not None:
            if self._day is not None:
                self._day = replace(self._day, left=self._day.left - (rate - room))
            self.at += timedelta(hours=1 if left else (rate - room) / rate)

    def _rate(self) -> float | None:
        """Return how many may leave in the next hour."""
        local = self.at.astimezone(ZoneInfo(self.coalition.time_zone))
        if self._day is None or self._day.on != local.date():
            amount = warm_up(local.date())
            self._day = None if amount is None else Day(local.date(), amount, amount, 1)
        if self._day is not None:
            left = self._day.left if self._day.left > 0.01 else 0  # of a message
            self._day = replace(self._day, left=left, hours=hours_left(self.hours, local))
        return replace(self.limits, day=self._day).per_hour

    def _tomorrow(self) -> datetime:
        local = self.at.astimezone(ZoneInfo(self.coalition.time_zone))
        midnight = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
        return midnight.astimezone(self.at.tzinfo)


def _awake_at(hours: QuietHours | None, zone: str, at: datetime) -> datetime:
    """Return when one may write to a zone, from a moment on."""
    return (hours.until(at, zone) if hours else None) or at
