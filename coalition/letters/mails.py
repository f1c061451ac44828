"""What we write to signatories: each mail says who writes, why, and what happens if one ignores it.

What somebody typed into the public form is not repeated in the first mail: it goes to an
address that nobody has confirmed, and would carry a stranger's words there.
"""

from dataclasses import dataclass
from typing import TypeAlias

from flask import render_template
from flask_babel import force_locale, gettext

from coalition import web
from coalition.coalitions.models import Coalition
from coalition.consents.purposes import ServiceMail, register_service_mail
from coalition.letters import links
from coalition.letters.models import Letter
from coalition.letters.public_letters import day
from coalition.letters.signatures import Signature, SignatureKind
from coalition.mail import door

CONFIRMATION = register_service_mail(ServiceMail("confirmation", is_awaited=True)).name
REMINDER = register_service_mail(ServiceMail("reminder")).name
ABOUT_SIGNATURE = register_service_mail(ServiceMail("signature", is_awaited=True)).name


@dataclass(frozen=True)
class Link:
    """An address on a line of its own, after words that say what it does."""

    words: str
    url: str


Part: TypeAlias = str | Link


def write_confirmation(coalition: Coalition, letter: Letter, signature: Signature) -> None:
    """Ask the owner of the mailbox to confirm a signature."""
    with force_locale(signature.language):
        title = _title(letter, signature)
        token = links.confirmation_token(coalition.id, signature.id)
        if signature.kind == SignatureKind.ORGANIZATION:
            asked = gettext(
                "somebody, we think you, signed the letter “%(title)s” of %(coalition)s for an"
                " organization and gave this address.",
                title=title,
                coalition=coalition.name,
            )
        else:
            asked = gettext(
                "somebody, we think you, signed the letter “%(title)s” of %(coalition)s and gave"
                " this address.",
                title=title,
                coalition=coalition.name,
            )
        parts: list[Part] = [
            gettext("Hello,"),
            asked,
            Link(
                gettext("To confirm, open this page and press the button there:"),
                _url("signatures.confirmation", token, signature),
            ),
            gettext("The link works for %(days)s days.", days=links.CONFIRM_DAYS),
            gettext(
                "If it was not you, do nothing: the signature does not count, the name is not"
                " published, and we do not write again because of it."
            ),
        ]
        subject = gettext("Please confirm: %(title)s", title=title)
        _queue(coalition, signature, CONFIRMATION, subject, parts)


def write_reminder(coalition: Coalition, letter: Letter, signature: Signature) -> None:
    """Remind the owner of the mailbox that a signature waits for their confirmation."""
    with force_locale(signature.language):
        title = _title(letter, signature)
        token = links.confirmation_token(coalition.id, signature.id)
        parts: list[Part] = [
            gettext("Hello,"),
            gettext(
                "some days ago somebody, we think you, signed the letter “%(title)s” of"
                " %(coalition)s and gave this address. The signature does not count yet, because"
                " it was not confirmed.",
                title=title,
                coalition=coalition.name,
            ),
            Link(
                gettext("To confirm, open this page and press the button there:"),
                _url("signatures.confirmation", token, signature),
            ),
            gettext("The link works for %(days)s days.", days=links.CONFIRM_DAYS),
            gettext(
                "If it was not you, or you changed your mind, do nothing: we remind you twice at"
                " most, then the signature is deleted."
            ),
        ]
        subject = gettext("Your signature waits for you: %(title)s", title=title)
        _queue(coalition, signature, REMINDER, subject, parts)


def write_signed_already(coalition: Coalition, letter: Letter, signature: Signature) -> None:
    """Tell the owner of the mailbox, and nobody else, that they have signed before."""
    with force_locale(signature.language):
        title = _title(letter, signature)
        parts: list[Part] = [
            gettext("Hello,"),
            gettext(
                "somebody, we think you, signed the letter “%(title)s” of %(coalition)s once"
                " more. You have signed and confirmed it already, so nothing changes: you are"
                " counted once.",
                title=title,
                coalition=coalition.name,
            ),
            _manage_link(coalition, signature),
            gettext("If it was not you, you need not do anything."),
        ]
        subject = gettext("You have signed already: %(title)s", title=title)
        _queue(coalition, signature, ABOUT_SIGNATURE, subject, parts)


