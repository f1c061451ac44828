"""How long a mailing takes under the limits that hold, so that nobody is surprised by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from coalition.sdk import Coalition
from coalition_email_outreach import pacing
from coalition_email_outreach.quiet import QuietHours, quiet_hours

LONGEST_DAYS = 60  # beyond that nobody plans


@dataclass(frozen=True)
class Forecast:
    """When the first and the last message leave, if nothing else is sent meanwhile.

    `per_hour`: the limit when it begins, `None` if there is none; then the mail server says how
    fast. `ends_at` is `None` if it takes longer than `LONGEST_DAYS`. `per_domain`: messages an
    hour to one mail domain, which may make it longer.
    """

    begins_at: datetime
    waits_for_morning: bool
    ends_at: datetime | None
    per_hour: float | None
    per_domain: float | None


def forecast(people: Mapping[str, int], coalition: Coalition, start: datetime) -> Forecast:
    """Say how long it takes to write to some people from `start` on.

    Args:
        people: how many, by the time zone on whose clock they have their quiet hours.
    """
    hours = quiet_hours(coalition)
    begins_at = min((_awake_at(hours, zone, start) for zone in people), default=start)
    limits = pacing.limits(begins_at.date())
    return Forecast(
        begins_at=begins_at,
        waits_for_morning=begins_at > start,
        ends_at=_end(people, hours, begins_at),
        per_hour=_rate(limits),
        per_domain=limits.domain,
    )


def _end(
    people: Mapping[str, int], hours: QuietHours | None, begins_at: datetime
) -> datetime | None:
    """Go through it hour by hour: who has quiet hours waits, and a warm-up plan rises by the day."""
    at, left = begins_at, {zone: float(count) for zone, count in people.items() if count}
    while left and at < begins_at + timedelta(days=LONGEST_DAYS):
        opens = {zone: _awake_at(hours, zone, at) for zone in left}
        if min(opens.values()) > at:
            at = min(opens.values())
            continue
        rate = _rate(pacing.limits(at.date()))
        room = rate if rate is not None else inf
        for zone in [each for each in left if opens[each] <= at]:
            sent = min(left[zone], room)
            room, left[zone] = room - sent, left[zone] - sent
            if not left[zone]:
                del left[zone]
        if rate is not None:
            at += timedelta(hours=1 if left else (rate - room) / rate)
    return None if left else at


def _awake_at(hours: QuietHours | None, zone: str, at: datetime) -> datetime:
    """Return when one may write to a zone, from a moment on."""
    return (hours.until(at, zone) if hours else None) or at


def _rate(limits: pacing.Limits) -> float | None:
    return min((each for each in (limits.installation, limits.coalition) if each), default=None)
