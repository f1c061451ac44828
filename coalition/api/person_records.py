"""What belongs to a person, for programs: addresses, notes, places in organizations."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from coalition import audit, db
from coalition.api import people
from coalition.api.operations import Section, Unchanged
from coalition.api.people import ONE, READ, WRITE
from coalition.api.schemas.base import check_order
from coalition.api.schemas.people import (
    AddressChange,
    AddressInput,
    AddressSchema,
    AffiliationChange,
    AffiliationInput,
    AffiliationSchema,
    NoteInput,
    NoteSchema,
)
from coalition.errors import N_, InvalidInput, NotFound
from coalition.organizations.models import Membership, Organization
from coalition.people.models import EmailAddress, Note

section = Section("person_records", "What belongs to a person: addresses, notes, memberships.")

_ADDRESS = f"{ONE}/addresses/<uuid:address>"
_NOTE = f"{ONE}/notes/<uuid:note>"
_MEMBERSHIP = f"{ONE}/memberships/<uuid:membership>"

T = TypeVar("T", EmailAddress, Note, Membership)


def _links(one: str, *names: str) -> dict[str, dict[str, str]]:
    person = {"person": "$request.path.person"}
    return {name: {**person, one: "$response.body#/id"} for name in names}


@section.lists(f"{ONE}/addresses", scope=READ, gives=AddressSchema, opens=db.transaction)
def list_addresses(person: UUID) -> Select[Any]:
    """List a person's e-mail addresses."""
    return select(EmailAddress).filter_by(person_id=people.viewed(person).id)


@section.creates(
    f"{ONE}/addresses", scope=WRITE, takes=AddressInput, gives=AddressSchema, problems=(409,),
    links=_links("address", "read_address", "change_address", "delete_address"),
)  # fmt: skip
def create_address(person: UUID, values: Mapping[str, Any]) -> EmailAddress:
    """Add an e-mail address. One that the person has already is given back as it is."""
    known = people.found(person, locked=True)
    added = known.add_email(values["address"], is_primary=values["is_primary"])
    audit.record("person.changed", known, ["email"])
    return added


@section.reads(_ADDRESS, scope=READ, gives=AddressSchema, opens=db.transaction)
def read_address(person: UUID, address: UUID) -> EmailAddress:
    """Read one of a person's addresses."""
    return _own(EmailAddress, people.viewed(person).id, address)


@section.changes(_ADDRESS, scope=WRITE, takes=AddressChange, gives=AddressSchema)
def change_address(
    person: UUID,
    address: UUID,
    values: Mapping[str, Any],
    unchanged: Unchanged,
) -> EmailAddress:
    """Write to this address from now on. To undo it, choose another address."""
    known = people.found(person, locked=True)
    found = _own(EmailAddress, person, address)
    unchanged(found)
    if values.get("is_primary") is False and found.is_primary:
        raise InvalidInput(
            field="is_primary", reason=N_("Choose another address to write to instead.")
        )
    if values.get("is_primary"):
        known.choose_primary(found.id)
        audit.record("person.changed", known, ["email"])
    return found


@section.deletes(_ADDRESS, scope=WRITE, of=AddressSchema)
def delete_address(person: UUID, address: UUID, unchanged: Unchanged) -> None:
    """Forget an address."""
    known = people.found(person, locked=True)
    unchanged(_own(EmailAddress, person, address))
    known.remove_email(address)
    audit.record("person.changed", known, ["email"])


@section.lists(f"{ONE}/notes", scope=READ, gives=NoteSchema, opens=db.transaction)
def list_notes(person: UUID) -> Select[Any]:
    """List what was written down about a person."""
    return select(Note).filter_by(person_id=people.viewed(person).id)


@section.creates(
    f"{ONE}/notes", scope=WRITE, takes=NoteInput, gives=NoteSchema,
    links=_links("note", "read_note", "delete_note"),
)  # fmt: skip
def create_note(person: UUID, values: Mapping[str, Any]) -> Note:
    """Write something down about a person. It is kept sealed."""
    known = people.found(person)
    written = known.note(values["text"], author_id=None)
    audit.record("person.note_added", known)
    return written


@section.reads(_NOTE, scope=READ, gives=NoteSchema, opens=db.transaction)
def read_note(person: UUID, note: UUID) -> Note:
    """Read a note."""
    return _own(Note, people.viewed(person).id, note)


@section.deletes(_NOTE, scope=WRITE, of=NoteSchema)
def delete_note(person: UUID, note: UUID, unchanged: Unchanged) -> None:
    """Delete a note."""
    known = people.found(person, locked=True)
    found = _own(Note, person, note)
    unchanged(found)
    audit.record("person.note_removed", known)
    db.session.delete(found)


@section.lists(f"{ONE}/memberships", scope=READ, gives=AffiliationSchema)
def list_memberships(person: UUID) -> Select[Any]:
    """List the organizations that a person belongs to, or belonged to."""
    of_person = select(Membership).filter_by(person_id=people.found(person).id)
    return of_person.options(joinedload(Membership.organization))


@section.creates(
    f"{ONE}/memberships", scope=WRITE, takes=AffiliationInput, gives=AffiliationSchema,
    links=_links("membership", "read_membership", "change_membership", "delete_membership"),
)  # fmt: skip
def create_membership(person: UUID, values: Mapping[str, Any]) -> Membership:
    """Say that a person belongs to an organization of the directory."""
    known = people.found(person)
    organization = db.session.get(Organization, values["organization_id"])
    if organization is None:
        raise InvalidInput(field="organization_id", reason=N_("There is no such organization."))
    membership = Membership(person_id=known.id, **values)
    membership.organization = organization
    db.session.add(membership)
    audit.record("membership.added", membership)
    return membership


@section.reads(_MEMBERSHIP, scope=READ, gives=AffiliationSchema)
def read_membership(person: UUID, membership: UUID) -> Membership:
    """Read a person's place in an organization."""
    return _own(Membership, person, membership)


@section.changes(_MEMBERSHIP, scope=WRITE, takes=AffiliationChange, gives=AffiliationSchema)
def change_membership(
    person: UUID,
    membership: UUID,
    values: Mapping[str, Any],
    unchanged: Unchanged,
) -> Membership:
    """Change a person's place in an organization. It is ended with `ends_on`."""
    people.found(person, locked=True)
    found = _own(Membership, person, membership)
    unchanged(found)
    check_order(values.get("starts_on", found.starts_on), values.get("ends_on", found.ends_on))
    for name, value in values.items():
        setattr(found, name, value)
    audit.record("membership.changed", found, sorted(values))
    return found


@section.deletes(_MEMBERSHIP, scope=WRITE, of=AffiliationSchema)
def delete_membership(person: UUID, membership: UUID, unchanged: Unchanged) -> None:
    """Delete a membership that was entered by mistake."""
    people.found(person, locked=True)
    found = _own(Membership, person, membership)
    unchanged(found)
    audit.record("membership.removed", found)
    db.session.delete(found)


def _own(kind: type[T], person_id: UUID, row_id: UUID) -> T:
    """Return one of a person's rows.

    Raises:
        NotFound: it is not this person's.
    """
    found = db.session.scalar(select(kind).filter_by(id=row_id, person_id=person_id))
    if found is None:
        raise NotFound
    return found
