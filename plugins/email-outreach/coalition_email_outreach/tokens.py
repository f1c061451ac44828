"""The return path of each message (VERP): which recipient a bounce is about, unforgeably.

The address is `bounces+TOKEN@…`: the recipient's id, four bytes of the coalition's and a hash of
both with the coalition's own key, in letters and digits that survive mail servers which fold
case. Bounces come late, so the key is one that is never replaced.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from coalition.sdk import Coalition, coalition_hash, reading, session

_MAC_BYTES = 6
_COALITION_BYTES = 4
_TOKEN_BYTES = 16 + _COALITION_BYTES + _MAC_BYTES


@dataclass(frozen=True)
class Told:
    """What a token says: whose message it is, in which coalition."""

    coalition_id: UUID
    recipient_id: UUID


def token_of(coalition_id: UUID, recipient_id: UUID) -> str:
    """Return the token for one message."""
    plain = recipient_id.bytes + coalition_id.bytes[:_COALITION_BYTES]
    made = plain + _mac(coalition_id, recipient_id)
    return base64.b32encode(made).decode().rstrip("=").lower()


def read_token(token: str) -> Told | None:
    """Return what a token says, or `None` if we did not make it. Outside of transactions."""
    padded = token.upper() + "=" * (-len(token) % 8)
    try:
        raw = base64.b32decode(padded)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _TOKEN_BYTES:
        return None
    recipient_id = UUID(bytes=raw[:16])
    for coalition_id in coalitions_that_begin(raw[16:-_MAC_BYTES].hex()):
        if hmac.compare_digest(raw[-_MAC_BYTES:], _mac(coalition_id, recipient_id)):
            return Told(coalition_id, recipient_id)
    return None


def coalitions_that_begin(digits: str) -> Sequence[UUID]:
    """Return the ids that begin with these hexadecimal digits; with none, all."""
    begins = text("replace(cast(id AS text), '-', '') LIKE :begins")
    with reading():
        found = select(Coalition.id).where(begins.bindparams(begins=f"{digits}%"))
        return session.scalars(found.order_by(Coalition.id)).all()


def return_path(bounce_address: str, coalition_id: UUID, recipient_id: UUID) -> str:
    """Return the envelope's sender of one message."""
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{token_of(coalition_id, recipient_id)}@{domain}"


def token_in(address: str) -> str | None:
    """Return the token in an address to which something came back, if there is one."""
    local = address.rpartition("@")[0]
    return local.rpartition("+")[2] if "+" in local else None


def _mac(coalition_id: UUID, recipient_id: UUID) -> bytes:
    whole = coalition_hash(coalition_id, "email-outreach.bounce", recipient_id.hex)
    return whole[:_MAC_BYTES]
