"""Local times as people write them, and the moments that they mean."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from coalition.errors import N_, InvalidInput
from coalition.localtime import time_zone

FORM_FORMAT = "%Y-%m-%dT%H:%M"  # what <input type="datetime-local"> sends
YEARS = range(2000, 2200)
_LAST_MINUTE = timedelta(seconds=59, microseconds=999_999)


class NotATime(InvalidInput):
    """The text is no date and time that a letter can have."""

    code = "not_a_time"
    message = N_(
        "“%(text)s” is not a date and time between %(first)s and %(last)s."
        " Write it like 2026-12-14T23:59."
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, and the local time that it has; `skipped` if what was written never happens."""

    at: datetime  # UTC
    local: datetime
    skipped: bool


def read_moment(text: str, zone: str, *, field: str) -> Moment:
    """Return the moment that a local time means, whatever the clocks do on that day.

    A time that the clocks skip in spring is moved forward by as much as they are. Of a time
    that comes twice in autumn the later one is meant, so that no deadline comes early. 23:59
    lasts until the day is over.

    Raises:
        NotATime, UnknownTimeZone: as they say.
    """
    place = time_zone(zone)
    local = _local(text)
    if local is None:
        raise NotATime(field=field, text=text[:40], first=YEARS[0], last=YEARS[-1])
    at = local.replace(tzinfo=place, fold=0).astimezone(UTC)
    shown = at.astimezone(place).replace(tzinfo=None)
    skipped = shown != local
    if not skipped:
        at = local.replace(tzinfo=place, fold=1).astimezone(UTC)
    if (local.hour, local.minute) == (23, 59):
        at += _LAST_MINUTE
    return Moment(at, shown, skipped)


def form_text(at: datetime | None, zone: str) -> str:
    """Return a moment as the form's field shows it."""
    return at.astimezone(time_zone(zone)).strftime(FORM_FORMAT) if at else ""


def _local(text: str) -> datetime | None:
    written = text.strip()
    if len(written) == 19:  # some browsers send the seconds, too
        written = written.removesuffix(":00")
    try:
        local = datetime.strptime(written, FORM_FORMAT)
    except ValueError:
        return None
    return local if local.year in YEARS else None
