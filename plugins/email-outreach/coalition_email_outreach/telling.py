"""Telling a coalition's coordinators what became of a mailing while nobody looked."""

from flask_babel import gettext

from coalition.sdk import (
    Coalition,
    DomainError,
    User,
    absolute_url,
    error_in_words,
    session,
    tell_coordinators,
)
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing


def approval_asked(mailing: Mailing, asker: User | None) -> None:
    """Ask the other coordinators to look at a mailing and approve it."""
    coalition = session.get_one(Coalition, mailing.coalition_id)
    url = absolute_url(
        "email-outreach-acts.look_before_approving",
        coalition=coalition.slug,
        mailing=mailing.id,
    )

    def write() -> tuple[str, str]:
        who = (asker.name or asker.email) if asker else coalition.name
        return gettext("Please look at it: %(name)s", name=mailing.name), gettext(
            "Hello,\n\n%(who)s asks for a second pair of eyes on “%(name)s” of %(coalition)s,"
            " before it goes out. Here you see whom it goes to and what they get, and can approve"
            " it:\n\n%(url)s\n",
            who=who,
            name=mailing.name,
            coalition=coalition.name,
            url=url,
        )

    tell_coordinators(coalition, write, besides=asker.id if asker else None)


def held(mailing: Mailing, error: DomainError) -> None:
    """Say that a mailing was to begin or to go on, and why it was held instead."""
    coalition = session.get_one(Coalition, mailing.coalition_id)
    url = absolute_url("email-outreach-acts.show", coalition=coalition.slug, mailing=mailing.id)

    def write() -> tuple[str, str]:
        subject = gettext("Held: %(name)s", name=mailing.name)
        if mailing.is_series:
            what = gettext("The series “%(name)s” was paused.", name=mailing.name)
        elif mailing.status == MailingStatus.PAUSED:
            what = gettext(
                "The mailing “%(name)s” was paused on its way. Who did not get it yet waits.",
                name=mailing.name,
            )
        else:
            what = gettext(
                "The mailing “%(name)s” did not begin. Nobody got it.",
                name=mailing.name,
            )
        return subject, gettext(
            "Hello,\n\n%(what)s The reason:\n\n%(reason)s\n\n"
            "On its page you decide what happens now:\n\n%(url)s\n",
            what=what,
            reason=error_in_words(error),
            url=url,
        )

    tell_coordinators(coalition, write)
