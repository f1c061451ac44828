"""What can be wrong with a kit."""

from coalition.sdk import N_, DomainError


class KitInItsOwnCity(DomainError):
    """A kit carries a campaign to another city."""

    status = 422
    code = "kit_in_its_own_city"
    message = N_(
        "This campaign comes from %(place)s itself. Choose another city to carry it to."
    )


class KitTaken(DomainError):
    """The address of a campaign or letter is taken."""

    code = "slug_taken"
    message = N_(
        "Something else of this coalition uses the address “%(slug)s”. Choose another."
    )


class BodyNotInCity(DomainError):
    """A kit names a body that its city does not have."""

    status = 422
    code = "body_unknown"
    message = N_("The kit names “%(name)s”, which is no body of %(place)s.")


class TwoChosen(DomainError):
    """A campaign and a file were chosen: nobody knows which is meant."""

    status = 422
    code = "kit_twice"
    message = N_("You chose a campaign and a file. Leave one of them out.")


class NotChosen(DomainError):
    """There is nothing to carry."""

    status = 422
    code = "kit_unknown"
    message = N_("Choose the campaign to begin with, or a kit file.")
