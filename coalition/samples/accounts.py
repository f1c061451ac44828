"""The sample accounts: an administrator, a coordinator and a viewer."""

from collections.abc import Mapping

from coalition.accounts.models import CoalitionRole, Role, User, user_by_email
from coalition.coalitions.models import Coalition

_PEOPLE = {
    "administrator@example.org": ("Ada Administrator", Role.ADMINISTRATOR),
    "coordinator@example.org": ("Coco Coordinator", Role.COORDINATOR),
    "viewer@example.org": ("Vic Viewer", Role.VIEWER),
}


def add_accounts(coalition: Coalition, passwords: Mapping[str, str]) -> None:
    """Add the sample accounts with these passwords, and their roles in `coalition`.

    In the open transaction. An account that is there keeps its password.
    """
    for address, (name, role) in _PEOPLE.items():
        is_administrator = role == Role.ADMINISTRATOR
        user = user_by_email(address)
        if user is None:
            user = User.add(email=address, name=name, is_administrator=is_administrator)
            user.set_password(passwords[address])
        if not is_administrator and user.role_in(coalition.id) is None:
            user.coalition_roles.append(
                CoalitionRole(user_id=user.id, coalition_id=coalition.id, role=role)
            )
