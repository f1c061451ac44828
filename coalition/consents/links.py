"""Signed links to a person's preferences: they work as long as the person is known."""

from uuid import UUID

from coalition import web
from coalition.consents.errors import PreferencesLinkBroken
from coalition.signed_links import LinkInvalid, read_lasting_link, sign_lasting_link

NOBODY = UUID(int=0)  # stands for the person in the links of a test, which change nothing
_PURPOSE = "mail-preferences"


def preferences_token(coalition_id: UUID, person_id: UUID) -> str:
    """Return the token of a person's preferences; it does not expire."""
    return sign_lasting_link(_PURPOSE, coalition_id, person_id)


def read_preferences_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and person of a link.

    Raises:
        PreferencesLinkBroken: we did not make it.
    """
    try:
        return read_lasting_link(_PURPOSE, token)
    except LinkInvalid as error:
        raise PreferencesLinkBroken from error


def preferences_url(coalition_id: UUID, person_id: UUID, *, language: str | None = None) -> str:
    """Return where a person says what they want to be written for; for the foot of a mail."""
    token = preferences_token(coalition_id, person_id)
    return web.absolute_url("preferences.show", token=token, lang=language)


def unsubscribe_url(coalition_id: UUID, person_id: UUID) -> str:
    """Return where one click ends all mail to a person (RFC 8058); for List-Unsubscribe."""
    token = preferences_token(coalition_id, person_id)
    return web.absolute_url("preferences.unsubscribe", token=token)
