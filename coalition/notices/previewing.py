"""What will be sent when, as a coordinator looks at it: the plan of each meeting, and each mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext

from coalition.areas.models import Area
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.decisions.meetings import Meeting
from coalition.notices import audience, mails
from coalition.notices.facts import Facts, NoticeKind
from coalition.notices.models import MeetingClock, UnsettledChange
from coalition.notices.queries import changes_of
from coalition.notices.receipts import News, Notice, last_told
from coalition.notices.schedule import Planned
from coalition.notices.settling import coming_meetings, news_of

LOOK_AHEAD = timedelta(days=400)
# What can be shown of any meeting; other kinds say what is different from before.
SHOWN_KINDS = (
    NoticeKind.AGENDA,
    NoticeKind.REMINDER,
    NoticeKind.DEADLINE,
    NoticeKind.CANCELLED,
)


@dataclass(frozen=True)
class Reminder:
    """A planned reminder, and the notice once it was begun."""

    planned: Planned
    notice: Notice | None

    @property
    def is_to_come(self) -> bool:
        """Whether it may still be sent."""
        return self.notice is None and now() < self.planned.too_late_at


@dataclass(frozen=True)
class Outlook:
    """A coming meeting: who is told, and when."""

    meeting: Meeting
    facts: Facts
    area: Area
    people: int
    reminders: Sequence[Reminder]


@dataclass(frozen=True)
class Waiting:
    """A change that waits to settle, and what people would be told of it now."""

    change: UnsettledChange
    news: News


def outlooks(clock: MeetingClock, campaign: Campaign, told: Sequence[Notice]) -> list[Outlook]:
    """Return the coming meetings of a campaign with what is planned of each."""
    begun = {(each.meeting_id, each.kind, each.key): each for each in told}
    return [
        Outlook(
            meeting,
            Facts.of(meeting, campaign.id),
            audience.place_of(meeting, campaign),
            audience.count(meeting, campaign),
            [
                Reminder(each, begun.get((meeting.id, each.kind, each.key)))
                for each in clock.plan(meeting)
            ],
        )
        for meeting in coming_meetings(campaign.id, LOOK_AHEAD)
    ]


def waiting(campaign: Campaign) -> list[Waiting]:
    """Return the changes that wait and that people would be told of now."""
    found = [(each, news_of(each)) for each in changes_of(campaign.id)]
    return [Waiting(change, news) for change, news in found if news is not None]


def mail(
    coalition: Coalition, campaign: Campaign, meeting: Meeting, kind: NoticeKind, language: str
) -> mails.Text:
    """Return a mail about a meeting as people would get it now."""
    before = last_told(campaign.id, meeting.id)
    news = News(kind=kind, campaign=campaign, meeting=meeting, before=before)
    return _whole(coalition, news, language)


def mail_of_change(
    coalition: Coalition, change: UnsettledChange, language: str
) -> mails.Text | None:
    """Return the mail that a waiting change would send now; `None` if it would send none."""
    news = news_of(change)
    return _whole(coalition, news, language) if news else None


def _whole(coalition: Coalition, news: News, language: str) -> mails.Text:
    text = mails.compose(coalition, news, language)
    own = gettext("(each person's own address)")
    return mails.with_own_links(coalition, text, calendar_page=own, stop_page=own)
