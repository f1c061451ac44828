"""Who may sign in: users, their roles in coalitions, their passkeys and sessions."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import db
from coalition.accounts import passwords
from coalition.accounts.errors import NoSuchUser, UserExists
from coalition.addresses import clean_address
from coalition.clock import now

ABSOLUTE_LIFE = timedelta(hours=24)  # a session ends then, however busy
IDLE_LIFE = timedelta(hours=1)  # … and when nothing was asked for so long


class Role(StrEnum):
    """What a user may do: the first in the whole installation, the others in one coalition."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    REPRESENTATIVE = "representative"
    VIEWER = "viewer"

    def covers(self, other: "Role") -> bool:
        """Return whether who has this role may do what `other` may."""
        return other is self or other in _COVERED[self]


_COVERED: dict[Role, frozenset[Role]] = {
    Role.ADMINISTRATOR: frozenset({Role.COORDINATOR, Role.REPRESENTATIVE, Role.VIEWER}),
    Role.COORDINATOR: frozenset({Role.REPRESENTATIVE, Role.VIEWER}),
    Role.REPRESENTATIVE: frozenset(),
    Role.VIEWER: frozenset(),
}
COALITION_ROLES = (Role.COORDINATOR, Role.REPRESENTATIVE, Role.VIEWER)


