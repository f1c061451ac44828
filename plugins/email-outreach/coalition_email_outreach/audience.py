"""Whom a mailing goes to: who is asked for, and who of them may be written to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from coalition.sdk import (
    N_,
    Person,
    Reach,
    expect_many,
    language_here,
    may_be_written_to,
    reach,
    segment_by_id,
    session,
)
from coalition_email_outreach.errors import NotReady
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.zones import zone_in_sql

_BETWEEN = " "  # a language and a zone


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


@dataclass(frozen=True)
class Makeup:
    """How many of whom one may write to, in which of a mailing's languages, and where."""

    reach: Reach
    languages: dict[str, int]
    zones: dict[str | None, int]  # time zones; `None` is where none is known


def makeup(mailing: Mailing) -> Makeup:
    """Count whom one may write to now, also by language and by time zone, all in one pass.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    by = language_of(mailing) + _BETWEEN + func.coalesce(zone_in_sql(Person.region), "")
    reached = reach(asked_for(mailing), mailing.purpose, by=by)
    languages, zones = Counter[str](), Counter[str | None]()
    for group, people in reached.groups.items():
        code, _, zone = group.partition(_BETWEEN)
        languages[code] += people
        zones[zone or None] += people
    return Makeup(reached, dict(languages), dict(zones))


def in_words(languages: Mapping[str, int]) -> list[Gets]:
    """Name languages with how many get them, the most first."""
    most_first = sorted(languages.items(), key=lambda each: (-each[1], each[0]))
    return [Gets(language_here(code), people) for code, people in most_first]
