"""Quiet hours: when nobody is written to, on the clock of where they live.

Whose state is not known lives, for this, where the coalition does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from coalition.sdk import Coalition, Person, now, session, settings
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.pacing import PLUGIN
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.zones import ZONES, zone_of

QUIET = "quiet"  # begins the reason of a recipient who waits for the end of these hours
_LOOKED_AT = 50  # recipients, to see whether any waits for hours that do not hold any more


@dataclass(frozen=True)
class QuietHours:
    """From one full hour until another, which may be after midnight; `home` is a time zone."""

    begins: int
    ends: int
    home: str

    @property
    def reason(self) -> str:
        """What is noted about recipients who wait for their end."""
        return f"{QUIET} {self.begins}-{self.ends} {self.home}"

    def until(self, at: datetime, zone: str | None = None) -> datetime | None:
        """Return when those hours end in a zone that `at` falls into, or `None` if in none."""
        local = at.astimezone(ZoneInfo(zone or self.home))
        if not self.hold_at(local.hour):
            return None
        day = local.date() + timedelta(days=1 if local.hour >= self.ends else 0)
        return datetime.combine(day, time(self.ends), local.tzinfo).astimezone(at.tzinfo)

    def hold_at(self, hour: int) -> bool:
        """Return whether they hold at an hour of the day."""
        if self.begins < self.ends:
            return self.begins <= hour < self.ends
        return hour >= self.begins or hour < self.ends

    def ends_by_zone(self, at: datetime) -> dict[str, datetime]:
        """Return when they end, for each zone in which they hold at a moment."""
        ends = {zone: self.until(at, zone) for zone in {*ZONES, self.home}}
        return {zone: end for zone, end in ends.items() if end is not None}

    def waiting(self, people: Iterable[UUID]) -> dict[UUID, datetime]:
        """Return until when those among some people have to wait for whom it is quiet now."""
        ends = self.ends_by_zone(now())
        if not ends:
            return {}
        rows = session.execute(select(Person.id, Person.region).where(Person.id.in_(people)))
        zones = {row.id: zone_of(row.region) or self.home for row in rows}
        return {each: ends[zone] for each, zone in zones.items() if zone in ends}


def quiet_hours(coalition: Coalition) -> QuietHours | None:
    """Return the open coalition's quiet hours, or `None` if it has none."""
    if coalition.is_sample:
        return None  # its mail goes nowhere, and whoever tries it has only this hour
    chosen = settings(PLUGIN)
    begins, ends = chosen.get("quiet_from"), chosen.get("quiet_until")
    if begins is None or ends is None or begins == ends:
        return None
    return QuietHours(begins, ends, coalition.time_zone)


def wake(mailing: Mailing, hours: QuietHours | None) -> bool:
    """Have those looked at again who wait for quiet hours that were changed since.

    If the coalition's time zone was changed, it is so too: for some it is their own.

    Returns:
        Whether there were any among the next.
    """
    waiting = (Recipient.mailing_id == mailing.id, Recipient.state == RecipientState.QUEUED)
    following = select(Recipient.reason).where(*waiting).order_by(Recipient.due_at)
    stale = {
        reason
        for reason in session.scalars(following.limit(_LOOKED_AT))
        if reason and reason.startswith(QUIET) and (not hours or reason != hours.reason)
    }
    if stale:
        those = update(Recipient).where(*waiting, Recipient.reason.in_(stale))
        session.execute(those.values(due_at=now(), reason=None))
    return bool(stale)
