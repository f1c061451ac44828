"""What a change in the directory of organizations does to signatures, memberships and the rest.

The directory is shared, and its entries are used by coalitions that do not see each other: all
of this runs in a platform transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.exc import IntegrityError

from coalition import audit, db, events
from coalition.coalitions.models import CoalitionMembership, MembershipState
from coalition.consents.models import StandingConsent
from coalition.errors import N_
from coalition.letters.events import SignatureChanged
from coalition.letters.models import Letter, LetterState
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.organizations.errors import CannotMerge
from coalition.organizations.models import Membership, Organization
from coalition.organizations.names import sort_key
from coalition.organizations.queries import references


def rename(organization: Organization, name: str) -> None:
    """Change the name wherever it is shown, except under letters that were delivered.

    Raises:
        NameUnreadable: there is no letter and no digit in it.
    """
    before = organization.name
    organization.rename(name)
    if organization.name == before:
        return
    organization.add_alias(before)
    signatures = _signatures_of(organization)
    letters = _letters(signatures)
    for signature in signatures:
        _list_anew(signature, letters[signature.letter_id], before)


def regroup(organization: Organization, parent: Organization | None) -> None:
    """Say whose chapter it is; who counts chapters is told that signatures changed.

    Raises:
        ParentInCircle: `parent` is the organization itself or a part of it.
    """
    organization.become_part_of(parent)
    for signature in _signatures_of(organization):
        _tell(signature)


def merge(gone: Organization, kept: Organization) -> None:
    """Let `kept` take over the names and everything that refers to `gone`, which is deleted.

    Where both signed a letter, the earlier signature stays and the other is rejected, so that
    the count says one. Under a delivered letter each name stays as it was handed over.

    Raises:
        CannotMerge: they are the same, or both stand under a letter that was delivered.
    """
    if gone.id == kept.id:
        raise CannotMerge(field="into", reason=N_("they are one entry already."))
    _move_signatures(gone, kept)
    _move_coalition_memberships(gone, kept)
    _move_people(gone, kept)
    _move_facts(gone, kept)
    for table, column in references():
        _move_rest(table, column, gone.id, kept.id)
    StandingConsent.follow_all(kept.id)
    audit.record("organization.merged", kept, [str(gone.id)])
    db.session.flush()
    db.session.expunge(gone)  # its relationships remember what has moved
    db.session.execute(delete(Organization).where(Organization.id == gone.id))


def _move_signatures(gone: Organization, kept: Organization) -> None:
    moved = _signatures_of(gone)
    letters = _letters(moved)
    standing = {each.letter_id: each for each in _signatures_of(kept) if _is_approved(each)}
    for signature in moved:
        letter = letters[signature.letter_id]
        other = standing.get(signature.letter_id)
        if other is not None and _is_approved(signature):
            if letter.state == LetterState.DELIVERED:
                raise CannotMerge(
                    field="into",
                    reason=N_("both stand under a letter that was delivered, as two names."),
                )
            later = max(signature, other, key=lambda each: (_decided(each), each.id))
            with db.narrowed(later.coalition_id):
                later.reject(f"{gone.name} = {kept.name}")
        signature.organization = kept
        signature.organization_id = kept.id
        _list_anew(signature, letter, gone.name)
        db.session.flush()


def _list_anew(signature: Signature, letter: Letter, name_before: str) -> None:
    if letter.state == LetterState.DELIVERED and not signature.display_name:
        signature.display_name = name_before  # the list was handed over like that
    if signature.kind == SignatureKind.ORGANIZATION:
        signature.sort_key = sort_key(signature.listed_name)
    _tell(signature)


def _tell(signature: Signature) -> None:
    if _is_approved(signature):
        events.record(
            SignatureChanged(
                coalition_id=signature.coalition_id,
                letter_id=signature.letter_id,
                signature_id=signature.id,
                kind=signature.kind.value,
            )
        )


def _move_coalition_memberships(gone: Organization, kept: Organization) -> None:
    """Move memberships of coalitions; of two in one coalition the active one stays."""
    of_kept = {each.coalition_id: each for each in _coalition_memberships(kept)}
    for membership in _coalition_memberships(gone):
        other = of_kept.get(membership.coalition_id)
        if other is None:
            membership.organization = kept
            membership.organization_id = kept.id
            continue
        if membership.state == MembershipState.ACTIVE and other.state != MembershipState.ACTIVE:
            other.state = membership.state
            other.role = membership.role
            other.starts_on, other.ends_on = membership.starts_on, None
        db.session.delete(membership)
    db.session.flush()


def _move_people(gone: Organization, kept: Organization) -> None:
    """Move people's memberships; one that says nothing new is dropped."""
    said = {
        (each.coalition_id, each.person_id, each.role, each.title)
        for each in _memberships(kept)
    }
    for membership in _memberships(gone):
        what = (
            membership.coalition_id,
            membership.person_id,
            membership.role,
            membership.title,
        )
        if what in said:
            db.session.delete(membership)
        else:
            membership.organization = kept
            membership.organization_id = kept.id
    db.session.flush()


