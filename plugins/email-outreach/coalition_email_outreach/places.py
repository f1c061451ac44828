"""What the parts of a mailing's text are called, in the language in which it is said at last."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask_babel import gettext

from coalition.sdk import N_, DomainError, error_in_words, language_here
from coalition_email_outreach.errors import TextWrong

PARTS = {"subject": N_("Subject"), "subject_b": N_("Subject B"), "body": N_("Text")}


def said_places(parts: Sequence[str], language: str) -> str:
    """Say some parts of the text in one language."""
    return f"{', '.join(gettext(PARTS[each]) for each in parts)} ({language_here(language)})"


@dataclass(frozen=True)
class Place:
    """A part of the text in one language."""

    part: str
    language: str

    def __str__(self) -> str:
        return said_places([self.part], self.language)


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
