"""Meetings as an iCalendar document (RFC 5545): what Apple, Google and Outlook subscribe to."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from flask_babel import gettext
from icalendar import Alarm, Calendar, Conference, Event

from coalition import config
from coalition.calendars import words, zones
from coalition.calendars.queries import Entry
from coalition.decisions.meetings import Meeting, MeetingStatus, Precision
from coalition.decisions.removed_meetings import RemovedMeeting
from coalition.localtime import time_zone

CONTENT_TYPE = "text/calendar; charset=utf-8"
REFRESH, _REFRESH_TEXT = timedelta(hours=1), "PT1H"
ALARM_BEFORE = timedelta(days=1)
_PRODUCT = "-//coalition//meetings//EN"
_STATUS = {
    MeetingStatus.TENTATIVE: "TENTATIVE",
    MeetingStatus.CONFIRMED: "CONFIRMED",
    MeetingStatus.HELD: "CONFIRMED",
    MeetingStatus.CANCELLED: "CANCELLED",
}


def feed(
    name: str,
    entries: Sequence[Entry],
    page_of: Callable[[Meeting], str],
    *,
    taken_off: Sequence[Entry] = (),
    removed: Sequence[RemovedMeeting] = (),
    source: str | None = None,
) -> str:
    """Return a calendar of meetings, in the language that texts are asked for in.

    Args:
        name: what the calendar is called in the list of the client.
        page_of: gives the address of the page about a meeting.
        taken_off: meetings on whose agenda nothing is any more that the calendar is about.
        removed: meetings that were added by mistake; a calendar may have them.
        source: the public address of the feed; `None` where the address is a secret.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.calendar_name = name
    # RFC 7986, 5.7 wants the kind of value named.
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", _REFRESH_TEXT)  # the same for Outlook
    if source:
        calendar.source = source
    zone_names = {each.meeting.time_zone for each in [*entries, *taken_off]}
    for zone_name in sorted(zone_names | {each.time_zone for each in removed}):
        if (zone := zones.definition(zone_name)) is not None:
            calendar.add_component(zone)
    for entry in entries:
        for event in _events(entry, page_of(entry.meeting)):
            calendar.add_component(event)
    for entry in taken_off:
        for event in _events(entry, page_of(entry.meeting)):
            calendar.add_component(_taken_off(event, words.name_of(entry.meeting)))
    for each in removed:
        for event in _cancellations(each):
            calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical()).decode()


def uid_of(meeting: Meeting | RemovedMeeting, part: str = "") -> str:
    """Return the id that a meeting keeps in all calendars, whatever becomes of it."""
    host = urlsplit(config.current().public_url).hostname or "localhost"
    return f"{part}{meeting.id}@{host}"


def _events(entry: Entry, page: str) -> Iterator[Event]:
    meeting = entry.meeting
    if meeting.precision == Precision.MONTH:
        return  # a day in a calendar would be made up
    yield _meeting(entry, page)
    closes_at = meeting.comment_closes_at
    if closes_at is not None:
        yield _deadline(entry, closes_at, page)


def _meeting(entry: Entry, page: str) -> Event:
    meeting = entry.meeting
    event = _event(entry, uid_of(meeting), words.heading(entry), page)
    starts, ends = _span(meeting)
    event.add("dtstart", starts)
    if ends is not None:
        event.add("dtend", ends)
    if meeting.precision == Precision.DAY:
        event.add("transp", "TRANSPARENT")
    if place := words.where(meeting) or meeting.remote_url:
        event.add("location", place)
    if meeting.remote_url:
        event.conferences = [
            Conference(meeting.remote_url, feature="VIDEO", label=words.name_of(meeting))
        ]
    event.add("description", words.description(entry))
    campaigns = {
        item.campaign.title
        for item in entry.items
        if item.campaign and item.campaign.is_published
    }
    if campaigns:
        event.categories = sorted(campaigns)
    return event


