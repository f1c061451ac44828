"""Whom a mailing goes to: who is asked for, and who of them may be written to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from coalition.sdk import (
    N_,
    Person,
    expect_many,
    language_here,
    may_be_written_to,
    reach,
    segment_by_id,
    session,
)
from coalition_email_outreach.errors import NotReady
from coalition_email_outreach.models import Mailing


@dataclass(frozen=True)
class Gets:
    """How many get a mailing in a language, whose name is in the page's own."""

    language: str
    people: int


def asked_for(mailing: Mailing) -> Select[Person]:
    """Return the statement for those in a mailing's segment, without one for everybody.

    Raises:
        NotReady: its segment is gone. QuestionBroken: the segment cannot be asked now.
    """
    if mailing.segment_id is None:
        return select(Person)
    segment = segment_by_id(mailing.segment_id)
    if segment is None:
        raise NotReady(reason=N_("its segment was removed. Choose another one."))
    return segment.people()


def audience(mailing: Mailing) -> Select[Any]:
    """Return the statement for the ids of those who would get a mailing now.

    Those asked for who may be written to for its purpose.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    people = asked_for(mailing).where(may_be_written_to(mailing.purpose))
    return people.with_only_columns(Person.id)


def count(mailing: Mailing) -> int:
    """Count those who would get a mailing now.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    expect_many()
    people = audience(mailing).subquery()
    return session.scalar(select(func.count()).select_from(people)) or 0


def language_of(mailing: Mailing) -> ColumnElement[str]:
    """Return in which language of a mailing's texts a `Person` of the query gets it."""
    written = [text.language for text in mailing.texts]
    return case((Person.language.in_(written), Person.language), else_=mailing.language)


def languages(mailing: Mailing) -> dict[str, int]:
    """Count in which language of a mailing's texts people would get it now.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    reached = reach(asked_for(mailing), mailing.purpose, by=language_of(mailing))
    return reached.groups


def in_words(languages: Mapping[str, int]) -> list[Gets]:
    """Name languages with how many get them, the most first."""
    most_first = sorted(languages.items(), key=lambda each: (-each[1], each[0]))
    return [Gets(language_here(code), people) for code, people in most_first]
