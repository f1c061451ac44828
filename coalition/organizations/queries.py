"""What the directory knows: found by name or alias, page by page, and who uses an entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Column, Select, Table, exists, or_, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from coalition import db
from coalition.organizations.errors import NoSuchOrganization
from coalition.organizations.models import (
    Membership,
    Organization,
    OrganizationAlias,
    organization_by_name,
)
from coalition.organizations.names import name_key

PAGE = 50  # organizations on one page
PEOPLE_SHOWN = 100  # people listed on the page of an organization
_ORDER = (Organization.sort_key.collate("C"), Organization.id)


@dataclass(frozen=True)
class Organizations:
    """One page of the directory, and the organization after which the next page begins."""

    organizations: Sequence[Organization]
    next_after: UUID | None


def organization_called(name: str) -> Organization | None:
    """Return an organization with this name or other name, the oldest if several have it."""
    key = name_key(name)
    if not key:
        return None
    by_alias = select(OrganizationAlias.organization_id).filter_by(name_key=key)
    return db.session.scalar(
        select(Organization)
        .where(or_(Organization.name_key == key, Organization.id.in_(by_alias)))
        .order_by(Organization.id)
        .limit(1)
    )


def directory_page(
    *,
    search: str = "",
    among: Select[UUID] | None = None,
    after: UUID | None = None,
) -> Organizations:
    """Return the next page of the directory in the order of lists, where “The” never counts.

    Args:
        search: a part of the name or of an alias; case, accents and spaces make no difference.
        among: the ids of the organizations to choose from.
        after: the last organization of the page before.
    """
    chosen = select(Organization).options(joinedload(Organization.parent))
    if key := name_key(search):
        by_alias = select(OrganizationAlias.organization_id).where(
            OrganizationAlias.name_key.contains(key, autoescape=True)
        )
        chosen = chosen.where(
            or_(
                Organization.name_key.contains(key, autoescape=True),
                Organization.id.in_(by_alias),
            )
        )
    if among is not None:
        chosen = chosen.where(Organization.id.in_(among))
    last = db.session.get(Organization, after) if after else None
    if last is not None:
        chosen = chosen.where(tuple_(*_ORDER) > tuple_(last.sort_key, last.id))
    found = db.session.scalars(chosen.order_by(*_ORDER).limit(PAGE + 1)).all()
    page = found[:PAGE]
    return Organizations(page, page[-1].id if len(found) > PAGE else None)


def organization_with_all(organization_id: UUID) -> Organization | None:
    """Return an organization with aliases, parent and chapters."""
    return db.session.scalar(
        select(Organization)
        .filter_by(id=organization_id)
        .options(
            selectinload(Organization.aliases),
            joinedload(Organization.parent),
            selectinload(Organization.chapters),
        )
    )


def one_called(name: str, *, field: str) -> Organization:
    """Return the organization that a coordinator means by a name.

    Raises:
        NoSuchOrganization: none or several are called so; `field` is where it was written.
    """
    found = organization_by_name(name)
    if found is None:
        raise NoSuchOrganization(field=field, name=name)
    return found


def memberships_in(organization_id: UUID) -> Sequence[Membership]:
    """Return the coalition's people in an organization, at most `PEOPLE_SHOWN`."""
    return db.session.scalars(
        select(Membership)
        .filter_by(organization_id=organization_id)
        .options(joinedload(Membership.person))
        .order_by(Membership.ends_on.desc().nulls_first(), Membership.id)
        .limit(PEOPLE_SHOWN)
    ).all()


def memberships_of(person_id: UUID) -> Sequence[Membership]:
    """Return a person's memberships, the current ones first."""
    return db.session.scalars(
        select(Membership)
        .filter_by(person_id=person_id)
        .options(joinedload(Membership.organization))
        .order_by(Membership.ends_on.desc().nulls_first(), Membership.id)
    ).all()


def memberships_of_all(person_ids: Sequence[UUID]) -> dict[UUID, list[Membership]]:
    """Return the memberships of several people, those that ended left out."""
    found = db.session.scalars(
        select(Membership)
        .where(Membership.person_id.in_(person_ids), Membership.ends_on.is_(None))
        .options(joinedload(Membership.organization))
        .order_by(Membership.id)
    )
    by_person: dict[UUID, list[Membership]] = {}
    for each in found:
        by_person.setdefault(each.person_id, []).append(each)
    return by_person


def people_in(organization_id: UUID) -> Select[UUID]:
    """Return the ids of the coalition's people in an organization, to choose among."""
    return select(Membership.person_id).filter_by(organization_id=organization_id)


def is_used_elsewhere(organization_id: UUID, coalition_id: UUID) -> bool:
    """Return whether any other coalition refers to the organization.

    Asked in a platform transaction, since the coalition's own sees nobody else's rows. Looks
    into every table that has both a coalition and an organization, plugins' tables too.
    """
    used = [
        exists().where(column == organization_id, table.c.coalition_id != coalition_id)
        for table, column in references()
        if "coalition_id" in table.c
    ]
    return bool(db.session.scalar(select(or_(*used))))


def references() -> Sequence[tuple[Table, Column[UUID]]]:
    """Return each table and column that refers to organizations, in whatever feature."""
    organizations = db.Base.metadata.tables[Organization.__tablename__]
    return [
        (table, key.parent)
        for table in db.Base.metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column is organizations.c.id
    ]
