"""Standing at the mail's door: what must not be sent is refused there."""

from uuid import UUID

from coalition import jobs
from coalition.consents.models import SuppressionReason
from coalition.consents.purposes import purpose_called, service_mail_called
from coalition.consents.queries import has_consented
from coalition.consents.suppressing import forget_old_bounces, suppression_of
from coalition.mail import door
from coalition.people.models import person_by_email


def refuse_suppressed(
    coalition_id: UUID, address: str, purpose: str, _organization_id: UUID | None
) -> str | None:
    """Refuse mail to a suppressed address, and say which kind of suppression it is.

    Who unsubscribed from a coalition's news and signs its letter later needs the link to confirm;
    without it their signature would be lost in silence, and who lost the link to their
    preferences could not come back. A mailbox that bounced or complained gets nothing at all.
    """
    reason = suppression_of(coalition_id, address)
    service = service_mail_called(purpose)
    is_awaited = service is not None and service.is_awaited
    if reason is None or (reason == SuppressionReason.UNSUBSCRIBE and is_awaited):
        return None
    return f"suppressed: {reason.value}"


def refuse_without_consent(
    _coalition_id: UUID, address: str, purpose: str, organization_id: UUID | None
) -> str | None:
    """Refuse mail for a purpose to whom did not agree to it, or does not agree any more.

    Mail for a purpose that nobody knows is refused too: what needs no consent is registered.
    """
    if service_mail_called(purpose) is not None:
        return None
    if purpose_called(purpose) is None:
        return f"unknown purpose: {purpose}"
    person = person_by_email(address)
    if person and has_consented(person.id, purpose, organization_id=organization_id):
        return None
    return f"no consent: {purpose}"


door.refuse_when(refuse_suppressed)
door.refuse_when(refuse_without_consent)
jobs.periodic(jobs.Periodic("consents.forget_old_bounces", 24 * 60 * 60, forget_old_bounces))
