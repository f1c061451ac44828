"""Links in mails to users: to sign in, to set a password. Random, stored hashed, used once."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import config, db
from coalition.accounts.errors import LinkUsedUp
from coalition.accounts.models import User
from coalition.clock import now


class LinkPurpose(StrEnum):
    """What a link is good for, and nothing else."""

    SIGN_IN = "sign_in"
    PASSWORD = "password"  # noqa: S105  not one
    INVITATION = "invitation"


LIFE = {
    LinkPurpose.SIGN_IN: timedelta(minutes=10),
    LinkPurpose.PASSWORD: timedelta(hours=1),
    LinkPurpose.INVITATION: timedelta(days=7),
}


class AccountLink(db.Base):
    """A link that was sent to a user's address. Opening it does nothing; the button does."""

    __tablename__ = "account_links"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[LinkPurpose]
    token_hash: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]  # the address it went to: a changed address makes it worthless
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


def make(user: User, purpose: LinkPurpose) -> str:
    """Make a link for a user and return its secret; older ones for the same purpose end."""
    secret = secrets.token_urlsafe(32)
    db.session.execute(
        delete(AccountLink).where(
            AccountLink.user_id == user.id, AccountLink.purpose == purpose
        )
    )
    db.session.add(
        AccountLink(
            user_id=user.id,
            purpose=purpose,
            token_hash=_hash(secret),
            email=user.email,
            expires_at=now() + LIFE[purpose],
        )
    )
    return secret


def address(secret: str) -> str:
    """Return the address of the page of a link; known here, since the command line has no pages."""
    return f"{config.current().public_url}/account/links/{secret}"


def open_link(secret: str, *purposes: LinkPurpose) -> AccountLink:
    """Return the link for one of `purposes`, without using it up.

    Raises:
        LinkUsedUp: there is none, it is too old, or its user may not sign in.
    """
    link = db.session.scalar(
        select(AccountLink).where(
            AccountLink.token_hash == _hash(secret),
            AccountLink.purpose.in_(purposes),
            AccountLink.expires_at > now(),
        )
    )
    if link is None or not link.user.active or link.email != link.user.email:
        raise LinkUsedUp
    return link


def use(link: AccountLink) -> User:
    """Use the link up and return its user; of two at once only one succeeds.

    Raises:
        LinkUsedUp: somebody was faster.
    """
    used = db.session.execute(
        delete(AccountLink).where(AccountLink.id == link.id).returning(AccountLink.id)
    ).first()
    if used is None:
        raise LinkUsedUp
    return link.user


def end_all(user: User) -> None:
    """Make all links of a user worthless, after a new password."""
    db.session.execute(delete(AccountLink).where(AccountLink.user_id == user.id))


def forget_old() -> None:
    """Delete the links that are too old."""
    db.session.execute(delete(AccountLink).where(AccountLink.expires_at < now()))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
