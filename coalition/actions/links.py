"""Signed links: to confirm a report, to see and take back what one reported, to check in."""

import base64
import binascii
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from itsdangerous import BadSignature, Signer

from coalition import config
from coalition.letters.errors import LinkBroken
from coalition.letters.links import CONFIRM_DAYS, read_dated
from coalition.signed_links import sign_link

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
    return sign_link(_CONFIRM, coalition_id, participation_id)


def read_confirmation_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and participation of a confirmation link.

    Raises:
        LinkExpired: it is too old. LinkBroken: we did not make it.
    """
    return read_dated(_CONFIRM, token, max_age=timedelta(days=CONFIRM_DAYS))


def read_expired_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and participation of a link of any age, to send a new one.

    Raises:
        LinkBroken: we did not make it.
    """
    return read_dated(_CONFIRM, token)


def manage_token(coalition_id: UUID, participation_id: UUID) -> str:
    """Return the token of the page where one sees and takes back what one reported."""
    return sign_link(_MANAGE, coalition_id, participation_id)


def read_manage_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and participation of somebody's own link.

    Raises:
        LinkBroken: we did not make it.
    """
    return read_dated(_MANAGE, token)


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


def _door() -> Signer:
    return Signer(list(reversed(config.current().secret_keys)), salt=_CHECK_IN)
