"""Links in mails: signed ids of a coalition and of one of its rows, each for one purpose."""

from datetime import timedelta
from uuid import UUID

from itsdangerous import (
    BadSignature,
    SignatureExpired,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)

from coalition import config
from coalition.errors import N_, DomainError


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
    return _dated(purpose).dumps([coalition_id.hex, row_id.hex])


def sign_lasting_link(purpose: str, coalition_id: UUID, row_id: UUID) -> str:
    """Return the token of a link that never ends, and so says no date either."""
    return _undated(purpose).dumps([coalition_id.hex, row_id.hex])


def read_link(
    purpose: str, token: str, *, max_age: timedelta | None = None
) -> tuple[UUID, UUID]:
    """Return the ids of coalition and row of a link.

    Raises:
        LinkTooOld: it is older than `max_age`. LinkInvalid: we did not make it for this.
    """
    age_s = int(max_age.total_seconds()) if max_age else None
    try:
        return _ids(_dated(purpose).loads(token, max_age=age_s))
    except SignatureExpired as error:
        raise LinkTooOld(days=max_age.days if max_age else 0) from error
    except BadSignature as error:
        raise LinkInvalid from error


def read_lasting_link(purpose: str, token: str) -> tuple[UUID, UUID]:
    """Return the ids of coalition and row of a link that never ends.

    Raises:
        LinkInvalid: we did not make it for this.
    """
    try:
        return _ids(_undated(purpose).loads(token))
    except BadSignature as error:
        raise LinkInvalid from error


def _ids(value: object) -> tuple[UUID, UUID]:
    match value:
        case [str(coalition), str(row)]:
            return UUID(coalition), UUID(row)
    raise LinkInvalid


def _dated(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_keys(), salt=purpose)


def _undated(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(_keys(), salt=purpose)


def _keys() -> list[str]:
    return list(reversed(config.current().secret_keys))
