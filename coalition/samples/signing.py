"""Made-up signatures under the sample letters."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from coalition import db, events
from coalition.clock import now
from coalition.letters.events import SignatureApproved, SignatureConfirmed
from coalition.letters.models import Letter
from coalition.letters.signatures import (
    Signature,
    SignatureKind,
    SignatureSource,
    SignatureState,
)
from coalition.organizations.models import Organization
from coalition.organizations.names import name_key, sort_key
from coalition.people.models import email_index
from coalition.samples import names


def has_none(letter: Letter) -> bool:
    """Return whether nobody has signed a letter yet."""
    any_of = select(Signature.id).filter_by(letter_id=letter.id).limit(1)
    return db.session.scalar(any_of) is None


def sign_as_organizations(
    letter: Letter, organizations: Iterable[Organization], days: list[datetime]
) -> None:
    """Put one approved signature of each organization under a letter, each on its day."""
    for organization, day in zip(organizations, days, strict=True):
        signature = _signature(
            letter,
            SignatureKind.ORGANIZATION,
            SignatureState.APPROVED,
            ("Sam", "Sample"),
            day,
            organization_name=organization.name,
            organization_key=organization.name_key,
            organization_id=organization.id,
            capacity="Director",
            sort_key=organization.sort_key,
        )
        _tell(SignatureConfirmed, signature)
        _tell(SignatureApproved, signature)


def sign_as_people(letter: Letter, days: list[datetime]) -> list[Signature]:
    """Put the sample people's confirmed signatures under a letter, each on its day."""
    signed = []
    for (given, family, city), day in zip(names.PEOPLE, days, strict=True):
        signature = _signature(
            letter,
            SignatureKind.PERSON,
            SignatureState.CONFIRMED,
            (given, family),
            day,
            city=city,
            sort_key=sort_key(f"{family} {given}"),
            listed=family != "Quasi",
        )
        _tell(SignatureConfirmed, signature)
        signed.append(signature)
    return signed


def leave_in_the_queue(letter: Letter) -> None:
    """Leave two organizations that wait for a coordinator, and one that did not confirm."""
    for name, state in (
        ("Elsewhere Comunity Radio", SignatureState.CONFIRMED),
        ("Paper Moon Astronomers for Privacy", SignatureState.CONFIRMED),
        ("Lantern Parade Drummers", SignatureState.PENDING),
    ):
        address = f"{name_key(name).replace(' ', '.')}@example.org"
        signature = _signature(
            letter,
            SignatureKind.ORGANIZATION,
            state,
            ("Wren", "Waiting"),
            now() - timedelta(hours=5),
            organization_name=name,
            organization_key=name_key(name),
            capacity="Secretary",
            sort_key=sort_key(name),
        )
        signature.source = SignatureSource.PAGE
        signature.evidence = None
        signature.email = address
        signature.email_index = email_index(letter.coalition_id, address)


def _signature(
    letter: Letter,
    kind: SignatureKind,
    state: SignatureState,
    signatory: tuple[str, str],
    at: datetime,
    **values: object,
) -> Signature:
    values.setdefault("listed", True)
    signature = Signature(
        letter_id=letter.id,
        kind=kind,
        state=state,
        given_name=signatory[0],
        family_name=signatory[1],
        created_at=at,
        confirmed_at=at if state != SignatureState.PENDING else None,
        decided_at=at if state == SignatureState.APPROVED else None,
        source=SignatureSource.PASTED,
        evidence="Made up for the demonstration.",
        source_code="sample",
        **values,
    )
    db.session.add(signature)
    return signature


def _tell(
    kind: type[SignatureApproved] | type[SignatureConfirmed], signature: Signature
) -> None:
    events.record(
        kind(
            coalition_id=signature.coalition_id,
            letter_id=signature.letter_id,
            signature_id=signature.id,
            kind=signature.kind.value,
        )
    )