def write_waiting(coalition: Coalition, letter: Letter, signature: Signature) -> None:
    """Thank for an organization's signature that a coordinator has yet to look at."""
    with force_locale(signature.language):
        title = _title(letter, signature)
        parts: list[Part] = [
            gettext("Hello,"),
            gettext(
                "thank you: you have confirmed the signature of %(organization)s under the"
                " letter “%(title)s”.",
                organization=signature.listed_name,
                title=title,
            ),
            gettext(
                "%(coalition)s checks each organization before its name is published. You get a"
                " mail when it counts.",
                coalition=coalition.name,
            ),
            _manage_link(coalition, signature),
        ]
        subject = gettext("Thank you for signing: %(title)s", title=title)
        _queue(coalition, signature, ABOUT_SIGNATURE, subject, parts)


def write_counts(coalition: Coalition, letter: Letter, signature: Signature) -> None:
    """Thank for a signature that counts from now on."""
    with force_locale(signature.language):
        title = _title(letter, signature)
        listed = (
            gettext("It is listed as “%(name)s”.", name=signature.listed_name)
            if signature.listed
            else gettext("As you chose, the name is not listed publicly.")
        )
        parts: list[Part] = [
            gettext("Hello,"),
            gettext(
                "thank you: your signature under the letter “%(title)s” of %(coalition)s counts"
                " now.",
                title=title,
                coalition=coalition.name,
            )
            + " "
            + listed,
            Link(
                gettext("The letter, to read and to pass on:"),
                web.absolute_url(
                    "letters.show",
                    coalition=coalition.slug,
                    letter=letter.slug,
                    lang=web.chosen_language(),
                ),
            ),
            _manage_link(coalition, signature),
        ]
        subject = gettext("Your signature counts: %(title)s", title=title)
        _queue(coalition, signature, ABOUT_SIGNATURE, subject, parts)


def write_withdrawn(coalition: Coalition, letter: Letter, signature: Signature) -> None:
    """Say that a signature was taken back."""
    with force_locale(signature.language):
        title = _title(letter, signature)
        parts: list[Part] = [
            gettext("Hello,"),
            gettext(
                "on %(day)s the signature that was given with this address under the letter"
                " “%(title)s” of %(coalition)s was taken back. It does not count any more and is"
                " not shown.",
                day=day(signature.withdrawn_at, letter.time_zone),
                title=title,
                coalition=coalition.name,
            ),
            gettext(
                "If it was not you, answer this mail or sign again while the letter is open."
            ),
        ]
        subject = gettext("Your signature was taken back: %(title)s", title=title)
        _queue(coalition, signature, ABOUT_SIGNATURE, subject, parts)


def _queue(
    coalition: Coalition, signature: Signature, purpose: str, subject: str, parts: list[Part]
) -> None:
    if signature.email is None:  # pasted by a coordinator
        return
    parts = [*parts, gettext("%(coalition)s wrote this.", coalition=coalition.name)]
    door.queue(
        coalition_id=coalition.id,
        purpose=purpose,
        to=signature.email,
        subject=subject,
        text=as_text(parts),
        html=render_template("letters/mail.html", subject=subject, parts=parts),
        sender_name=coalition.name,
        reply_to=coalition.reply_to,
    )


def as_text(parts: list[Part]) -> str:
    """Return a mail's parts as plain text."""
    blocks = [part if isinstance(part, str) else f"{part.words}\n{part.url}" for part in parts]
    return "\n\n".join(blocks) + "\n"


def _manage_link(coalition: Coalition, signature: Signature) -> Link:
    token = links.manage_token(coalition.id, signature.id)
    return Link(
        gettext("To change how it is listed, or to take it back at any time:"),
        _url("signatures.manage", token, signature),
    )


def _url(endpoint: str, token: str, signature: Signature) -> str:
    return web.absolute_url(endpoint, token=token, lang=signature.language)


def _title(letter: Letter, signature: Signature) -> str:
    return letter.text_in(signature.language).title
