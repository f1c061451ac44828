"""Standing at the mail's door: what must not be sent is refused there."""

from uuid import UUID

from coalition.consents.models import SuppressionReason, suppression_of
from coalition.mail import door

# Answers to what the owner of a mailbox has just done themselves. Who unsubscribed from a
# coalition's news and signs its letter later needs the link to confirm; without it their
# signature would be lost in silence. A mailbox that bounced or complained gets nothing at all.
ANSWERS = frozenset({"confirmation", "signature", "participation"})


def refuse_suppressed(coalition_id: UUID, address: str, purpose: str) -> str | None:
    """Refuse mail to a suppressed address, and say which kind of suppression it is."""
    reason = suppression_of(coalition_id, address)
    if reason is None or (reason == SuppressionReason.UNSUBSCRIBE and purpose in ANSWERS):
        return None
    return f"suppressed: {reason.value}"


door.refuse_when(refuse_suppressed)
