"""The mails about accounts, and those to a coalition's coordinators about their work."""

from collections.abc import Callable
from uuid import UUID

from flask_babel import force_locale, gettext

from coalition.accounts import links
from coalition.accounts.links import LinkPurpose
from coalition.accounts.models import User
from coalition.accounts.queries import coordinators
from coalition.coalitions.models import Coalition
from coalition.mail import door


def queue_link(user: User, purpose: LinkPurpose, secret: str) -> None:
    """Queue the mail with a link, in the user's language; inside a transaction."""
    with force_locale(user.language or "en"):
        url = links.address(secret)
        subject, text = _SENTENCES[purpose](url)
        door.queue(
            purpose=f"account {purpose.value}", to=user.email, subject=subject, text=text
        )


def tell_coordinators(
    coalition: Coalition,
    write: Callable[[], tuple[str, str]],
    *,
    besides: UUID | None = None,
) -> None:
    """Queue a mail to each coordinator of a coalition, in their language; inside a transaction.

    It is about their work: what they agreed to as people, and a quota, do not matter.

    Args:
        write: returns subject and text in the language that is set while it is called.
        besides: the user who knows already.
    """
    for user in coordinators(coalition.id):
        if user.id == besides:
            continue
        with force_locale(user.language or coalition.language):
            subject, text = write()
        door.queue(
            purpose="team",
            to=user.email,
            subject=subject,
            text=text,
            sender_name=coalition.name,
            is_counted=False,
        )


def _sign_in(url: str) -> tuple[str, str]:
    return gettext("Your link to sign in"), gettext(
        "Hello,\n\n"
        "with this link you can sign in. It works once, for ten minutes:\n\n%(url)s\n\n"
        "If you did not ask for it, ignore this mail: nothing happens.\n",
        url=url,
    )


def _password(url: str) -> tuple[str, str]:
    return gettext("Choose a new password"), gettext(
        "Hello,\n\n"
        "with this link you can choose a new password. It works once, for one hour:\n\n"
        "%(url)s\n\n"
        "If you did not ask for it, ignore this mail: your password stays as it is.\n",
        url=url,
    )


def _invitation(url: str) -> tuple[str, str]:
    return gettext("You have been invited"), gettext(
        "Hello,\n\n"
        "somebody has given you an account to work with a coalition. Choose a password with"
        " this link; it works once, for seven days:\n\n%(url)s\n\n"
        "If you do not expect this, ignore this mail.\n",
        url=url,
    )


_SENTENCES = {
    LinkPurpose.SIGN_IN: _sign_in,
    LinkPurpose.PASSWORD: _password,
    LinkPurpose.INVITATION: _invitation,
}
