"""The sample accounts' passwords: made for each demonstration, never the same twice."""

import json
import os
import secrets
from pathlib import Path

from coalition import config

ADDRESSES = ("administrator@example.org", "coordinator@example.org", "viewer@example.org")


def _file() -> Path:
    return config.current().data_dir / "sample-accounts.json"


def sample_passwords() -> dict[str, str]:
    """Return a password for each sample account: made at the first start, kept for the next."""
    return kept_passwords() or _new_passwords()


def kept_passwords() -> dict[str, str]:
    """Return the passwords by address; empty if the file was removed."""
    try:
        kept: dict[str, str] = json.loads(_file().read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return kept


def _new_passwords() -> dict[str, str]:
    made = {address: secrets.token_urlsafe(15) for address in ADDRESSES}
    with os.fdopen(os.open(_file(), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump(made, file)
    return made
