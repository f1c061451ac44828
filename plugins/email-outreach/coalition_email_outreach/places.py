"""What the parts of a mailing's text are called, in the language in which it is said at last."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask_babel import gettext

from coalition.sdk import N_, DomainError, error_in_words, language_here
from coalition_email_outreach.errors import TextWrong

PARTS = {"subject": N_("Subject"), "subject_b": N_("Subject B"), "body": N_("Text")}


@dataclass(frozen=True)
class Place:
    """A part of the text in one language."""

    part: str
    language: str

    def __str__(self) -> str:
        return f"{gettext(PARTS[self.part])} ({language_here(self.language)})"


@dataclass(frozen=True)
class Empty:
    """That nothing is written in a place."""

    place: Place

    def __str__(self) -> str:
        return gettext("“%(place)s” is empty.", place=self.place)


@dataclass(frozen=True)
class Said:
    """An error's sentence."""

    error: DomainError

    def __str__(self) -> str:
        return error_in_words(self.error)


@contextmanager
def named(place: Place) -> Iterator[None]:
    """Say of what is wrong in the block where it is.

    Raises:
        TextWrong: something is.
    """
    try:
        yield
    except DomainError as error:
        raise TextWrong(place=place, reason=Said(error)) from error
