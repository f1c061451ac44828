"""Whom a mailing goes to: who is asked for, and who of them may be written to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select

from coalition.sdk import (
    N_,
    Mailbox,
    Person,
    Reach,
    expect_many,
    language_here,
    mailboxes,
    may_be_written_to,
    purpose_called,
    reach,
    segment_by_id,
    session,
)
from coalition_email_outreach.errors import NotReady, PurposeGone
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.signatories import has_signed, is_final_copy
from coalition_email_outreach.zones import zone_in_sql

_BETWEEN = " "  # a language and a zone


@dataclass(frozen=True)
class Gets:
    """How many get a mailing in a language, whose name is in the page's own."""

    language_name: str
    people: int


def has_purpose(mailing: Mailing) -> bool:
    """Return whether it is known why people get a mailing: they agreed, or signed its letter."""
    return purpose_called(mailing.purpose) is not None or is_final_copy(mailing)


def must_have_purpose(mailing: Mailing) -> None:
    """Make sure that it is known why people get a mailing.

    Raises:
        PurposeGone: it is not, or not any more.
    """
    if not has_purpose(mailing):
        raise PurposeGone


def asked_for(mailing: Mailing) -> Select[Person]:
    """Return the statement for those in a mailing's segment, without one for everybody.

    Of a final copy they are those who signed the letter.

    Raises:
        PurposeGone: nobody agrees to its purpose any more. NotReady: its segment is gone.
        QuestionBroken: the segment cannot be asked now.
    """
    must_have_purpose(mailing)
    if is_final_copy(mailing):
        return select(Person).where(has_signed(mailing.letter_id))
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
        PurposeGone, NotReady, QuestionBroken: see `asked_for`.
    """
    people = asked_for(mailing).where(may_be_written_to(mailing.purpose))
    return people.with_only_columns(Person.id)


def boxes(mailing: Mailing, person_ids: Sequence[UUID]) -> Iterator[Mailbox]:
    """Open the addresses of those recipients who may still be written to; asked before each."""
    if is_final_copy(mailing):
        still = has_signed(mailing.letter_id)
        person_ids = session.scalars(
            select(Person.id).where(Person.id.in_(person_ids), still)
        ).all()
    return mailboxes(mailing.purpose, person_ids)


def count(mailing: Mailing) -> int:
    """Count those who would get a mailing now.

    Raises:
        PurposeGone, NotReady, QuestionBroken: see `asked_for`.
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
        PurposeGone, NotReady, QuestionBroken: see `asked_for`.
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
