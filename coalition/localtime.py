"""Local times as clocks on a wall show them, and the moments that they mean."""

from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from coalition.errors import N_, InvalidInput


class Turn(StrEnum):
    """Which of the two is meant when the clocks go back and a time comes twice."""

    FIRST = "first"
    SECOND = "second"


class UnknownTimeZone(InvalidInput):
    """There is no such time zone."""

    code = "unknown_time_zone"
    message = N_("“%(zone)s” is not a time zone. Choose one such as America/Los_Angeles.")


class TimeSkipped(InvalidInput):
    """The clocks go forward over this time."""

    code = "time_skipped"
    message = N_(
        "There is no %(time)s on %(day)s in the time zone %(zone)s: the clocks go forward."
        " Did you mean %(instead)s?"
    )


class TimeComesTwice(InvalidInput):
    """The clocks go back, so that this time is there twice."""

    code = "time_comes_twice"
    message = N_(
        "%(time)s comes twice on %(day)s in the time zone %(zone)s, because the clocks go back."
        " Say whether the first or the second is meant."
    )


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of the places that one may choose, in order."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def time_zone(name: str) -> ZoneInfo:
    """Return the zone called `name`.

    Raises:
        UnknownTimeZone: there is none.
    """
    if name not in time_zones():
        raise UnknownTimeZone(field="time_zone", zone=name[:60])
    return ZoneInfo(name)


def moment(
    day: date, at: time, zone: str, *, turn: Turn | None = None, field: str = "time"
) -> datetime:
    """Return the moment, in UTC, when the clocks of `zone` show `at` on `day`.

    Args:
        turn: which one is meant if they show it twice; else it makes no difference.
        field: the one beside which a form says that the clocks skip the time.

    Raises:
        UnknownTimeZone: there is no such zone.
        TimeSkipped: the clocks never show it on that day.
        TimeComesTwice: they show it twice, and `turn` does not say which is meant.
    """
    place = time_zone(zone)
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    first = local.replace(tzinfo=place)
    second = first.replace(fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    assert before is not None
    assert after is not None
    told = {"day": day.isoformat(), "time": f"{at:%H:%M}", "zone": zone}
    if before < after:
        instead = local + (after - before)
        shown = f"{instead:%H:%M}" if instead.date() == day else f"{instead:%Y-%m-%d %H:%M}"
        raise TimeSkipped(field=field, instead=shown, **told)
    if before > after and turn is None:
        raise TimeComesTwice(field="turn", **told)
    return (second if turn == Turn.SECOND else first).astimezone(UTC)


def start_of_day(day: date, zone: str) -> datetime:
    """Return the first moment of a day, in UTC; some days have no midnight.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    return datetime.combine(day, time(), time_zone(zone)).astimezone(UTC)


def turn_of(at: datetime, zone: str) -> Turn | None:
    """Return whether a moment is the first or the second with its local time; mostly neither."""
    local = at.astimezone(time_zone(zone))
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
        return None
    return Turn.SECOND if local.fold else Turn.FIRST
