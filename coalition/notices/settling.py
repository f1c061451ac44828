"""What becomes of changes once they rest, and which reminders are due."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from coalition import db, jobs
from coalition.clock import now
from coalition.decisions.meetings import AgendaItem, Meeting, MeetingStatus, Precision
from coalition.notices.facts import Facts, NoticeKind, Standing, items_of, notice_for
from coalition.notices.models import MeetingClock, UnsettledChange, is_over
from coalition.notices.receipts import News, Notice, NoticeState, last_told
from coalition.notices.schedule import MEETING_LEADS, Planned
from coalition.notices.telling import tell

NEWS_FOR = timedelta(
    days=3
)  # after a meeting people still want to know that an item was put off
_LOOK_AHEAD = timedelta(minutes=max(MEETING_LEADS)) + timedelta(days=2)


def settle(change: UnsettledChange) -> Notice | None:
    """Tell people what is different from what they were told, as it stands now; mostly nothing."""
    news = news_of(change)
    db.session.delete(change)
    return _tell(Notice.begin(news, str(change.id))) if news else None


def keep_quiet(change: UnsettledChange) -> None:
    """Tell nobody of a change; later ones are compared with how it stands now."""
    news = news_of(change)
    db.session.delete(change)
    if news is not None:
        Notice.begin(news, str(change.id)).end(NoticeState.STOPPED)


def news_of(change: UnsettledChange) -> News | None:
    """Return what people would be told of a change now; `None` for nothing."""
    meeting, campaign = change.meeting, change.campaign
    if not MeetingClock.of(campaign).runs:
        return None
    before = last_told(campaign.id, meeting.id)
    kind = notice_for(before, Facts.of(meeting, campaign.id))
    if kind is None or _is_stale(kind, meeting):
        return None
    about, previous = meeting, None
    if kind == NoticeKind.CONTINUED:
        about, previous = _continued_to(meeting, campaign.id) or meeting, meeting
    return News(
        kind=kind, campaign=campaign, meeting=about, previous_meeting=previous, before=before
    )


def remind(clock: MeetingClock) -> list[Notice]:
    """Begin the reminders of a campaign that are due and not sent."""
    if not clock.runs:
        return []
    made = []
    for meeting in coming_meetings(clock.campaign_id):
        planned = _due(clock, meeting)
        if planned is not None:
            news = News(kind=planned.kind, campaign=clock.campaign, meeting=meeting)
            made.append(_tell(Notice.begin(news, planned.key, lead_min=planned.lead_min)))
    return made


def coming_meetings(campaign_id: UUID, within: timedelta = _LOOK_AHEAD) -> Sequence[Meeting]:
    """Return the meetings that have a campaign's item still to be heard and take place soon."""
    items = select(AgendaItem.meeting_id).where(AgendaItem.campaign_id == campaign_id)
    chosen = (
        select(Meeting)
        .where(
            Meeting.id.in_(items),
            Meeting.precision != Precision.MONTH,
            Meeting.status.in_((MeetingStatus.TENTATIVE, MeetingStatus.CONFIRMED)),
            Meeting.starts_at.between(now() - timedelta(days=2), now() + within),
        )
        .options(selectinload(Meeting.items))
        .order_by(Meeting.starts_at)
    )
    return [
        meeting
        for meeting in db.session.scalars(chosen)
        if Facts.of(meeting, campaign_id).standing == Standing.ON and not is_over(meeting)
    ]


def _due(clock: MeetingClock, meeting: Meeting) -> Planned | None:
    """Return the reminder to send now: of several the one closest to what it reminds of."""
    due = [each for each in clock.plan(meeting) if each.at <= now() < each.too_late_at]
    if not due or _is_unsettled(clock.campaign_id, meeting.id):
        return None
    planned = min(due, key=lambda each: (each.of - now(), each.lead_min))
    about = select(Notice).filter_by(campaign_id=clock.campaign_id, meeting_id=meeting.id)
    sent = db.session.scalar(
        about.where(Notice.kind == planned.kind, Notice.key == planned.key)
    )
    lately = about.where(
        Notice.created_at > planned.at - planned.quiet, Notice.state != NoticeState.STOPPED
    )
    if sent is not None or db.session.scalar(lately.limit(1)) is not None:
        return None
    return planned


def _tell(notice: Notice) -> Notice:
    jobs.enqueue(tell, notice.coalition_id, notice.id)
    return notice


def _is_stale(kind: NoticeKind, meeting: Meeting) -> bool:
    if kind in (NoticeKind.CONTINUED, NoticeKind.WITHDRAWN):
        return meeting.starts_at < now() - NEWS_FOR
    return is_over(meeting)


def _continued_to(meeting: Meeting, campaign_id: UUID) -> Meeting | None:
    old = [each.id for each in items_of(meeting, campaign_id)]
    later = select(AgendaItem).where(AgendaItem.continued_from_id.in_(old))
    item = db.session.scalar(later.order_by(AgendaItem.created_at.desc()).limit(1))
    return item.meeting if item else None


def _is_unsettled(campaign_id: UUID, meeting_id: UUID) -> bool:
    waiting = select(UnsettledChange.id).filter_by(
        campaign_id=campaign_id, meeting_id=meeting_id
    )
    return db.session.scalar(waiting) is not None
