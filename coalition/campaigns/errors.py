"""Broken rules about campaigns."""

from coalition.errors import N_, DomainError


class CampaignSlugTaken(DomainError):
    """Two campaigns of a coalition cannot live at one address."""

    code = "slug_taken"
    message = N_("Another campaign uses the address “%(slug)s”. Choose a different one.")


class CampaignHasActions(DomainError):
    """What people did for the campaign is not thrown away with it."""

    code = "campaign_has_actions"
    message = N_("This campaign has actions. Move them to another campaign first.")


class CampaignHasLetters(DomainError):
    """Letters belong to the campaign."""

    code = "campaign_has_letters"
    message = N_("This campaign has letters. Move them to another campaign first.")
