"""The pages of a user's own account, and the links that come by mail."""

from datetime import datetime
from typing import Any, cast
from uuid import uuid4

import flask
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext
from flask_login import current_user
from flask_security import login_user
from flask_security.proxies import _security

from coalition import audit, db, jobs, web
from coalition.accounts import access, links, queries, sessions, throttle
from coalition.accounts.forms import FIRST_FACTOR
from coalition.accounts.jobs import send_link
from coalition.accounts.links import LinkPurpose
from coalition.accounts.models import Role, User, UserSession, user_by_email
from coalition.accounts.schemas import LinkForm, NewPasswordForm, ProfileForm
from coalition.errors import DomainError, NotFound

blueprint = Blueprint("accounts", __name__, template_folder="templates")


@blueprint.app_template_filter("moment")
def moment(at: datetime) -> str:
    """Write a moment for people, in UTC: a user's coalitions may lie in several time zones."""
    return f"{format_datetime(at, 'd MMM y, HH:mm', rebase=False)} UTC"


@blueprint.app_template_global()
def role_word(role: str) -> str:
    """Return the word for a role in the page's language."""
    return {
        Role.ADMINISTRATOR: gettext("administrator"),
        Role.COORDINATOR: gettext("coordinator"),
        Role.REPRESENTATIVE: gettext("representative"),
        Role.VIEWER: gettext("viewer"),
    }[Role(role)]


@blueprint.get("/manage/")
@access.signed_in
def places() -> ResponseReturnValue:
    """Show the coalitions that the user may enter; who may enter one only is sent there."""
    with db.reading():
        found = queries.places_of(current_user)
        if len(found) == 1:
            return redirect(f"/manage/{found[0].slug}/", code=303)
        return render_template("accounts/places.html", places=found, user=current_user)


@blueprint.get("/account/")
@access.signed_in
def home() -> ResponseReturnValue:
    """Show the user's name, coalitions and sessions."""
    return _home(web.Form())


@blueprint.post("/account/")
@access.signed_in
def save_profile() -> ResponseReturnValue:
    """Store name and language."""
    form = web.form(ProfileForm)
    if form.errors:
        return _home(form), 422
    with db.transaction():
        user = _me()
        user.name, user.language = form.values["name"], form.values["language"]
        audit.record("user.changed", user, ["name", "language"])
    sessions.forget_language()
    flash(gettext("Saved."), "success")
    return web.see_other("accounts.home")


@blueprint.get("/account/security")
@access.signed_in
def security() -> ResponseReturnValue:
    """Show what is asked at signing in, and how to strengthen it."""
    return render_template("accounts/security.html", user=current_user)


@blueprint.post("/account/sessions/<session_id>/ending")
@access.signed_in
def end_session(session_id: str) -> ResponseReturnValue:
    """Sign out somewhere else."""
    with db.transaction() as session:
        ended = session.get(UserSession, web.id_or_404(session_id))
        if ended is None or ended.user_id != current_user.id:
            raise NotFound
        session.delete(ended)
        audit.record("user.signed_out_elsewhere", _me())
    flash(gettext("Signed out there."), "success")
    return web.see_other("accounts.home")


@blueprint.post("/account/sessions/ending")
@access.signed_in
def end_other_sessions() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    here: Any = flask.session
    with db.transaction():
        user = _me()
        user.sign_out_everywhere(but=here.id)
        audit.record("user.signed_out_elsewhere", user)
    flash(gettext("You are signed out everywhere else."), "success")
    return web.see_other("accounts.home")


@blueprint.get("/login/link")
def ask_link() -> ResponseReturnValue:
    """Offer a link by mail, to sign in or for a new password."""
    return render_template("accounts/ask_link.html", form=web.Form())


@blueprint.post("/login/link")
def order_link() -> ResponseReturnValue:
    """Send a link. The answer, and the work until it, are the same for unknown addresses."""
    form = web.form(LinkForm)
    if form.errors:
        return render_template("accounts/ask_link.html", form=form), 422
    with db.transaction():
        user = user_by_email(form.values["email"])
        # The worker looks again and finds nobody for an invented id.
        jobs.enqueue(send_link, user.id if user else uuid4(), form.values["purpose"])
    return web.see_other("accounts.link_sent")


@blueprint.get("/login/link/sent")
def link_sent() -> ResponseReturnValue:
    """Say that a mail is on its way if the address is known."""
    return render_template("accounts/link_sent.html")


@blueprint.get("/account/links/<secret>")
def show_link(secret: str) -> ResponseReturnValue:
    """Show what a link is for. Mail scanners open links, so this uses nothing up."""
    with db.reading():
        link = links.open_link(secret, *LinkPurpose)
        return _show_link(link, secret, web.Form())


@blueprint.post("/account/links/<secret>")
def use_link(secret: str) -> ResponseReturnValue:
    """Use a link: sign in, or set the password."""
    with db.transaction():
        link = links.open_link(secret, *LinkPurpose)
        if link.purpose == LinkPurpose.SIGN_IN:
            return _enter(links.use(link))
        form = web.form(NewPasswordForm)
        _check_both(form)
        if not form.errors:
            try:
                _set_password(link, form.values["password"])
            except DomainError as error:
                form.refuse(error)
        if form.errors:
            return _show_link(link, secret, form), 422
    flash(gettext("Your password is set. Sign in with it now."), "success")
    return web.see_other("security.login")


def _home(form: web.Form) -> str:
    with db.reading():
        here: Any = flask.session
        return render_template(
            "accounts/home.html",
            form=form,
            user=current_user,
            places=queries.places_of(current_user),
            sessions=sessions.sessions_of(current_user.id),
            this_session=here.id,
        )


def _me() -> User:
    """Return who is signed in, as a row of the open transaction."""
    return db.session.get_one(User, current_user.id)


def _enter(user: User) -> ResponseReturnValue:
    """Sign a user in who came with a link; one with a second factor is asked for it."""
    flask.session[FIRST_FACTOR] = "link"
    known = cast(Any, user)  # to Flask-Security it is a user by its methods, not its class
    asked = _security.two_factor_plugins.tf_enter(
        known, remember_me=False, primary_authn_via="link", next_loc=None
    )
    if asked is not None:
        return asked
    login_user(known, authn_via=["link"])
    flask.session["fs_paa"] = 0  # a mailbox is not enough to add a passkey or change a role
    return redirect(url_for("accounts.home"), code=303)


def _show_link(link: links.AccountLink, secret: str, form: web.Form) -> str:
    return render_template("accounts/link.html", link=link, secret=secret, form=form)


def _check_both(form: web.Form) -> None:
    if not form.errors and form.values["password"] != form.values["password_again"]:
        form.errors["password_again"] = gettext("The two passwords differ.")


def _set_password(link: links.AccountLink, password: str) -> None:
    user = link.user
    user.set_password(password, queries.coalition_words(user.id))
    links.use(link)
    links.end_all(user)
    throttle.forget("password", user.email)
    with audit.acting(audit.Actor("user", user.id, origin="web, link by mail")):
        audit.record("user.password_set", user, ["password"])
