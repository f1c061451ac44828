"""Links in mails: signed ids of a coalition and of one of its rows, each for one purpose.

They are signed with a key of the coalition's own, which lies sealed in the database and is never
replaced: a link works as long as its coalition is there, or as long as it says. `SECRET_KEY` has
no part in it, so replacing that breaks nothing that was promised in mails.
"""

import base64
import binascii
from datetime import timedelta
from uuid import UUID

from itsdangerous import BadSignature, SignatureExpired, Signer, TimestampSigner

from coalition import crypto
from coalition.errors import N_, DomainError

_IDS_CHARS = 43  # two ids of sixteen bytes in URL-safe base64


class LinkInvalid(DomainError):
    """We did not make this link, or what it led to is gone."""

    status = 404
    code = "link_broken"
    message = N_("This link is not valid. It may be broken over two lines in your mail.")


class LinkTooOld(DomainError):
    """The link was ours, and its time is over."""

    status = 410
    code = "link_expired"
    message = N_("This link is too old: it worked for %(days)d days.")


def sign_link(purpose: str, coalition_id: UUID, row_id: UUID) -> str:
    """Return the token of a link; a token for one purpose opens nothing else."""
    signer = TimestampSigner(_key(coalition_id), salt=purpose)
    return signer.sign(_packed(coalition_id, row_id)).decode()


def sign_lasting_link(purpose: str, coalition_id: UUID, row_id: UUID) -> str:
    """Return the token of a link that never ends, and so says no date either."""
    signer = Signer(_key(coalition_id), salt=purpose)
    return signer.sign(_packed(coalition_id, row_id)).decode()


def read_link(
    purpose: str, token: str, *, max_age: timedelta | None = None
) -> tuple[UUID, UUID]:
    """Return the ids of coalition and row of a link.

    Raises:
        LinkTooOld: it is older than `max_age`. LinkInvalid: we did not make it for this.
    """
    age_s = int(max_age.total_seconds()) if max_age else None
    signer = TimestampSigner(_key(_claimed(token)), salt=purpose)
    try:
        return _unpacked(signer.unsign(token, max_age=age_s))
    except SignatureExpired as error:
        raise LinkTooOld(days=max_age.days if max_age else 0) from error
    except BadSignature as error:
        raise LinkInvalid from error


def read_lasting_link(purpose: str, token: str) -> tuple[UUID, UUID]:
    """Return the ids of coalition and row of a link that never ends.

    Raises:
        LinkInvalid: we did not make it for this.
    """
    signer = Signer(_key(_claimed(token)), salt=purpose)
    try:
        return _unpacked(signer.unsign(token))
    except BadSignature as error:
        raise LinkInvalid from error


def _claimed(token: str) -> UUID:
    """Return whose link a token says that it is, which its signature has still to prove."""
    return _unpacked(token.partition(".")[0].encode())[0]


def _packed(coalition_id: UUID, row_id: UUID) -> bytes:
    return base64.urlsafe_b64encode(coalition_id.bytes + row_id.bytes).rstrip(b"=")


def _unpacked(packed: bytes) -> tuple[UUID, UUID]:
    if len(packed) != _IDS_CHARS:
        raise LinkInvalid
    try:
        raw = base64.b64decode(packed + b"=", altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise LinkInvalid from error
    return UUID(bytes=raw[:16]), UUID(bytes=raw[16:])


def _key(coalition_id: UUID) -> bytes:
    try:
        return crypto.coalition_hash(coalition_id, "links", "")
    except crypto.NoKeys as error:
        raise LinkInvalid from error
