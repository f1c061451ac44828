"""Broken rules about consents and suppressed addresses."""

from coalition.errors import N_, DomainError, NotFound


class PreferencesLinkBroken(NotFound):
    """A link to somebody's preferences that we did not make, or that leads to nobody any more."""

    code = "link_broken"
    message = N_(
        "This link does not work. Use the one in the newest mail from us, or have a new one sent"
        " to you."
    )


class NotSuppressed(DomainError):
    """There is nothing to lift."""

    code = "not_suppressed"
    message = N_("Mail to this address is not stopped.")


class OwnersChoice(DomainError):
    """Only the mailbox's owner can take back what they asked for themselves."""

    code = "owners_choice"
    message = N_(
        "Who owns this mailbox ended the mail or reported it as spam. Only they can change that,"
        " on the preferences page that each of our mails links to."
    )
