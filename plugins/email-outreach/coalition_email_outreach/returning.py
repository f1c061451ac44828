"""Where mail comes back to: the installation's bounce address, and which mailbox is read."""

import os
from uuid import UUID

from coalition.sdk import sender_address
from coalition_email_outreach import tokens


def bounce_address() -> str | None:
    """Return the address whose `+TOKEN` forms are ours; `None` if the installation has none."""
    return os.environ.get("COALITION_BOUNCE_ADDRESS", "").strip() or None


def returns_url() -> str | None:
    """Return where returned mail is read: maildir:/path, imaps://user:password@host/folder."""
    return os.environ.get("COALITION_RETURNS_URL", "").strip() or None


def return_path(coalition_id: UUID, recipient_id: UUID) -> str:
    """Return the envelope's sender of one message."""
    address = bounce_address()
    if address is None:
        return sender_address()
    return tokens.return_path(address, coalition_id, recipient_id)
