"""Flask-Security, set up for this product: what is on, where it lives, what it may do."""

from datetime import timedelta
from typing import Any, cast

import flask
from flask import Flask, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale, lazy_gettext
from flask_login import current_user, user_logged_in, user_logged_out
from flask_login.utils import _user_context_processor
from flask_security import MailUtil, Security, signals
from flask_security.babel import FsDomain
from flask_security.forms import Form
from flask_security.utils import set_request_attr
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from coalition import audit, db
from coalition.accounts import access, passwords, sessions, views
from coalition.accounts.datastore import Accounts
from coalition.accounts.forms import (
    FIRST_FACTOR,
    CodeForm,
    ConfirmForm,
    PasskeyForm,
    PasswordRules,
    RecoveryForm,
    SignInForm,
)
from coalition.accounts.manage import blueprint as manage_blueprint
from coalition.accounts.models import User, UserSession
from coalition.accounts.second_factor import Codes, Passkeys, RecoveryCodes
from coalition.clock import now
from coalition.mail import door

_FRESH = timedelta(minutes=5)
_METHODS = {  # endpoint that completes a sign-in: what was shown there
    "security.login": "password",
    "security.two_factor_token_validation": "code",
    "security.mf_recovery": "recovery code",
    "security.wan_signin_response": "passkey",
    "accounts.use_link": "link",
}


def init_app(app: Flask) -> None:
    """Give `app` sessions, sign-in and the pages of accounts."""
    app.session_interface = sessions.DatabaseSessions()
    app.before_request(_keep_language_at_sign_in)
    app.config.update(_settings())
    security = Security(
        datastore=Accounts(),
        login_form=SignInForm,
        verify_form=ConfirmForm,
        two_factor_verify_code_form=CodeForm,
        mf_recovery_form=RecoveryForm,
        wan_signin_response_form=PasskeyForm,
        mail_util_cls=Mail,
        password_util_cls=PasswordRules,
        render_template=cast(Any, _render),  # with a status beside the page
        totp_cls=Codes,
        webauthn_util_cls=Passkeys,
        mf_recovery_codes_util_cls=RecoveryCodes,
    )
    # Ours comes first, so that its templates win over Flask-Security's.
    app.register_blueprint(views.blueprint)
    app.register_blueprint(manage_blueprint)
    security.init_app(app)
    security.want_json(lambda _request: False)
    security.i18n_domain = Words(app)  # type: ignore[no-untyped-call]
    app.jinja_env.globals["may_open"] = access.may_open
    app.jinja_env.globals["_fsdomain"] = security.i18n_domain.gettext
    app.view_functions["security.two_factor_rescue"] = _nothing_here
    _ask_less(app, security)
    _listen(app)


class Mail(MailUtil):
    """Flask-Security's mails leave through our door."""

    def send_mail(  # noqa: PLR0917  Flask-Security's order
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,  # noqa: ARG002
        body: str | None,
        html: str | None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> None:
        """Queue a message with the transaction that Flask-Security's view commits."""
        purpose = f"account {template}"
        door.queue(purpose=purpose, to=str(recipient), subject=str(subject), text=body or "")


class Words(FsDomain):
    """Flask-Security's own sentences. Its Spanish is filed under Spain, and ours is not."""

    def get_translations(self) -> Any:
        """Return the catalog for the page's language."""
        locale = get_locale()
        if locale is None or locale.language != "es" or locale.territory == "ES":
            return super().get_translations()
        with force_locale("es_ES"):
            return super().get_translations()


def load_user(user_key: str) -> User | None:
    """Return the session's user with roles and passkeys, detached, or `None`.

    Asked on a connection of its own, so that the view's transaction starts untouched.
    """
    session: Any = flask.session
    if session.user_id is None:
        return None
    statement = (
        select(User)
        .where(User.id == session.user_id, User.fs_uniquifier == user_key, User.active)
        .options(joinedload(User.coalition_roles), joinedload(User.webauthn))
    )
    with db.aside() as own:
        user = own.scalars(statement).unique().first()
    if user is not None:
        set_request_attr("fs_authn_via", "session")
        set_request_attr("fs_paa", session.get("fs_paa", 0))
        sessions.keep_language(user.language)
    return user


def _settings() -> dict[str, Any]:
    on = dict.fromkeys(
        ("CHANGEABLE", "TWO_FACTOR", "MULTI_FACTOR_RECOVERY_CODES", "WEBAUTHN"), True
    )
    addresses = {
        "LOGIN_URL": "/login",
        "LOGOUT_URL": "/logout",
        "CHANGE_URL": "/account/password",
        "VERIFY_URL": "/account/confirmation",
        "TWO_FACTOR_SETUP_URL": "/account/code",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/login/code",
        "TWO_FACTOR_SELECT_URL": "/login/second-step",
        "TWO_FACTOR_RESCUE_URL": "/login/rescue",
        "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "MULTI_FACTOR_RECOVERY_URL": "/login/recovery-code",
        "WAN_REGISTER_URL": "/account/passkeys",
        "WAN_DELETE_URL": "/account/passkeys/deletion",
        "WAN_SIGNIN_URL": "/login/passkey",
        "WAN_VERIFY_URL": "/account/confirmation/passkey",
        "POST_LOGIN_VIEW": "/manage/",
        "POST_LOGOUT_VIEW": "/login",
        "POST_CHANGE_VIEW": "/account/",
        "POST_VERIFY_VIEW": "/account/",
        "TWO_FACTOR_POST_SETUP_VIEW": "/account/security",
        "WAN_POST_REGISTER_VIEW": "/account/security",
    }
    rules = {
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": {"argon2"},
        "PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__time_cost": passwords.TIME_COST,
            "argon2__memory_cost": passwords.MEMORY_KIB,
            "argon2__parallelism": passwords.PARALLELISM,
        },
        "PASSWORD_LENGTH_MIN": passwords.MIN_CHARS,
        "PASSWORD_NORMALIZE_FORM": "NFKC",
        "FRESHNESS": _FRESH,
        "FRESHNESS_GRACE_PERIOD": timedelta(0),
        "API_ENABLED_METHODS": ["session"],
        "DATETIME_FACTORY": now,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,  # seconds: one code earlier or later
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TOTP_SECRETS": {"0": "unused"},  # seeds are sealed with the installation's key
        "TOTP_ISSUER": "Coalition",
        "WAN_RP_NAME": "Coalition",
        "WAN_ALLOW_USER_HINTS": False,
        "WAN_SIGNIN_WITHIN": timedelta(minutes=5),
        "LOGOUT_CSRF": True,
        "EMAIL_HTML": False,
        "EMAIL_SENDER": "coalition",
        "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": lazy_gettext("Your password was changed"),
        "STATIC_FOLDER": None,
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
        "JOIN_USER_ROLES": False,
    }
    return {f"SECURITY_{name}": value for name, value in {**on, **addresses, **rules}.items()}


