"""Broken rules about letters and signatures."""

from typing import ClassVar

from coalition.errors import N_, DomainError, InvalidInput, NotFound


class UnknownLetter(NotFound):
    """There is no such letter in this coalition, or it is still a draft."""

    code = "letter_unknown"
    message = N_("There is no letter at this address. Check the link you were sent.")


class SigningClosed(DomainError):
    """The letter no longer takes signatures."""

    code = "letter_closed"
    message = N_("“%(title)s” is closed and takes no more signatures.")


class SigningNotStarted(DomainError):
    """The letter does not take signatures yet."""

    code = "letter_not_open"
    message = N_("“%(title)s” is not open for signatures yet.")


class NotForThisKind(DomainError):
    """The letter is for organizations only, or for people only."""

    status = 422
    code = "kind_not_accepted"
    message = N_(
        "This letter cannot be signed in this way. Choose one of the ways on its page."
    )


class CannotChangeLetter(DomainError):
    """The letter is not in a state that allows this."""

    code = "letter_state"
    message = N_("That is not possible while the letter is %(state)s.")


class LetterIncomplete(InvalidInput):
    """Something is missing that an open letter needs."""

    code = "letter_incomplete"
    message = N_("The letter cannot be opened yet: %(missing)s")


class SlugTaken(DomainError):
    """Another letter of the coalition has this address."""

    code = "slug_taken"
    message = N_("Another letter uses the address “%(slug)s”. Choose a different one.")


class LinkBroken(DomainError):
    """The link was cut off or changed on its way."""

    status: ClassVar[int] = 404
    code = "link_broken"
    message = N_(
        "This link does not work. It may have been cut in two by your mail program: copy the "
        "whole link into the address bar."
    )


class LinkExpired(DomainError):
    """The confirmation link is too old."""

    status: ClassVar[int] = 410
    code = "link_expired"
    message = N_("This link is older than %(days)s days. Ask for a new one below.")


class SignatureGone(DomainError):
    """The signature was withdrawn or rejected, so that it cannot be confirmed any more."""

    status: ClassVar[int] = 410
    code = "signature_gone"
    message = N_("This signature was withdrawn. You may sign again while the letter is open.")


class CannotChangeSignature(DomainError):
    """The signature is not in a state that allows this."""

    code = "signature_state"
    message = N_("That is not possible: the signature is %(state)s.")


class AlreadySigned(DomainError):
    """The organization's name is under the letter already."""

    code = "already_signed"
    message = N_("%(organization)s has signed this letter already.")


class NameNotYours(InvalidInput):
    """An organization can be listed under a spelling of its own name and no other."""

    code = "name_not_yours"
    message = N_(
        "An organization is listed under its own name. To be listed under another one, write"
        " to the coalition."
    )


class PartnerKnown(DomainError):
    """A member group asks on this letter already."""

    code = "partner_known"
    message = N_("%(name)s asks on this letter already.")


class SourceCodeTaken(DomainError):
    """Two member groups cannot have one source code on the same letter."""

    code = "source_code_taken"
    message = N_("This code belongs to %(name)s on this letter. Choose another one.")


class TooManyPartners(DomainError):
    """As many member groups ask on a letter as can."""

    code = "too_many_partners"
    message = N_("At most %(limit)d organizations can ask on one letter.")
