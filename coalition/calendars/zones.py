"""Time zones as calendar programs want them defined: by the rule of each year, not by a list.

A zone's file ends with its present rule, such as `PST8PDT,M3.2.0,M11.1.0` (POSIX, 8.3). icalendar
could write a list of all changes since 1970, but writes those of spring an hour late, and Outlook
does not read lists.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

_NAME, _TIME = r"<[^>]+>|[A-Za-z]+", r"[-+]?[0-9:]+"
_CHANGE = rf"M([0-9]+)\.([0-9])\.([0-9])(?:/({_TIME}))?"
_RULE = re.compile(rf"({_NAME})({_TIME})(?:({_NAME})({_TIME})?,{_CHANGE},{_CHANGE})?", re.ASCII)
_DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_FIRST_YEAR, _CHECKED_YEAR = 1970, 2036


@dataclass(frozen=True)
class _Change:
    """When clocks change in each year: the `week`-th `day` (0 is Sunday; 5 is the last)."""

    month: int
    week: int
    day: int
    at: timedelta

    def in_year(self, year: int) -> datetime:
        """Return the moment on the clocks that are about to change."""
        first = date(year, self.month, 1)
        found = first + timedelta(days=(self.day - first.isoweekday() % 7) % 7)
        found += timedelta(weeks=self.week - 1)
        while found.month != self.month:
            found -= timedelta(weeks=1)
        return datetime.combine(found, time()) + self.at

    def yearly(self) -> vRecur:
        week = -1 if self.week == 5 else self.week
        return vRecur(freq="YEARLY", bymonth=self.month, byday=f"{week}{_DAYS[self.day]}")


@dataclass(frozen=True)
class _Rule:
    """A zone's present rule; `begins` and `ends` of summer time, if it has any."""

    standard: str
    offset: timedelta
    summer: str = ""
    summer_offset: timedelta = timedelta()
    begins: _Change | None = None
    ends: _Change | None = None


def definition(name: str) -> Timezone | None:
    """Return the definition of a zone; `None` if its rule cannot be said in this way."""
    rule = _rule(name)
    if rule is None:
        return None
    zone = Timezone()
    zone.add("tzid", name)
    if rule.begins is None or rule.ends is None:
        first = datetime(_FIRST_YEAR, 1, 1)
        zone.add_component(
            _observance(TimezoneStandard(), rule.standard, first, rule.offset, rule.offset)
        )
        return zone
    year = _holds_since(name)
    for component, label, change, before, after in (
        (TimezoneDaylight(), rule.summer, rule.begins, rule.offset, rule.summer_offset),
        (TimezoneStandard(), rule.standard, rule.ends, rule.summer_offset, rule.offset),
    ):
        made = _observance(component, label, change.in_year(year), before, after)
        made.add("rrule", change.yearly())
        zone.add_component(made)
    return zone


def _observance(
    component: TimezoneStandard | TimezoneDaylight,
    label: str,
    starts: datetime,
    before: timedelta,
    after: timedelta,
) -> TimezoneStandard | TimezoneDaylight:
    component.add("tzname", label)
    component.add("dtstart", starts)
    component.add("tzoffsetfrom", before)
    component.add("tzoffsetto", after)
    return component


@cache
def _holds_since(name: str) -> int:
    """Return the first year from which on the present rule says what really happened."""
    rule, place = _rule(name), ZoneInfo(name)
    assert rule is not None
    for year in range(_CHECKED_YEAR, _FIRST_YEAR, -1):
        for change, before, after in (
            (rule.begins, rule.offset, rule.summer_offset),
            (rule.ends, rule.summer_offset, rule.offset),
        ):
            assert change is not None
            at = (change.in_year(year) - before).replace(tzinfo=UTC)
            seen = (at - timedelta(seconds=1)).astimezone(place), at.astimezone(place)
            if [each.utcoffset() for each in seen] != [before, after]:
                return year + 1
    return _FIRST_YEAR


@cache
def _rule(name: str) -> _Rule | None:
    file = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    last_line = file.read_bytes().rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")
    found = _RULE.fullmatch(last_line)
    if found is None:
        return None
    standard, west, summer, summer_west, *changes = found.groups()
    offset = -_duration(west)
    if summer is None:
        return _Rule(standard.strip("<>"), offset)
    begins, ends = _change(*changes[:4]), _change(*changes[4:])
    if begins is None or ends is None:
        return None
    summer_offset = -_duration(summer_west) if summer_west else offset + timedelta(hours=1)
    return _Rule(standard.strip("<>"), offset, summer.strip("<>"), summer_offset, begins, ends)


def _change(month: str, week: str, day: str, at: str | None) -> _Change | None:
    after_midnight = _duration(at) if at else timedelta(hours=2)
    if not timedelta() <= after_midnight < timedelta(days=1):
        return None  # on the day before or after, which no yearly rule can say
    return _Change(int(month), int(week), int(day), after_midnight)


def _duration(text: str) -> timedelta:
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = [*map(int, text.lstrip("+-").split(":")), 0, 0][:3]
    return sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)
