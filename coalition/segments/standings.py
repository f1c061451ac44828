"""Where people and organizations stand with a letter: signed, waiting, taken back, nothing yet.

Everybody stands in one place with a letter, the furthest that they have come. Today the places
are those of a signature. Whoever keeps more about the way to it, such as invitations and
refusals, registers further places; the condition, its list and its sentences stay.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, and_, not_, or_, select, union_all
from sqlalchemy.orm import aliased

from coalition.errors import N_
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.organizations.models import Organization, OrganizationAlias
from coalition.people.models import EmailAddress, Person
from coalition.segments import picking
from coalition.segments.conditions import (
    Clause,
    Condition,
    Parameter,
    Subject,
    Values,
    plainly,
    register,
)

NOTHING = "nothing"  # whoever stands nowhere


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A place on the way to a letter.

    Args:
        name: for storing.
        label: what follows “people who” and “organizations that”, marked with `N_`.
        rank: whoever is in two places stands in the one with the higher rank.
        reached: makes the selects of the ids, one column each, of those who have come there with
            a letter. Each finds its rows by the letter, through an index.
    """

    name: str
    label: str
    subject: Subject
    rank: int
    reached: Callable[[UUID], Sequence[Select[Any]]]


_standings: dict[tuple[Subject, str], Standing] = {}


def register_standing(standing: Standing) -> None:
    """Make a place known; called at start-up.

    Raises:
        ValueError: another one has this name.
    """
    key = (standing.subject, standing.name)
    if standing.name == NOTHING or _standings.get(key, standing) is not standing:
        raise ValueError(f"there are two standings called {standing.name!r}")
    _standings[key] = standing


def stands(subject: Subject, letter_id: UUID, name: str) -> Clause:
    """Return that a `Person` or `Organization` stands there with a letter.

    It is one semi-join, or anti-join where the contrary is asked, whose other side is read
    through the letter: a million people are not looked at one by one.
    """
    key = Person.id if subject == Subject.PEOPLE else Organization.id
    places = [each for each in _standings.values() if each.subject == subject]
    if name == NOTHING:
        anywhere = _among(places, letter_id)
        return not_(select(anywhere.c.who).where(anywhere.c.who == key).exists())
    here = _standings[subject, name]
    there = _among([here], letter_id)
    found = select(there.c.who).where(there.c.who == key)
    if higher := [each for each in places if each.rank > here.rank]:
        further = _among(higher, letter_id)
        found = found.where(
            not_(select(further.c.who).where(further.c.who == there.c.who).exists())
        )
    return found.exists()


def _among(places: Sequence[Standing], letter_id: UUID) -> Any:
    """Return the ids, called `who`, of all who have come to one of these places."""
    return union_all(
        *(
            select(part.c[0].label("who")).where(part.c[0].is_not(None))
            for place in places
            for part in (each.subquery() for each in place.reached(letter_id))
        )
    ).subquery()


def counting() -> ColumnElement[bool]:
    """Return that a `Signature` of either kind counts."""
    return or_(
        _is(SignatureState.CONFIRMED, SignatureKind.PERSON), _is(SignatureState.APPROVED)
    )


def _is(state: SignatureState, *kinds: SignatureKind) -> Clause:
    """Return that a `Signature` is in a state; of any kind, which the index wants to be told."""
    return and_(Signature.kind.in_(kinds or SignatureKind), Signature.state == state)


def _of_people(clause: Clause) -> Callable[[UUID], Sequence[Select[Any]]]:
    return lambda letter_id: [
        select(Signature.person_id).where(Signature.letter_id == letter_id, clause)
    ]


def _of_organizations(state: SignatureState) -> Callable[[UUID], Sequence[Select[Any]]]:
    clause = _is(state, SignatureKind.ORGANIZATION)
    return lambda letter_id: [
        select(Signature.organization_id).where(Signature.letter_id == letter_id, clause)
    ]


