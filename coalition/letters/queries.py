"""What is read of letters and their signatories: the lists as they stand under a letter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, select, tuple_

from coalition import db
from coalition.coalitions.models import CoalitionMembership, MembershipRole, MembershipState
from coalition.errors import NotFound
from coalition.letters.models import Letter, ListOrder, letter_by_slug
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.organizations.models import Organization

# Where a page of people ends: what comes after it in the letter's order is the next page.
Place = tuple[str, UUID]

LISTED_ORGANIZATION_NAME = func.coalesce(
    func.nullif(Signature.display_name, ""), Organization.name, Signature.organization_name
)
LISTED_PERSON_NAME = func.coalesce(
    func.nullif(Signature.display_name, ""),
    func.trim(Signature.given_name + " " + Signature.family_name),
)
# Only these count: an organization's signature once approved, a person's once confirmed.
COUNTED_ORGANIZATION = and_(
    Signature.kind == SignatureKind.ORGANIZATION, Signature.state == SignatureState.APPROVED
)
COUNTED_PERSON = and_(
    Signature.kind == SignatureKind.PERSON, Signature.state == SignatureState.CONFIRMED
)
SORTED = Signature.sort_key.collate("C")


@dataclass(frozen=True, slots=True)
class ListedOrganization:
    """An organization as it stands under a letter; never the person who signed for it."""

    signature_id: UUID
    organization_id: UUID | None
    name: str
    website: str | None
    city: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person as they stand under a letter; `place` is where the next page begins.

    `affiliation` is an organization that they named, for identification only.
    """

    signature_id: UUID
    name: str
    affiliation: str
    city: str | None
    region: str | None
    place: Place


def listed_organizations(letter: Letter) -> list[ListedOrganization]:
    """Return the organizations that agreed to be listed, in the letter's order."""
    statement = (
        select(
            Signature.id,
            Signature.organization_id,
            LISTED_ORGANIZATION_NAME,
            func.coalesce(Organization.website, Signature.website),
            func.coalesce(Organization.city, Signature.city),
            func.coalesce(Organization.region, Signature.region),
        )
        .outerjoin(Organization, Organization.id == Signature.organization_id)
        .where(
            Signature.letter_id == letter.id, COUNTED_ORGANIZATION, Signature.listed.is_(True)
        )
        .order_by(*_organization_order(letter.list_order))
    )
    if letter.list_order == ListOrder.LEADERS_FIRST:
        statement = statement.outerjoin(
            CoalitionMembership,
            and_(
                CoalitionMembership.organization_id == Signature.organization_id,
                CoalitionMembership.coalition_id == Signature.coalition_id,
                CoalitionMembership.state == MembershipState.ACTIVE,
            ),
        )
    return [ListedOrganization(*row) for row in db.session.execute(statement)]


def listed_people(
    letter: Letter, after: Place | None = None, limit: int = 200
) -> list[ListedPerson]:
    """Return the people who agreed to be listed, in the letter's order, page by page.

    Args:
        after: the `place` of the last person of the page before; the first page if `None`.
    """
    by_time = letter.list_order == ListOrder.SIGNED
    key: Any = Signature.created_at if by_time else SORTED
    statement = (
        select(
            Signature.id,
            LISTED_PERSON_NAME,
            Signature.organization_name,
            Signature.city,
            Signature.region,
            key.label("key"),
        )
        .where(Signature.letter_id == letter.id, COUNTED_PERSON, Signature.listed.is_(True))
        .order_by(key, Signature.id)
        .limit(limit)
    )
    if after is not None:
        start: Any = datetime.fromisoformat(after[0]) if by_time else after[0]
        statement = statement.where(tuple_(key, Signature.id) > tuple_(start, after[1]))
    return [
        ListedPerson(id_, name, affiliation, city, region, (_text_of(value), id_))
        for id_, name, affiliation, city, region, value in db.session.execute(statement)
    ]


def count_counted(letter_id: UUID) -> tuple[int, int]:
    """Count exactly the organizations and people whose signatures count.

    Reads every signature of the letter: for documents and checks, not for every page view.
    """
    statement = select(
        func.count().filter(COUNTED_ORGANIZATION), func.count().filter(COUNTED_PERSON)
    ).where(Signature.letter_id == letter_id)
    organizations, people = db.session.execute(statement).one()
    return organizations, people


def letter_or_raise(slug: str) -> Letter:
    """Return the current coalition's letter with this address, in any state.

    Raises:
        NotFound: it has none.
    """
    found = letter_by_slug(slug)
    if found is None:
        raise NotFound
    return found


def _organization_order(order: ListOrder) -> tuple[Any, ...]:
    if order == ListOrder.SIGNED:
        return (Signature.created_at, Signature.id)
    if order == ListOrder.LEADERS_FIRST:
        rank = case(
            (CoalitionMembership.role == MembershipRole.LEAD, 0),
            (CoalitionMembership.role == MembershipRole.STEERING, 1),
            else_=2,
        )
        return (rank, SORTED, Signature.id)
    return (SORTED, Signature.id)


def _text_of(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
