"""Broken rules about report cards."""

from coalition.sdk import N_, DomainError


class SlugTaken(DomainError):
    """Two cards of a coalition cannot live at one address."""

    code = "slug_taken"
    message = N_("Another report card uses the address “%(slug)s”. Choose a different one.")


class CriterionTwice(DomainError):
    """A card grades each thing once."""

    code = "criterion_twice"
    message = N_("The card has the criterion “%(title)s” already. Give that one a new grade.")


class CriterionHasGrades(DomainError):
    """What the public has read does not vanish from under its links."""

    code = "criterion_has_grades"
    message = N_(
        "“%(title)s” has grades that were published. Take the card off the public pages first."
    )


class NothingGraded(DomainError):
    """An empty card says nothing."""

    code = "nothing_graded"
    message = N_("Nothing is graded yet. Give at least one criterion a grade, then publish.")
