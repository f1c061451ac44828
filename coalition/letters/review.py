"""What waits for a coordinator's decision, and what helps to decide it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from coalition import addresses, audit, db, events
from coalition.clock import now
from coalition.errors import N_, InvalidInput, NotFound
from coalition.letters.errors import CannotChangeSignature
from coalition.letters.events import SignatureRepeated
from coalition.letters.models import Letter
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.organizations.confusables import suspicious_characters
from coalition.organizations.domains import clean_domain, is_everybodys
from coalition.organizations.duplicates import each_may_mean
from coalition.organizations.matching import Candidate, NameIndex, NameRow
from coalition.organizations.models import Organization, OrganizationAlias
from coalition.organizations.names import clean_name

PAGE = 10  # signatures on one page of the queue


@dataclass(frozen=True, slots=True)
class Directory:
    """All names of the directory; `state` is another one after organizations were added."""

    index: NameIndex[UUID]
    state: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A signature that waits, with what is known about who gave it."""

    signature: Signature
    letter: Letter
    domain: str
    candidates: list[Candidate[UUID]]
    organizations: dict[UUID, Organization]  # the candidates' rows
    suspicious: tuple[str, ...]

    @property
    def is_free_mail(self) -> bool:
        """Whether the address is at a provider where anybody can have one."""
        return is_everybodys(self.domain)

    @property
    def domain_to_remember(self) -> str:
        """The mail domain that a new organization seems to have; empty if unknown."""
        return "" if self.is_free_mail else self.domain

    def is_proven(self, organization: Organization) -> bool:
        """Return whether the address is at this organization's own domain."""
        return bool(self.domain) and organization.owns_domain(self.domain)


def waiting(after: UUID | None = None, limit: int = PAGE) -> list[Signature]:
    """Return organizations' signatures that wait for a decision, the oldest first."""
    statement = (
        select(Signature)
        .where(
            Signature.kind == SignatureKind.ORGANIZATION,
            Signature.state == SignatureState.CONFIRMED,
            Signature.letter_id.in_(select(Letter.id)),
        )
        .order_by(Signature.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(Signature.id > after)
    return list(db.session.scalars(statement))


def unconfirmed(letter_id: UUID | None, limit: int = PAGE) -> list[Signature]:
    """Return signatures whose mail was not answered yet, the newest first."""
    statement = (
        select(Signature)
        .options(joinedload(Signature.letter))
        .where(Signature.state == SignatureState.PENDING)
    )
    if letter_id is not None:
        statement = statement.where(Signature.letter_id == letter_id)
    return list(
        db.session.scalars(
            statement.order_by(Signature.created_at.desc(), Signature.id.desc()).limit(limit)
        )
    )


def cases(signatures: list[Signature]) -> list[Case]:
    """Return the signatures with whom they may come from."""
    letters = _letters({signature.letter_id for signature in signatures})
    found = each_may_mean(each.organization_name for each in signatures)
    wanted = {candidate.id for candidates in found.values() for candidate in candidates}
    wanted |= {each.organization_id for each in signatures if each.organization_id}
    organizations = organizations_by_id(wanted)
    return [
        Case(
            signature=each,
            letter=letters[each.letter_id],
            domain=addresses.domain_of(each.email or ""),
            candidates=[
                one for one in found[each.organization_name] if one.id in organizations
            ],
            organizations=organizations,
            suspicious=suspicious_characters(each.organization_name),
        )
        for each in signatures
    ]


def signature_or_404(signature_id: UUID) -> Signature:
    """Return a signature of this coalition.

    Raises:
        NotFound: the coalition has none with this id.
    """
    found = db.session.scalar(select(Signature).where(Signature.id == signature_id))
    if found is None:
        raise NotFound
    return found


def locked_signature(signature_id: UUID) -> Signature:
    """Return a signature of this coalition as it is now; nobody else changes it until the end.

    Raises:
        NotFound: the coalition has none with this id.
    """
    statement = select(Signature).where(Signature.id == signature_id).with_for_update()
    found = db.session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def locked_organization(organization_id: UUID) -> Organization:
    """Return an organization; two approvals of the same one wait for each other.

    Raises:
        NotFound: the directory has none with this id.
    """
    statement = select(Organization).where(Organization.id == organization_id)
    found = db.session.scalar(statement.with_for_update())
    if found is None:
        raise NotFound
    return found


def directory() -> Directory:
    """Read all names of the directory and make them searchable; 10,000 take about a second."""
    state = directory_state()
    return Directory(_read_names(), state)


def _read_names() -> NameIndex[UUID]:
    aliases: dict[UUID, list[str]] = {}
    rows = select(OrganizationAlias.organization_id, OrganizationAlias.name)
    for organization_id, name in db.session.execute(rows):
        aliases.setdefault(organization_id, []).append(name)
    names = select(Organization.id, Organization.name, Organization.parent_id)
    return NameIndex(
        NameRow(id_, name, tuple(aliases.get(id_, ())), parent_id)
        for id_, name, parent_id in db.session.execute(names)
    )


def organizations_by_id(ids: set[UUID]) -> dict[UUID, Organization]:
    """Return these organizations."""
    found = db.session.scalars(select(Organization).where(Organization.id.in_(ids)))
    return {each.id: each for each in found}


def send_link_again(signature: Signature) -> None:
    """Have the confirmation link sent once more; the mail door keeps its daily limit.

    Raises:
        CannotChangeSignature: it is not waiting for its signatory.
        SigningClosed: the letter takes no more signatures.
    """
    if signature.state != SignatureState.PENDING or signature.email_sealed is None:
        raise CannotChangeSignature(state=signature.state.value)
    signature.letter.check_open(signature.kind, now())
    events.record(
        SignatureRepeated(
            coalition_id=signature.coalition_id,
            letter_id=signature.letter_id,
            signature_id=signature.id,
            kind=signature.kind.value,
        )
    )
    audit.record("signature.link_sent_again", signature)


def approve_as_new(
    signature: Signature, *, name: str, website: str, domain: str
) -> Organization:
    """Enter a new organization into the directory and approve its signature.

    Raises:
        InvalidInput: the name says nothing.
        NotADomain, EverybodysDomain: the domain proves nothing.
        CannotChangeSignature, CannotChangeLetter: as `Signature.approve` says.
    """
    if not clean_name(name):
        raise InvalidInput(field="name", reason=N_("Write the organization's name."))
    organization = Organization.named(name, website=website or None)
    if domain:
        organization.domains = [clean_domain(domain)]
    organization.city, organization.region = signature.city, signature.region
    db.session.add(organization)
    db.session.flush()
    audit.record("organization.created", organization)
    signature.approve(organization)
    return organization


def age_of(signature: Signature) -> timedelta:
    """Return how long ago it was signed."""
    return now() - signature.created_at


def _letters(ids: set[UUID]) -> dict[UUID, Letter]:
    return {
        each.id: each for each in db.session.scalars(select(Letter).where(Letter.id.in_(ids)))
    }


def directory_state() -> tuple[object, ...]:
    """Return a value that changes whenever an organization or an alias is added or removed."""
    newest = select(
        select(func.count(Organization.id)).scalar_subquery(),
        select(Organization.id).order_by(Organization.id.desc()).limit(1).scalar_subquery(),
        select(func.count(OrganizationAlias.id)).scalar_subquery(),
        select(OrganizationAlias.id)
        .order_by(OrganizationAlias.id.desc())
        .limit(1)
        .scalar_subquery(),
    )
    return tuple(db.session.execute(newest).one())
