"""The return path of each message (VERP): which recipient a bounce is about, unforgeably.

The address is `bounces+TOKEN@…`: the recipient's id, four bytes of the coalition's and a keyed
hash over both, in letters and digits that survive mail servers which fold case.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from uuid import UUID

from coalition.sdk import keyed_hash

_MAC_BYTES = 6
_COALITION_BYTES = 4
_TOKEN_BYTES = 16 + _COALITION_BYTES + _MAC_BYTES


@dataclass(frozen=True)
class Told:
    """What a token says: the recipient's row, and how its coalition's id begins."""

    recipient_id: UUID
    coalition_begins: str  # eight hexadecimal digits


def token_of(coalition_id: UUID, recipient_id: UUID) -> str:
    """Return the token for one message."""
    plain = recipient_id.bytes + coalition_id.bytes[:_COALITION_BYTES]
    return base64.b32encode(plain + _mac(plain)).decode().rstrip("=").lower()


def read_token(token: str) -> Told | None:
    """Return what a token says, or `None` if we did not make it."""
    padded = token.upper() + "=" * (-len(token) % 8)
    try:
        raw = base64.b32decode(padded)
    except (binascii.Error, ValueError):
        return None
    plain = raw[:-_MAC_BYTES]
    if len(raw) != _TOKEN_BYTES or not hmac.compare_digest(raw[-_MAC_BYTES:], _mac(plain)):
        return None
    return Told(UUID(bytes=plain[:16]), plain[16:].hex())


def return_path(bounce_address: str, coalition_id: UUID, recipient_id: UUID) -> str:
    """Return the envelope's sender of one message."""
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{token_of(coalition_id, recipient_id)}@{domain}"


def token_in(address: str) -> str | None:
    """Return the token in an address to which something came back, if there is one."""
    local = address.rpartition("@")[0]
    return local.rpartition("+")[2] if "+" in local else None


def _mac(plain: bytes) -> bytes:
    whole = base64.urlsafe_b64decode(keyed_hash("email-outreach.bounce", plain.hex()))
    return whole[:_MAC_BYTES]
