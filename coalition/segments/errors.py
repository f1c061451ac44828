"""Why a question about people cannot be asked."""

from coalition.errors import N_, DomainError


class QuestionBroken(DomainError):
    """A question was fine once, or was never: it cannot be asked now."""

    code = "question_broken"


class ThingGone(QuestionBroken):
    """A condition asks about a letter, tag, organization or segment that is not there any more."""

    code = "thing_gone"
    message = N_(
        "The condition “%(reason)s” asks about something that does not exist any more. Choose"
        " something else there, or remove the condition."
    )


class ConditionGone(QuestionBroken):
    """A condition belongs to a plugin that is switched off or not installed."""

    code = "condition_gone"
    message = N_(
        "The condition “%(name)s” belongs to a plugin that is switched off or was removed."
        " Switch it on again, or remove the condition."
    )


class ValueMissing(QuestionBroken):
    """A condition lacks what it needs, for example because a plugin asks for more than before."""

    code = "value_missing"
    message = N_("The condition “%(reason)s” is not filled in. Complete or remove it.")


class SegmentInCircle(QuestionBroken):
    """A segment asks about itself, perhaps through others."""

    code = "segment_in_circle"
    message = N_(
        "The segment “%(name)s” would ask about itself. Take out one of the conditions that lead"
        " back to it."
    )


class QuestionTooLarge(QuestionBroken):
    """A question has too many conditions, those of the segments that it asks about included."""

    code = "question_too_large"
    message = N_(
        "That is too much for one question: at most %(limit)d conditions, those of the segments"
        " in it included."
    )


class SegmentsTooDeep(QuestionBroken):
    """A segment asks about one that asks about one, and so on, too many times."""

    code = "segments_too_deep"
    message = N_(
        "Segments within segments go %(limit)d deep here. Ask about “%(name)s” more directly."
    )


class SegmentInUse(DomainError):
    """Another segment asks about this one."""

    code = "segment_in_use"
    message = N_("The segment “%(other)s” asks about “%(name)s”. Change that one first.")


class TooManySegments(DomainError):
    """A coalition has as many segments as it can."""

    code = "too_many_segments"
    message = N_("At most %(limit)d segments can be saved. Remove one first.")
