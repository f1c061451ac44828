"""What is said about a meeting, in the page's language: in feeds, on pages, in mails."""

from collections.abc import Sequence

from flask_babel import gettext, ngettext

from coalition.calendars.queries import Entry
from coalition.decisions.meetings import (
    AgendaItem,
    ItemStatus,
    Meeting,
    MeetingStatus,
)
from coalition.decisions.models import DecisionBody
from coalition.decisions.showing import meeting_moment

_ON_AGENDA = (ItemStatus.SCHEDULED, ItemStatus.HEARD)


def name_of(meeting: Meeting) -> str:
    """Return what a meeting is called: its own title, else the body's name."""
    return meeting.title or meeting.body.name


def heading(entry: Entry) -> str:
    """Return a meeting's name with the numbers that matter: “City Council: item A-1”."""
    numbers = numbers_of(entry.items)
    if not numbers:
        return name_of(entry.meeting)
    return gettext(
        "%(meeting)s: %(items)s",
        meeting=name_of(entry.meeting),
        items=numbers_in_words(numbers),
    )


def numbers_of(items: Sequence[AgendaItem]) -> list[str]:
    """Return the printed numbers of the items that are on the agenda."""
    return [each.number for each in items if each.number and each.status in _ON_AGENDA]


def numbers_in_words(numbers: Sequence[str]) -> str:
    """Return “item A-1” or “items A-1, A-2”."""
    return ngettext(
        "item %(numbers)s", "items %(numbers)s", len(numbers), numbers=", ".join(numbers)
    )


def where(meeting: Meeting) -> str:
    """Return the place and the address, as far as they are known."""
    return ", ".join(each for each in (meeting.place, meeting.address) if each)


def item_line(item: AgendaItem) -> str:
    """Return an item with its number and what became of it."""
    line = f"{item.number}: {item.subject}" if item.number else item.subject
    match item.status:
        case ItemStatus.CONTINUED:
            return gettext("%(item)s (put off to another meeting)", item=line)
        case ItemStatus.WITHDRAWN:
            return gettext("%(item)s (taken off the agenda)", item=line)
    if not item.number and item.status == ItemStatus.SCHEDULED:
        return gettext("%(item)s (no number yet)", item=line)
    return line


def how_to_comment(meeting: Meeting) -> list[str]:
    """Say how to speak and to write to the body, and until when: a sentence each."""
    body, said = meeting.body, []
    closes_at = meeting.comment_closes_at
    if closes_at is not None:
        said.append(
            gettext(
                "Written comments are taken until %(moment)s.",
                moment=meeting_moment(closes_at, meeting),
            )
        )
    if body.comment_email:
        said.append(gettext("Write to %(address)s.", address=body.comment_email))
    if body.comment_url:
        said.append(gettext("Comment online: %(url)s", url=body.comment_url))
    if meeting.remote_url:
        said.append(gettext("Take part from afar: %(url)s", url=meeting.remote_url))
    if body.comment_registration:
        said.append(gettext("To speak: %(how)s", how=body.comment_registration))
    if body.comment_minutes:
        said.append(
            ngettext(
                "Each speaker has %(num)d minute.",
                "Each speaker has %(num)d minutes.",
                body.comment_minutes,
            )
        )
    return said + _interpretation(body)


def standing(meeting: Meeting) -> str:
    """Say what must be known of a meeting that is not certain; "" for others."""
    match meeting.status:
        case MeetingStatus.CANCELLED:
            said = gettext("This meeting was cancelled.")
            return f"{said} {meeting.cancelled_because}".strip()
        case MeetingStatus.TENTATIVE:
            return gettext("The body has not confirmed this meeting yet.")
    return ""


def description(entry: Entry) -> str:
    """Return the text of a meeting for a calendar."""
    meeting = entry.meeting
    parts = [standing(meeting)]
    if entry.items:
        lines = "\n".join(f"- {item_line(each)}" for each in entry.items)
        parts.append(gettext("On the agenda:") + "\n" + lines)
    if meeting.status != MeetingStatus.CANCELLED:
        parts.append("\n".join(how_to_comment(meeting)))
    if meeting.agenda_url:
        parts.append(gettext("Agenda: %(url)s", url=meeting.agenda_url))
    parts.append(meeting.note)
    return "\n\n".join(part for part in parts if part)


def _interpretation(body: DecisionBody) -> list[str]:
    said = []
    if body.interpretation:
        said.append(gettext("Interpretation: %(how)s", how=body.interpretation))
    if body.interpretation_notice_h:
        said.append(
            ngettext(
                "Ask for interpretation at least %(num)d hour before.",
                "Ask for interpretation at least %(num)d hours before.",
                body.interpretation_notice_h,
            )
        )
    return said
