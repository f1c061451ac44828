"""Broken rules about people."""

from coalition.errors import N_, DomainError, InvalidInput


class AddressTaken(DomainError):
    """Two people of a coalition cannot share an address."""

    code = "address_taken"
    message = N_("%(address)s belongs to another person here. Open that person instead.")


class CustomValueRefused(InvalidInput):
    """A value does not fit the kind of its custom field."""

    code = "custom_value"


class ChoicesRefused(InvalidInput):
    """A choice needs something to choose from."""

    code = "choices_refused"
    message = N_(
        "Write 2 to %(most)d choices, one a line, each at most %(chars)d characters long."
    )


class TooManyCustomFields(DomainError):
    """A coalition has as many custom fields as it can."""

    code = "too_many_fields"
    message = N_("At most %(limit)d fields can be added. Remove one first.")


class TooManyAddresses(DomainError):
    """A person has as many addresses as one can."""

    code = "too_many_addresses"
    message = N_("At most %(limit)d addresses fit. Remove one first.")
