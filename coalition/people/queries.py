"""Which people a coalition knows: found by name, address, tag, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_
from sqlalchemy.orm import selectinload

from coalition import db
from coalition.addresses import NotAnAddress, clean_address
from coalition.people.models import Person, Tag, Tagging, person_by_email
from coalition.people.names import person_key

PAGE = 50  # people on one page
MAX_SEARCH_CHARS = 100


@dataclass(frozen=True)
class People:
    """One page of people by family name, and the person after whom the next page begins."""

    people: Sequence[Person]
    next_after: UUID | None


def people_page(
    *,
    search: str = "",
    tag_id: UUID | None = None,
    among: Select[UUID] | None = None,
    after: UUID | None = None,
) -> People:
    """Return the next page of people.

    Args:
        search: beginnings of words of the name, or a whole e-mail address.
        among: the ids of the people to choose from, such as an organization's members.
        after: the last person of the page before; from the start if they are gone.
    """
    if "@" in search:
        found = _by_address(search)
        return People([found] if found else [], None)
    chosen = _filtered(tag_id, among)
    words = person_key(search).split()
    page = _page(_beginning_with(chosen, words), after)
    if words and after is None and not page.people:
        page = _page(_containing(chosen, words), after)
    return page


def person_with_all(person_id: UUID) -> Person | None:
    """Return a person with what their page shows."""
    return db.session.scalar(
        select(Person)
        .filter_by(id=person_id)
        .options(
            selectinload(Person.email_addresses),
            selectinload(Person.taggings),
            selectinload(Person.notes),
        )
    )


def tags() -> Sequence[Tag]:
    """Return the coalition's tags by name."""
    return db.session.scalars(select(Tag).order_by(Tag.name)).all()


def _by_address(search: str) -> Person | None:
    try:
        return person_by_email(clean_address(search))
    except NotAnAddress:
        return None


def _filtered(tag_id: UUID | None, among: Select[UUID] | None) -> Select[Person]:
    chosen = select(Person).options(selectinload(Person.taggings))
    if tag_id is not None:
        chosen = chosen.where(Person.id.in_(select(Tagging.person_id).filter_by(tag_id=tag_id)))
    return chosen if among is None else chosen.where(Person.id.in_(among))


def _beginning_with(chosen: Select[Person], words: Sequence[str]) -> Select[Person]:
    """Find names one of which begins with each of the words, by index."""
    for word in words:
        chosen = chosen.where(
            or_(_begins(Person.family_key, word), _begins(Person.given_key, word))
        )
    return chosen


def _begins(column: ColumnElement[str] | object, word: str) -> ColumnElement[bool]:
    key: ColumnElement[str] = column  # type: ignore[assignment]
    return and_(key >= word, key < word + "\x7f")


def _containing(chosen: Select[Person], words: Sequence[str]) -> Select[Person]:
    """Find names some later word of which begins so, such as “Cruz” in “de la Cruz”: a scan."""
    whole = " " + Person.given_key + " " + Person.family_key
    for word in words:
        chosen = chosen.where(whole.contains(f" {word}", autoescape=True))
    return chosen


def _page(chosen: Select[Person], after: UUID | None) -> People:
    place = (Person.family_key, Person.given_key, Person.id)
    last = db.session.get(Person, after) if after else None
    if last is not None:
        chosen = chosen.where(tuple_(*place) > tuple_(last.family_key, last.given_key, last.id))
    found = db.session.scalars(chosen.order_by(*place).limit(PAGE + 1)).all()
    page = found[:PAGE]
    return People(page, page[-1].id if len(found) > PAGE else None)
