"""The one source of the current time, so that tests can hold it still."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current moment, in UTC."""
    return datetime.now(UTC)
