"""How long a mailing takes under the limits that hold, so that nobody is surprised by it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from coalition.sdk import Coalition
from coalition_email_outreach import pacing

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


def forecast(people: int, coalition: Coalition, start: datetime) -> Forecast:
    """Say how long it takes to write to so many people from `start` on."""
    begins_at = pacing.quiet_until(coalition, start) or start
    limits = pacing.limits(begins_at.date())
    return Forecast(
        begins_at=begins_at,
        waits_for_morning=begins_at > start,
        ends_at=_end(people, coalition, begins_at),
        per_hour=_rate(limits),
        per_domain=limits.domain,
    )


def _end(people: int, coalition: Coalition, begins_at: datetime) -> datetime | None:
    """Go through it hour by hour: quiet hours stop it, and a warm-up plan rises by the day."""
    at, left = begins_at, float(people)
    while at < begins_at + timedelta(days=LONGEST_DAYS):
        if (morning := pacing.quiet_until(coalition, at)) is not None:
            at = morning
            continue
        rate = _rate(pacing.limits(at.date()))
        if rate is None:
            return at
        if left <= rate:
            return at + timedelta(hours=left / rate)
        at, left = at + timedelta(hours=1), left - rate
    return None


def _rate(limits: pacing.Limits) -> float | None:
    return min((each for each in (limits.installation, limits.coalition) if each), default=None)
