"""Whom a mailing goes to: who is asked for, and who of them may be written to."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select

from coalition.sdk import (
    N_,
    Mailbox,
    Person,
    expect_many,
    mailboxes,
    may_be_written_to,
    purpose_called,
    segment_by_id,
    session,
)
from coalition_email_outreach.errors import NotReady, PurposeGone
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.signatories import has_signed, is_final_copy


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


def languages(mailing: Mailing) -> dict[str, int]:
    """Count in which language of a mailing's texts people would get it now, the most first.

    Raises:
        PurposeGone, NotReady, QuestionBroken: see `asked_for`.
    """
    written = [text.language for text in mailing.texts]
    language = case((Person.language.in_(written), Person.language), else_=mailing.language)
    expect_many()
    gets, people = language.label("gets"), func.count().label("people")
    rows = session.execute(
        audience(mailing)
        .with_only_columns(gets, people)
        .group_by("gets")
        .order_by(people.desc(), "gets")
    )
    return {row.gets: row.people for row in rows}
