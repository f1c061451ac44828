"""Settings of one installation, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from environs import Env
from platformdirs import user_data_path


class ConfigError(Exception):
    """A setting is missing or wrong; the sentence says which and what to do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the administrator of an installation chooses. Times in seconds, sizes in bytes."""

    data_dir: Path
    database_url: str
    redis_url: str
    public_url: str
    secret_keys: tuple[str, ...]
    encryption_keys: tuple[str, ...]
    mail_url: str
    mail_from: str
    bounce_address: str | None  # its `+TOKEN` forms are where mail comes back to
    plugins: tuple[str, ...] | None
    trace_hooks: bool
    trusted_proxies: int
    log_level: str
    statement_timeout_s: int
    max_body_bytes: int
    database_pool_size: int
    secure_cookies: bool
    signing_attempts_per_hour: int
    metrics_token: str | None
    require_second_factor: bool
    languages: tuple[str, ...] = field(default=("en", "es"))

    @property
    def is_demo_mail(self) -> bool:
        """Whether mail goes to the mailbox page instead of a server."""
        return self.mail_url.startswith("mailbox:")


def load() -> Config:
    """Read the settings from the environment.

    Raises:
        ConfigError: a setting has a value that cannot be used.
    """
    env = Env()
    data_dir = Path(env.str("COALITION_DATA_DIR", default=str(user_data_path("coalition"))))
    public_url = env.str("COALITION_PUBLIC_URL", default="http://localhost:8000").rstrip("/")
    secrets = _secrets(data_dir)
    if env.bool("LOGIN_DISABLED", default=False):
        raise ConfigError("LOGIN_DISABLED would open every page to everybody; unset it.")
    try:
        return Config(
            data_dir=data_dir,
            database_url=env.str("DATABASE_URL", default=""),
            redis_url=env.str("REDIS_URL", default=""),
            public_url=public_url,
            secret_keys=_keys(env, "SECRET_KEY", secrets),
            encryption_keys=_keys(env, "COALITION_ENCRYPTION_KEYS", secrets),
            mail_url=env.str("COALITION_MAIL_URL", default="mailbox:"),
            mail_from=env.str("COALITION_MAIL_FROM", default="coalition@localhost"),
            bounce_address=env.str("COALITION_BOUNCE_ADDRESS", default="").strip() or None,
            plugins=_plugins(env),
            trace_hooks=env.bool("COALITION_TRACE_HOOKS", default=False),
            trusted_proxies=env.int("COALITION_TRUSTED_PROXIES", default=0),
            log_level=env.str("COALITION_LOG_LEVEL", default="INFO").upper(),
            statement_timeout_s=env.int("COALITION_STATEMENT_TIMEOUT_S", default=5),
            max_body_bytes=env.int("COALITION_MAX_BODY_BYTES", default=2 * 1024 * 1024),
            database_pool_size=env.int("COALITION_DATABASE_POOL_SIZE", default=10),
            secure_cookies=env.bool(
                "COALITION_SECURE_COOKIES", default=public_url.startswith("https://")
            ),
            signing_attempts_per_hour=env.int(
                "COALITION_SIGNING_ATTEMPTS_PER_HOUR", default=60
            ),
            metrics_token=env.str("COALITION_METRICS_TOKEN", default=None),
            require_second_factor=env.bool("COALITION_REQUIRE_SECOND_FACTOR", default=True),
        )
    except ValueError as error:  # environs' EnvError is one
        raise ConfigError(f"{error}. Correct this environment variable.") from error


@cache
def current() -> Config:
    """Return the settings of this process; read once."""
    return load()


def _plugins(env: Env) -> tuple[str, ...] | None:
    """Return the exact plugins to load, or `None` for all that are installed."""
    if "COALITION_PLUGINS" not in os.environ:
        return None
    return tuple(name.strip() for name in env.list("COALITION_PLUGINS", subcast=str) if name)


def _keys(env: Env, name: str, secrets: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys called `name`, newest first: from the environment, else the key file."""
    value = env.str(name, default="") or secrets.get(name, "")
    return tuple(key.strip() for key in value.split(",") if key.strip())


def secrets_file(data_dir: Path) -> Path:
    """Return where `coalition up` keeps the keys that it made for this installation."""
    return data_dir / "keys.env"


def _secrets(data_dir: Path) -> dict[str, str]:
    path = secrets_file(data_dir)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"The key file {path} cannot be read: {error.strerror}.") from error
    return dict(line.split("=", 1) for line in lines if "=" in line)
