"""Finding signatures among many: filters, words of a name, an address; page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, tuple_
from sqlalchemy.orm import contains_eager, selectinload

from coalition import db
from coalition.addresses import NotAnAddress, clean_address
from coalition.letters.signatures import (
    Signature,
    SignatureKind,
    SignatureSource,
    SignatureState,
)
from coalition.organizations.models import Organization
from coalition.organizations.names import name_key, sort_key
from coalition.people.models import EmailAddress, email_index

PAGE = 50  # signatures on one page
BATCH = 2_000  # signatures read at once for a file


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which signatures of a letter are wanted; `None` is any."""

    text: str = ""
    kind: SignatureKind | None = None
    state: SignatureState | None = None
    source: SignatureSource | None = None
    listed: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every signature is wanted."""
        return self == Filter()


@dataclass(frozen=True, slots=True)
class Page:
    """Some signatures, newest first, and where the next page begins."""

    signatures: list[Signature]
    next_after: str | None


def page_of(letter_id: UUID, wanted: Filter, after: str = "") -> Page:
    """Return a page of a letter's signatures, the newest first.

    Args:
        after: `next_after` of the page before; anything else begins at the newest.
    """
    statement = (
        select(Signature)
        .outerjoin(Signature.organization)
        .options(contains_eager(Signature.organization))
        .where(Signature.letter_id == letter_id, *_conditions(wanted))
        .order_by(Signature.created_at.desc(), Signature.id.desc())
        .limit(PAGE + 1)
    )
    if (place := _read_place(after)) is not None:
        statement = statement.where(tuple_(Signature.created_at, Signature.id) < tuple_(*place))
    found = list(db.session.scalars(statement))
    more = len(found) > PAGE
    found = found[:PAGE]
    return Page(found, _write_place(found[-1]) if more else None)


def every(letter_id: UUID) -> Iterator[Signature]:
    """Return all signatures of a letter, oldest first, a batch in memory at a time."""
    place: tuple[datetime, UUID] | None = None
    while True:
        statement = (
            select(Signature)
            .options(selectinload(Signature.organization))
            .where(Signature.letter_id == letter_id)
            .order_by(Signature.created_at, Signature.id)
            .limit(BATCH)
        )
        if place is not None:
            statement = statement.where(
                tuple_(Signature.created_at, Signature.id) > tuple_(*place)
            )
        found = list(db.session.scalars(statement))
        yield from found
        if len(found) < BATCH:
            return
        place = (found[-1].created_at, found[-1].id)
        db.session.expunge_all()  # a file of a million rows must not fill the memory


def _conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.kind is not None:
        yield Signature.kind == wanted.kind
    if wanted.state is not None:
        yield Signature.state == wanted.state
    if wanted.source is not None:
        yield Signature.source == wanted.source
    if wanted.listed is not None:
        yield Signature.listed.is_(wanted.listed)
    if "@" in wanted.text:
        yield _has_address(wanted.text)
    elif wanted.text:
        yield _has_words(wanted.text)


def _has_address(text: str) -> ColumnElement[bool]:
    """Find by the blind index: only an address that is typed exactly, as it is stored sealed."""
    coalition_id = db.current_coalition_id()
    try:
        address = clean_address(text)
    except NotAnAddress:
        return false()
    if coalition_id is None:
        return false()
    index = email_index(coalition_id, address)
    known = select(EmailAddress.person_id).where(EmailAddress.address_index == index)
    return or_(Signature.email_index == index, Signature.person_id.in_(known))


def _has_words(text: str) -> ColumnElement[bool]:
    """Find every word, accents and case aside, in the name as it is listed or was written."""
    listed = and_(
        *(Signature.sort_key.contains(word, autoescape=True) for word in sort_key(text).split())
    )
    key = name_key(text)
    return or_(
        listed,
        Signature.organization_key.contains(key, autoescape=True),
        Organization.name_key.contains(key, autoescape=True),
        (Signature.given_name + " " + Signature.family_name).icontains(text, autoescape=True),
    )


def _write_place(signature: Signature) -> str:
    return f"{signature.created_at.isoformat()}|{signature.id}"


def _read_place(text: str) -> tuple[datetime, UUID] | None:
    moment, _, id_ = text.partition("|")
    try:
        return datetime.fromisoformat(moment), UUID(id_)
    except ValueError:
        return None
