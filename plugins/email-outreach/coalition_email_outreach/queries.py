"""Reads about mailings: lists, progress, results, what they are in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import func, select, text

from coalition.sdk import (
    Campaign,
    Coalition,
    DecisionBody,
    Letter,
    Meeting,
    expect_many,
    purpose_called,
    segment_by_id,
    service_mail_called,
    session,
)
from coalition_email_outreach import triggers
from coalition_email_outreach.admitting import OF_DOMAIN
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.quiet import QUIET
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.signatories import is_final_copy

LISTED = 100
LETTERS_OFFERED = 200
DELAYS_LOOKED_AT = 1_000

# What people did after they were written to. A person who ended the mail is counted once,
# however they did it. Each is found from what happened since the mailing began, which is little
# beside a million recipients: nobody is looked for one by one.
_DEEDS = text("""
    WITH signed AS (
        SELECT r.id, bool_or(s.state IN ('confirmed', 'approved')) AS counts
        FROM signatures s JOIN email_outreach_recipients r ON r.person_id = s.person_id
        WHERE r.mailing_id = :mailing AND s.created_at >= r.sent_at AND s.created_at >= :since
            AND (s.letter_id = :letter OR cast(:letter AS uuid) IS NULL)
        GROUP BY r.id)
    SELECT answered.replied, answered.auto_replied,
        (SELECT count(DISTINCT r.id)
            FROM consents c JOIN email_outreach_recipients r ON r.person_id = c.person_id
            WHERE r.mailing_id = :mailing AND NOT c.given AND c.purpose = :purpose
                AND c.recorded_at >= r.sent_at AND c.recorded_at >= :since) AS unsubscribed,
        (SELECT count(*) FROM signed) AS signed,
        (SELECT count(*) FROM signed WHERE counts) AS confirmed,
        (SELECT count(DISTINCT r.id)
            FROM participations p JOIN email_outreach_recipients r ON r.person_id = p.person_id
            LEFT JOIN actions a ON a.id = p.action_id
            WHERE r.mailing_id = :mailing AND p.state IN ('reported', 'confirmed')
                AND (p.check_in_id IS NOT NULL OR p.action_id IS NULL OR a.kind = 'attend')
                AND coalesce(p.done_at, p.created_at) >= r.sent_at
                AND coalesce(p.done_at, p.created_at) >= :since
                AND (cast(:meeting AS boolean) IS NOT TRUE
                    OR r.occasion_id IN (p.meeting_id, a.meeting_id))) AS attended
    FROM (SELECT count(replied_at) AS replied, count(auto_replied_at) AS auto_replied
        FROM email_outreach_recipients
        WHERE mailing_id = :mailing AND sent_at IS NOT NULL) AS answered""")


@dataclass(frozen=True)
class Row:
    """A mailing in the list, with how many get it and how much of that is done."""

    mailing: Mailing
    total: int
    done_percent: int


@dataclass(frozen=True)
class Progress:
    """How many recipients stand where."""

    counts: dict[RecipientState, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Those whose turn comes."""
        return self.of(RecipientState.QUEUED) + self.of(RecipientState.SENDING)

    @property
    def accepted(self) -> int:
        """Those whose message the mail server took, whatever came back later."""
        taken = (RecipientState.SENT, RecipientState.DELIVERED, RecipientState.COMPLAINED)
        return sum(map(self.of, taken))

    @property
    def done_percent(self) -> int:
        """How much is done."""
        return 100 * (self.total - self.waiting) // self.total if self.total else 0

    def of(self, state: RecipientState) -> int:
        """Return how many are in one state."""
        return self.counts.get(state, 0)


@dataclass(frozen=True)
class Deeds:
    """What recipients did after they were written to."""

    replied: int
    auto_replied: int
    unsubscribed: int
    signed: int
    confirmed: int
    attended: int


def mailings() -> Sequence[Mailing]:
    """Return the newest mailings and series."""
    newest = select(Mailing).order_by(Mailing.id.desc()).limit(LISTED)
    return session.scalars(newest).all()


def listed() -> list[Row]:
    """Return the newest mailings and series. Only of those under way the recipients are counted."""
    rows = []
    for each in mailings():
        if each.is_series or each.status in (MailingStatus.SENDING, MailingStatus.PAUSED):
            counted = progress(each.id)
            rows.append(Row(each, counted.total, counted.done_percent))
        else:
            rows.append(Row(each, each.people, 100))
    return rows


def progress(mailing_id: UUID) -> Progress:
    """Return where a mailing's recipients stand."""
    rows = session.execute(
        select(Recipient.state, func.count())
        .where(Recipient.mailing_id == mailing_id)
        .group_by(Recipient.state)
    )
    return Progress({row.state: row[1] for row in rows})