class User(db.Base):
    """A login. What it may do stands in its roles.

    Some columns and methods have the names that Flask-Security asks for.
    """

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str | None]
    is_administrator: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    password: Mapped[str | None]
    # Changing it ends every session of the user.
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, default=lambda: uuid4().hex)
    fs_webauthn_user_handle: Mapped[str] = mapped_column(
        unique=True, default=lambda: uuid4().hex
    )
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]  # sealed with the installation's key
    totp_counter: Mapped[int | None]  # the last code used, which is then used up
    mf_recovery_codes: Mapped[list[str] | None]  # SHA-256 of each
    last_login_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    coalition_roles: Mapped[list["CoalitionRole"]] = relationship(
        cascade="all, delete-orphan", order_by="CoalitionRole.id"
    )
    webauthn: Mapped[list["Passkey"]] = relationship(
        cascade="all, delete-orphan", order_by="Passkey.id"
    )

    # Flask-Security offers codes by SMS too and sets this; it is never kept.
    tf_phone_number = None

    is_authenticated = True
    is_anonymous = False

    @classmethod
    def add(cls, *, email: str, name: str = "", is_administrator: bool = False) -> "User":
        """Add a user without a password; they set it with a link.

        Raises:
            NotAnAddress: mail cannot be sent to `email`.
            UserExists: somebody signs in with this address.
        """
        address = login_name(email)
        if user_by_email(address):
            raise UserExists(field="email", email=address)
        user = cls(
            email=address,
            name=name,
            is_administrator=is_administrator,
            coalition_roles=[],
            webauthn=[],
        )
        db.session.add(user)
        db.session.flush()
        return user

    @property
    def is_active(self) -> bool:
        """Whether the user may sign in."""
        return self.active

    @property
    def has_second_factor(self) -> bool:
        """Whether something besides the password is asked for, or replaces it."""
        return bool(self.tf_totp_secret and self.tf_primary_method) or bool(self.webauthn)

    @property
    def is_staff(self) -> bool:
        """Whether the user may change other people's data, and so needs a second factor."""
        return self.is_administrator or any(
            each.role == Role.COORDINATOR for each in self.coalition_roles
        )

    def get_id(self) -> str:
        """Return what a session remembers of the user."""
        return self.fs_uniquifier

    def role_in(self, coalition_id: UUID) -> Role | None:
        """Return what the user is in a coalition; administrators are that everywhere."""
        if self.is_administrator:
            return Role.ADMINISTRATOR
        return next(
            (each.role for each in self.coalition_roles if each.coalition_id == coalition_id),
            None,
        )

    def set_password(self, password: str, about: list[str] | None = None) -> None:
        """Set a password and end all sessions.

        Args:
            about: further words that it must not consist of, such as coalitions' names.

        Raises:
            WeakPassword: it is too short or too easy to guess.
        """
        self.password = passwords.hashed(passwords.check(password, self.known_words(about)))
        self.sign_out_everywhere()

    def known_words(self, more: list[str] | None = None) -> list[str]:
        """Return what others know of the user and a guesser would try."""
        return [self.email, self.email.partition("@")[0], self.name, "coalition", *(more or [])]

    def sign_out_everywhere(self, *, but: UUID | None = None) -> None:
        """End the user's sessions, all or all `but` one; copied cookies are worthless then."""
        if but is None:
            self.fs_uniquifier = uuid4().hex
        db.session.execute(
            delete(UserSession).where(
                UserSession.user_id == self.id,
                UserSession.id != but if but else UserSession.id.is_not(None),
            )
        )

    def drop_second_factors(self) -> None:
        """Forget code, passkeys and recovery codes, for somebody who lost them all."""
        self.tf_primary_method = self.tf_totp_secret = self.totp_counter = None
        self.mf_recovery_codes = None
        self.webauthn.clear()
        self.sign_out_everywhere()

    def deactivate(self) -> None:
        """Keep the user from signing in and end their sessions; the row stays for the log."""
        self.active = False
        self.sign_out_everywhere()

    # What follows is asked by Flask-Security.

    def calc_username(self) -> str:
        """Return the name under which an authenticator app files the code."""
        return self.email

    def verify_and_update_password(self, password: str) -> bool:
        """Return whether `password` is right; hash it anew if parameters have risen."""
        right = passwords.matches(password, self.password)
        if right and self.password and passwords.is_outdated(self.password):
            self.password = passwords.hashed(password)
        return right

    def check_tf_required(
        self,
        tf_setup_methods: list[tuple[str, str]],
        _tf_fresh: bool,  # noqa: FBT001
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Ask for the second factor at each sign-in of a user who has one."""
        return bool(tf_setup_methods), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Let users switch the code off again; `access.staff` says what their role needs."""
        return False

    def track_failed_authn(self, *_what: object) -> None:
        """Do nothing: failures are counted before the check, see `throttle`."""

    def is_locked(self, _errors: object = None) -> bool:
        """Return False: who is shut out is decided before the password is looked at."""
        return False


class CoalitionRole(db.Base):
    """What a user is in a coalition. Global, since it is asked before a scope is known."""

    __tablename__ = "coalition_roles"
    __table_args__ = (
        UniqueConstraint("user_id", "coalition_id"),
        Index(None, "coalition_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    coalition_id: Mapped[UUID] = mapped_column(ForeignKey("coalitions.id", ondelete="CASCADE"))
    role: Mapped[Role]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Representative(db.Base):
    """A user who speaks for an organization in a coalition."""

    __tablename__ = "representatives"
    __table_args__ = (
        UniqueConstraint("user_id", "coalition_id", "organization_id"),
        Index(None, "coalition_id", "organization_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    coalition_id: Mapped[UUID] = mapped_column(ForeignKey("coalitions.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE")
    )
    created_at: Mapped[datetime] = mapped_column(default=now)


class Passkey(db.Base):
    """A WebAuthn credential; columns as Flask-Security names them."""

    __tablename__ = "passkeys"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None]
    backup_state: Mapped[bool] = mapped_column(default=False)
    device_type: Mapped[str]
    extensions: Mapped[str | None]
    usage: Mapped[str]  # "first": replaces the password; "secondary": stands beside it
    create_datetime: Mapped[datetime] = mapped_column(default=now)
    lastuse_datetime: Mapped[datetime]

    def get_user_mapping(self) -> dict[str, Any]:
        """Return how Flask-Security finds the user of this passkey."""
        return {"id": self.user_id}


class UserSession(db.Base):
    """What the server keeps for a cookie. The cookie holds a random text, this its SHA-256."""

    __tablename__ = "user_sessions"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    key_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    values: Mapped[dict[str, Any]]
    signed_in_with: Mapped[list[str]] = mapped_column(default=list)  # "password", "code", …
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


def login_name(email: str) -> str:
    """Return the address as it is stored for signing in: lower case.

    Raises:
        NotAnAddress: mail cannot be sent there.
    """
    return clean_address(email).lower()


def user_by_email(email: str) -> User | None:
    """Return who signs in with this address."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def existing_user(email: str) -> User:
    """Return who signs in with this address.

    Raises:
        NoSuchUser: nobody does.
    """
    user = user_by_email(email)
    if user is None:
        raise NoSuchUser(field="email", email=email)
    return user
