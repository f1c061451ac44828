"""Broken rules about organizations."""

from coalition.errors import N_, DomainError, InvalidInput


class NoSuchOrganization(InvalidInput):
    """Nobody in the directory has this name, or several have it."""

    code = "organization_unknown"
    message = N_(
        "The directory has no single organization called “%(name)s”. Look it up or add it there."
    )


class ParentInCircle(InvalidInput):
    """An organization cannot be part of itself, however long the chain."""

    code = "parent_in_circle"
    message = N_("%(parent)s is part of %(name)s already, so it cannot be above it.")


class NotADomain(InvalidInput):
    """The text is no mail domain."""

    code = "not_a_domain"
    message = N_("“%(domain)s” is no mail domain. Write what stands after the @: example.org.")


class EverybodysDomain(InvalidInput):
    """Anybody can get an address there, so it proves nothing about an organization."""

    code = "everybodys_domain"
    message = N_(
        "Anybody can get an address at %(domain)s, so it does not show that mail comes from"
        " this organization. Leave it out."
    )


class TooManyDomains(InvalidInput):
    """An organization has at most so many mail domains."""

    code = "too_many_domains"
    message = N_("At most %(limit)d mail domains fit.")


class TooManyAliases(DomainError):
    """An organization has at most so many other names."""

    code = "too_many_aliases"
    message = N_("At most %(limit)d other names fit. Remove one first.")


class NameUnreadable(InvalidInput):
    """Nothing of the name is left once list marks and invisible characters are gone."""

    code = "name_unreadable"
    message = N_("Write a name with letters or digits.")


class LookAlikeLetters(InvalidInput):
    """Letters of another alphabet pass for Latin ones, so that the name may pass for another."""

    code = "look_alike_letters"
    message = N_("These letters only look like Latin ones: %(letters)s. Type the name anew.")


class OrganizationKnown(DomainError):
    """The directory has an entry with this name; one entry serves everybody."""

    code = "organization_known"
    message = N_(
        "The directory has %(name)s already. Use that entry, or add your spelling to its other"
        " names."
    )


class LogoRefused(InvalidInput):
    """The file is no picture that may be shown."""

    code = "logo_refused"


class NotYoursToChange(DomainError):
    """The directory belongs to all coalitions, and another one uses this organization."""

    status = 403
    code = "used_elsewhere"
    message = N_(
        "Another coalition works with %(name)s too, so only an administrator may change what"
        " the directory says about it."
    )


class CannotMerge(DomainError):
    """Two organizations cannot become one as things stand."""

    code = "cannot_merge"
    message = N_("These two cannot be merged: %(reason)s")