def _move_facts(gone: Organization, kept: Organization) -> None:
    kept.add_alias(gone.name)
    for alias in gone.aliases:
        kept.add_alias(alias.name)
    kept.domains = list(dict.fromkeys([*kept.domains, *gone.domains]))
    kept.website = kept.website or gone.website
    if kept.city is None and kept.region in (None, gone.region):  # no city in another state
        kept.city, kept.region = gone.city, gone.region or kept.region
    if kept.parent_id == gone.id:
        kept.parent = gone.parent
    for chapter in list(gone.chapters):
        if chapter.id != kept.id:
            chapter.parent = kept
    db.session.flush()


def _move_rest(table: Table, column: Column[UUID], gone_id: UUID, kept_id: UUID) -> None:
    """Move what other features and plugins refer to; what `kept` has already is dropped."""
    if table.name == "organization_aliases":  # taken over as names
        return
    try:
        with db.session.begin_nested():
            db.session.execute(
                update(table).where(column == gone_id).values({column.name: kept_id})
            )
    except IntegrityError:
        _move_one_by_one(table, column, gone_id, kept_id)


def _move_one_by_one(table: Table, column: Column[UUID], gone_id: UUID, kept_id: UUID) -> None:
    for row_id in db.session.scalars(select(table.c.id).where(column == gone_id)).all():
        try:
            with db.session.begin_nested():
                db.session.execute(
                    update(table).where(table.c.id == row_id).values({column.name: kept_id})
                )
        except IntegrityError:
            db.session.execute(delete(table).where(table.c.id == row_id))


def _signatures_of(organization: Organization) -> Sequence[Signature]:
    return db.session.scalars(
        select(Signature).filter_by(organization_id=organization.id).order_by(Signature.id)
    ).all()


def _coalition_memberships(organization: Organization) -> Sequence[CoalitionMembership]:
    return db.session.scalars(
        select(CoalitionMembership).filter_by(organization_id=organization.id)
    ).all()


def _memberships(organization: Organization) -> Sequence[Membership]:
    return db.session.scalars(
        select(Membership).filter_by(organization_id=organization.id)
    ).all()


def _letters(signatures: Iterable[Signature]) -> dict[UUID, Letter]:
    """Return the letters, which are not closed or delivered until this transaction ends."""
    ids = {each.letter_id for each in signatures}
    locked = select(Letter).where(Letter.id.in_(ids)).order_by(Letter.id)
    found = db.session.scalars(locked.with_for_update(read=True))
    return {each.id: each for each in found}


def _is_approved(signature: Signature) -> bool:
    return (
        signature.kind == SignatureKind.ORGANIZATION
        and signature.state == SignatureState.APPROVED
    )


def _decided(signature: Signature) -> datetime:
    return signature.decided_at or signature.confirmed_at or datetime.max.replace(tzinfo=UTC)
