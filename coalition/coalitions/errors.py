"""Broken rules about coalitions."""

from coalition.errors import DomainError, N_


class CoalitionSlugTaken(DomainError):
    """Two coalitions cannot live at one address."""

    code = "slug_taken"
    message = N_("Another coalition uses the address “%(slug)s”. Choose a different one.")
