"""Broken rules about places."""

from coalition.errors import N_, DomainError


class DivisionMalformed(DomainError):
    """An Open Civic Data division id names a country and then smaller and smaller parts."""

    status = 422
    code = "division_malformed"
    message = N_(
        "“%(division_id)s” is no division id. It looks like"
        " ocd-division/country:us/state:ca/place:culver_city."
    )
