"""Signing for an organization by a user whom the coalition lets speak for it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coalition import audit, db
from coalition.accounts.models import User
from coalition.accounts.representing import check_represents, organizations_of
from coalition.letters.errors import AlreadySigned
from coalition.letters.glance import letters_in
from coalition.letters.models import Letter, LetterState
from coalition.letters.review import locked_organization, organizations_by_id
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.organizations.models import Organization
from coalition.people.models import email_index
from coalition.people.names import given_and_family

_HOLDS = (SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.APPROVED)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an organization's name is under a letter: approved, confirmed (waits), or not."""

    organization: Organization
    state: SignatureState | None


def standings(user_id: UUID, coalition_id: UUID) -> list[tuple[Letter, list[Standing]]]:
    """Return the open letters, each with the organizations that the user speaks for."""
    ours = organizations_by_id(set(organizations_of(user_id, coalition_id)))
    letters = [
        each for each in letters_in(LetterState.OPEN) if each.accepts_kind("organization")
    ]
    rows = db.session.execute(
        select(Signature.letter_id, Signature.organization_id, Signature.state)
        .where(
            Signature.kind == SignatureKind.ORGANIZATION,
            Signature.organization_id.in_(ours),
            Signature.letter_id.in_([each.id for each in letters]),
            Signature.state.in_((SignatureState.CONFIRMED, SignatureState.APPROVED)),
        )
        .order_by(Signature.state.desc())  # an approved one is what counts
    )
    states = {(letter_id, organization_id): state for letter_id, organization_id, state in rows}
    in_order = sorted(ours.values(), key=lambda each: each.sort_key)
    return [
        (letter, [Standing(each, states.get((letter.id, each.id))) for each in in_order])
        for letter in letters
    ]


def sign_for(
    user: User, letter: Letter, organization_id: UUID, *, name: str, capacity: str, listed: bool
) -> Signature:
    """Put an organization's name under a letter: the account proves mailbox and entitlement.

    Raises:
        NotFound: the user does not speak for this organization.
        AlreadySigned: its name is there already.
        SigningClosed, SigningNotStarted, NotForThisKind: the letter does not take it now.
    """
    organization = _represented(user, letter, organization_id)
    signature = _given_before(user, letter, organization)
    if signature is None:
        signature = Signature(
            letter_id=letter.id,
            kind=SignatureKind.ORGANIZATION,
            email=user.email,
            email_index=email_index(letter.coalition_id, user.email),
            organization_name=organization.name,
            organization_key=organization.name_key,
            city=organization.city,
            region=organization.region,
            language=user.language or letter.language,
        )
        signature.state = SignatureState.PENDING
        db.session.add(signature)
    if signature.state == SignatureState.APPROVED:
        raise AlreadySigned(organization=organization.name)
    signature.given_name, signature.family_name = given_and_family(name)
    signature.capacity, signature.listed = capacity, listed
    db.session.flush()
    audit.record("signature.given_by_representative", signature)
    signature.confirm()
    if signature.waits_for_coordinator:
        signature.approve(organization)
    return signature


def withdraw_for(user: User, letter: Letter, organization_id: UUID) -> None:
    """Take an organization's name back; where there is none, nothing changes.

    Raises:
        NotFound: the user does not speak for this organization.
    """
    organization = _represented(user, letter, organization_id)
    for signature in db.session.scalars(
        select(Signature).filter_by(
            letter_id=letter.id,
            kind=SignatureKind.ORGANIZATION,
            organization_id=organization.id,
            state=SignatureState.APPROVED,
        )
    ):
        signature.withdraw()


def _represented(user: User, letter: Letter, organization_id: UUID) -> Organization:
    """Return the organization, locked: two clicks at the same moment wait for each other."""
    check_represents(user.id, letter.coalition_id, organization_id)
    return locked_organization(organization_id)


def _given_before(user: User, letter: Letter, organization: Organization) -> Signature | None:
    """Return what this mailbox gave for the organization on the letter's page."""
    return db.session.scalar(
        select(Signature).where(
            Signature.letter_id == letter.id,
            Signature.kind == SignatureKind.ORGANIZATION,
            Signature.email_index == email_index(letter.coalition_id, user.email),
            Signature.organization_key == organization.name_key,
            Signature.state.in_(_HOLDS),
        )
    )
