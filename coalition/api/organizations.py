"""The directory of organizations for programs.

It is shared by all coalitions. A coalition may add to it, and may change an entry as long as
no other coalition refers to it: else it could let strangers pass as another one's member.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from coalition import audit, db
from coalition.api.operations import Section, Unchanged
from coalition.api.schemas.organizations import (
    AliasInput,
    AliasSchema,
    OrganizationInput,
    OrganizationSchema,
    OrganizationsQuery,
)
from coalition.coalitions.models import Coalition
from coalition.errors import N_, InvalidInput, NotFound
from coalition.letters import directory
from coalition.organizations.confusables import refuse_look_alikes
from coalition.organizations.errors import (
    NameUnreadable,
    NotYoursToChange,
    OrganizationKnown,
    TooManyAliases,
)
from coalition.organizations.models import MAX_ALIASES, Organization, OrganizationAlias
from coalition.organizations.names import clean_name, name_key
from coalition.organizations.queries import is_used_elsewhere, organization_called

section = Section("organizations", "The directory of organizations, shared by all coalitions.")

_READ, _WRITE = "organizations:read", "organizations:write"
_ONE = "/organizations/<uuid:organization>"
_ALIAS = f"{_ONE}/aliases/<uuid:alias>"
_LINKS = {
    name: {"organization": "$response.body#/id"}
    for name in ("read_organization", "change_organization", "create_alias")
}
_ALIAS_LINKS = {
    name: {"organization": "$request.path.organization", "alias": "$response.body#/id"}
    for name in ("read_alias", "delete_alias")
}


@contextmanager
def _for_all(_coalition_id: UUID) -> Iterator[None]:
    """Open a transaction that sees who else uses an entry."""
    with db.platform_transaction():
        yield


@section.lists(
    "/organizations", scope=_READ, gives=OrganizationSchema, query=OrganizationsQuery
)
def list_organizations(search: str) -> Select[Any]:
    """List the directory. `search` finds a part of a name, whatever its case and accents."""
    chosen = select(Organization).options(selectinload(Organization.aliases))
    key = name_key(search)
    if not key:
        return chosen
    by_alias = select(OrganizationAlias.organization_id).where(
        OrganizationAlias.name_key.contains(key, autoescape=True)
    )
    return chosen.where(
        or_(Organization.name_key.contains(key, autoescape=True), Organization.id.in_(by_alias))
    )


@section.creates(
    "/organizations", scope=_WRITE, takes=OrganizationInput, gives=OrganizationSchema,
    links=_LINKS, problems=(409,),
)  # fmt: skip
def create_organization(values: dict[str, Any]) -> Organization:
    """Add an organization to the directory. Where the name is known, `existing` says whose."""
    refuse_look_alikes(values["name"], field="name")
    if known := organization_called(values["name"]):
        raise OrganizationKnown(field="name", name=known.name, existing=known.id)
    made = Organization.named(values["name"], website=values["website"])
    made.aliases = []
    db.session.add(made)
    made.city, made.region = values["city"], values["region"]
    made.claim_domains(values["domains"])
    made.become_part_of(_parent(values["parent_id"]))
    db.session.flush()
    audit.record("organization.added", made)
    return made


@section.reads(_ONE, scope=_READ, gives=OrganizationSchema)
def read_organization(organization: UUID) -> Organization:
    """Read an organization."""
    return _found(organization)


@section.changes(
    _ONE, scope=_WRITE, takes=OrganizationInput, gives=OrganizationSchema, opens=_for_all
)
def change_organization(
    coalition: Coalition, organization: UUID, values: dict[str, Any], unchanged: Unchanged
) -> Organization:
    """Change an organization. One that another coalition uses is changed by administrators."""
    found = _ours(coalition, organization)
    unchanged(found)
    changed = sorted(values)
    if "name" in values:
        refuse_look_alikes(values["name"], field="name")
        directory.rename(found, values.pop("name"))
    if "parent_id" in values:
        directory.regroup(found, _parent(values.pop("parent_id")))
    if "domains" in values:
        found.claim_domains(values.pop("domains"))
    for name, value in values.items():
        setattr(found, name, value)
    _note(coalition, found, changed)
    return found


@section.lists(f"{_ONE}/aliases", scope=_READ, gives=AliasSchema)
def list_aliases(organization: UUID) -> Select[Any]:
    """List the other names under which an organization is found."""
    return select(OrganizationAlias).filter_by(organization_id=_found(organization).id)


@section.creates(
    f"{_ONE}/aliases", scope=_WRITE, takes=AliasInput, gives=AliasSchema, problems=(409,),
    links=_ALIAS_LINKS, opens=_for_all,
)  # fmt: skip
def create_alias(
    coalition: Coalition, organization: UUID, values: dict[str, Any]
) -> OrganizationAlias:
    """Add another name of an organization. A name that it has already is given back."""
    found = _ours(coalition, organization)
    key = name_key(clean_name(values["name"]))
    if not key:
        raise NameUnreadable(field="name")
    refuse_look_alikes(values["name"], field="name")
    if key == found.name_key:
        raise InvalidInput(field="name", reason=N_("This is its name already."))
    known = next((each for each in found.aliases if each.name_key == key), None)
    if known is not None:
        return known
    if len(found.aliases) >= MAX_ALIASES:
        raise TooManyAliases(field="name", limit=MAX_ALIASES)
    found.add_alias(values["name"])
    _note(coalition, found, ["aliases"])
    return next(each for each in found.aliases if each.name_key == key)


@section.reads(_ALIAS, scope=_READ, gives=AliasSchema)
def read_alias(organization: UUID, alias: UUID) -> OrganizationAlias:
    """Read another name of an organization."""
    return _own_alias(_found(organization), alias)


@section.deletes(_ALIAS, scope=_WRITE, of=AliasSchema, opens=_for_all)
def delete_alias(
    coalition: Coalition, organization: UUID, alias: UUID, unchanged: Unchanged
) -> None:
    """Forget another name of an organization."""
    found = _ours(coalition, organization)
    known = _own_alias(found, alias)
    unchanged(known)
    found.aliases.remove(known)
    _note(coalition, found, ["aliases"])


def _found(organization_id: UUID, *, locked: bool = False) -> Organization:
    statement = select(Organization).filter_by(id=organization_id)
    statement = statement.options(selectinload(Organization.aliases))
    found = db.session.scalar(statement.with_for_update() if locked else statement)
    if found is None:
        raise NotFound
    return found


def _ours(coalition: Coalition, organization_id: UUID) -> Organization:
    """Return an organization that no other coalition uses; asked in a platform transaction.

    Raises:
        NotFound: there is none with this id.
        NotYoursToChange: another coalition uses it.
    """
    found = _found(organization_id, locked=True)
    if is_used_elsewhere(organization_id, coalition.id):
        raise NotYoursToChange(name=found.name)
    return found


def _parent(organization_id: UUID | None) -> Organization | None:
    if organization_id is None:
        return None
    parent = db.session.get(Organization, organization_id)
    if parent is None:
        raise InvalidInput(field="parent_id", reason=N_("There is no such organization."))
    return parent


def _own_alias(organization: Organization, alias_id: UUID) -> OrganizationAlias:
    for alias in organization.aliases:
        if alias.id == alias_id:
            return alias
    raise NotFound


def _note(coalition: Coalition, organization: Organization, changed: list[str]) -> None:
    db.session.flush()
    with db.narrowed(coalition.id):
        audit.record("organization.changed", organization, changed)