def _unconfirmed_people(letter_id: UUID) -> Sequence[Select[Any]]:
    """Find them by the mailbox: an unconfirmed signature makes nobody known."""
    return [
        select(EmailAddress.person_id)
        .join(Signature, Signature.email_index == EmailAddress.address_index)
        .where(Signature.letter_id == letter_id, _is(SignatureState.PENDING))
    ]


def _unconfirmed_organizations(letter_id: UUID) -> Sequence[Select[Any]]:
    """Find them by the name that was written, which nobody has looked at yet."""
    named = aliased(Organization)
    pending = and_(
        Signature.letter_id == letter_id,
        _is(SignatureState.PENDING, SignatureKind.ORGANIZATION),
    )
    key = Signature.organization_key
    return [
        select(Signature.organization_id).where(pending),
        select(named.id).join(Signature, key == named.name_key).where(pending),
        select(OrganizationAlias.organization_id)
        .join(Signature, key == OrganizationAlias.name_key)
        .where(pending),
    ]


_SIGNED = N_("signed")
_WAITING = N_("wait for the coalition's approval")
_UNCONFIRMED = N_("were asked to confirm their signature and have not")
_WITHDREW = N_("took their name back")
_REFUSED = N_("were not accepted by the coalition")
_PEOPLE, _ORGANIZATIONS = Subject.PEOPLE, Subject.ORGANIZATIONS
_PLACES = (
    (_PEOPLE, "signed", _SIGNED, 90, _of_people(counting())),
    (
        _PEOPLE, "waiting", _WAITING, 80,
        _of_people(_is(SignatureState.CONFIRMED, SignatureKind.ORGANIZATION)),
    ),
    (_PEOPLE, "unconfirmed", _UNCONFIRMED, 70, _unconfirmed_people),
    (_PEOPLE, "withdrew", _WITHDREW, 30, _of_people(_is(SignatureState.WITHDRAWN))),
    (_PEOPLE, "refused", _REFUSED, 20, _of_people(_is(SignatureState.REJECTED))),
    (_ORGANIZATIONS, "signed", _SIGNED, 90, _of_organizations(SignatureState.APPROVED)),
    (_ORGANIZATIONS, "waiting", _WAITING, 80, _of_organizations(SignatureState.CONFIRMED)),
    (_ORGANIZATIONS, "unconfirmed", _UNCONFIRMED, 70, _unconfirmed_organizations),
    (_ORGANIZATIONS, "withdrew", _WITHDREW, 30, _of_organizations(SignatureState.WITHDRAWN)),
    (_ORGANIZATIONS, "refused", _REFUSED, 20, _of_organizations(SignatureState.REJECTED)),
)  # fmt: skip


def _offered(subject: Subject) -> Callable[[], picking.Options]:
    def options() -> picking.Options:
        places = [each for each in _standings.values() if each.subject == subject]
        places.sort(key=lambda each: -each.rank)
        return [
            *((each.name, gettext(each.label)) for each in places),
            (NOTHING, gettext("have done nothing yet")),
        ]

    return options


def _clause(subject: Subject) -> Callable[[Values], Clause]:
    return lambda values: stands(subject, UUID(values["letter"]), values["standing"])


for _subject, _name, _label, _rank, _reached in _PLACES:
    register_standing(
        Standing(name=_name, label=_label, subject=_subject, rank=_rank, reached=_reached)
    )
for _subject in Subject:
    register(
        Condition(
            name="letter_standing",
            label=N_("Where they stand with a letter"),
            subject=_subject,
            parameters=(
                picking.LETTER,
                Parameter(
                    name="standing", label=N_("How far they are"), options=_offered(_subject)
                ),
            ),
            clause=_clause(_subject),
            words=plainly(
                N_("%(standing)s (“%(letter)s”)"),
                N_("are not among those who %(standing)s (“%(letter)s”)"),
            ),
        )
    )
