"""The keys of an installation that `coalition up` runs: made once, then guarded."""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import select

from coalition import config, crypto, db


def ensure_keys(data_dir: Path) -> bool:
    """Make the key file if neither it nor the environment has keys; return whether it was made.

    Raises:
        config.ConfigError: the file cannot be written.
    """
    settings = config.current()
    if settings.secret_keys and settings.encryption_keys:
        return False
    path = config.secrets_file(data_dir)
    lines = [
        f"SECRET_KEY={','.join(settings.secret_keys) or secrets.token_urlsafe(48)}",
        "COALITION_ENCRYPTION_KEYS="
        + (",".join(settings.encryption_keys) or Fernet.generate_key().decode()),
    ]
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        # Never readable by others, not even for a moment; never over an existing file.
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as error:
        raise config.ConfigError(f"The key file {path} cannot be written: {error}") from error
    config.current.cache_clear()
    return True


def check_keys() -> None:
    """Make sure that the keys open what is stored, before anything is written with them.

    Raises:
        crypto.CannotOpen: the database was made with other keys.
        config.ConfigError: there are no keys.
    """
    with db.platform_transaction() as session:
        newest = session.scalars(
            select(crypto.DataKey).order_by(crypto.DataKey.number.desc()).limit(1)
        ).first()
        crypto.wrap(b"")
        if newest is not None:
            crypto.unwrap(newest.wrapped_key)
