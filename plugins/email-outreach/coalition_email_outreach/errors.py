"""Broken rules about mailings."""

from coalition.sdk import N_, DomainError


class MailingNotFound(DomainError):
    """There is no such mailing in this coalition."""

    status = 404
    code = "not_found"
    message = N_("There is no such mailing.")


class UnderWay(DomainError):
    """What is being sent stays as it is: half of the people would read something else."""

    code = "mailing_under_way"
    message = N_(
        "This mailing is being sent or was sent, so its text and audience stay as they are."
        " Stop it, copy it, and change the copy."
    )


class EditedMeanwhile(DomainError):
    """Two coordinators wrote at once."""

    code = "edited_meanwhile"
    message = N_(
        "Somebody else changed this mailing while you wrote. Open it in a second window, compare,"
        " then store yours again."
    )


class CannotNow(DomainError):
    """The verb does not fit the status."""

    code = "mailing_status"
    message = N_("That cannot be done with a mailing that is “%(state)s”.")


class NotReady(DomainError):
    """Something has to be corrected before it can be sent."""

    status = 422
    code = "mailing_not_ready"
    message = N_("Before it can be sent: %(reason)s")


class PurposeGone(DomainError):
    """Nobody can say any more what people agreed to."""

    status = 422
    code = "purpose_gone"
    message = N_(
        "Nobody can be written to for the purpose of this mailing: the plugin that it came from is"
        " not there any more. Choose another purpose, in a copy if it is under way already."
    )


class ApprovalNeeded(DomainError):
    """A second coordinator has to look first."""

    code = "approval_needed"
    message = N_(
        "It goes to %(count)d people. Above %(limit)d your coalition wants a second coordinator to"
        " approve it. Ask for that on the mailing's page."
    )


class SeriesApprovalNeeded(DomainError):
    """A second coordinator has to look at what goes on by itself."""

    code = "approval_needed"
    message = N_(
        "A second coordinator has to approve a series, since it goes on by itself. Ask for that on"
        " its page."
    )


class ApprovalOutdated(DomainError):
    """What was approved is not what would be sent."""

    code = "approval_outdated"
    message = N_(
        "It was approved, but since then somebody changed this: %(changed)s. A second coordinator"
        " has to approve it again."
    )


class ApprovalOutgrown(DomainError):
    """More people joined the audience than an approval covers."""

    code = "approval_outgrown"
    message = N_(
        "It was approved for %(approved)d people, and %(count)d would get it now. That approval"
        " holds for up to %(most)d, so a second coordinator has to approve it again."
    )


class NotSeen(DomainError):
    """Nobody says yes to what they did not look at."""

    code = "not_seen"
    message = N_("Look at what goes out first, then press the button at the end of the page.")


class SightOutdated(DomainError):
    """Something was changed between looking at it and saying yes."""

    code = "sight_outdated"
    message = N_(
        "Since somebody looked at it and said yes, this was changed: %(changed)s. Look at it as it"
        " is now, then say yes again."
    )


class SightOutgrown(DomainError):
    """The audience is much larger or smaller than it was when somebody looked."""

    code = "sight_outgrown"
    message = N_(
        "Who said yes saw that %(seen)d people would get it, and now it is %(count)d. Look at it"
        " again."
    )


class OwnApproval(DomainError):
    """Nobody approves what they wrote themselves."""

    code = "own_approval"
    message = N_("You wrote or changed this mailing, so somebody else has to approve it.")


class MomentPassed(DomainError):
    """A mailing was to begin at a moment that is over."""

    code = "moment_passed"
    message = N_("This moment is over. Choose one that is still to come, or send it now.")
    status = 422


class TestDecided(DomainError):
    """A subject was chosen for a test that is over."""

    code = "test_decided"
    message = N_("The test of the two subjects is over: nobody waits for its end any more.")
    status = 409


class NobodyToWriteTo(DomainError):
    """The audience is empty."""

    code = "nobody"
    message = N_(
        "Nobody would get it: either nobody is in this audience, or nobody of them agreed to be"
        " written to."
    )


class ServerRefuses(DomainError):
    """The mail server takes nothing that we send, whoever it is for."""

    code = "server_refuses"
    message = N_(
        "The mail server refused several messages in a row, whoever they were for (%(code)s). An"
        " administrator finds out more under “Will our mail arrive?”. Those who were refused wait"
        " like the others; have it go on when that is mended."
    )


class TooMuchAttached(DomainError):
    """A mailing carries little, because it carries it to everybody."""

    status = 422
    code = "too_much_attached"
    message = N_(
        "“%(name)s” is too large: all files of a mailing together may have %(limit)s KB, because"
        " each is sent to everybody and large mail is refused or marked as junk. Put it on a web"
        " page and link to it."
    )


class NotAttachable(DomainError):
    """Mail servers refuse programs."""

    status = 422
    code = "not_attachable"
    message = N_(
        "“%(name)s” cannot be attached. Attach a PDF, a picture (PNG, JPEG) or a plain text."
    )


class TooManyFiles(DomainError):
    """A few files are enough."""

    status = 422
    code = "too_many_files"
    message = N_("At most %(limit)d files can be attached.")


class WrongField(DomainError):
    """A merge field cannot be where it is written."""

    status = 422
    code = "wrong_field"


class UnknownField(WrongField):
    """A merge field is not one of ours."""

    message = N_(
        "There is no field “%(name)s”. You can use: %(offered)s. A text for those of whom it"
        " is not known goes behind a bar: {{given_name|friend}}."
    )


class FieldInLink(WrongField):
    """Where a link leads is the same for everybody."""

    message = N_("A merge field cannot stand in the address of a link.")


class TextWrong(DomainError):
    """Something is wrong in one of a mailing's texts: in which, and what."""

    status = 422
    code = "wrong_field"
    message = N_("%(place)s: %(reason)s")


class AboutGone(DomainError):
    """Half of the people have read about something that was removed since."""

    status = 422
    code = "about_gone"
    message = N_(
        "What it is about was removed, so nothing can be put in for %(fields)s. Stop it; to write"
        " to the rest, copy it and change the copy."
    )


class CannotBeWritten(DomainError):
    """An error of ours."""

    status = 500
    code = "cannot_be_written"
    message = N_(
        "Its messages cannot be written, because of an error in this software or its"
        " installation. Ask an administrator: the log says more."
    )
