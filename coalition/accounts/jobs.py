"""What the worker does about accounts: send links, forget what is over."""

from uuid import UUID

from coalition import db, jobs
from coalition.accounts import links, mails, sessions, throttle
from coalition.accounts.links import LinkPurpose
from coalition.accounts.models import User


def send_link(user_id: str, purpose: str) -> None:
    """Send a user a link; nothing happens if there is no such user.

    A second run sends a second mail, whose link replaces the first.
    """
    with db.transaction() as session:
        user = session.get(User, UUID(user_id))
        if user is None or not user.active:
            return
        kind = LinkPurpose(purpose)
        if kind == LinkPurpose.SIGN_IN and user.password is None:
            kind = LinkPurpose.INVITATION  # invited, never came
        mails.queue_link(user, kind, links.make(user, kind))


def forget_expired() -> None:
    """Delete sessions, links and counted tries that are over. Idempotent."""
    sessions.forget_expired()
    throttle.forget_old()
    with db.transaction():
        links.forget_old()


jobs.periodic(jobs.Periodic("accounts.forget_expired", 600, forget_expired))
