"""Tokens of the API: bound to a coalition, with scopes and an end; only their hash is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, mapped_column

from coalition import db
from coalition.accounts.errors import BadToken
from coalition.clock import now
from coalition.errors import N_, NotFound

SCOPES = (
    "letters:read",
    "letters:write",
    "signatures:read",
    "signatures:write",
    "people:read",
    "people:write",
    "segments:read",
    "segments:write",
    "organizations:read",
    "organizations:write",
    "campaigns:read",
    "campaigns:write",
    "meetings:read",
    "comments:read",
    "comments:write",
    "actions:read",
    "actions:write",
    "counts:read",
    "cities:read",
    "leads:read",
)
DEFAULT_LIFE_DAYS, MAX_LIFE_DAYS = 90, 365
MARK = "coa_"  # lets secret scanners find a token that was published by mistake
_PREFIX_CHARS = 12
_USE_NOTED_EVERY = timedelta(minutes=1)


class ApiToken(db.Base):
    """A program's access to one coalition. Global: it is looked up before a scope is known."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index(None, "coalition_id"), Index(None, "user_id"))

    coalition_id: Mapped[UUID] = mapped_column(ForeignKey("coalitions.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    prefix: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    @property
    def is_valid(self) -> bool:
        """Whether the token opens anything now."""
        return self.revoked_at is None and self.expires_at > now()

    def revoke(self) -> None:
        """End the token at once; the row stays, since the log names it."""
        self.revoked_at = self.revoked_at or now()


def make(
    *, coalition_id: UUID, user_id: UUID, name: str, scopes: list[str], life_days: int
) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which cannot be shown again.

    Raises:
        BadToken: no scope or an unknown one, or a life outside of 1 to 365 days.
    """
    if not scopes or not set(scopes) <= set(SCOPES):
        raise BadToken(field="scopes", reason=N_("Choose at least one of the scopes offered."))
    if not 1 <= life_days <= MAX_LIFE_DAYS:
        raise BadToken(field="life_days", reason=N_("Choose between 1 and 365 days."))
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        coalition_id=coalition_id,
        user_id=user_id,
        name=name,
        prefix=secret[:_PREFIX_CHARS],
        secret_hash=_hash(secret),
        scopes=[scope for scope in SCOPES if scope in scopes],
        expires_at=now() + timedelta(days=life_days),
    )
    db.session.add(token)
    return token, secret


def valid_token(secret: str) -> ApiToken | None:
    """Return the token with this secret if it is valid now, and note that it was used."""
    with db.aside() as own:
        token = own.scalar(select(ApiToken).where(ApiToken.secret_hash == _hash(secret)))
        if token is None or not token.is_valid:
            return None
        if token.last_used_at is None or token.last_used_at < now() - _USE_NOTED_EVERY:
            own.execute(
                update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=now())
            )
    return token


def tokens_of(coalition_id: UUID) -> list[ApiToken]:
    """Return a coalition's tokens, newest first."""
    statement = select(ApiToken).filter_by(coalition_id=coalition_id)
    return list(db.session.scalars(statement.order_by(ApiToken.id.desc())))


def token_of(coalition_id: UUID, token_id: UUID) -> ApiToken:
    """Return one token of a coalition.

    Raises:
        NotFound: it has none with this id.
    """
    token = db.session.scalar(
        select(ApiToken).filter_by(coalition_id=coalition_id, id=token_id)
    )
    if token is None:
        raise NotFound
    return token


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
