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


class CampaignIncomplete(DomainError):
    """Its page would say nothing."""

    code = "campaign_incomplete"
    message = N_("The campaign cannot be published: %(missing)s")


class AlreadyPublished(DomainError):
    """It stands on the page."""

    code = "already_published"
    message = N_("This is published already.")


class NotPublished(DomainError):
    """Nobody can see it yet, so it cannot stand on top."""

    code = "not_published"
    message = N_("Publish this update first.")


class SponsorKnown(DomainError):
    """An organization sponsors a campaign once."""

    code = "sponsor_known"
    message = N_("%(name)s is on the list already.")


class AgreementIncomplete(DomainError):
    """An agreement without its day or its way proves nothing."""

    status = 422
    code = "agreement_incomplete"
    message = N_("Write both: on which day the organization agreed, and how.")


class AgreementInFuture(DomainError):
    """Nobody has agreed tomorrow."""

    status = 422
    code = "agreement_in_future"
    message = N_("This day has not come yet. Write the day on which the organization agreed.")
