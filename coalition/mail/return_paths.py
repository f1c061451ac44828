"""The return path of each message (VERP): which one came back, unforgeably.

The address is `bounces+TOKEN@…`: the message's id, four bytes of the coalition's and a hash of
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

from coalition import config, db
from coalition.coalitions.models import Coalition
from coalition.crypto import coalition_hash

_MAC_BYTES = 6
_COALITION_BYTES = 4
_TOKEN_BYTES = 16 + _COALITION_BYTES + _MAC_BYTES
# Return paths that plugins made before the core did bear this name too.
_PURPOSE = "email-outreach.bounce"


@dataclass(frozen=True)
class Told:
    """What a token says: which message it was, a plugin's or the core's, in which coalition."""

    coalition_id: UUID
    message_id: UUID


def return_path(coalition_id: UUID | None, message_id: UUID) -> str:
    """Return the envelope's sender of one message: where it comes back to.

    Without a bounce address, and for mail of no coalition, it is the sender of all mail.
    """
    settings = config.current()
    if settings.bounce_address is None or coalition_id is None:
        return settings.mail_from
    local, _, domain = settings.bounce_address.rpartition("@")
    return f"{local}+{token_of(coalition_id, message_id)}@{domain}"


def token_of(coalition_id: UUID, message_id: UUID) -> str:
    """Return the token for one message."""
    plain = message_id.bytes + coalition_id.bytes[:_COALITION_BYTES]
    made = plain + _mac(coalition_id, message_id)
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
    message_id = UUID(bytes=raw[:16])
    for coalition_id in coalitions_that_begin(raw[16:-_MAC_BYTES].hex()):
        if hmac.compare_digest(raw[-_MAC_BYTES:], _mac(coalition_id, message_id)):
            return Told(coalition_id, message_id)
    return None


def coalitions_that_begin(digits: str) -> Sequence[UUID]:
    """Return the ids that begin with these hexadecimal digits; with none, all."""
    begins = text("replace(cast(id AS text), '-', '') LIKE :begins")
    with db.reading() as session:
        found = select(Coalition.id).where(begins.bindparams(begins=f"{digits}%"))
        return session.scalars(found.order_by(Coalition.id)).all()


def token_in(address: str) -> str | None:
    """Return the token in an address to which something came back, if there is one."""
    local = address.rpartition("@")[0]
    return local.rpartition("+")[2] if "+" in local else None


def _mac(coalition_id: UUID, message_id: UUID) -> bytes:
    return coalition_hash(coalition_id, _PURPOSE, message_id.hex)[:_MAC_BYTES]
