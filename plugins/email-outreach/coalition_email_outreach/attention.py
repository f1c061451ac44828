"""What of mailings waits for a coordinator, for the page “At a glance”."""

from collections.abc import Iterator

from flask_babel import gettext
from sqlalchemy import exists, or_, select

from coalition.sdk import PageLink, session, signed_in_user
from coalition_email_outreach import approving
from coalition_email_outreach.lifecycle import EDITABLE, MailingStatus
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.recipients import Recipient, RecipientState

SHOWN = 20


def links() -> list[PageLink]:
    """Return the mailings that wait for somebody, and for what, in the page's language."""
    return [
        PageLink(f"mailings/{mailing.id}/", words)
        for mailing in _waiting()
        if (words := next(_wants(mailing), None))
    ]


def _waiting() -> list[Mailing]:
    in_doubt = exists().where(
        Recipient.mailing_id == Mailing.id, Recipient.state == RecipientState.UNCERTAIN
    )
    newest = (
        select(Mailing)
        .where(
            or_(
                Mailing.status.in_(EDITABLE) & Mailing.approval_asked_at.is_not(None),
                Mailing.status.in_((MailingStatus.DRAFT, MailingStatus.PAUSED))
                & Mailing.problem.is_not(None),
                in_doubt,
            )
        )
        .order_by(Mailing.id.desc())
        .limit(SHOWN)
    )
    return list(session.scalars(newest))


def _wants(mailing: Mailing) -> Iterator[str]:
    """Say what it waits for, the most urgent first."""
    if mailing.problem is not None and mailing.status in (
        MailingStatus.DRAFT,
        MailingStatus.PAUSED,
    ):
        yield gettext("“%(name)s” was held: see why", name=mailing.name)
    elif mailing.approval_asked_at is not None and mailing.status in EDITABLE:
        user = signed_in_user()
        if user is not None and user.id not in approving.hands(mailing):
            yield gettext("“%(name)s” waits for your approval", name=mailing.name)
    else:
        yield gettext(
            "“%(name)s”: nobody knows whether some messages arrived. Decide about them",
            name=mailing.name,
        )
