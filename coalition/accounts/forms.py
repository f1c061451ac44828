"""Flask-Security's forms with our rules: counted tries, one answer for every wrong name."""

from typing import Any, cast

import flask
from flask import g
from flask_babel import gettext
from flask_login import current_user
from flask_security.forms import Form, LoginForm, TwoFactorVerifyCodeForm, VerifyForm
from flask_security.password_util import PasswordUtil
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.webauthn import WebAuthnSigninResponseForm

from coalition import web
from coalition.accounts import passwords, queries, throttle
from coalition.accounts.errors import WeakPassword
from coalition.accounts.models import user_by_email

FIRST_FACTOR = "first_factor"  # in the session, between password and code


class SignInForm(LoginForm):
    """Address and password. Unknown, wrong, switched off: the same words after the same time."""

    remember = None

    def validate(self, **arguments: Any) -> bool:
        """Check the password; every try counts, known address or not."""
        if not Form.validate(self, **arguments):
            return False
        address, password = self.email.data.strip().lower(), self.password.data
        if not throttle.may_try("password", address):
            return _refuse_for_now(self)
        found = user_by_email(address)
        stored = found.password if found else None
        right = passwords.matches(password[: passwords.MAX_CHARS + 1], stored)
        if found is None or not right or not found.active:
            self.form_errors.append(gettext("Address or password is wrong."))
            return False
        throttle.forget("password", address)
        flask.session[FIRST_FACTOR] = "password"
        self.user = cast(Any, found)
        return True


class ConfirmForm(VerifyForm):
    """The password once more, before something delicate."""

    def validate(self, **arguments: Any) -> bool:
        """Check the password of who is signed in."""
        if not Form.validate(self, **arguments):
            return False
        if not throttle.may_try("password", self.user.email):
            return _refuse_for_now(self)
        if not passwords.matches(self.password.data, self.user.password):
            self.password.errors = [gettext("This is not your password.")]
            return False
        throttle.forget("password", self.user.email)
        flask.session.add_method("password")  # type: ignore[attr-defined]
        return True


class CodeForm(TwoFactorVerifyCodeForm):
    """The code from the app."""

    def validate(self, **arguments: Any) -> bool:
        """Check the code; tries are counted apart from those of the password."""
        assert self.user is not None  # Flask-Security's view has set it
        account = str(self.user.id)
        if not self.is_setup and not throttle.may_try("second factor", account):
            return _refuse_for_now(self)
        if not super().validate(**arguments):
            return False
        throttle.forget("second factor", account)
        return True


class RecoveryForm(MfRecoveryForm):
    """A recovery code, in place of the code from the app."""

    def validate(self, **arguments: Any) -> bool:
        """Check the recovery code and use it up."""
        assert self.user is not None  # Flask-Security's view has set it
        account = str(self.user.id)
        if not throttle.may_try("second factor", account):
            return _refuse_for_now(self)
        if not super().validate(**arguments):
            return False
        throttle.forget("second factor", account)
        return True


class PasskeyForm(WebAuthnSigninResponseForm):
    """The browser's answer for a passkey, at signing in or confirming."""

    def validate(self, **arguments: Any) -> bool:
        """Check the answer; a passkey shown to confirm strengthens the session."""
        if not super().validate(**arguments):
            return False
        if self.is_verify and self.user and self.user.id == current_user.id:
            flask.session.add_method("passkey")  # type: ignore[attr-defined]
        return True


class PasswordRules(PasswordUtil):
    """Our rules for new passwords, in Flask-Security's pages."""

    def normalize(self, password: str) -> str:
        """Return the form that is hashed."""
        return passwords.normalize(password)

    def validate(
        self,
        password: str,
        is_register: bool,  # noqa: ARG002, FBT001
        **kwargs: Any,
    ) -> tuple[list[str] | None, str]:
        """Return what is wrong with a new password, if anything, and its normal form."""
        user = kwargs.get("user")
        words = user.known_words(queries.coalition_words(user.id)) if user else []
        try:
            return None, passwords.check(password, words)
        except WeakPassword as error:
            return [web.say(error)], password


def _refuse_for_now(form: Any) -> bool:
    g.too_often = True
    form.form_errors.append(
        gettext("That was tried too often. Wait an hour, or ask for a link by mail.")
    )
    return False
