"""The test of two subjects: some get A, some get B, the rest get the better one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, null, text, update

from coalition.sdk import expect_many, now, record_in_audit_log, session
from coalition_email_outreach.errors import TestDecided
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.recipients import Recipient, RecipientState

# What people did after they were written to. Opening and clicking is not watched, so the better
# subject is the one after which more people signed; if the mailing asks for no signature, or
# both did alike, the one after which fewer ended the mail.
#
# Both are found from what happened since the mailing began, as in `queries`.
_RESPONSES = text("""
    WITH signed AS (
        SELECT DISTINCT r.id
        FROM signatures s JOIN email_outreach_recipients r ON r.person_id = s.person_id
        WHERE r.mailing_id = :mailing AND s.letter_id = :letter AND s.created_at >= :since
            AND s.created_at >= r.sent_at AND s.state IN ('confirmed', 'approved')),
    gone AS (
        SELECT DISTINCT r.id
        FROM consents c JOIN email_outreach_recipients r ON r.person_id = c.person_id
        WHERE r.mailing_id = :mailing AND NOT c.given AND c.purpose = :purpose
            AND c.recorded_at >= :since AND c.recorded_at >= r.sent_at)
    SELECT r.subject, count(*) AS sent, count(signed.id) AS signed,
        count(*) FILTER (WHERE r.state = 'complained' OR gone.id IS NOT NULL) AS gone
    FROM email_outreach_recipients r
    LEFT JOIN signed ON signed.id = r.id LEFT JOIN gone ON gone.id = r.id
    WHERE r.mailing_id = :mailing AND r.sent_at IS NOT NULL
    GROUP BY r.subject""")


@dataclass(frozen=True)
class Response:
    """What those did who got one of the subjects."""

    subject: str
    sent: int = 0
    signed: int = 0
    gone: int = 0

    @property
    def rank(self) -> tuple[float, float]:
        """The higher the better."""
        of = max(self.sent, 1)
        return self.signed / of, -self.gone / of


def responses(mailing: Mailing) -> dict[str, Response]:
    """Return what followed each subject."""
    asked = {
        "mailing": mailing.id,
        "letter": mailing.letter_id,
        "purpose": mailing.purpose,
        "since": mailing.started_at,
    }
    expect_many()
    rows = session.execute(_RESPONSES, asked)
    found = {row.subject: Response(row.subject, row.sent, row.signed, row.gone) for row in rows}
    return {each: found.get(each, Response(each)) for each in ("a", "b")}


def drawn(
    mailing: Mailing, language: ColumnElement[str], lot: ColumnElement[float], due: Any
) -> tuple[Any, Any]:
    """Return which subject a recipient of the query gets, and when; the rest waits for the test.

    Who reads a language that has no second subject is no part of it: their subject is "", the
    only one there is, and they wait for nothing.

    Args:
        language: in which the recipient gets it. `lot`: a number by chance.
    """
    if not mailing.tests_subjects:
        return literal("a"), due
    has_two = language.in_([text.language for text in mailing.texts if text.subject_b])
    # Drawn in order, not each by itself: two groups of nine would hardly ever be alike.
    nth = func.row_number().over(partition_by=has_two, order_by=lot)
    half = func.ceil(func.count().over(partition_by=has_two) * mailing.test_percent / 200.0)
    subject = case((~has_two, ""), (nth <= half, "a"), (nth <= 2 * half, "b"), else_="a")
    return subject, case((has_two & (nth > 2 * half), null()), else_=due)


def decides_at(mailing: Mailing) -> datetime:
    """Return when the test ends."""
    assert mailing.started_at is not None
    return mailing.started_at + timedelta(hours=mailing.test_hours)


def decide_if_due(mailing: Mailing) -> None:
    """Choose the better subject when the time has come."""
    waits = mailing.tests_subjects and mailing.winner is None and not mailing.is_series
    if waits and decides_at(mailing) <= now():
        session.refresh(mailing, with_for_update=True)
        if mailing.winner is not None or mailing.status != MailingStatus.SENDING:
            return  # another worker decided, or a coordinator paused it
        found = responses(mailing)
        better = "b" if found["b"].rank > found["a"].rank else "a"
        choose(mailing, better)


def choose(mailing: Mailing, subject: str) -> None:
    """Send the rest with this subject, from now on.

    Raises:
        TestDecided: nobody waits for it any more.
    """
    if mailing.winner is not None or mailing.status not in (
        MailingStatus.SENDING,
        MailingStatus.PAUSED,
    ):
        raise TestDecided
    mailing.winner = subject
    session.execute(
        update(Recipient)
        .where(
            Recipient.mailing_id == mailing.id,
            Recipient.state == RecipientState.QUEUED,
            Recipient.due_at.is_(None),
        )
        .values(subject=subject, due_at=now())
    )
    record_in_audit_log("mailing.subject_chosen", mailing, ["winner"])
