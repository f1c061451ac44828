"""Users who speak for organizations in a coalition."""

from uuid import UUID

from sqlalchemy import delete, select

from coalition import audit, db
from coalition.accounts.errors import NotInTheDirectory
from coalition.accounts.models import Representative
from coalition.accounts.queries import team_member
from coalition.errors import NotFound
from coalition.organizations.models import Organization
from coalition.organizations.names import name_key


def let_represent(coalition_id: UUID, user_id: UUID, organization_name: str) -> None:
    """Let a member of the team speak for an organization; twice is once.

    Raises:
        NotFound: the user has no role in this coalition.
        NotInTheDirectory: no organization, or more than one, has this name.
    """
    user = team_member(coalition_id, user_id)
    found = db.session.scalars(
        select(Organization.id).filter_by(name_key=name_key(organization_name)).limit(2)
    ).all()
    if len(found) != 1:
        raise NotInTheDirectory(field="organization", name=organization_name)
    values = {
        "user_id": user_id,
        "coalition_id": coalition_id,
        "organization_id": found[0],
    }
    if db.session.scalar(select(Representative).filter_by(**values)) is None:
        db.session.add(Representative(**values))
        audit.record("team.representation_given", user, ["organization_id"])


def end(coalition_id: UUID, representation_id: UUID) -> None:
    """Let a user no longer speak for an organization.

    Raises:
        NotFound: there is no such representation in this coalition.
    """
    ended = db.session.scalar(
        select(Representative).filter_by(coalition_id=coalition_id, id=representation_id)
    )
    if ended is None:
        raise NotFound
    db.session.execute(delete(Representative).where(Representative.id == ended.id))
    audit.record("team.representation_taken", ended, ["organization_id"])


def by_user(coalition_id: UUID) -> dict[UUID, list[tuple[UUID, str]]]:
    """Return {user: [(representation, name of the organization)]} of a coalition."""
    rows = db.session.execute(
        select(Representative.user_id, Representative.id, Organization.name)
        .join(Organization, Organization.id == Representative.organization_id)
        .where(Representative.coalition_id == coalition_id)
        .order_by(Organization.sort_key.collate("C"))
    )
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for user_id, representation_id, name in rows:
        found.setdefault(user_id, []).append((representation_id, name))
    return found


def check_represents(user_id: UUID, coalition_id: UUID, organization_id: UUID) -> None:
    """Refuse who does not speak for an organization in a coalition.

    Raises:
        NotFound: the user does not speak for it, or there is none.
    """
    if organization_id not in organizations_of(user_id, coalition_id):
        raise NotFound


def organizations_of(user_id: UUID, coalition_id: UUID) -> list[UUID]:
    """Return the organizations that a user speaks for in a coalition."""
    statement = select(Representative.organization_id)
    return list(
        db.session.scalars(statement.filter_by(user_id=user_id, coalition_id=coalition_id))
    )
