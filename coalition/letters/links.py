"""Signed links: one to confirm, one to change or withdraw at any time, one that only thanks."""

from uuid import UUID

from itsdangerous import (
    BadSignature,
    SignatureExpired,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)

from coalition import config
from coalition.letters.errors import LinkBroken, LinkExpired

CONFIRM_DAYS = 7
_DAY_S = 24 * 60 * 60
_CONFIRM = "confirm-signature"
_MANAGE = "manage-signature"
_THANKS = "thank-for-signature"  # shown where people share addresses: no power goes with it


def confirmation_token(coalition_id: UUID, signature_id: UUID) -> str:
    """Return the token of the confirmation link; valid for `CONFIRM_DAYS`."""
    return _timed().dumps([coalition_id.hex, signature_id.hex])


def read_confirmation_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and signature of a confirmation link.

    Raises:
        LinkExpired: it is too old. LinkBroken: we did not make it.
    """
    try:
        return _ids(_timed().loads(token, max_age=CONFIRM_DAYS * _DAY_S))
    except SignatureExpired as error:
        raise LinkExpired(days=CONFIRM_DAYS) from error
    except BadSignature as error:
        raise LinkBroken from error


def read_expired_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and signature of a confirmation link of any age, to send a new one.

    Raises:
        LinkBroken: we did not make it.
    """
    try:
        return _ids(_timed().loads(token))
    except BadSignature as error:
        raise LinkBroken from error


def manage_token(coalition_id: UUID, signature_id: UUID) -> str:
    """Return the token of the link with which a signatory changes or withdraws; no expiry."""
    return _untimed(_MANAGE).dumps([coalition_id.hex, signature_id.hex])


def thanks_token(coalition_id: UUID, signature_id: UUID) -> str:
    """Return the token of the page that thanks and invites to share; it changes nothing."""
    return _untimed(_THANKS).dumps([coalition_id.hex, signature_id.hex])


def read_thanks_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and signature of the page that thanks.

    Raises:
        LinkBroken: we did not make it.
    """
    try:
        return _ids(_untimed(_THANKS).loads(token))
    except BadSignature as error:
        raise LinkBroken from error


def read_manage_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and signature of a signatory's own link.

    Raises:
        LinkBroken: we did not make it.
    """
    try:
        return _ids(_untimed(_MANAGE).loads(token))
    except BadSignature as error:
        raise LinkBroken from error


def _ids(value: object) -> tuple[UUID, UUID]:
    match value:
        case [str(coalition), str(signature)]:
            return UUID(coalition), UUID(signature)
    raise LinkBroken


def _timed() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(reversed(config.current().secret_keys)), salt=_CONFIRM)


def _untimed(salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(list(reversed(config.current().secret_keys)), salt=salt)
