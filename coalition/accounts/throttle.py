"""How often a password or code may be tried: counted before it is looked at, for any name."""

from datetime import datetime, timedelta

from sqlalchemy import and_, case, delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from coalition import crypto, db
from coalition.clock import now

TRIES_PER_HOUR = 10  # per account
TRIES_IN_A_ROW = 100  # then only a new password helps; NIST SP 800-63B-4, 3.2.2
FORGOTTEN_AFTER = timedelta(days=90)
FEW_FORGOTTEN_AFTER = timedelta(days=1)  # fewer tries than an hour allows: a typing error


class LoginThrottle(db.Base):
    """Tries on one account: the name as a keyed hash, so that unknown names count alike."""

    __tablename__ = "login_throttles"

    account_hash: Mapped[str] = mapped_column(unique=True)
    tries: Mapped[int]
    tries_in_a_row: Mapped[int]
    window_began_at: Mapped[datetime]


def may_try(kind: str, account: str) -> bool:
    """Count a try and return whether it may be made.

    It is counted whatever happens afterwards, in a transaction of its own, so that parallel
    tries cannot slip through together.

    Args:
        kind: "password" or "second factor", which are counted apart: who guesses passwords
            must not keep the owner from using the rest.
    """
    moment = now()
    is_old = LoginThrottle.window_began_at < moment - timedelta(hours=1)
    counted = (
        insert(LoginThrottle)
        .values(
            id=uuid7(),
            account_hash=_hash(kind, account),
            tries=1,
            tries_in_a_row=1,
            window_began_at=moment,
        )
        .on_conflict_do_update(
            index_elements=[LoginThrottle.account_hash],
            set_={
                "tries": case((is_old, 1), else_=LoginThrottle.tries + 1),
                "tries_in_a_row": LoginThrottle.tries_in_a_row + 1,
                "window_began_at": case((is_old, moment), else_=LoginThrottle.window_began_at),
            },
        )
        .returning(LoginThrottle.tries, LoginThrottle.tries_in_a_row)
    )
    with db.aside() as own:
        tries, in_a_row = own.execute(counted).one()
    return bool(tries <= TRIES_PER_HOUR and in_a_row <= TRIES_IN_A_ROW)


def forget(kind: str, account: str) -> None:
    """Start counting anew: the try was right, or the password was replaced."""
    with db.aside() as own:
        own.execute(
            delete(LoginThrottle).where(LoginThrottle.account_hash == _hash(kind, account))
        )


def forget_old() -> None:
    """Delete the counts of accounts that nobody tried for a long time."""
    moment, began_at = now(), LoginThrottle.window_began_at
    few = LoginThrottle.tries_in_a_row < TRIES_PER_HOUR
    with db.aside() as own:
        own.execute(
            delete(LoginThrottle).where(
                or_(
                    began_at < moment - FORGOTTEN_AFTER,
                    and_(few, began_at < moment - FEW_FORGOTTEN_AFTER),
                )
            )
        )


def _hash(kind: str, account: str) -> str:
    return crypto.keyed_hash(f"throttle {kind}", account.strip().lower())
