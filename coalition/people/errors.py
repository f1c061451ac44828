"""Broken rules about people."""

from coalition.errors import DomainError, N_


class AddressTaken(DomainError):
    """Two people of a coalition cannot share an address."""

    code = "address_taken"
    message = N_("%(address)s belongs to another person here. Open that person instead.")
