"""Broken rules about leads."""

from coalition.sdk import N_, DomainError


class FormClosed(DomainError):
    """The coalition takes no leads at the moment."""

    code = "challenge_form_closed"
    message = N_("This coalition does not take new cities at the moment.")


class CannotChangeLead(DomainError):
    """The lead is in a state in which that makes no sense."""

    code = "lead_state"
    message = N_("That is not possible while the lead is “%(state)s”. Look at it again.")


class LeadElsewhere(DomainError):
    """The campaign is about another place than the lead."""

    code = "lead_elsewhere"
    message = N_("The lead is about %(place)s, the campaign about %(other)s.")


STATES = (N_("unconfirmed"), N_("new"), N_("taken"), N_("started"), N_("closed"))
