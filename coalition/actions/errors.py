"""Broken rules about actions, what people did, check-in and follow-up."""

from typing import ClassVar

from coalition.errors import N_, DomainError, InvalidInput, NotFound


class UnknownAction(NotFound):
    """There is no such action in this coalition, or it is still a draft."""

    code = "action_unknown"
    message = N_("There is no action at this address. Check the link you were sent.")


class ActionClosed(DomainError):
    """The action takes no more reports."""

    code = "action_closed"
    message = N_("“%(title)s” is over. Nothing more can be reported for it here.")


class ActionIncomplete(InvalidInput):
    """Something is missing that an open action needs."""

    code = "action_incomplete"
    message = N_("The action cannot be opened yet: %(missing)s")


class CannotChangeAction(DomainError):
    """The action is not in a state that allows this."""

    code = "action_state"
    message = N_("That is not possible while the action is %(state)s.")


class ActionSlugTaken(DomainError):
    """Another action of the coalition has this address."""

    code = "slug_taken"
    message = N_("Another action uses the address “%(slug)s”. Choose a different one.")


class ActionHasParticipations(DomainError):
    """People took part: what they did is not thrown away."""

    code = "action_has_participations"
    message = N_("People have taken part in this action. Close it instead of removing it.")


class WrongPlace(InvalidInput):
    """The meeting, the item and the campaign of an action do not belong together."""

    code = "action_place"
    message = N_("%(reason)s")


class CannotChangeParticipation(DomainError):
    """What somebody did is not in a state that allows this."""

    code = "participation_state"
    message = N_("That is not possible: this record is %(state)s.")


class AlreadyRecorded(DomainError):
    """There is a record for the organization and this action."""

    code = "already_recorded"
    message = N_(
        "There is a record of %(organization)s for this action already. Complete that one."
    )


class NotAsked(DomainError):
    """The action is for others."""

    code = "not_asked"
    message = N_("%(organization)s is not among those who are asked to do this.")


class ParticipationGone(DomainError):
    """What was reported was taken back or refused, so it cannot be confirmed any more."""

    status: ClassVar[int] = 410
    code = "participation_gone"
    message = N_("This report was taken back. You may report again while the action is open.")


class CheckInClosed(DomainError):
    """The check-in is not open now: too early, too late, or its code was replaced."""

    status: ClassVar[int] = 410
    code = "check_in_closed"
    message = N_("%(reason)s")


class NoTimeForCheckIn(InvalidInput):
    """A check-in opens around a time that must be known."""

    code = "check_in_time"
    message = N_("Say first on what day and at what time it begins: check-in opens around it.")


class RungIncomplete(InvalidInput):
    """A rung's rule lacks what it needs."""

    code = "rung_incomplete"
    message = N_("%(reason)s")


class NothingThere(InvalidInput):
    """A task is about something that the coalition knows."""

    code = "nothing_there"
    message = N_("What the task is about is not there any more.")


class NotInTheTeam(InvalidInput):
    """A task belongs to somebody of the team."""

    code = "not_in_the_team"
    message = N_("Choose somebody of the coalition's team.")
