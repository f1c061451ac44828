"""What the pages of accounts accept."""

from marshmallow import Schema, fields, validate

from coalition import fields as ours
from coalition.accounts.links import LinkPurpose
from coalition.accounts.models import COALITION_ROLES
from coalition.accounts.tokens import DEFAULT_LIFE_DAYS, MAX_LIFE_DAYS, SCOPES

MAX_NAME_CHARS = 200


class ProfileForm(Schema):
    """A user about themselves."""

    name = ours.Line(MAX_NAME_CHARS)
    language = ours.OneOf(ours.languages, required=False)


class LinkForm(Schema):
    """Which link, to which address."""

    email = ours.MailAddress(required=True)
    purpose = ours.OneOf([LinkPurpose.SIGN_IN.value, LinkPurpose.PASSWORD.value])


class NewPasswordForm(Schema):
    """A new password, twice. Nothing is trimmed; its length is checked with the other rules."""

    password = fields.String(load_default="")
    password_again = fields.String(load_default="")


class TeamForm(Schema):
    """Somebody new in a coalition's team."""

    email = ours.MailAddress(required=True)
    name = ours.Line(MAX_NAME_CHARS)
    role = ours.OneOf([role.value for role in COALITION_ROLES])


class RoleForm(Schema):
    """Another role."""

    role = ours.OneOf([role.value for role in COALITION_ROLES])


class OrganizationForm(Schema):
    """An organization of the directory, by its name."""

    organization = ours.Line(300, required=True)


class TokenForm(Schema):
    """A new token."""

    name = ours.Line(100, required=True)
    scopes = fields.List(ours.OneOf(SCOPES), load_default=list)
    life_days = fields.Integer(
        load_default=DEFAULT_LIFE_DAYS, validate=validate.Range(1, MAX_LIFE_DAYS)
    )
