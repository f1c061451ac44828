"""How much may be sent: the limits of the installation and of a coalition, and the warm-up plan."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from coalition.sdk import Coalition, now, settings
from coalition_email_outreach import pacing
from coalition_email_outreach.pacing import PLUGIN, Flow
from coalition_email_outreach.quiet import QuietHours, quiet_hours

# Messages a day while mailbox providers get to know us; after the last day there is no limit.
WARM_UP = (200, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 100_000)


@dataclass(frozen=True)
class Day:
    """A day of the warm-up plan: how many messages may leave, how many of them did not yet.

    They are spread over the rest of its hours that are not quiet.
    """

    on: date
    amount: int
    left: float
    hours: float

    @property
    def key(self) -> str:
        """The key of the bucket that counts them; all coalitions take from it."""
        return f"warm-up:{self.on}"

    @property
    def per_hour(self) -> float:
        """How many may leave in an hour from now on."""
        return self.left / self.hours


@dataclass(frozen=True)
class Limits:
    """Messages per hour; `None` is no limit."""

    installation: float | None
    coalition: float | None
    domain: float | None
    day: Day | None = None

    @property
    def per_hour(self) -> float | None:
        """The lowest that holds for all of a coalition's messages."""
        rates = (self.installation, self.coalition, self.day.per_hour if self.day else None)
        return min((each for each in rates if each is not None), default=None)

    def of_all(self, coalition_id: UUID) -> Mapping[str, Flow]:
        """Return those that hold for each message of a coalition, by the key of the bucket."""
        installation, flows = self.installation, dict[str, Flow]()
        if self.day is not None:
            flows[self.day.key] = Flow(0, first=self.day.amount, most=self.day.amount)
            installation = min(installation or self.day.per_hour, self.day.per_hour)
        if installation:
            flows[pacing.INSTALLATION] = Flow(installation)
        if self.coalition:
            flows[pacing.coalition_key(coalition_id)] = Flow(self.coalition)
        return flows


def limits(coalition: Coalition, at: datetime | None = None) -> Limits:
    """Return the limits that hold for the open coalition at a moment."""
    return Limits(
        installation=_number("COALITION_MAILING_PER_HOUR"),
        coalition=settings(PLUGIN).get("per_hour") or None,
        domain=_number("COALITION_MAILING_PER_DOMAIN_PER_HOUR"),
        day=_day(coalition, at or now()),
    )


def warm_up(on: date) -> int | None:
    """Return how many messages the warm-up plan allows on a day, `None` if it is over or unused.

    It begins on the day in COALITION_MAILING_WARM_UP_FROM.
    """
    begun = os.environ.get("COALITION_MAILING_WARM_UP_FROM", "")
    if not begun:
        return None
    day = (on - date.fromisoformat(begun)).days
    return WARM_UP[max(day, 0)] if day < len(WARM_UP) else None


def hours_left(hours: QuietHours | None, local: datetime) -> float:
    """Return for how many hours of a day one may write from a moment on, a quarter at least."""
    free = [each for each in range(local.hour, 24) if not (hours and hours.hold_at(each))]
    gone = local.minute / 60 if local.hour in free else 0
    return max(0.25, len(free) - gone)


def _day(coalition: Coalition, at: datetime) -> Day | None:
    local = at.astimezone(ZoneInfo(coalition.time_zone))
    amount = warm_up(local.date())
    if amount is None:
        return None
    day = Day(local.date(), amount, amount, hours_left(quiet_hours(coalition), local))
    left = pacing.tokens_of({day.key: Flow(0, first=amount, most=amount)})[day.key]
    return Day(day.on, amount, max(left, 0), day.hours)


def _number(name: str) -> float | None:
    text = os.environ.get(name, "").strip()
    return float(text) or None if text else None
