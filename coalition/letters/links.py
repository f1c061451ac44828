"""Signed links: one to confirm, one to change or withdraw at any time, one that only thanks."""

from datetime import timedelta
from uuid import UUID

from coalition.letters.errors import LinkBroken, LinkExpired
from coalition.signed_links import (
    LinkInvalid,
    LinkTooOld,
    read_lasting_link,
    read_link,
    sign_lasting_link,
    sign_link,
)

CONFIRM_DAYS = 7
_CONFIRM = "confirm-signature"
_MANAGE = "manage-signature"
_THANKS = "thank-for-signature"  # shown where people share addresses: no power goes with it


def confirmation_token(coalition_id: UUID, signature_id: UUID) -> str:
    """Return the token of the confirmation link; valid for `CONFIRM_DAYS`."""
    return sign_link(_CONFIRM, coalition_id, signature_id)


def read_confirmation_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and signature of a confirmation link.

    Raises:
        LinkExpired: it is too old. LinkBroken: we did not make it.
    """
    return read_dated(_CONFIRM, token, max_age=timedelta(days=CONFIRM_DAYS))


def read_expired_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and signature of a confirmation link of any age, to send a new one.

    Raises:
        LinkBroken: we did not make it.
    """
    return read_dated(_CONFIRM, token)


def manage_token(coalition_id: UUID, signature_id: UUID) -> str:
    """Return the token of the link with which a signatory changes or withdraws; no expiry."""
    return sign_lasting_link(_MANAGE, coalition_id, signature_id)


def thanks_token(coalition_id: UUID, signature_id: UUID) -> str:
    """Return the token of the page that thanks and invites to share; it changes nothing."""
    return sign_lasting_link(_THANKS, coalition_id, signature_id)


def read_thanks_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and signature of the page that thanks.

    Raises:
        LinkBroken: we did not make it.
    """
    return _read_lasting(_THANKS, token)


def read_manage_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and signature of a signatory's own link.

    Raises:
        LinkBroken: we did not make it.
    """
    return _read_lasting(_MANAGE, token)


def read_dated(
    purpose: str, token: str, *, max_age: timedelta | None = None
) -> tuple[UUID, UUID]:
    """Return the ids of a link, as `read_link`; what is wrong is said in a signatory's words.

    Raises:
        LinkExpired: it is older than `max_age`. LinkBroken: we did not make it.
    """
    try:
        return read_link(purpose, token, max_age=max_age)
    except LinkTooOld as error:
        raise LinkExpired(days=CONFIRM_DAYS) from error
    except LinkInvalid as error:
        raise LinkBroken from error


def _read_lasting(purpose: str, token: str) -> tuple[UUID, UUID]:
    try:
        return read_lasting_link(purpose, token)
    except LinkInvalid as error:
        raise LinkBroken from error
