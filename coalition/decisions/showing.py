"""How meetings are written on pages: when they are, and until when one may do what."""

from datetime import datetime, timedelta

from babel.dates import format_date, format_datetime, format_skeleton
from flask_babel import get_locale

from coalition.decisions.meetings import Meeting, Precision
from coalition.localtime import time_zone


def meeting_when(meeting: Meeting) -> str:
    """Write when a meeting begins, as exactly as it is known, by the clocks of its place."""
    return when_of(meeting.starts_at, meeting.precision, meeting)


def when_of(starts_at: datetime, precision: Precision, meeting: Meeting) -> str:
    """Write when a meeting was to begin, as exactly as it was known, by the clocks of its place."""
    if precision == Precision.TIME:
        return meeting_moment(starts_at, meeting)
    local, locale = starts_at.astimezone(time_zone(meeting.time_zone)), get_locale() or "en"
    if precision == Precision.MONTH:
        return format_skeleton("yMMMM", local, locale=locale)
    return format_date(local.date(), "full", locale=locale)


def meeting_moment(at: datetime | None, meeting: Meeting) -> str:
    """Write another moment by the clocks of a meeting's place, such as a deadline."""
    if at is None:
        return ""
    day = at.astimezone(time_zone(meeting.time_zone)).date()
    return f"{format_date(day, 'full', locale=get_locale() or 'en')}, {_clock(at, meeting)}"


def interpreter_until(meeting: Meeting) -> datetime | None:
    """Return until when an interpreter can be asked for; `None` if that is not known."""
    notice_h = meeting.body.interpretation_notice_h
    if not notice_h or meeting.precision != Precision.TIME:
        return None
    return meeting.starts_at - timedelta(hours=notice_h)


def _clock(at: datetime, meeting: Meeting) -> str:
    locale = get_locale()
    pattern = "HH:mm (zzzz)" if locale and locale.language == "es" else "h:mm a (zzzz)"
    return format_datetime(
        at, pattern, tzinfo=time_zone(meeting.time_zone), locale=locale or "en"
    )
