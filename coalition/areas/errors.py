"""Broken rules about places."""

from coalition.errors import N_, InvalidInput


class DivisionMalformed(InvalidInput):
    """An Open Civic Data division id names a country and then smaller and smaller parts."""

    code = "division_malformed"
    message = N_(
        "“%(division_id)s” is no division id. It looks like"
        " ocd-division/country:us/state:ca/place:culver_city."
    )


class AreaKnown(InvalidInput):
    """The directory has this place already."""

    code = "area_known"
    message = N_("%(area)s is in the list of places already. Choose it there.")


class AreaUnknown(InvalidInput):
    """No place in the directory is called this."""

    code = "area_unknown"
    message = N_("There is no place called “%(name)s” in the list yet. Add it first.")


class AreaAmbiguous(InvalidInput):
    """Several places have this name; guessing would send people to the wrong city hall."""

    code = "area_ambiguous"
    message = N_(
        "There are several places called “%(name)s”: %(areas)s. Write the state too, so that"
        " the right one is taken."
    )


class StateUnknown(InvalidInput):
    """This is no state of the USA."""

    code = "state_unknown"
    message = N_("“%(state)s” is no state. Write it like CA or California.")
