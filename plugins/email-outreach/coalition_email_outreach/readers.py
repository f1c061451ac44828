"""Who would get a mailing now: some of them by place, name or language, and what they lack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func

from coalition.sdk import Mailbox, Person, expect_many, people_page, session
from coalition_email_outreach import merging
from coalition_email_outreach.audience import audience, boxes, language_of
from coalition_email_outreach.models import Mailing

FOUND = 20  # people who are offered for a name


@dataclass(frozen=True)
class Gap:
    """A merge field that is empty for some who read a language, one of whom is `person_id`."""

    name: str
    missing: int
    person_id: UUID


def recipients(mailing: Mailing, after: int, most: int) -> list[Mailbox]:
    """Return some who would get the mailing now, the newest first.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    expect_many()
    people = audience(mailing).order_by(Person.id.desc())
    return _boxes(mailing, session.scalars(people.offset(after).limit(most)).all())


def recipients_called(mailing: Mailing, search: str) -> list[Mailbox]:
    """Return some who would get the mailing now, by the beginnings of their names or an address.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    found = people_page(search=search, among=audience(mailing)).people[:FOUND]
    return recipients_among(mailing, [each.id for each in found])


def recipients_among(mailing: Mailing, person_ids: Sequence[UUID]) -> list[Mailbox]:
    """Return those of some people who would get the mailing now, in the same order.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    ids = set(session.scalars(audience(mailing).where(Person.id.in_(person_ids))))
    return _boxes(mailing, [each for each in person_ids if each in ids])


def _boxes(mailing: Mailing, person_ids: Sequence[UUID]) -> list[Mailbox]:
    found = {each.person_id: each for each in boxes(mailing, person_ids)}
    return [found[each] for each in person_ids if each in found]


def readers(mailing: Mailing, language: str, most: int) -> list[Mailbox]:
    """Return some who would get the mailing in a language now.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    reads = audience(mailing).where(language_of(mailing) == language)
    return _boxes(mailing, session.scalars(reads.order_by(Person.id.desc()).limit(most)).all())


def gaps(mailing: Mailing, names: Sequence[str]) -> dict[str, list[Gap]]:
    """Return for how many of those who read each language some merge fields are empty.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    asked = {name: _lacks(name) for name in names if merging.is_personal(name)}
    if not asked:
        return {}
    columns: list[ColumnElement[Any]] = []
    for lacks in asked.values():
        columns += [func.count().filter(lacks), func.min(cast(Person.id, Text)).filter(lacks)]
    expect_many()
    rows = session.execute(
        audience(mailing)
        .with_only_columns(language_of(mailing).label("gets"), *columns)
        .group_by("gets")
    )
    return {
        language: [
            Gap(name, missing, UUID(somebody))
            for name, missing, somebody in zip(asked, told[::2], told[1::2], strict=True)
            if missing
        ]
        for language, *told in rows
    }


def _lacks(name: str) -> ColumnElement[bool]:
    """Return the condition that a personal merge field is empty."""
    match name:
        case "given_name":
            return Person.given_name == ""
        case "family_name":
            return Person.family_name == ""
        case "name":
            return (Person.given_name == "") & (Person.family_name == "")
        case "city":
            return func.coalesce(Person.city, "") == ""
    value = Person.custom_fields[name.removeprefix(merging.CUSTOM)].astext
    return func.coalesce(value, "") == ""
