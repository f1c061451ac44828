"""Sessions: the cookie holds a random text, the database everything else.

A cookie that signs itself cannot be taken back: a copy made before the sign-out would go on
working. Here a sign-out deletes the row, and with it every copy.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import flask
from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SessionInterface
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coalition import config, db
from coalition.accounts.models import ABSOLUTE_LIFE, IDLE_LIFE, User, UserSession
from coalition.clock import now

_KEY_BYTES = 32  # 256 bits of chance
_KEY_CHARS = 43  # … as they look in the cookie
_SEEN_NOTED_EVERY = timedelta(minutes=1)
_WITHOUT_SESSION = ("/static/", "/api/")  # cookies have no authority over the API
_USER_KEY = "_user_id"  # Flask-Login's
_LANGUAGE = "language"
_KEPT_AT_SIGN_IN = frozenset(
    {_USER_KEY, "_fresh", "_id", "_flashes", "fs_cc", "fs_paa", _LANGUAGE}
)


class ServerSession(SecureCookieSession):
    """The values of a session, and what stands beside them in its row."""

    def __init__(self, initial: dict[str, Any] | None = None) -> None:
        super().__init__(initial)
        self.id: UUID | None = None
        self.key: str | None = None
        self.user_id: UUID | None = None
        self.signed_in_with: list[str] = []
        self.was_for: str | None = (initial or {}).get(_USER_KEY)
        self.is_kept = True
        self.problem: Exception | None = None

    def belongs_to(self, user: User, signed_in_with: Sequence[str]) -> None:
        """Make this the session of `user`; its key changes when it is saved."""
        if self.user_id != user.id or not self.signed_in_with:
            self.signed_in_with = list(signed_in_with)
        self.user_id = user.id
        self.modified = True

    def add_method(self, method: str) -> None:
        """Note that the user has also shown `method` ("password") in this session."""
        if method not in self.signed_in_with:
            self.signed_in_with = [*self.signed_in_with, method]
            self.modified = True

    def drop_method(self, method: str) -> None:
        """Forget that `method` was shown, since the user no longer has it."""
        self.signed_in_with = [each for each in self.signed_in_with if each != method]
        self.modified = True


class DatabaseSessions(SessionInterface):
    """Read and write sessions in short transactions of their own."""

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002
        """Return the cookie's name; browsers hold a `__Host-` cookie to this host and https."""
        return cookie_name()

    def open_session(self, app: Flask, request: Request) -> ServerSession:  # noqa: ARG002
        """Find the session of the request's cookie; without a cookie nothing is asked."""
        session = ServerSession()
        if request.path.startswith(_WITHOUT_SESSION):
            session.is_kept = False
            return session
        key = request.cookies.get(cookie_name())
        if key is None or len(key) != _KEY_CHARS:
            return session
        try:
            with db.aside() as own:
                row = _row(own, key)
        except (OperationalError, PoolTimeout) as error:
            # Pages that need nobody's name still work; the others say what is wrong.
            session.problem, session.is_kept = error, False
            return session
        if row is None:
            return session
        session = ServerSession(row.values)
        session.id, session.key, session.user_id = row.id, key, row.user_id
        session.signed_in_with = row.signed_in_with
        return session

    def save_session(
        self,
        app: Flask,  # noqa: ARG002
        session: Any,
        response: Response,
    ) -> None:
        """Store what changed; a new user gets a new key, a sign-out leaves nothing."""
        if session.accessed:
            response.vary.add("Cookie")
        if not session.is_kept or not session.modified:
            return
        is_for = session.get(_USER_KEY)
        if session.was_for and not is_for:
            _forget(session.id)
            response.delete_cookie(cookie_name(), **_cookie_options())
        elif session.id is None or session.was_for != is_for:
            key = _start(session)
            response.set_cookie(cookie_name(), key, **_cookie_options())
        else:
            _update(session)


def keep_language(own: str | None = None) -> None:
    """Let a language that an address asks for hold for the rest of the session.

    Links of coordinators' pages need not carry it, as those of public pages do, which have no
    session.

    Args:
        own: what the user wants as long as the session knows nothing else.
    """
    asked = flask.request.args.get("lang")
    if asked in config.current().languages and asked != flask.session.get(_LANGUAGE):
        flask.session[_LANGUAGE] = asked
    flask.g.user_language = flask.session.get(_LANGUAGE) or own


def forget_language() -> None:
    """Go by the user's own language again."""
    flask.session.pop(_LANGUAGE, None)


def cookie_name() -> str:
    """Return the name of the session's cookie in this installation."""
    return "__Host-session" if config.current().secure_cookies else "session"


def start_for(user: User, signed_in_with: Sequence[str] = ("password",)) -> str:
    """Start a session of `user` and return what its cookie must hold."""
    session = ServerSession(
        {_USER_KEY: user.fs_uniquifier, "_fresh": True, "fs_paa": now().timestamp()}
    )
    session.belongs_to(user, signed_in_with)
    return _start(session)


def sessions_of(user_id: UUID) -> list[UserSession]:
    """Return the user's sessions that still live, the latest first."""
    statement = select(UserSession).where(UserSession.user_id == user_id, *_alive(now()))
    return list(db.session.scalars(statement.order_by(UserSession.last_seen_at.desc())))


def forget_expired() -> None:
    """Delete the sessions that have ended by themselves."""
    moment = now()
    with db.aside() as own:
        own.execute(
            delete(UserSession).where(
                (UserSession.expires_at < moment)
                | (UserSession.last_seen_at < moment - IDLE_LIFE)
            )
        )


def _row(own: Session, key: str) -> UserSession | None:
    moment = now()
    row = own.scalar(
        select(UserSession).where(UserSession.key_hash == _hash(key), *_alive(moment))
    )
    if row is not None and row.last_seen_at < moment - _SEEN_NOTED_EVERY:
        row.last_seen_at = moment
    return row


def _alive(moment: datetime) -> tuple[Any, ...]:
    return (UserSession.expires_at > moment, UserSession.last_seen_at > moment - IDLE_LIFE)


def _start(session: ServerSession) -> str:
    """Store the session under a new key; what lay in it before a sign-in is dropped."""
    key, moment = secrets.token_urlsafe(_KEY_BYTES), now()
    values = dict(session)
    if session.user_id is not None:
        values = {name: value for name, value in values.items() if name in _KEPT_AT_SIGN_IN}
    with db.aside() as own:
        if session.id is not None:
            own.execute(delete(UserSession).where(UserSession.id == session.id))
        own.execute(
            insert(UserSession).values(
                id=uuid7(),
                key_hash=_hash(key),
                user_id=session.user_id,
                values=values,
                signed_in_with=session.signed_in_with,
                created_at=moment,
                last_seen_at=moment,
                expires_at=moment + (ABSOLUTE_LIFE if session.user_id else IDLE_LIFE),
            )
        )
    return key


def _update(session: ServerSession) -> None:
    with db.aside() as own:
        own.execute(
            update(UserSession)
            .where(UserSession.id == session.id)
            .values(values=dict(session), signed_in_with=session.signed_in_with)
        )


def _forget(session_id: UUID | None) -> None:
    with db.aside() as own:
        own.execute(delete(UserSession).where(UserSession.id == session_id))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _cookie_options() -> dict[str, Any]:
    return {
        "path": "/",
        "secure": config.current().secure_cookies,
        "httponly": True,
        "samesite": "Lax",
    }
