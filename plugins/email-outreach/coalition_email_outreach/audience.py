"""Whom a mailing goes to: who is asked for, and who of them may be written to."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select

from coalition.sdk import N_, Person, expect_many, may_be_written_to, segment_by_id, session
from coalition_email_outreach.errors import NotReady
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.zones import zone_in_sql


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


def zones(mailing: Mailing) -> dict[str | None, int]:
    """Count those who would get a mailing now by time zone; `None` is where none is known.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    expect_many()
    zone, people = zone_in_sql(Person.region).label("zone"), func.count().label("people")
    asked = audience(mailing).with_only_columns(zone, people).group_by("zone")
    return {row.zone: row.people for row in session.execute(asked)}


@dataclass(frozen=True)
class Makeup:
    """How many would get a mailing in which of its languages, the most first, and where."""

    languages: dict[str, int]
    zones: dict[str | None, int]  # time zones; `None` is where none is known


def makeup(mailing: Mailing) -> Makeup:
    """Count in which language of a mailing's texts and in which time zone people would get it.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    written = [text.language for text in mailing.texts]
    language = case((Person.language.in_(written), Person.language), else_=mailing.language)
    expect_many()
    gets, zone = language.label("gets"), zone_in_sql(Person.region).label("zone")
    rows = session.execute(
        audience(mailing).with_only_columns(gets, zone, func.count()).group_by("gets", "zone")
    )
    languages, zones = Counter[str](), Counter[str | None]()
    for code, where, people in rows:
        languages[code] += people
        zones[where] += people
    ordered = sorted(languages.items(), key=lambda each: (-each[1], each[0]))
    return Makeup(dict(ordered), dict(zones))
