"""What Flask-Security asks of a store of users, on our session and models."""

from typing import Any

from flask_security.datastore import UserDatastore
from sqlalchemy import select

from coalition import db
from coalition.accounts.models import Passkey, User
from coalition.clock import now


class Accounts(UserDatastore):
    """Users and passkeys. Roles are ours alone: Flask-Security is given none."""

    def __init__(self) -> None:
        super().__init__(User, None, Passkey)  # type: ignore[arg-type]

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Any:  # noqa: FBT001, FBT002
        """Return the user with this value in this column."""
        ((column, value),) = by.items()
        if case_insensitive:
            value = value.lower()  # addresses are stored so
        return db.session.scalar(select(User).where(getattr(User, column) == value))

    def find_role(self, role: str) -> None:
        """Return nothing: roles belong to coalitions, see `access`."""

    def find_webauthn(self, credential_id: bytes) -> Any:
        """Return the passkey with this id."""
        return db.session.scalar(select(Passkey).filter_by(credential_id=credential_id))

    def create_webauthn(self, user: Any, **values: Any) -> None:  # type: ignore[override]
        """Add a passkey to a user."""
        user.webauthn.append(Passkey(user_id=user.id, lastuse_datetime=now(), **values))
        self.put(user)

    def put(self, model: Any) -> None:
        """Let the session store what changed in `model`."""
        db.session.add(_itself(model))

    def delete(self, model: Any) -> None:
        """Let the session delete `model`."""
        db.session.delete(_itself(model))

    def commit(self) -> None:
        """Commit what a view of Flask-Security wrote."""
        db.commit_open()


def _itself(model: Any) -> Any:
    """Return the object behind `current_user`, which only points to it."""
    return model._get_current_object() if hasattr(model, "_get_current_object") else model