def _deadline(entry: Entry, closes_at: datetime, page: str) -> Event:
    meeting = entry.meeting
    summary = gettext("Comments close: %(meeting)s", meeting=words.heading(entry))
    event = _event(entry, uid_of(meeting, "comments-"), summary, page)
    event.add("dtstart", closes_at.astimezone(time_zone(meeting.time_zone)))
    event.add("transp", "TRANSPARENT")
    event.add("description", words.description(entry))
    if meeting.status in (MeetingStatus.TENTATIVE, MeetingStatus.CONFIRMED):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", -ALARM_BEFORE)
        event.add_component(alarm)
    return event


def _event(entry: Entry, uid: str, summary: str, page: str) -> Event:
    """Return an event with what tells a client that it changed.

    Its stamp is when the meeting was last changed, not now: the same meetings give the same
    document, so that a client is told that it has it already.
    """
    meeting = entry.meeting
    if meeting.status == MeetingStatus.CANCELLED:
        # Many clients show the title of a subscribed event and nothing of its status.
        summary = gettext("Cancelled: %(meeting)s", meeting=summary)
    event = Event()
    event.add("uid", uid)
    event.add("summary", summary)
    event.add("dtstamp", meeting.changed_at.astimezone(UTC))
    event.add("created", meeting.created_at.astimezone(UTC))
    event.add("last-modified", meeting.changed_at.astimezone(UTC))
    event.add("sequence", meeting.revision)
    event.add("status", _STATUS[meeting.status])
    event.add("url", page)
    return event


def _taken_off(event: Event, meeting_name: str) -> Event:
    """Take an event back although the meeting takes place."""
    event.subcomponents.clear()  # no alarm
    for name in ("summary", "status", "description", "transp"):
        event.pop(name, None)
    event.add("summary", gettext("Off the agenda: %(meeting)s", meeting=meeting_name))
    event.add("status", "CANCELLED")
    event.add("transp", "TRANSPARENT")
    said = gettext("Nothing that this calendar is about is on this meeting's agenda any more.")
    event.add("description", said)
    return event


def _cancellations(removed: RemovedMeeting) -> Iterator[Event]:
    """Take back the events of a meeting that is not there any more."""
    local = removed.starts_at.astimezone(time_zone(removed.time_zone))
    begins: date | datetime = local.date() if removed.is_whole_day else local
    yield _cancellation(removed, "", removed.name, begins)
    if removed.comment_closes_at is not None:
        closes = removed.comment_closes_at.astimezone(time_zone(removed.time_zone))
        summary = gettext("Comments close: %(meeting)s", meeting=removed.name)
        yield _cancellation(removed, "comments-", summary, closes)


def _cancellation(
    removed: RemovedMeeting, part: str, summary: str, begins: date | datetime
) -> Event:
    event, at = Event(), removed.removed_at.astimezone(UTC)
    event.add("uid", uid_of(removed, part))
    event.add("summary", gettext("Cancelled: %(meeting)s", meeting=summary))
    event.add("dtstamp", at)
    event.add("created", removed.created_at.astimezone(UTC))
    event.add("last-modified", at)
    event.add("sequence", removed.revision)
    event.add("status", "CANCELLED")
    event.add("dtstart", begins)
    if removed.is_whole_day and not part:
        event.add("dtend", begins + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("description", gettext("This meeting had been entered by mistake."))
    return event


def _span(meeting: Meeting) -> tuple[date | datetime, date | datetime | None]:
    """Return begin and end; no end where nobody knows how long it lasts."""
    if meeting.precision == Precision.DAY:
        day = meeting.local_start.date()
        return day, day + timedelta(days=1)
    if meeting.duration_min is None:
        return meeting.local_start, None
    ends = meeting.starts_at + timedelta(minutes=meeting.duration_min)
    return meeting.local_start, ends.astimezone(time_zone(meeting.time_zone))
