"""Whom we write to when something happens to a signature: its signatory, nobody else."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from coalition import db, events
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.letters import mails
from coalition.letters.events import (
    SignatureAdded,
    SignatureApproved,
    SignatureConfirmed,
    SignatureEvent,
    SignatureRepeated,
    SignatureWithdrawn,
)
from coalition.letters.models import Letter
from coalition.letters.signatures import Signature, SignatureState

Write: TypeAlias = Callable[[Coalition, Letter, Signature], None]


@events.subscribe(
    "letters.write_to_signatory",
    SignatureAdded,
    SignatureRepeated,
    SignatureConfirmed,
    SignatureApproved,
    SignatureWithdrawn,
)
def write_to_signatory(facts: Sequence[SignatureEvent]) -> None:
    """Queue the mail that a fact calls for, going by how the signature stands now.

    The worker may be late: somebody who has confirmed meanwhile is not asked to any more.
    """
    for fact in facts:
        signature = db.session.get(Signature, fact.signature_id)
        letter = db.session.get(Letter, fact.letter_id)
        coalition = db.session.get(Coalition, fact.coalition_id)
        if signature is None or letter is None or coalition is None or not signature.email:
            continue
        write = _mail_for(fact, signature, letter)
        if write is not None:
            write(coalition, letter, signature)


def _mail_for(fact: SignatureEvent, signature: Signature, letter: Letter) -> Write | None:
    pending = signature.state == SignatureState.PENDING
    match fact:
        case SignatureAdded() | SignatureRepeated() if pending:
            return mails.write_confirmation if letter.accepts_signatures(now()) else None
        case SignatureRepeated() if signature.counts or signature.waits_for_coordinator:
            return mails.write_signed_already
        # An organization known by its mail domain is approved at once: that fact's mail thanks.
        case SignatureConfirmed() if signature.waits_for_coordinator:
            return mails.write_waiting
        case SignatureConfirmed() if signature.counts and signature.kind == "person":
            return mails.write_counts
        case SignatureApproved() if signature.counts:
            return mails.write_counts
        case SignatureWithdrawn() if signature.confirmed_at is not None:
            return mails.write_withdrawn
    return None
