"""Reads about mailings: lists, progress, results, examples for the page where one writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import func, select, text

from coalition.sdk import (
    Coalition,
    Letter,
    Mailbox,
    Person,
    purpose_called,
    segment_by_id,
    service_mail_called,
    session,
)
from coalition_email_outreach import merging, triggers
from coalition_email_outreach.audience import audience, boxes
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.merging import Field
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.signatories import is_final_copy

LISTED = 100
EXAMPLES = 5  # people with whom a text is tried
LETTERS_OFFERED = 200

# What people did after they were written to. A person who ended the mail is counted once,
# however they did it.
_DEEDS = text("""
    SELECT
        count(*) FILTER (WHERE r.replied_at IS NOT NULL) AS replied,
        count(*) FILTER (WHERE r.auto_replied_at IS NOT NULL) AS auto_replied,
        count(*) FILTER (WHERE EXISTS (
            SELECT FROM consents c WHERE c.person_id = r.person_id AND NOT c.given
                AND c.purpose = :purpose AND c.recorded_at >= r.sent_at)) AS unsubscribed,
        count(*) FILTER (WHERE EXISTS (
            SELECT FROM signatures s WHERE s.person_id = r.person_id
                AND (s.letter_id = :letter OR cast(:letter AS uuid) IS NULL)
                AND s.created_at >= r.sent_at)) AS signed,
        count(*) FILTER (WHERE EXISTS (
            SELECT FROM signatures s WHERE s.person_id = r.person_id
                AND (s.letter_id = :letter OR cast(:letter AS uuid) IS NULL)
                AND s.created_at >= r.sent_at AND s.state IN ('confirmed', 'approved')))
            AS confirmed,
        count(*) FILTER (WHERE EXISTS (
            SELECT FROM participations p LEFT JOIN actions a ON a.id = p.action_id
            WHERE p.person_id = r.person_id AND p.state IN ('reported', 'confirmed')
                AND (p.check_in_id IS NOT NULL OR p.action_id IS NULL OR a.kind = 'attend')
                AND coalesce(p.done_at, p.created_at) >= r.sent_at
                AND (cast(:meeting AS boolean) IS NOT TRUE
                    OR r.occasion_id IN (p.meeting_id, a.meeting_id)))) AS attended
    FROM email_outreach_recipients r
    WHERE r.mailing_id = :mailing AND r.sent_at IS NOT NULL""")


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


@dataclass(frozen=True)
class Gap:
    """A merge field that is empty for some, and what they read instead."""

    field: Field
    missing: int


def mailings() -> Sequence[Mailing]:
    """Return the newest mailings and series."""
    newest = select(Mailing).order_by(Mailing.id.desc()).limit(LISTED)
    return session.scalars(newest).all()


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
        "meeting": mailing.trigger
        == triggers.MEETING,  # then coming to that one is what counts
    }
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


def examples(mailing: Mailing, seed: int = 0) -> list[Mailbox]:
    """Return some who would get the mailing, to try the text with; other ones for each seed.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    people = audience(mailing).order_by(Person.id.desc())
    ids = list(session.scalars(people.offset(seed * EXAMPLES).limit(EXAMPLES)))
    return sorted(boxes(mailing, ids), key=lambda box: str(box.person_id))


def gaps(mailing: Mailing, fields: Sequence[Field]) -> list[Gap]:
    """Return for how many of the audience each personal field is empty.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    columns = {
        "given_name": Person.given_name,
        "family_name": Person.family_name,
        "city": func.coalesce(Person.city, ""),
    }
    asked = [each for each in fields if each.name in columns or _is_custom(each)]
    if not asked:
        return []
    counts = [
        func.count().filter(
            (columns[each.name] == "")
            if each.name in columns
            else Person.custom_fields[each.name.removeprefix(merging.CUSTOM)].is_(None)
        )
        for each in asked
    ]
    found = session.execute(audience(mailing).with_only_columns(*counts)).one()
    return [Gap(each, n) for each, n in zip(asked, found, strict=True) if n]


def letters() -> list[Letter]:
    """Return the letters that a mailing can be about, the newest first."""
    newest = select(Letter).order_by(Letter.id.desc()).limit(LETTERS_OFFERED)
    return list(session.scalars(newest))


@dataclass(frozen=True)
class InWords:
    """What a mailing is, in the words of its page."""

    purpose: str
    audience: str
    letter: str
    trigger: str
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
        is_final_copy=is_final_copy(mailing),
    )


def is_under_way(mailing: Mailing) -> bool:
    """Return whether its recipients are written down."""
    return mailing.status not in (MailingStatus.DRAFT, MailingStatus.SCHEDULED)


def coalition_of(mailing: Mailing) -> Coalition:
    """Return the coalition that writes."""
    return session.get_one(Coalition, mailing.coalition_id)


def _is_custom(each: Field) -> bool:
    return each.name.startswith(merging.CUSTOM)
