"""What a series can begin with. Other features add theirs with `register`.

There are two kinds. After something happened to people, a fact of the core names them; the
plugin hears it and calls `enroll_people`, which leaves out who is not in the series' segment.
Before or after some moment, `occasions` tells which moments have come; the people are those of
the series' audience then.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import force_locale, gettext, pgettext
from sqlalchemy import select

from coalition.sdk import (
    N_,
    AgendaItem,
    Coalition,
    ItemStatus,
    Letter,
    LetterState,
    Meeting,
    MeetingStatus,
    Motion,
    MotionResult,
    Precision,
    absolute_url,
    meeting_when,
    now,
    session,
)
from coalition_email_outreach import merging
from coalition_email_outreach.models import Mailing

SIGNED, CLOSING, MEETING, VOTE = "signed", "closing", "meeting", "vote"
VOTE_IS_NEWS = timedelta(days=30)  # clerks take their time; older ones are noted as history
NEVER_LATER_THAN = timedelta(days=2)  # a moment that was missed by more is let pass


@dataclass(frozen=True)
class Occasion:
    """Something that a message of a series is about: a letter, a meeting."""

    id: UUID
    at: datetime


@dataclass(frozen=True)
class Trigger:
    """How a series begins.

    `is_before`: the hours of the series are counted back from the moment. `occasions` returns
    those of a series, without what was called off; `None` if it begins with facts. `values` returns
    the merge fields that an occasion brings, in a language, and the addresses among them, or none
    for what is gone; `fields` names them. `narrowed_by` names what a coordinator may choose, so
    that it is not about all of them: "letter", "campaign", "body". `example` returns, where there
    are no `occasions`, one with which a series can be shown.
    """

    name: str
    label: str
    is_before: bool
    fields: Mapping[str, str]
    values: Callable[[UUID, str, str], tuple[dict[str, str], dict[str, str]]]
    occasions: Callable[[Mailing], Iterable[Occasion]] | None = None
    narrowed_by: Sequence[str] = ()
    example: Callable[[Mailing], UUID | None] | None = None

    def to_show(self, mailing: Mailing) -> UUID | None:
        """Return what a series would write about next, else the last; `None` if nothing is known."""
        if self.occasions is None:
            return self.example(mailing) if self.example else None
        known = sorted(
            self.occasions(mailing), key=lambda each: (each.at < now(), abs(each.at - now()))
        )
        return known[0].id if known else None

    def due(self, mailing: Mailing) -> list[Occasion]:
        """Return the occasions whose time has come for a series."""
        delay = timedelta(hours=mailing.delay_hours)
        return [
            each
            for each in (self.occasions(mailing) if self.occasions else ())
            if _is_now(each.at - delay if self.is_before else each.at + delay)
            and (now() < each.at or not self.is_before)
        ]

    def holding(self, mailing: Mailing, occasion_ids: Collection[UUID]) -> set[UUID]:
        """Return about which of some occasions a series may still write.

        Not about what is gone; before a moment, not once it was called off or has come, and not
        yet if it was put off.
        """
        if not self.is_before or self.occasions is None:
            slug = session.get_one(Coalition, mailing.coalition_id).slug
            return {
                each for each in occasion_ids if self.values(each, slug, mailing.language)[0]
            }
        delay = timedelta(hours=mailing.delay_hours)
        return {
            each.id
            for each in self.occasions(mailing)
            if each.id in occasion_ids and each.at - delay <= now() < each.at
        }


_known: dict[str, Trigger] = {}


def register(trigger: Trigger) -> Trigger:
    """Offer a trigger to coordinators; called at start-up."""
    _known[trigger.name] = trigger
    return trigger


def known() -> list[Trigger]:
    """Return all triggers, in the order in which they were offered."""
    return list(_known.values())


def trigger_called(name: str | None) -> Trigger | None:
    """Return the trigger, or `None` if the feature that brought it is gone."""
    return _known.get(name or "")


def letter_values(
    letter_id: UUID, coalition_slug: str, language: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a text can say about a letter, and its address."""
    letter = session.get(Letter, letter_id)
    if letter is None:
        return {}, {}
    values = {
        "letter_title": letter.text_in(language).title if letter.texts else letter.slug,
        "closes_on": "",
    }
    if letter.closes_at is not None:
        local = letter.closes_at.astimezone(ZoneInfo(letter.time_zone))
        values["closes_on"] = format_date(local, format="long", locale=language)
    url = absolute_url("letters.show", coalition=coalition_slug, letter=letter.slug)
    return values, {"letter_url": url}


