"""Who works on a coalition: giving, changing and taking roles."""

from uuid import UUID

from sqlalchemy import delete, select, update

from coalition import audit, db
from coalition.accounts.errors import LastOfTheirKind, RoleTooHigh
from coalition.accounts.models import CoalitionRole, Representative, Role, User, user_by_email
from coalition.accounts.queries import count_coordinators, team_member
from coalition.accounts.tokens import ApiToken
from coalition.clock import now


def give_role(
    coalition_id: UUID, *, email: str, name: str, role: Role, held: Role
) -> tuple[User, bool]:
    """Give the owner of an address a role; return them and whether they need an invitation.

    Args:
        held: the role of who gives it.

    Raises:
        RoleTooHigh: `held` does not cover `role`, or the one they have now.
        LastOfTheirKind: they are the last coordinator and would be none.
    """
    if not held.covers(role):
        raise RoleTooHigh
    user = user_by_email(email) or User.add(email=email, name=name)
    if _row(coalition_id, user.id) is None:
        db.session.add(CoalitionRole(user_id=user.id, coalition_id=coalition_id, role=role))
        _changed(user, "team.role_given")
    else:
        change_role(coalition_id, user.id, role=role, held=held)
    return user, user.password is None


def change_role(coalition_id: UUID, user_id: UUID, *, role: Role, held: Role) -> None:
    """Give a member of the team another role; their sessions end.

    Raises:
        NotFound: the user has no role in this coalition.
        RoleTooHigh: `held` does not cover the new role or the old one.
        LastOfTheirKind: nobody would coordinate the coalition.
    """
    user = team_member(coalition_id, user_id)
    row = _may_change(coalition_id, user_id, held)
    if not held.covers(role):
        raise RoleTooHigh
    if row.role == Role.COORDINATOR and role != Role.COORDINATOR:
        _keep_one(coalition_id, held)
        _revoke_tokens(coalition_id, user_id)
    row.role = role
    _changed(user, "team.role_changed")


def take_role(coalition_id: UUID, user_id: UUID, *, held: Role) -> None:
    """Take a member out of the team: role, sessions and tokens end.

    Raises:
        NotFound: the user has no role in this coalition.
        RoleTooHigh: `held` does not cover their role.
        LastOfTheirKind: nobody would coordinate the coalition.
    """
    user = team_member(coalition_id, user_id)
    row = _may_change(coalition_id, user_id, held)
    if row.role == Role.COORDINATOR:
        _keep_one(coalition_id, held)
    _revoke_tokens(coalition_id, user_id)
    db.session.execute(
        delete(Representative).where(
            Representative.user_id == user_id, Representative.coalition_id == coalition_id
        )
    )
    db.session.delete(row)
    _changed(user, "team.role_taken")


def deactivate(user: User) -> None:
    """Keep a user out of the installation: sessions and tokens end, roles stay for the log.

    Raises:
        LastOfTheirKind: nobody else administers the installation.
    """
    if user.is_administrator and not _other_administrators(user):
        raise LastOfTheirKind
    user.deactivate()
    _revoke_tokens(None, user.id)
    audit.record("user.deactivated", user, ["active"])


def _row(coalition_id: UUID, user_id: UUID) -> CoalitionRole | None:
    return db.session.scalar(
        select(CoalitionRole).filter_by(coalition_id=coalition_id, user_id=user_id)
    )


def _may_change(coalition_id: UUID, user_id: UUID, held: Role) -> CoalitionRole:
    # All rows of the team are locked, so that two coordinators cannot remove each other.
    rows = db.session.scalars(
        select(CoalitionRole)
        .filter_by(coalition_id=coalition_id)
        .order_by(CoalitionRole.id)
        .with_for_update()
    )
    row = next(each for each in rows if each.user_id == user_id)
    if not held.covers(row.role):
        raise RoleTooHigh
    return row


def _keep_one(coalition_id: UUID, held: Role) -> None:
    # An administrator may: they can name another coordinator at any time.
    if held != Role.ADMINISTRATOR and count_coordinators(coalition_id) <= 1:
        raise LastOfTheirKind


def _revoke_tokens(coalition_id: UUID | None, user_id: UUID) -> None:
    statement = update(ApiToken).where(
        ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None)
    )
    if coalition_id is not None:
        statement = statement.where(ApiToken.coalition_id == coalition_id)
    db.session.execute(statement.values(revoked_at=now()))


def _other_administrators(user: User) -> bool:
    others = select(User.id).where(User.is_administrator, User.active, User.id != user.id)
    return db.session.scalars(others.with_for_update()).first() is not None


def _changed(user: User, action: str) -> None:
    user.sign_out_everywhere()
    audit.record(action, user, ["role"])
