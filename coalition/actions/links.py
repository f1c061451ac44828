"""Signed links: to confirm a report, to see and take back what one reported, to check in."""

import base64
import binascii
from typing import NamedTuple
from uuid import UUID

from itsdangerous import (
    BadSignature,
    SignatureExpired,
    Signer,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)

from coalition import config
from coalition.letters.errors import LinkBroken, LinkExpired
from coalition.letters.links import CONFIRM_DAYS

_DAY_S = 24 * 60 * 60
_CONFIRM = "confirm-participation"
_MANAGE = "manage-participation"
_CHECK_IN = "check-in"
_MAX_SERIAL_DIGITS = 6


class CheckInCode(NamedTuple):
    """What the code at the door says."""

    check_in_id: UUID
    serial: int


def confirmation_token(coalition_id: UUID, participation_id: UUID) -> str:
    """Return the token of the link that confirms a report; valid for `CONFIRM_DAYS`."""
    return _timed().dumps([coalition_id.hex, participation_id.hex])


def read_confirmation_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and participation of a confirmation link.

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
    """Return coalition and participation of a link of any age, to send a new one.

    Raises:
        LinkBroken: we did not make it.
    """
    try:
        return _ids(_timed().loads(token))
    except BadSignature as error:
        raise LinkBroken from error


def manage_token(coalition_id: UUID, participation_id: UUID) -> str:
    """Return the token of the page where one sees and takes back what one reported."""
    return _untimed().dumps([coalition_id.hex, participation_id.hex])


def read_manage_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and participation of somebody's own link.

    Raises:
        LinkBroken: we did not make it.
    """
    try:
        return _ids(_untimed().loads(token))
    except BadSignature as error:
        raise LinkBroken from error


def check_in_token(check_in_id: UUID, serial: int) -> str:
    """Return the token of the code at the door: short, so that the code has large squares."""
    packed = base64.urlsafe_b64encode(check_in_id.bytes).decode().rstrip("=")
    return _door().sign(f"{packed}{serial}").decode()


def read_check_in_token(token: str) -> CheckInCode:
    """Return what the code at the door says.

    Raises:
        LinkBroken: we did not make it.
    """
    try:
        said = _door().unsign(token.encode()).decode()
        packed, serial = said[:22], said[22:]
        check_in_id = UUID(bytes=base64.urlsafe_b64decode(packed + "=="))
    except (BadSignature, UnicodeError, ValueError, binascii.Error) as error:
        raise LinkBroken from error
    if not serial.isdecimal() or len(serial) > _MAX_SERIAL_DIGITS:
        raise LinkBroken
    return CheckInCode(check_in_id, int(serial))


def _ids(value: object) -> tuple[UUID, UUID]:
    match value:
        case [str(coalition), str(participation)]:
            return UUID(coalition), UUID(participation)
    raise LinkBroken


def _keys() -> list[str]:
    return list(reversed(config.current().secret_keys))


def _timed() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_keys(), salt=_CONFIRM)


def _untimed() -> URLSafeSerializer:
    return URLSafeSerializer(_keys(), salt=_MANAGE)


def _door() -> Signer:
    return Signer(_keys(), salt=_CHECK_IN)