def _ask_less(app: Flask, security: Any) -> None:
    """Take out what would ask for a user on every public page, or trust the client's words."""
    manager = security.login_manager
    manager.user_loader(load_user)
    manager._request_callback = None  # our own tokens, only in the API, never in an address
    manager.session_protection = None  # sessions live here; no fingerprint of the browser
    manager._session_identifier_generator = lambda: ""
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    # The same name in templates, but looked up only where a template uses it.
    app.template_context_processors[None].remove(_user_context_processor)
    app.jinja_env.globals["current_user"] = current_user


def _render(template: str, **context: Any) -> ResponseReturnValue:
    """Render a page of Flask-Security; what was refused says so in the status too."""
    page = render_template(template, **context)
    failed = any(isinstance(each, Form) and each.errors for each in context.values())
    if request.method != "POST" or not failed:
        return page
    return page, 429 if g.get("too_often") else 422


def _keep_language_at_sign_in() -> None:
    if request.path.startswith("/login"):  # nobody is known yet whose language it could be
        sessions.keep_language()


def _nothing_here() -> ResponseReturnValue:
    abort(404)


def _listen(app: Flask) -> None:
    user_logged_in.connect(_note_sign_in, app)
    user_logged_out.connect(_forget_first_factor, app)
    signals.password_changed.connect(_after_new_password, app)
    signals.tf_profile_changed.connect(_after_new_code, app)
    signals.tf_disabled.connect(_after_code_off, app)
    signals.wan_registered.connect(_after_new_passkey, app)
    signals.wan_deleted.connect(_after_passkey_off, app)


def _note_sign_in(_app: Flask, user: User) -> None:
    """Tie the session to its user and write down when and how they signed in."""
    session: Any = flask.session
    endpoint = request.endpoint or ""
    method = _METHODS.get(endpoint, "password")
    shown = [method]
    is_second = endpoint in ("security.two_factor_token_validation", "security.mf_recovery")
    if is_second or "tf_user_id" in session:
        shown = [session.get(FIRST_FACTOR, "password"), method]
    session.belongs_to(user, shown)
    user.last_login_at = now()
    db.session.add(user)
    if endpoint != "security.change_password":
        _note("user.signed_in", user, shown)


def _forget_first_factor(_app: Flask, **_more: Any) -> None:
    flask.session.pop(FIRST_FACTOR, None)


def _after_new_password(_app: Flask, user: Any, **_more: Any) -> None:
    db.session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    _note("user.password_changed", user, ["password"])


def _after_new_code(_app: Flask, user: Any, **_more: Any) -> None:
    flask.session.add_method("code")  # type: ignore[attr-defined]
    _note("user.code_app_added", user, ["tf_totp_secret"])


def _after_code_off(_app: Flask, user: Any, **_more: Any) -> None:
    flask.session.drop_method("code")  # type: ignore[attr-defined]
    _note("user.code_app_removed", user, ["tf_totp_secret"])


def _after_new_passkey(_app: Flask, user: Any, **_more: Any) -> None:
    flask.session.add_method("passkey")  # type: ignore[attr-defined]
    _note("user.passkey_added", user, ["webauthn"])


def _after_passkey_off(_app: Flask, user: Any, **_more: Any) -> None:
    if len(user.webauthn) <= 1:  # the one that is about to go
        flask.session.drop_method("passkey")  # type: ignore[attr-defined]
    _note("user.passkey_removed", user, ["webauthn"])


def _note(action: str, user: Any, fields: list[str]) -> None:
    with audit.acting(audit.Actor("user", user.id, origin=f"web {g.get('request_id', '')}")):
        audit.record(action, user, fields)
