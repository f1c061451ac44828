"""Who may see a page: asked of the database at each request, so that a lost role is lost at once."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import flask
from flask import after_this_request, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from coalition import audit, config, db, web
from coalition.accounts import representing, tokens
from coalition.accounts.errors import MayNot, NotSignedIn, ScopeMissing
from coalition.accounts.models import Role, User
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound

FRESH_S = 300  # how long after giving the password or passkey delicate things may be done
STRONG = frozenset({"code", "recovery code", "passkey"})
AFTER_SIGN_IN = "/manage/"

View = Callable[..., ResponseReturnValue]

__all__ = [
    "Role",
    "administrator",
    "fresh",
    "may_change",
    "may_open",
    "represented",
    "signed_in",
    "staff",
    "token",
    "user",
]


def user() -> User | None:
    """Return who is signed in, with roles and passkeys loaded."""
    found = current_user._get_current_object()
    return found if isinstance(found, User) else None


def may_change(coalition: Coalition) -> bool:
    """Return whether who is signed in may change things of the coalition."""
    who = user()
    role = who.role_in(coalition.id) if who else None
    return role is not None and role.covers(Role.COORDINATOR)


def represented(coalition: Coalition, organization: str) -> UUID:
    """Return the id of an organization that who is signed in speaks for; asked before its form.

    Raises:
        NotFound: they do not speak for it, or it is no id.
    """
    found, organization_id = user(), web.id_or_404(organization)
    if found is None:
        raise NotFound
    with db.reading(coalition.id):
        representing.check_represents(found.id, coalition.id, organization_id)
    return organization_id


def may_open(path: str, method: str = "GET") -> bool:
    """Return whether the role of who is signed in opens a coalition's page at `path`.

    What has no guard of ours, or is not there, counts as open: the page itself answers.
    """
    adapter = current_app.create_url_adapter(request)
    try:
        endpoint, values = adapter.match(path, method=method) if adapter else ("", {})
    except HTTPException:
        return True
    roles = getattr(current_app.view_functions.get(endpoint), "roles", None)
    who = user()
    if roles is None or who is None:
        return True
    held = who.role_in(web.public_coalition(values["coalition"]).id)
    return held is not None and any(held.covers(role) for role in roles)


def staff(*roles: Role) -> Callable[[View], View]:
    """Let a view with `<coalition>` in its address be seen from one of `roles` upwards.

    The view gets the coalition instead of its slug. Who has no role in it learns nothing
    about it, not even that it exists.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*, coalition: str, **arguments: Any) -> ResponseReturnValue:
            found = user()
            if found is None:
                return _to_sign_in()
            here = web.public_coalition(coalition)
            held = found.role_in(here.id)
            if held is None:
                raise NotFound
            if not any(held.covers(role) for role in roles):
                raise MayNot
            step = _missing_step(found, held)
            if step is not None:
                return step
            g.coalition_language = here.language
            with audit.acting(_actor("user", found)):
                return view(coalition=here, **arguments)

        guarded.__dict__["roles"] = roles  # for `may_open`
        return guarded

    return decorate


def administrator(view: View) -> View:
    """Let a view be seen by administrators of the installation; to others it is not there."""

    @wraps(view)
    def guarded(**arguments: Any) -> ResponseReturnValue:
        found = user()
        if found is None:
            return _to_sign_in()
        if not found.is_administrator:
            raise NotFound
        step = _missing_step(found, Role.ADMINISTRATOR)
        if step is not None:
            return step
        with audit.acting(_actor("user", found)):
            return view(**arguments)

    return guarded


def signed_in(view: View) -> View:
    """Let a view be seen by everybody who is signed in."""

    @wraps(view)
    def guarded(**arguments: Any) -> ResponseReturnValue:
        found = user()
        if found is None:
            return _to_sign_in()
        with audit.acting(_actor("user", found)):
            return view(**arguments)

    return guarded


def fresh(view: View) -> View:
    """Ask for the password or passkey again unless it was given in the last minutes.

    Stands below `staff`, `administrator` or `signed_in`. Put it on the page with the form
    too: what was sent with a POST is not kept while the user is asked.
    """

    @wraps(view)
    def guarded(**arguments: Any) -> ResponseReturnValue:
        if time.time() - flask.session.get("fs_paa", 0) > FRESH_S:
            flash(gettext("Please confirm that it is you."), "info")
            return redirect(_with_next("security.verify"), code=303)
        return view(**arguments)

    return guarded


def token(scope: str) -> Callable[[View], View]:
    """Let a view of the API be called with a token of its coalition that has `scope`."""
    if scope not in tokens.SCOPES:
        raise ValueError(f"there is no scope {scope!r}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*, coalition: str, **arguments: Any) -> ResponseReturnValue:
            sent = request.authorization
            found = None
            if sent is not None and sent.type == "bearer" and sent.token:
                found = tokens.valid_token(sent.token)
            if found is None:
                after_this_request(_ask_for_token)
                raise NotSignedIn
            here = web.public_coalition(coalition)
            if found.coalition_id != here.id:
                raise NotFound
            if scope not in found.scopes:
                raise ScopeMissing(scope=scope)
            g.coalition_language = here.language
            with audit.acting(_actor("token", found)):
                return view(coalition=here, **arguments)

        guarded.__dict__["scope"] = scope  # for the document of the API
        return guarded

    return decorate


def _missing_step(found: User, held: Role) -> ResponseReturnValue | None:
    """Return where to send a user who must first do something, or `None`."""
    shown = set(getattr(flask.session, "signed_in_with", ()))
    needs_second = held.covers(Role.COORDINATOR) and config.current().require_second_factor
    if needs_second and not shown & STRONG:
        if found.webauthn:
            flash(gettext("Your role needs your passkey too. Please use it now."), "info")
            return redirect(_with_next("security.wan_verify"), code=303)
        flash(
            gettext(
                "Your role needs a second step at signing in. Set up a code app or a passkey"
                " here; then the coalition's pages open."
            ),
            "info",
        )
        return redirect(url_for("accounts.security"), code=303)
    if shown == {"link"}:
        # A mailbox that somebody else reads must not open the lists of people.
        flash(
            gettext("You came with a link from a mail. Your password opens the rest."), "info"
        )
        return redirect(_with_next("security.verify"), code=303)
    return None


def _to_sign_in() -> ResponseReturnValue:
    problem = getattr(flask.session, "problem", None)
    if problem is not None:
        raise problem
    return redirect(_with_next("security.login"), code=303)


def _with_next(endpoint: str) -> str:
    """Return the address of a page that comes back to this one, or to the nearest above it."""
    back = request.full_path.rstrip("?") if request.method == "GET" else _nearest_page()
    query = {"next": back}
    if "lang" in request.args:
        query["lang"] = request.args["lang"]
    return f"{url_for(endpoint)}?{urlencode(query)}"


def _nearest_page() -> str:
    adapter, path = current_app.create_url_adapter(request), request.path
    while adapter is not None and path.count("/") > 1:
        if adapter.test(path, method="GET"):
            return path
        path = path.rpartition("/")[0]
    return AFTER_SIGN_IN


def _actor(kind: str, who: Any) -> audit.Actor:
    way = "api" if kind == "token" else "web"
    return audit.Actor(kind, who.id, origin=f"{way} {g.get('request_id', '')}".strip())


def _ask_for_token(response: flask.Response) -> flask.Response:
    response.headers["WWW-Authenticate"] = 'Bearer realm="coalition"'
    return response
