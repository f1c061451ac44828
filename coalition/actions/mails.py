"""What we write to those who took part. The first mail repeats nothing that was typed in."""

from flask import render_template
from flask_babel import force_locale, gettext

from coalition import web
from coalition.actions import links
from coalition.actions.participations import Participation
from coalition.coalitions.models import Coalition
from coalition.consents.purposes import ServiceMail, register_service_mail
from coalition.letters.links import CONFIRM_DAYS
from coalition.letters.mails import CONFIRMATION, Link, Part, as_text
from coalition.mail import door

ABOUT_PARTICIPATION = register_service_mail(ServiceMail("participation", is_awaited=True)).name


def write_confirmation(coalition: Coalition, participation: Participation) -> None:
    """Ask the owner of the mailbox to confirm what was reported with their address."""
    with force_locale(participation.language):
        parts: list[Part] = [
            gettext("Hello,"),
            gettext(
                "somebody, we think you, told %(coalition)s that they took part: “%(title)s”, and"
                " gave this address.",
                title=title_of(participation),
                coalition=coalition.name,
            ),
            Link(
                gettext("To confirm, open this page and press the button there:"),
                _url("participations.confirmation", _confirm(coalition, participation)),
            ),
            gettext("The link works for %(days)s days.", days=CONFIRM_DAYS),
            gettext(
                "If it was not you, do nothing: it does not count, nothing is published, and we"
                " do not write again because of it."
            ),
        ]
        subject = gettext("Please confirm: %(title)s", title=title_of(participation))
        _queue(coalition, participation, CONFIRMATION, subject, parts)


def write_came(coalition: Coalition, participation: Participation) -> None:
    """Ask who gave an address at the door to confirm it; their coming counts anyway."""
    with force_locale(participation.language):
        parts: list[Part] = [
            gettext("Hello,"),
            gettext(
                "somebody, we think you, checked in with %(coalition)s at “%(title)s” and gave"
                " this address.",
                title=title_of(participation),
                coalition=coalition.name,
            ),
            Link(
                gettext("If we may know you by this address, press the button on this page:"),
                _url("participations.confirmation", _confirm(coalition, participation)),
            ),
            gettext("The link works for %(days)s days.", days=CONFIRM_DAYS),
            gettext("If it was not you, do nothing: we do not write again because of it."),
        ]
        subject = gettext("You checked in: %(title)s", title=title_of(participation))
        _queue(coalition, participation, CONFIRMATION, subject, parts)


def write_known_already(coalition: Coalition, participation: Participation) -> None:
    """Tell the owner of the mailbox, and nobody else, that they have reported before."""
    with force_locale(participation.language):
        parts: list[Part] = [
            gettext("Hello,"),
            gettext(
                "somebody, we think you, told %(coalition)s once more that they took part:"
                " “%(title)s”. We know that already, so nothing changes: you are counted once.",
                title=title_of(participation),
                coalition=coalition.name,
            ),
            _own(coalition, participation),
            gettext("If it was not you, you need not do anything."),
        ]
        subject = gettext("We know already: %(title)s", title=title_of(participation))
        _queue(coalition, participation, ABOUT_PARTICIPATION, subject, parts)


def write_thanks(coalition: Coalition, participation: Participation) -> None:
    """Thank, and give the link with which it can be seen and taken back."""
    with force_locale(participation.language):
        parts: list[Part] = [
            gettext("Hello,"),
            gettext(
                "thank you: %(coalition)s knows now that you took part: “%(title)s”. Nothing of"
                " it is published under your name.",
                title=title_of(participation),
                coalition=coalition.name,
            ),
            _own(coalition, participation),
        ]
        subject = gettext("Thank you: %(title)s", title=title_of(participation))
        _queue(coalition, participation, ABOUT_PARTICIPATION, subject, parts)


def title_of(participation: Participation) -> str:
    """Return what somebody took part in, in the language that they read."""
    if participation.action is not None:
        return participation.action.text_in(participation.language).title
    meeting = participation.meeting
    return (meeting.title or meeting.body.name) if meeting is not None else ""


def _queue(
    coalition: Coalition,
    participation: Participation,
    purpose: str,
    subject: str,
    parts: list[Part],
) -> None:
    assert participation.email is not None, "asked before"
    parts = [*parts, gettext("%(coalition)s wrote this.", coalition=coalition.name)]
    door.queue(
        coalition_id=coalition.id,
        purpose=purpose,
        to=participation.email,
        subject=subject,
        text=as_text(parts),
        html=render_template("letters/mail.html", subject=subject, parts=parts),
        sender_name=coalition.name,
        reply_to=coalition.reply_to,
    )


def _confirm(coalition: Coalition, participation: Participation) -> dict[str, str]:
    token = links.confirmation_token(coalition.id, participation.id)
    return {"token": token, "lang": participation.language}


def _own(coalition: Coalition, participation: Participation) -> Link:
    token = links.manage_token(coalition.id, participation.id)
    return Link(
        gettext("To see what you reported, or to take it back at any time:"),
        _url("participations.manage", {"token": token, "lang": participation.language}),
    )


def _url(endpoint: str, values: dict[str, str]) -> str:
    return web.absolute_url(endpoint, **values)
