"""Noticing that a server refuses everything, before a whole audience is written off.

Whoever is refused for what we are, and not for their own mailbox, is tried once more after a
while. If meanwhile others are refused in the same way and nobody is taken, the mailing is held.
The recipients' rows tell that: a mailing that has to keep a pace sends one message at a time.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select

from coalition.sdk import session
from coalition_email_outreach.faults import Fault, fault_of
from coalition_email_outreach.journal import Outcome, Verdict
from coalition_email_outreach.recipients import Recipient, RecipientState

IN_A_ROW = 5
FEWEST = 2  # of a small mailing; one alone may be about its text
AGAIN_AFTER = timedelta(minutes=15)  # the one more try; tells also when they were refused


def is_ours(reason: str | None) -> bool:
    """Return whether this is the code of a refusal for what we are."""
    return bool(reason) and str(reason).startswith("5") and fault_of(str(reason)) == Fault.OURS


class InARow:
    """How many at the end of a batch were refused for what we are, with none taken since."""

    def __init__(self) -> None:
        self.count = 0

    def note(self, outcome: Outcome) -> None:
        """Take up what came of a letter."""
        if outcome.verdict == Verdict.SENT:
            self.count = 0
        elif outcome.verdict == Verdict.BOUNCED and is_ours(outcome.reason):
            self.count += 1

    @property
    def is_long(self) -> bool:
        """Whether there is no sense in going on with the batch."""
        return self.count >= IN_A_ROW


def of_everything(mailing_id: UUID) -> str:
    """Return the code with which the server refuses whatever a mailing sends, "" if it does not."""
    theirs = Recipient.mailing_id == mailing_id
    waits = (theirs, Recipient.state == RecipientState.QUEUED)
    newest = session.execute(
        select(Recipient.due_at, Recipient.reason)
        .where(*waits, Recipient.attempts > 0, Recipient.reason.startswith("5"))
        .order_by(Recipient.due_at.desc())
        .limit(IN_A_ROW)
    ).all()
    refused = [row for row in newest if is_ours(row.reason)]
    if len(refused) < FEWEST:
        return ""
    since = min(row.due_at for row in refused) - AGAIN_AFTER
    goes_on = Recipient.sent_at > since
    if len(refused) < IN_A_ROW:  # of a small mailing all have to be refused
        untried = or_(Recipient.reason.is_(None), ~Recipient.reason.startswith("5"))
        goes_on |= (Recipient.state == RecipientState.QUEUED) & untried
        goes_on |= Recipient.sent_at.is_not(None)
    if session.scalar(select(exists().where(theirs, goes_on))):
        return ""
    return str(refused[0].reason)
