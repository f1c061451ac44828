"""Broken rules about coalitions."""

from coalition.errors import N_, DomainError


class CoalitionSlugTaken(DomainError):
    """Two coalitions cannot live at one address."""

    code = "slug_taken"
    message = N_("Another coalition uses the address “%(slug)s”. Choose a different one.")


class AlreadyMember(DomainError):
    """An organization is in a coalition once."""

    code = "already_member"
    message = N_("%(name)s is on the list already, as %(state)s.")


class NotActive(DomainError):
    """Only an active membership can be paused."""

    code = "not_active"
    message = N_("%(name)s is not active but %(state)s, so it cannot be paused.")
