"""Broken rules about public bodies, meetings and votes."""

from typing import ClassVar

from coalition.errors import N_, DomainError, InvalidInput


class BodyKnown(InvalidInput):
    """A place has one body of a name."""

    code = "body_known"
    message = N_("%(area)s has a body called “%(name)s” already.")


class BodyNotYours(DomainError):
    """Another coalition keeps the entry up to date."""

    status: ClassVar[int] = 403
    code = "body_not_yours"
    message = N_(
        "Another coalition added “%(name)s” and keeps it up to date. Ask an administrator of"
        " this installation if something is wrong."
    )


class SeatKnown(InvalidInput):
    """A body has one seat of a name."""

    code = "seat_known"
    message = N_("This body has a seat called “%(label)s” already.")


class TermBackwards(InvalidInput):
    """A term cannot end before it begins."""

    code = "term_backwards"
    message = N_("The term ends on %(ends)s, before it begins on %(starts)s.")


class TermsOverlap(InvalidInput):
    """Two people cannot hold one seat on the same day."""

    code = "terms_overlap"
    message = N_(
        "%(name)s holds the seat “%(seat)s” in that time (%(days)s). Say first when that term"
        " ends, or choose other days."
    )


class OnRecord(DomainError):
    """Somebody's votes or pledges are on record, so the name under them must stay."""

    code = "on_record"
    message = N_(
        "Votes, pledges or meetings are on record for “%(name)s”, so it cannot be removed."
    )


class NotByMistake(DomainError):
    """A meeting or an item can be removed only while nothing depends on it."""

    code = "not_by_mistake"
    message = N_(
        "“%(name)s” cannot be removed while this belongs to it: %(reason)s. Remove that first, or"
        " note that it does not take place."
    )


class MeetingState(DomainError):
    """The meeting is not in a state that allows this."""

    code = "meeting_state"
    message = N_("That is not possible: the meeting is %(state)s.")


class MeetingNotYet(InvalidInput):
    """What happened at a meeting is known when it has begun."""

    code = "meeting_not_yet"
    message = N_("That is known only after the meeting has begun, on %(day)s.")


class MeetingFollowed(InvalidInput):
    """The form of one meeting was sent twice."""

    code = "meeting_followed"
    message = N_(
        "You follow a meeting of this body at that time already. If there is another one, give"
        " it a title that tells them apart."
    )


class TimeMissing(InvalidInput):
    """The hour of a meeting is either known or said to be unknown."""

    code = "time_missing"
    message = N_("Say at what time it begins, or choose that only the day is known.")


class DeadlineTooLate(InvalidInput):
    """Written comments close before the meeting that they are for."""

    code = "deadline_too_late"
    message = N_(
        "Written comments cannot close on %(closes)s: the meeting begins on %(begins)s. Choose a"
        " moment before it, or correct when the meeting is."
    )


class ReasonMissing(InvalidInput):
    """People who meant to come want to know why a meeting was cancelled."""

    code = "reason_missing"
    message = N_("Say in a few words why it does not take place; it is shown to everybody.")


class NumberTaken(InvalidInput):
    """Two items of one agenda cannot have the same number."""

    code = "number_taken"
    message = N_(
        "“%(subject)s” has the number %(number)s on this agenda. Two items cannot have one"
        " number: change that one first, or look at the agenda again."
    )


class NumberUnreadable(InvalidInput):
    """There is no letter and no digit in the number."""

    code = "number_unreadable"
    message = N_("“%(number)s” is no number of an item. Write it as it is printed, like A-1.")


class ItemState(DomainError):
    """The item is not in a state that allows this."""

    code = "item_state"
    message = N_("That is not possible: the item is %(state)s.")


class NoLaterMeeting(InvalidInput):
    """An item is put off to a later meeting."""

    code = "no_later_meeting"
    message = N_("An item is put off to a later meeting. Choose one after this, or add it.")


class HeldNoSeat(InvalidInput):
    """Only who held a seat of the body on the day could vote."""

    code = "held_no_seat"
    message = N_(
        "%(name)s held no seat of “%(body)s” on %(day)s: the seat “%(seat)s” of “%(of_body)s”"
        " was theirs %(days)s. No vote was stored."
    )


class NoVotes(InvalidInput):
    """A vote has at least one voter."""

    code = "no_votes"
    message = N_("Choose for at least one member how they voted.")


class PledgeInFuture(InvalidInput):
    """A pledge is noted after it was made."""

    code = "pledge_in_future"
    message = N_("The day on which it was said cannot be in the future.")
