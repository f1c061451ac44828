"""What accounts refuse, in words."""

from coalition.errors import N_, DomainError, InvalidInput


class NotSignedIn(DomainError):
    """The API was called without a token that is valid now."""

    status = 401
    code = "not_signed_in"
    message = N_(
        "Send a valid token in the header “Authorization: Bearer …”."
        " Coordinators make tokens on the page “Tokens” of their coalition."
    )


class ScopeMissing(DomainError):
    """The token is valid and does not allow this."""

    status = 403
    code = "scope_missing"
    message = N_("This token does not allow “%(scope)s”. Make one that does.")


class MayNot(DomainError):
    """The user is known and may not do this."""

    status = 403
    code = "forbidden"
    message = N_("You may not do this.")


class UserExists(DomainError):
    """Somebody already signs in with this address."""

    code = "user_exists"
    message = N_("%(email)s has an account already.")


class NoSuchUser(DomainError):
    """Nobody signs in with this address."""

    status = 404
    code = "no_such_user"
    message = N_("Nobody has an account with the address %(email)s.")


class LastOfTheirKind(DomainError):
    """Without this user nobody could manage the coalition, or the installation."""

    code = "last_one"
    message = N_("Nobody else has this role. Give it to somebody else first.")


class RoleTooHigh(DomainError):
    """Nobody gives or takes away more than they hold themselves."""

    status = 403
    code = "role_too_high"
    message = N_("You can only give roles that you hold yourself.")


class WeakPassword(InvalidInput):
    """The password is too short, or easy to guess."""

    code = "weak_password"


class LinkUsedUp(DomainError):
    """A link from a mail was used, replaced, or is too old."""

    status = 410
    code = "link_used_up"
    message = N_("This link was used already or is too old. Ask for a new one.")


class BadToken(InvalidInput):
    """A token cannot be made like this."""

    code = "bad_token"


class NotInTheDirectory(InvalidInput):
    """No organization of the directory is meant by this name, or more than one."""

    code = "not_in_the_directory"
    message = N_("No single organization is called “%(name)s”. Write its name as it is listed.")
