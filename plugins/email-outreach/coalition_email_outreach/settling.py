"""Writing down what came of a batch: the same for a worker that lives and one that was killed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import uniform
from uuid import UUID

from sqlalchemy import select, text

from coalition.sdk import Person, note_bounce, now, session, transaction
from coalition_email_outreach import journal
from coalition_email_outreach.bells import ring
from coalition_email_outreach.faults import Fault, fault_of
from coalition_email_outreach.journal import Claimed, Outcome, Verdict
from coalition_email_outreach.models import InDoubt, Mailing
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.refusals import AGAIN_AFTER, is_ours

# How long a message that a server defers waits before each further try, whatever the code; after
# the last it is given up, two days after the first. Mail servers try for four or five (RFC 5321,
# 4.5.4.1), because somebody waits for that one letter; a call to Thursday's meeting is worth
# nothing on Saturday. Two days outlast a server that is down from Friday night to Sunday. Who
# greylists takes the second or third.
RETRY_AFTER_S = tuple(int(hours * 3600) for hours in (1 / 12, 1 / 3, 1, 2, 4, 8, 16, 16))
MAX_ATTEMPTS = len(RETRY_AFTER_S) + 1
MAX_RESENT = 3  # a message in doubt is sent again so often at most, then a person decides
LOST_AFTER_S = 3600  # a claim whose machine is gone with its journal

# The claim's id is the fence: who was thought dead and comes back finds it gone.
_SETTLE = text("""
    UPDATE email_outreach_recipients r SET
        state = CASE WHEN told.state = 'queued' AND m.status = 'stopped' THEN 'stopped'
            ELSE told.state END,
        reason = nullif(told.reason, ''),
        attempts = r.attempts + told.attempts,
        due_at = coalesce(told.due_at, r.due_at),
        sent_at = CASE WHEN told.state = 'sent' THEN cast(:now AS timestamptz) END,
        claim_id = NULL, lease_until = NULL
    FROM unnest(cast(:ids AS uuid[]), cast(:states AS text[]), cast(:reasons AS text[]),
            cast(:attempts AS integer[]), cast(:dues AS timestamptz[]))
        AS told (id, state, reason, attempts, due_at),
        email_outreach_mailings m
    WHERE r.id = told.id AND r.claim_id = :claim AND r.state = 'sending'
        AND m.id = r.mailing_id""")

_RETURN_REST = text("""
    UPDATE email_outreach_recipients r SET
        state = CASE m.status WHEN 'stopped' THEN 'stopped' ELSE 'queued' END,
        claim_id = NULL, lease_until = NULL
    FROM email_outreach_mailings m
    WHERE r.claim_id = :claim AND r.state = 'sending' AND m.id = r.mailing_id""")

_LOSE = text("""
    UPDATE email_outreach_recipients SET
        state = 'uncertain', reason = 'the worker''s machine is gone', claim_id = NULL,
        lease_until = NULL
    WHERE mailing_id = :mailing AND state = 'sending'
        AND lease_until < cast(:now AS timestamptz) - make_interval(secs => :after)""")


def settle(claimed: Claimed) -> None:
    """Write down a batch in one transaction; what was not tried is queued again. Idempotent."""
    with transaction(claimed.coalition_id):
        outcomes = claimed.settled_outcomes()
        mailing = session.get(Mailing, claimed.mailing_id)
        if mailing is not None:
            _store(claimed, outcomes, mailing)
        ring(claimed.mailing_id, claimed.coalition_id)


def recover() -> int:
    """Settle the batches of processes that are gone; return how many there were."""
    with journal.left_behind() as batches:
        for claimed in batches:
            settle(claimed)
    return len(batches)


def give_up_lost(mailing_id: UUID) -> None:
    """Mark what a machine had under way that never came back with its journal."""
    session.execute(_LOSE, {"mailing": mailing_id, "now": now(), "after": LOST_AFTER_S})


def _store(claimed: Claimed, outcomes: Mapping[UUID, Outcome], mailing: Mailing) -> None:
    known = _known(claimed.claim_id)
    outcomes = {each: outcome for each, outcome in outcomes.items() if each in known}
    rows = [_row(outcome, known[each], mailing) for each, outcome in outcomes.items()]
    if rows:
        states, reasons, attempts, dues = zip(*rows, strict=True)
        values = {
            "claim": claimed.claim_id,
            "now": now(),
            "ids": list(outcomes),
            "states": [str(state) for state in states],
            "reasons": list(reasons),
            "attempts": list(attempts),
            "dues": list(dues),
        }
        session.execute(_SETTLE, values)
    session.execute(_RETURN_REST, {"claim": claimed.claim_id})
    final = {
        each: outcome
        for (each, outcome), row in zip(outcomes.items(), rows, strict=True)
        if row[0] == RecipientState.BOUNCED
    }
    _note_bounces(claimed.coalition_id, final)


def _row(
    outcome: Outcome, before: tuple[int, str | None], mailing: Mailing
) -> tuple[RecipientState, str, int, datetime | None]:
    """Return the new state, its reason, the attempts to add, and when it is due again.

    Args:
        before: how often it was tried before, and what was noted then.
    """
    attempts, noted = before
    match outcome.verdict:
        case Verdict.SENT:
            return RecipientState.SENT, "", 1, None
        case Verdict.BOUNCED if is_ours(outcome.reason) and not is_ours(noted):
            return RecipientState.QUEUED, outcome.reason, 1, now() + AGAIN_AFTER
        case Verdict.BOUNCED:
            return RecipientState.BOUNCED, outcome.reason, 1, None
        case Verdict.REFUSED:
            return RecipientState.REFUSED, outcome.reason, 0, None
        case Verdict.LATER:
            due = now() + timedelta(seconds=outcome.wait_s)
            return RecipientState.QUEUED, outcome.reason, 0, due
        case Verdict.DEFERRED if attempts + 1 < MAX_ATTEMPTS:
            wait_s = RETRY_AFTER_S[attempts] * uniform(0.7, 1.3)  # noqa: S311
            due = now() + timedelta(seconds=wait_s)
            return RecipientState.QUEUED, outcome.reason, 1, due
        case Verdict.DEFERRED:
            return RecipientState.BOUNCED, outcome.reason, 1, None
        case Verdict.UNCERTAIN:
            again = mailing.in_doubt == InDoubt.RESEND and attempts < MAX_RESENT
            state = RecipientState.QUEUED if again else RecipientState.UNCERTAIN
            return state, outcome.reason, 1, None


def _note_bounces(coalition_id: UUID, final: Mapping[UUID, Outcome]) -> None:
    """Tell the core, which stops the mail to an address for all purposes."""
    for each, address in addresses_of(final).items():
        fault = fault_of(final[each].reason)
        if fault != Fault.OURS:
            is_refused = final[each].verdict == Verdict.BOUNCED
            permanent = is_refused and fault == Fault.GONE
            note_bounce(coalition_id, address, permanent=permanent)


def addresses_of(recipient_ids: Mapping[UUID, object]) -> dict[UUID, str]:
    """Return where recipients get their mail, by recipient; who is erased is left out."""
    if not recipient_ids:
        return {}
    found = session.execute(
        select(Recipient.id, Person)
        .join(Person, Person.id == Recipient.person_id)
        .where(Recipient.id.in_(recipient_ids))
    )
    return {each: person.email for each, person in found if person.email is not None}


def _known(claim_id: UUID) -> dict[UUID, tuple[int, str | None]]:
    rows = session.execute(
        select(Recipient.id, Recipient.attempts, Recipient.reason).filter_by(claim_id=claim_id)
    )
    return {row.id: (row.attempts, row.reason) for row in rows}
