"""What a person wants to be written for: purpose by purpose, writer by writer, or not at all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select

from coalition import audit, db, events
from coalition.coalitions.models import Coalition
from coalition.consents import purposes, suppressing
from coalition.consents.events import PersonUnsubscribed, PreferencesChanged
from coalition.consents.models import Consent, ConsentSource, SuppressionReason
from coalition.consents.queries import standing_consents
from coalition.organizations.models import Organization
from coalition.people.models import Person


@dataclass(frozen=True)
class Offer:
    """One thing that a person can agree to on their page; `wording` in the page's language."""

    purpose: str
    organization_id: UUID | None
    writer: str
    label: str
    wording: str
    given: bool

    @property
    def key(self) -> str:
        """Its name in the form."""
        writer = f"/{self.organization_id}" if self.organization_id else ""
        return f"{self.purpose}{writer}"


def offers(coalition: Coalition, person: Person) -> list[Offer]:
    """Return what a person can agree to: the coalition's purposes, then each member group's.

    Of member groups those are offered to which the person ever said yes or no.
    """
    standing = {
        (each.purpose, each.organization_id): each.given
        for each in standing_consents(person.id)
    }
    ids = {organization_id for _, organization_id in standing if organization_id}
    named = select(Organization).where(Organization.id.in_(ids)).order_by(Organization.sort_key)
    writers: list[tuple[UUID | None, str]] = [(None, coalition.name)]
    writers += [(each.id, each.name) for each in db.session.scalars(named)]
    return [
        Offer(
            purpose=purpose.name,
            organization_id=organization_id,
            writer=writer,
            label=gettext(purpose.label),
            wording=gettext(purpose.wording) % {"name": writer},
            given=standing.get((purpose.name, organization_id), False) and is_reached(person),
        )
        for organization_id, writer in writers
        for purpose in purposes.known()
        if organization_id is None or (purpose.name, organization_id) in standing
    ]


def is_reached(person: Person) -> bool:
    """Return whether any address of the person may be written to."""
    indexes = _indexes(person)
    stopped = suppressing.reasons(indexes)
    return any(index not in stopped for index in indexes)


def is_stopped_otherwise(person: Person) -> bool:
    """Return whether mail to the person came back, was reported as spam or stopped by hand."""
    reasons = suppressing.reasons(_indexes(person))
    return any(each != SuppressionReason.UNSUBSCRIBE for each in reasons.values())


def choose(coalition: Coalition, person: Person, agreed: Collection[str]) -> None:
    """Take over the boxes that a person ticked; only what is different becomes a consent.

    Who agrees to anything again after having ended all mail is written to again. Unknown keys
    are ignored.
    """
    offered = offers(coalition, person)
    if any(each.key in agreed for each in offered):
        suppressing.take_back_unsubscription(_indexes(person))
    changed = [each for each in offered if each.given != (each.key in agreed)]
    for each in changed:
        _note(person, each, ConsentSource.PREFERENCES, given=not each.given)
    if changed:
        audit.record("person.preferences_changed", person)
        events.record(PreferencesChanged(coalition_id=person.coalition_id, person_id=person.id))


def end_all_mail(
    coalition: Coalition, person: Person, source: ConsentSource = ConsentSource.UNSUBSCRIBE
) -> None:
    """Write to a person no more, from this moment; doing it twice changes nothing."""
    offered = offers(coalition, person)
    stopped = [
        suppressing.suppress(person.coalition_id, each.address, SuppressionReason.UNSUBSCRIBE)
        for each in person.email_addresses
    ]
    ended = [each for each in offered if each.given]
    for each in ended:
        _note(person, each, source, given=False)
    if ended or any(stopped):
        audit.record("person.unsubscribed", person)
        events.record(PersonUnsubscribed(coalition_id=person.coalition_id, person_id=person.id))


def _note(person: Person, offer: Offer, source: ConsentSource, *, given: bool) -> None:
    Consent.note(
        person.id,
        offer.purpose,
        given=given,
        wording=offer.wording,
        source=source,
        organization_id=offer.organization_id,
    )


def _indexes(person: Person) -> Sequence[bytes]:
    return [each.address_index for each in person.email_addresses]