def deeds(mailing: Mailing) -> Deeds:
    """Return what the recipients of a mailing did since; only what the coalition knows anyway."""
    asked = {
        "mailing": mailing.id,
        "purpose": mailing.purpose,
        "letter": mailing.letter_id,
        "since": mailing.started_at,
        "meeting": mailing.trigger
        == triggers.MEETING,  # then coming to that one is what counts
    }
    expect_many()
    row = session.execute(_DEEDS, asked).one()
    return Deeds(*row)


def reasons(mailing_id: UUID, state: RecipientState) -> list[tuple[str, int]]:
    """Return why recipients are in a state, the most frequent reason first."""
    count = func.count()
    rows = session.execute(
        select(Recipient.reason, count)
        .where(Recipient.mailing_id == mailing_id, Recipient.state == state)
        .group_by(Recipient.reason)
        .order_by(count.desc())
        .limit(20)
    )
    return [(row[0] or "", row[1]) for row in rows]


def delay_reasons(mailing_id: UUID) -> list[tuple[str, int]]:
    """Return why messages are to be tried again, of those whose turn comes last.

    Those who wait for quiet hours or for their domain's limit were not tried; see `waiting`.
    """
    last = (
        select(Recipient.reason)
        .where(
            Recipient.mailing_id == mailing_id,
            Recipient.state == RecipientState.QUEUED,
            Recipient.due_at.is_not(None),
            Recipient.attempts > 0,
            Recipient.reason != "",
            Recipient.reason != OF_DOMAIN,
            ~Recipient.reason.startswith(QUIET),
        )
        .order_by(Recipient.due_at.desc())
        .limit(DELAYS_LOOKED_AT)
        .subquery()
    )
    rows = session.execute(
        select(last.c.reason, func.count())
        .group_by(last.c.reason)
        .order_by(func.count().desc())
    )
    return [(row[0], row[1]) for row in rows]


def letters() -> list[Letter]:
    """Return the letters that a mailing can be about, the newest first."""
    newest = select(Letter).order_by(Letter.id.desc()).limit(LETTERS_OFFERED)
    return list(session.scalars(newest))


def campaigns() -> list[Campaign]:
    """Return the campaigns that a series can be about, the newest first."""
    newest = select(Campaign).order_by(Campaign.id.desc()).limit(LETTERS_OFFERED)
    return list(session.scalars(newest))


def bodies() -> list[DecisionBody]:
    """Return the public bodies whose meetings the coalition follows, by name."""
    followed = select(Meeting.body_id)
    named = select(DecisionBody).where(DecisionBody.id.in_(followed))
    return list(session.scalars(named.order_by(DecisionBody.name)))


@dataclass(frozen=True)
class InWords:
    """What a mailing is, in the words of its page."""

    purpose: str
    audience: str
    letter: str
    trigger: str
    campaign: str
    body: str
    is_final_copy: bool


def in_words(mailing: Mailing) -> InWords:
    """Say whom a mailing is for and what about, in the page's language."""
    purpose = purpose_called(mailing.purpose) or service_mail_called(mailing.purpose)
    segment = segment_by_id(mailing.segment_id) if mailing.segment_id else None
    letter = session.get(Letter, mailing.letter_id) if mailing.letter_id else None
    trigger = triggers.trigger_called(mailing.trigger)
    whom = gettext("Everybody who agreed to it")
    if mailing.segment_id is not None:
        whom = segment.name if segment else gettext("a segment that was removed")
    if is_final_copy(mailing):
        whom = gettext("Everybody who signed the letter and did not end all mail")
    return InWords(
        purpose=gettext(purpose.label) if purpose else gettext("a purpose that is gone"),
        audience=whom,
        letter=letter.title if letter else "",
        trigger=gettext(trigger.label) if trigger else "",
        campaign=_title(Campaign, mailing.campaign_id, "title"),
        body=_title(DecisionBody, mailing.body_id, "name"),
        is_final_copy=is_final_copy(mailing),
    )


def _title(kind: type[Campaign | DecisionBody], row_id: UUID | None, name: str) -> str:
    if row_id is None:
        return ""
    found = session.get(kind, row_id)
    return str(getattr(found, name)) if found else gettext("something that was removed")


def is_under_way(mailing: Mailing) -> bool:
    """Return whether its recipients are written down."""
    return mailing.status not in (MailingStatus.DRAFT, MailingStatus.SCHEDULED)


def coalition_of(mailing: Mailing) -> Coalition:
    """Return the coalition that writes."""
    return session.get_one(Coalition, mailing.coalition_id)
