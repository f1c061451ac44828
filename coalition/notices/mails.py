"""What people are written about a meeting, each in their language; all of it holds now."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.lists import format_list
from flask import render_template
from flask_babel import force_locale, format_date, get_locale, gettext, ngettext

from coalition import config
from coalition.calendars import links as calendar_links
from coalition.calendars import words
from coalition.calendars.queries import Entry
from coalition.coalitions.models import Coalition
from coalition.consents.links import preferences_url, unsubscribe_url
from coalition.decisions.meetings import ItemStatus, Meeting, Precision
from coalition.decisions.showing import meeting_when, when_of
from coalition.letters.mails import Link, Part, as_text
from coalition.mail import door
from coalition.notices import audience
from coalition.notices.facts import Change, Facts, NoticeKind, changes
from coalition.notices.receipts import News
from coalition.people.models import Person


@dataclass(frozen=True)
class Text:
    """What a mail says to everybody who reads its language."""

    language: str
    subject: str
    parts: tuple[Part, ...]


def write(coalition: Coalition, text: Text, person: Person, *, calendar_page: str) -> None:
    """Queue the mail to one person, with their own links.

    Raises:
        NotAnAddress: mail cannot be sent to the person's address.
    """
    stop_page = preferences_url(coalition.id, person.id, language=text.language)
    with force_locale(text.language):
        parts = with_own_links(
            coalition, text, calendar_page=calendar_page, stop_page=stop_page
        ).parts
        door.queue(
            coalition_id=coalition.id,
            purpose=audience.PURPOSE,
            to=person.email or "",
            subject=text.subject,
            text=as_text(list(parts)),
            html=render_template("letters/mail.html", subject=text.subject, parts=parts),
            sender_name=coalition.name,
            reply_to=coalition.reply_to,
            list_unsubscribe=unsubscribe_url(coalition.id, person.id),
        )


def language_for(language: str | None, coalition: Coalition) -> str:
    """Return the language in which a person is written to."""
    offered = config.current().languages
    return language if language in offered else coalition.language


def with_own_links(
    coalition: Coalition, text: Text, *, calendar_page: str, stop_page: str
) -> Text:
    """Return a mail with the links that each person has their own of."""
    with force_locale(text.language):
        own: list[Part] = [
            Link(gettext("To have the meetings in your calendar:"), calendar_page),
            Link(gettext("To get no more such mails:"), stop_page),
            gettext("%(coalition)s wrote this.", coalition=coalition.name),
        ]
    return Text(text.language, text.subject, (*text.parts, *own))


def compose(
    coalition: Coalition, news: News, language: str, *, also: Sequence[News] = ()
) -> Text:
    """Write down what a notice says, as things stand now.

    Args:
        also: the same of the same meeting, for other campaigns: one mail says it of all.
    """
    with force_locale(language):
        meeting, every = news.meeting, (news, *also)
        campaigns = {each.campaign.id for each in every}
        items = [
            each
            for each in meeting.items
            if each.campaign_id in campaigns
            and each.status in (ItemStatus.SCHEDULED, ItemStatus.HEARD)
        ]
        entry = Entry(meeting, items)
        parts: list[Part] = [gettext("Hello,"), _lead(coalition, every, entry)]
        parts += dict.fromkeys(said for each in every for said in _differences(each, every))
        if news.kind not in (NoticeKind.CANCELLED, NoticeKind.WITHDRAWN):
            parts += _particulars(entry)
        parts += _links(coalition, meeting)
        parts.append(_why(coalition, news))
        return Text(language, _subject(news, entry), tuple(parts))


def _subject(news: News, entry: Entry) -> str:
    about = _about(news, entry)
    match news.kind:
        case NoticeKind.AGENDA:
            return gettext("On the agenda: %(meeting)s", meeting=about)
        case NoticeKind.CHANGED:
            return gettext("Changed: %(meeting)s", meeting=about)
        case NoticeKind.CANCELLED:
            return gettext("Cancelled: %(meeting)s", meeting=about)
        case NoticeKind.CONTINUED:
            return gettext("Put off: %(meeting)s", meeting=about)
        case NoticeKind.WITHDRAWN:
            return gettext("Off the agenda: %(meeting)s", meeting=about)
        case NoticeKind.DEADLINE:
            return gettext("Comments close soon: %(meeting)s", meeting=about)
    return gettext("Reminder: %(meeting)s", meeting=about)


def _about(news: News, entry: Entry) -> str:
    """Return the meeting with its day; of one from which an item is gone, the old one."""
    old = news.previous_meeting
    return gettext(
        "%(meeting)s, %(day)s",
        meeting=words.name_of(old) if old else words.heading(entry),
        day=_day(old or entry.meeting),
    )


def _lead(coalition: Coalition, every: Sequence[News], entry: Entry) -> str:
    news, name = every[0], words.name_of(entry.meeting)
    titles = [gettext("“%(title)s”", title=each.campaign.title) for each in every]
    campaigns = format_list(titles, locale=get_locale() or "en")
    told = {"campaigns": campaigns, "coalition": coalition.name, "meeting": name}
    match news.kind:
        case NoticeKind.AGENDA:
            return ngettext(
                "%(campaigns)s, a campaign of %(coalition)s, is on the agenda of %(meeting)s."
                " You can be heard.",
                "%(campaigns)s, campaigns of %(coalition)s, are on the agenda of %(meeting)s."
                " You can be heard.",
                len(every),
                **told,
            )
        case NoticeKind.CHANGED:
            return gettext(
                "something about the meeting on %(campaigns)s is different from what we wrote"
                " to you.",
                **told,
            )
        case NoticeKind.CANCELLED:
            said = gettext(
                "the meeting on %(campaigns)s that we wrote to you about was cancelled:"
                " %(meeting)s, %(day)s.",
                day=_day(entry.meeting),
                **told,
            )
            return f"{said} {entry.meeting.cancelled_because}".strip()
        case NoticeKind.CONTINUED:
            return gettext(
                "what we wrote to you about, %(campaigns)s, was put off. It is not heard on"
                " %(old)s, but on %(day)s. We write again when its number is known.",
                old=_day(news.previous_meeting or entry.meeting),
                day=_day(entry.meeting),
                **told,
            )
        case NoticeKind.WITHDRAWN:
            return gettext(
                "what we wrote to you about, %(campaigns)s, was taken off the agenda of"
                " %(meeting)s on %(day)s. It is not heard then.",
                day=_day(entry.meeting),
                **told,
            )
        case NoticeKind.DEADLINE:
            return gettext(
                "comments on %(campaigns)s are taken for a short time only. A few sentences of"
                " your own count most.",
                **told,
            )
    return gettext("we remind you of the meeting on %(campaigns)s.", **told)


def _differences(news: News, every: Sequence[News]) -> list[Part]:
    """Say of each change what was before; how it is now stands below."""
    before = news.before
    if news.kind != NoticeKind.CHANGED or before is None:
        return []
    meeting = news.meeting
    now = Facts.of(meeting, news.campaign.id)
    said: list[Part] = []
    for change in changes(before, now):
        match change:
            case Change.AGAIN:
                said.append(gettext("It takes place after all."))
            case Change.TIME:
                was = when_of(before.starts_at, before.precision, meeting)
                said.append(gettext("Another time. It was: %(before)s", before=was))
            case Change.PLACE:
                said.append(gettext("Another place. It was: %(before)s", before=before.place))
            case Change.NUMBER:
                numbers = words.numbers_in_words(before.numbers)
                another = gettext("Another number. It was: %(before)s", before=numbers)
                # Of two campaigns each has its own items, and all of them stand below.
                title = f"{news.campaign.title}: " if len(every) > 1 else ""
                said.append(f"{title}{another}")
            case Change.REMOTE:
                said.append(gettext("There is another way to take part from afar."))
            case Change.DEADLINE:
                said.append(gettext("Comments close at another time."))
    return said


def _particulars(entry: Entry) -> list[Part]:
    meeting = entry.meeting
    parts: list[Part] = [
        gettext("What: %(meeting)s", meeting=words.name_of(meeting)),
        gettext("When: %(moment)s", moment=meeting_when(meeting)),
    ]
    if meeting.precision == Precision.DAY:
        parts.append(gettext("The hour is not known yet."))
    if place := words.where(meeting):
        parts.append(gettext("Where: %(place)s", place=place))
    parts += [
        gettext("On the agenda: %(item)s", item=words.item_line(each)) for each in entry.items
    ]
    if standing := words.standing(meeting):
        parts.append(standing)
    if sentences := words.how_to_comment(meeting):
        parts += sentences
    return parts


def _links(coalition: Coalition, meeting: Meeting) -> list[Part]:
    page = calendar_links.page_of_meeting(coalition)(meeting)
    parts: list[Part] = []
    if meeting.agenda_url:
        parts.append(Link(gettext("The agenda:"), meeting.agenda_url))
    return [*parts, Link(gettext("All about this meeting:"), page)]


def _why(coalition: Coalition, news: News) -> str:
    area = audience.place_of(news.meeting, news.campaign)
    return gettext(
        "You get this mail because you told us that you live in %(place)s, and agreed that"
        " %(coalition)s may write to you about its campaigns.",
        place=area.full_name,
        coalition=coalition.name,
    )


def _day(meeting: Meeting) -> str:
    if meeting.precision == Precision.MONTH:
        return meeting_when(meeting)
    return format_date(meeting.local_start.date(), "long")
