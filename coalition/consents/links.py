"""Signed links to a person's preferences: they work as long as the person is known."""

from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from coalition import config, web
from coalition.consents.errors import PreferencesLinkBroken

_SALT = "mail-preferences"


def preferences_token(coalition_id: UUID, person_id: UUID) -> str:
    """Return the token of a person's preferences; it does not expire."""
    return _serializer().dumps([coalition_id.hex, person_id.hex])


def read_preferences_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and person of a link.

    Raises:
        PreferencesLinkBroken: we did not make it.
    """
    try:
        match _serializer().loads(token):
            case [str(coalition), str(person)]:
                return UUID(coalition), UUID(person)
    except (BadSignature, ValueError) as error:
        raise PreferencesLinkBroken from error
    raise PreferencesLinkBroken


def preferences_url(coalition_id: UUID, person_id: UUID, *, language: str | None = None) -> str:
    """Return where a person says what they want to be written for; for the foot of a mail."""
    token = preferences_token(coalition_id, person_id)
    return web.absolute_url("preferences.show", token=token, lang=language)


def unsubscribe_url(coalition_id: UUID, person_id: UUID) -> str:
    """Return where one click ends all mail to a person (RFC 8058); for List-Unsubscribe."""
    token = preferences_token(coalition_id, person_id)
    return web.absolute_url("preferences.unsubscribe", token=token)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(list(reversed(config.current().secret_keys)), salt=_SALT)
