"""Where mail comes back to: the installation's bounce address, and which mailbox is read."""

import os


def bounce_address() -> str | None:
    """Return the address whose `+TOKEN` forms are ours; `None` if the installation has none."""
    return os.environ.get("COALITION_BOUNCE_ADDRESS", "").strip() or None


def returns_url() -> str | None:
    """Return where returned mail is read: maildir:/path, imaps://user:password@host/folder."""
    return os.environ.get("COALITION_RETURNS_URL", "").strip() or None
