"""A coalition and the organizations in it, for programs."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from coalition import audit, db
from coalition.api.operations import Section, Unchanged
from coalition.api.schemas.base import check_order
from coalition.api.schemas.coalitions import (
    CoalitionSchema,
    MemberChange,
    MemberInput,
    MemberSchema,
    MembersQuery,
)
from coalition.coalitions.models import Coalition, CoalitionMembership, MembershipState
from coalition.errors import N_, InvalidInput, NotFound
from coalition.organizations.models import Organization

section = Section("coalitions", "The coalition of the token, and the organizations in it.")

_READ, _WRITE = "organizations:read", "organizations:write"
_ONE = "/memberships/<uuid:membership>"
_BEGINNINGS = (MembershipState.INVITED, MembershipState.APPLIED, MembershipState.ACTIVE)
_LINKS = {
    name: {"membership": "$response.body#/id"} for name in ("read_member", "change_member")
}


@section.reads("", scope=_READ, gives=CoalitionSchema)
def read_coalition(coalition: Coalition) -> Coalition:
    """Read what the coalition says about itself."""
    return coalition


@section.lists("/memberships", scope=_READ, gives=MemberSchema, query=MembersQuery)
def list_members(state: MembershipState | None) -> Select[Any]:
    """List the organizations in the coalition. `state` leaves those in that state."""
    chosen = select(CoalitionMembership)
    return chosen if state is None else chosen.filter_by(state=state)


@section.creates(
    "/memberships", scope=_WRITE, takes=MemberInput, gives=MemberSchema, links=_LINKS,
    problems=(409,),
)  # fmt: skip
def create_member(coalition: Coalition, values: dict[str, Any]) -> CoalitionMembership:
    """Put an organization of the directory on the list of members."""
    organization = db.session.get(Organization, values["organization_id"])
    if organization is None:
        raise InvalidInput(field="organization_id", reason=N_("There is no such organization."))
    today = coalition.today()
    state = values["state"]
    begun = state if state in _BEGINNINGS else MembershipState.ACTIVE
    member = CoalitionMembership.begin(organization, begun, on=values["starts_on"] or today)
    member.role = values["role"]
    member.starts_on = values["starts_on"] or member.starts_on
    member.ends_on = values["ends_on"]
    _turn(member, state, on=values["ends_on"] or today)
    audit.record("coalition_membership.began", member, ["state", "role"])
    return member


@section.reads(_ONE, scope=_READ, gives=MemberSchema)
def read_member(membership: UUID) -> CoalitionMembership:
    """Read how an organization stands with the coalition."""
    return _found(membership)


@section.changes(_ONE, scope=_WRITE, takes=MemberChange, gives=MemberSchema)
def change_member(
    coalition: Coalition, membership: UUID, values: Mapping[str, Any], unchanged: Unchanged
) -> CoalitionMembership:
    """Change a member's role, state or days. A membership is ended with the state `left`."""
    found = _found(membership, locked=True)
    unchanged(found)
    check_order(values.get("starts_on", found.starts_on), values.get("ends_on", found.ends_on))
    for name in ("role", "starts_on", "ends_on"):
        if name in values:
            setattr(found, name, values[name])
    if "state" in values:
        _turn(found, values["state"], on=found.ends_on or coalition.today())
    audit.record("coalition_membership.changed", found, sorted(values))
    return found


def _turn(member: CoalitionMembership, state: MembershipState, *, on: date) -> None:
    if state == member.state:
        return
    match state:
        case MembershipState.ACTIVE:
            member.activate(on=on)
        case MembershipState.LEFT:
            member.leave(on=on)
        case MembershipState.PAUSED:
            member.pause()
        case _:
            member.state = state


def _found(membership_id: UUID, *, locked: bool = False) -> CoalitionMembership:
    statement = select(CoalitionMembership).filter_by(id=membership_id)
    if locked:
        statement = statement.with_for_update(of=CoalitionMembership)
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound
    return found
