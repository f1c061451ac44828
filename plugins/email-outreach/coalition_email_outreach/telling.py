"""Telling a coalition's coordinators what became of a mailing while nobody looked."""

from flask_babel import gettext

from coalition.sdk import (
    Coalition,
    DomainError,
    absolute_url,
    error_in_words,
    session,
    tell_coordinators,
)
from coalition_email_outreach.models import Mailing


def held(mailing: Mailing, error: DomainError) -> None:
    """Say that a mailing was to begin or to go on, and why it was held instead."""
    coalition = session.get_one(Coalition, mailing.coalition_id)
    url = absolute_url("email-outreach-acts.show", coalition=coalition.slug, mailing=mailing.id)

    def write() -> tuple[str, str]:
        subject = gettext("Held: %(name)s", name=mailing.name)
        if mailing.is_series:
            what = gettext("The series “%(name)s” was paused.", name=mailing.name)
        elif mailing.started_at is not None:
            what = gettext(
                "The mailing “%(name)s” was paused. Who has not got it yet does not get it now.",
                name=mailing.name,
            )
        else:
            what = gettext(
                "The mailing “%(name)s” did not begin at its time. Nobody got it.",
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
