"""What pages and commands ask about users."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, union
from sqlalchemy.orm import selectinload

from coalition import db
from coalition.accounts.models import CoalitionRole, Role, User
from coalition.accounts.tokens import ApiToken
from coalition.audit import AuditEntry
from coalition.errors import NotFound


@dataclass(frozen=True)
class TeamMember:
    """A user's place in a coalition's team."""

    user: User
    role: Role


@dataclass(frozen=True)
class RolePlace:
    """A coalition in which a user has a role."""

    slug: str
    name: str
    role: Role


def team(coalition_id: UUID) -> list[TeamMember]:
    """Return who has a role in a coalition, coordinators first."""
    rows = db.session.execute(
        select(User, CoalitionRole.role)
        .join(CoalitionRole, CoalitionRole.user_id == User.id)
        .where(CoalitionRole.coalition_id == coalition_id)
        .options(selectinload(User.webauthn))
        .order_by(User.name, User.email)
    )
    members = [TeamMember(user, role) for user, role in rows]
    return sorted(members, key=lambda member: list(Role).index(member.role))


def team_member(coalition_id: UUID, user_id: UUID) -> User:
    """Return a user who has a role in the coalition.

    Raises:
        NotFound: this one has none, or does not exist.
    """
    user = db.session.scalar(
        select(User)
        .join(CoalitionRole, CoalitionRole.user_id == User.id)
        .where(CoalitionRole.coalition_id == coalition_id, User.id == user_id)
    )
    if user is None:
        raise NotFound
    return user


def coordinators(coalition_id: UUID) -> list[User]:
    """Return the active users who coordinate a coalition, by address."""
    found = (
        select(User)
        .join(CoalitionRole, CoalitionRole.user_id == User.id)
        .where(
            CoalitionRole.coalition_id == coalition_id,
            CoalitionRole.role == Role.COORDINATOR,
            User.active,
        )
        .order_by(User.email)
    )
    return list(db.session.scalars(found))


def users_behind(subject_ids: Collection[UUID], *, since: datetime) -> set[UUID]:
    """Return the users who did something to records since a moment, on pages or with a token."""
    entries = (AuditEntry.subject_id.in_(subject_ids), AuditEntry.recorded_at >= since)
    by_hand = select(AuditEntry.actor_id).where(*entries, AuditEntry.actor_kind == "user")
    by_program = (
        select(ApiToken.user_id)
        .join(AuditEntry, AuditEntry.actor_id == ApiToken.id)
        .where(*entries, AuditEntry.actor_kind == "token")
    )
    found = db.session.scalars(union(by_hand, by_program))
    return {each for each in found if each is not None}


def count_coordinators(coalition_id: UUID) -> int:
    """Return how many active users coordinate a coalition."""
    rows = db.rows(
        "SELECT count(*) AS coordinators FROM coalition_roles JOIN users ON users.id = user_id"
        " WHERE coalition_id = :coalition_id AND role = :role AND users.active",
        {"coalition_id": coalition_id, "role": Role.COORDINATOR.value},
    )
    return int(rows[0]["coordinators"])


def places_of(user: User) -> list[RolePlace]:
    """Return the coalitions that a user may enter, by name; administrators enter all."""
    rows = db.session.execute(
        text(
            "SELECT slug, name, role FROM coalitions LEFT JOIN coalition_roles"
            " ON coalition_id = coalitions.id AND user_id = :user_id"
            " WHERE role IS NOT NULL OR :is_administrator ORDER BY name"
        ),
        {"user_id": user.id, "is_administrator": user.is_administrator},
    )
    return [
        RolePlace(
            row.slug,
            row.name,
            Role.ADMINISTRATOR if user.is_administrator else Role(row.role),
        )
        for row in rows
    ]


def coalition_words(user_id: UUID) -> list[str]:
    """Return the names of the user's coalitions, which make poor passwords."""
    rows = db.session.execute(
        text(
            "SELECT name, slug FROM coalitions JOIN coalition_roles"
            " ON coalition_id = coalitions.id WHERE user_id = :user_id"
        ),
        {"user_id": user_id},
    )
    return [word for row in rows for word in row]


def all_users() -> list[User]:
    """Return every user, by address."""
    return list(
        db.session.scalars(
            select(User).options(selectinload(User.coalition_roles)).order_by(User.email)
        )
    )


def count_administrators() -> int:
    """Return how many active administrators the installation has."""
    statement = select(func.count()).where(User.is_administrator, User.active)
    return db.session.scalar(statement) or 0