def _closing(mailing: Mailing) -> Iterable[Occasion]:
    wanted = select(Letter.id, Letter.closes_at).where(
        Letter.state == LetterState.OPEN, Letter.closes_at.is_not(None)
    )
    if mailing.letter_id is not None:
        wanted = wanted.where(Letter.id == mailing.letter_id)
    return [Occasion(row.id, row.closes_at) for row in session.execute(wanted)]


def _is_now(at: datetime) -> bool:
    return now() - NEVER_LATER_THAN < at <= now()


def _meetings(mailing: Mailing) -> Iterable[Occasion]:
    expected = (MeetingStatus.TENTATIVE, MeetingStatus.CONFIRMED)
    wanted = select(Meeting.id, Meeting.starts_at).where(
        Meeting.status.in_(expected), Meeting.precision != Precision.MONTH
    )
    if mailing.body_id is not None:
        wanted = wanted.where(Meeting.body_id == mailing.body_id)
    if mailing.campaign_id is not None:
        on_agenda = select(AgendaItem.meeting_id).where(
            AgendaItem.campaign_id == mailing.campaign_id,
            AgendaItem.status != ItemStatus.WITHDRAWN,
        )
        wanted = wanted.where(Meeting.id.in_(on_agenda))
    return [Occasion(row.id, row.starts_at) for row in session.execute(wanted)]


def meeting_values(
    meeting_id: UUID, _coalition_slug: str, language: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a text can say about a meeting."""
    meeting = session.get(Meeting, meeting_id)
    if meeting is None:
        return {}, {}
    with force_locale(language):
        when = meeting_when(meeting)
    return {
        "meeting_title": meeting.title or meeting.body.name,
        "meeting_at": when,
        "meeting_place": meeting.place,
    }, {}


def _signed_letter(mailing: Mailing) -> UUID | None:
    newest = select(Letter.id).order_by(Letter.state != LetterState.OPEN, Letter.id.desc())
    return mailing.letter_id or session.scalar(newest.limit(1))


def _last_vote(mailing: Mailing) -> UUID | None:
    newest = (
        select(Motion.id)
        .join(AgendaItem, AgendaItem.id == Motion.agenda_item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .order_by(Motion.result.is_(None), Meeting.starts_at.desc(), Motion.id.desc())
    )
    if mailing.campaign_id is not None:
        newest = newest.where(AgendaItem.campaign_id == mailing.campaign_id)
    if mailing.body_id is not None:
        newest = newest.where(Meeting.body_id == mailing.body_id)
    return session.scalar(newest.limit(1))


def is_about_vote(mailing: Mailing, item_id: UUID) -> bool:
    """Return whether a series is about a vote on an agenda item; what is long past is no news."""
    item = session.get(AgendaItem, item_id)
    return (
        item is not None
        and item.meeting.starts_at > now() - VOTE_IS_NEWS
        and mailing.campaign_id in (None, item.campaign_id)
        and mailing.body_id in (None, item.meeting.body_id)
    )


def vote_values(
    motion_id: UUID, coalition_slug: str, language: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a text can say about a vote."""
    motion = session.get(Motion, motion_id)
    if motion is None:
        return {}, {}
    values, urls = meeting_values(motion.item.meeting_id, coalition_slug, language)
    with force_locale(language):
        result = {
            MotionResult.PASSED: gettext("passed"),
            MotionResult.FAILED: pgettext("a motion", "failed"),
        }.get(motion.result or MotionResult.NO_VOTE, gettext("no vote"))
    return {**values, "item_subject": motion.item.subject, "vote_result": result}, urls


register(
    Trigger(
        SIGNED,
        N_("After somebody signed"),
        is_before=False,
        fields=merging.LETTER,
        values=letter_values,
        narrowed_by=("letter",),
        example=_signed_letter,
    )
)
register(
    Trigger(
        CLOSING,
        N_("Before a letter closes"),
        is_before=True,
        fields=merging.LETTER,
        values=letter_values,
        occasions=_closing,
        narrowed_by=("letter",),
    )
)
register(
    Trigger(
        MEETING,
        N_("Before a meeting"),
        is_before=True,
        fields=merging.MEETING,
        values=meeting_values,
        occasions=_meetings,
        narrowed_by=("campaign", "body"),
    )
)
register(
    Trigger(
        VOTE,
        N_("After a vote"),
        is_before=False,
        fields=merging.VOTE,
        values=vote_values,
        narrowed_by=("campaign", "body"),
        example=_last_vote,
    )
)
