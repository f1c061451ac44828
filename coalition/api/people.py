"""People for programs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from coalition import audit, db
from coalition.actions.participations import forget_person
from coalition.api.operations import Section, Unchanged
from coalition.api.schemas.people import PeopleQuery, PersonChange, PersonInput, PersonSchema
from coalition.coalitions.models import Coalition
from coalition.errors import N_, NotFound
from coalition.people import custom_fields
from coalition.people.errors import CustomValueRefused
from coalition.people.models import (
    EmailAddress,
    Person,
    Tag,
    Tagging,
    email_index,
    remove_unused_tags,
)

section = Section("people", "The human beings that the coalition knows.")

READ, WRITE = "people:read", "people:write"
ONE = "/people/<uuid:person>"
_LINKS = {
    name: {"person": "$response.body#/id"}
    for name in ("read_person", "change_person", "delete_person", "create_note")
}
_WITH_ALL = (selectinload(Person.email_addresses), selectinload(Person.taggings))


@section.lists(
    "/people", scope=READ, gives=PersonSchema, query=PeopleQuery, opens=db.transaction
)
def list_people(coalition: Coalition, email: str | None, tag: str | None) -> Select[Any]:
    """List the people. `email` finds the one person with exactly this address."""
    audit.record("people.viewed", coalition)
    chosen = select(Person).options(*_WITH_ALL)
    if email is not None:
        of_address = EmailAddress.address_index == email_index(coalition.id, email)
        chosen = chosen.where(Person.id.in_(select(EmailAddress.person_id).where(of_address)))
    if tag is not None:
        tagged = select(Tagging.person_id).join(Tag, Tag.id == Tagging.tag_id)
        chosen = chosen.where(Person.id.in_(tagged.where(func.lower(Tag.name) == tag.lower())))
    return chosen


@section.creates(
    "/people", scope=WRITE, takes=PersonInput, gives=PersonSchema, links=_LINKS, problems=(409,)
)
def create_person(values: dict[str, Any]) -> Person:
    """Add a person. An address that another person here has is refused."""
    address, tags = values.pop("email"), values.pop("tags")
    own = _checked_custom({}, values.pop("custom_fields"))
    person = Person(**values, custom_fields=own, email_addresses=[], taggings=[])
    db.session.add(person)
    db.session.flush()
    if address is not None:
        person.add_email(address, is_primary=True)
    person.set_tags(tags)
    audit.record("person.added", person)
    return person


@section.reads(ONE, scope=READ, gives=PersonSchema, opens=db.transaction)
def read_person(person: UUID) -> Person:
    """Read a person."""
    return viewed(person)


@section.changes(ONE, scope=WRITE, takes=PersonChange, gives=PersonSchema)
def change_person(person: UUID, values: dict[str, Any], unchanged: Unchanged) -> Person:
    """Change a person. Fields that are left out stay as they are; `tags` replaces all tags."""
    known = found(person, locked=True)
    unchanged(known)
    changed = sorted(values)
    if "tags" in values:
        known.set_tags(values.pop("tags"))
    if "custom_fields" in values:
        own = values.pop("custom_fields")
        known.custom_fields = _checked_custom(known.custom_fields, own)
    for name, value in values.items():
        setattr(known, name, value)
    audit.record("person.changed", known, changed)
    db.session.flush()
    remove_unused_tags()
    return known


@section.deletes(ONE, scope=WRITE, of=PersonSchema)
def delete_person(person: UUID, unchanged: Unchanged) -> None:
    """Remove a person with all that belongs to them. Signatures that they gave still count."""
    known = found(person, locked=True)
    unchanged(known)
    audit.record("person.removed", known)
    forget_person(known.id)
    db.session.delete(known)
    db.session.flush()
    remove_unused_tags()


def viewed(person_id: UUID) -> Person:
    """Return a person of the open coalition, and note in the audit log who looked.

    Raises:
        NotFound: it knows nobody with this id.
    """
    known = found(person_id)
    audit.record("person.viewed", known)
    return known


def found(person_id: UUID, *, locked: bool = False) -> Person:
    """Return a person of the open coalition; a locked one changes nowhere else.

    Raises:
        NotFound: it knows nobody with this id.
    """
    statement = select(Person).filter_by(id=person_id).options(*_WITH_ALL)
    known = db.session.scalar(statement.with_for_update() if locked else statement)
    if known is None:
        raise NotFound
    return known


def _checked_custom(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    definitions = {each.key: each for each in custom_fields.custom_fields()}
    merged = dict(stored)
    for key, value in sent.items():
        if key not in definitions:
            raise CustomValueRefused(
                field="custom_fields", reason=N_("The coalition has no such field.")
            )
        written = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
        checked = custom_fields.checked(
            definitions[key], "" if written is None else str(written)
        )
        merged[key] = checked
    return {key: value for key, value in merged.items() if value is not None}
