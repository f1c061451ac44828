"""Who may be written to: asked about one person, and about a million."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from coalition import db
from coalition.consents.models import Consent, StandingConsent, Suppression
from coalition.people.models import EmailAddress, Person


def consents_to(purpose: str, *, organization_id: UUID | None = None) -> ColumnElement[bool]:
    """Return the condition that a `Person` of the query agrees now, as they last said.

    Args:
        organization_id: the member group that would write; `None` for the coalition itself.
    """
    agreed = is_agreement_to(purpose, organization_id=organization_id)
    standing = select(StandingConsent.id).where(StandingConsent.person_id == Person.id, agreed)
    return standing.exists()


def is_agreement_to(
    purpose: str, *, organization_id: UUID | None = None
) -> ColumnElement[bool]:
    """Return the condition that a `StandingConsent` of the query says yes to a purpose.

    Args:
        organization_id: the member group that would write; `None` for the coalition itself.
    """
    return and_(
        StandingConsent.purpose == purpose,
        StandingConsent.organization_id == organization_id,
        StandingConsent.given,
    )


def has_consented(
    person_id: UUID, purpose: str, *, organization_id: UUID | None = None
) -> bool:
    """Return whether a person agrees now."""
    statement = select(Person.id).where(
        Person.id == person_id, consents_to(purpose, organization_id=organization_id)
    )
    return db.session.scalar(statement) is not None


def has_address(*, working: bool) -> ColumnElement[bool]:
    """Return the condition that a `Person` of the query has an address.

    Args:
        working: only one that mail may be sent to.
    """
    addresses = select(EmailAddress.id).where(EmailAddress.person_id == Person.id)
    if working:
        stopped = select(Suppression.id).where(
            Suppression.coalition_id == EmailAddress.coalition_id,
            Suppression.address_index == EmailAddress.address_index,
        )
        addresses = addresses.where(~stopped.exists())
    return addresses.exists()


def standing_consents(person_id: UUID) -> Sequence[StandingConsent]:
    """Return a person's newest answer about each purpose and writer."""
    return db.session.scalars(select(StandingConsent).filter_by(person_id=person_id)).all()


def consents_of(person_id: UUID) -> Sequence[Consent]:
    """Return all that a person ever answered, newest first."""
    newest_first = (Consent.recorded_at.desc(), Consent.id.desc())
    return db.session.scalars(
        select(Consent).filter_by(person_id=person_id).order_by(*newest_first)
    ).all()
