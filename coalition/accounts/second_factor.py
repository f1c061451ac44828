"""Codes from an app, recovery codes and passkeys, stricter than Flask-Security has them."""

import hashlib
import secrets
from typing import Any

import flask
import segno
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.totp import Totp
from flask_security.webauthn_util import WebauthnUtil
from passlib.exc import TokenError  # type: ignore[import-untyped]
from passlib.totp import TOTP  # type: ignore[import-untyped]
from sqlalchemy import func, or_, update
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from coalition import crypto, db
from coalition.accounts.models import User

RECOVERY_CODES = 8
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # no two look alike
_GROUPS, _GROUP_CHARS = 4, 4  # 78 bits: too many to try, so a plain hash keeps them


class _SealedTotp(TOTP):  # type: ignore[misc]
    """A TOTP seed that is sealed with the installation's key wherever it is kept."""

    @classmethod
    def from_source(cls, source: Any) -> Any:
        if isinstance(source, str):
            source = crypto.unwrap(source.encode()).decode()
        return super().from_source(source)


class Codes(Totp):
    """Codes from an app: one step of clock difference, each code once."""

    def __init__(self, _secrets: Any, issuer: str) -> None:
        self._totp = _SealedTotp.using(issuer=issuer)

    def generate_totp_secret(self) -> str:
        """Make a seed, sealed."""
        return crypto.wrap(self._totp.new().to_json(encrypt=False).encode()).decode()

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        """Return whether the code is right now, and use it up."""
        try:
            match = self._totp.verify(token, totp_secret, window=window)
        except (TokenError, crypto.CannotOpen):
            return False
        if totp_secret != user.tf_totp_secret:  # being set up; stored with the new seed
            user.totp_counter = match.counter
            return True
        with db.aside() as own:
            used = own.execute(
                update(User)
                .where(
                    User.id == user.id,
                    or_(User.totp_counter.is_(None), User.totp_counter < match.counter),
                )
                .values(totp_counter=match.counter)
                .returning(User.id)
            ).first()
        return used is not None

    def generate_qrcode(self, username: str, totp: str) -> str:
        """Draw the seed as a picture with a white ground, which dark pages need too."""
        drawn = segno.make(self.get_totp_uri(username, totp), error="m")
        return drawn.svg_data_uri(scale=6, border=4, light="white")


class RecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes: shown once, kept as hashes, each good for one sign-in."""

    def __init__(self, _app: flask.Flask) -> None:
        self.cryptor = None

    def create_recovery_codes(self, user: Any) -> list[str]:
        """Make new codes for a user; the old ones end."""
        made = [_new_code() for _ in range(RECOVERY_CODES)]
        user.mf_recovery_codes = [_hash(code) for code in made]
        db.session.add(getattr(user, "_get_current_object", lambda: user)())
        return made

    def get_recovery_codes(self, user: Any) -> list[str]:  # noqa: ARG002
        """Return nothing: only their hashes are known."""
        return []

    def check_recovery_code(self, user: Any, code: str) -> bool:
        """Return whether the code is one of the user's, and use it up."""
        hashed = _hash(code)
        with db.aside() as own:
            used = own.execute(
                update(User)
                .where(User.id == user.id, User.mf_recovery_codes.op("?")(hashed))
                .values(mf_recovery_codes=User.mf_recovery_codes.op("-")(hashed))
                .returning(func.jsonb_array_length(User.mf_recovery_codes))
            ).first()
        return used is not None

    def delete_recovery_code(self, user: Any, code: str) -> bool:  # noqa: ARG002
        """Do nothing: checking has used it up."""
        return True


class Passkeys(WebauthnUtil):
    """Passkeys of any kind: in the computer, the phone or a stick.

    Flask-Security asks only for sticks where a passkey replaces the password, so that Touch ID
    and Windows Hello would wait for ever.
    """

    def authenticator_selection(
        self,
        user: Any,  # noqa: ARG002
        usage: str,
    ) -> AuthenticatorSelectionCriteria:
        """Ask for PIN or fingerprint where the passkey stands alone, for less beside a password."""
        alone = usage == "first"
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED
            if alone
            else ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED
            if alone
            else UserVerificationRequirement.DISCOURAGED,
        )

    def user_verification(
        self,
        user: Any,  # noqa: ARG002
        usage: list[str],
    ) -> UserVerificationRequirement:
        """Ask for PIN or fingerprint at signing in with nothing else."""
        if usage == ["first"]:
            return UserVerificationRequirement.REQUIRED
        return UserVerificationRequirement.DISCOURAGED


def _new_code() -> str:
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_CHARS)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def _hash(code: str) -> str:
    plain = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
