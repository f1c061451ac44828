"""Which organizations are in a coalition."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import contains_eager

from coalition import db
from coalition.coalitions.models import Coalition, CoalitionMembership, MembershipState
from coalition.organizations.models import Organization

PAGE = 50  # memberships, or coalitions, on one page
NAMES_OFFERED = 500  # names that a form offers to choose from

_ORDER = (Organization.sort_key.collate("C"), CoalitionMembership.id)


@dataclass(frozen=True)
class Memberships:
    """One page of a coalition's members, and the one after whom the next page begins."""

    memberships: Sequence[CoalitionMembership]
    next_after: UUID | None


def members_page(
    *, state: MembershipState | None = None, after: UUID | None = None
) -> Memberships:
    """Return the next page of members in the order of lists."""
    chosen = (
        select(CoalitionMembership)
        .join(CoalitionMembership.organization)
        .options(contains_eager(CoalitionMembership.organization))
    )
    if state is not None:
        chosen = chosen.where(CoalitionMembership.state == state)
    last = db.session.get(CoalitionMembership, after) if after else None
    if last is not None:
        chosen = chosen.where(tuple_(*_ORDER) > tuple_(last.organization.sort_key, last.id))
    found = db.session.scalars(chosen.order_by(*_ORDER).limit(PAGE + 1)).all()
    page = found[:PAGE]
    return Memberships(page, page[-1].id if len(found) > PAGE else None)


def names_of_members() -> Sequence[str]:
    """Return names of members that a form offers, in the order of lists."""
    return db.session.scalars(
        select(Organization.name)
        .join(CoalitionMembership, CoalitionMembership.organization_id == Organization.id)
        .where(CoalitionMembership.state != MembershipState.LEFT)
        .order_by(Organization.sort_key.collate("C"))
        .limit(NAMES_OFFERED)
    ).all()


def member_ids() -> Select[UUID]:
    """Return the ids of the organizations that are in the coalition, to choose among."""
    return select(CoalitionMembership.organization_id).where(
        CoalitionMembership.state != MembershipState.LEFT
    )


def coalitions_page(after: str = "") -> tuple[Sequence[Coalition], str | None]:
    """Return the next page of all coalitions by address, and where the one after begins."""
    chosen = select(Coalition).where(Coalition.slug.collate("C") > after)
    found = db.session.scalars(
        chosen.order_by(Coalition.slug.collate("C")).limit(PAGE + 1)
    ).all()
    page = found[:PAGE]
    return page, page[-1].slug if len(found) > PAGE else None
