"""What storing a pasted list would do, as a coordinator reviews it before anything is stored."""

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coalition import db
from coalition.errors import N_, InvalidInput
from coalition.letters.models import Letter
from coalition.letters.paste_lines import EntryKind
from coalition.letters.paste_review import PasteReview, ReviewRow, RowState, compare
from coalition.letters.pasting import MAX_PASTE_BYTES, PastedEntry, PastedList
from coalition.letters.review import Directory
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.organizations.confusables import suspicious_characters
from coalition.organizations.names import sort_key

NEW = "new"
LEAVE_OUT = "leave_out"


@dataclass(frozen=True, slots=True)
class UnderLetter:
    """Who is under the letter already."""

    organizations: frozenset[UUID]
    people: frozenset[str]  # sort keys


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A pasted person."""

    entry: PastedEntry
    suspicious: tuple[str, ...]

    @property
    def given_and_family(self) -> tuple[str, str]:
        """The parts of the name; what follows a comma is who they are, not their name."""
        given, _, family = self.entry.name.partition(",")[0].strip().rpartition(" ")
        return (given, family) if given else (family, "")

    @property
    def sort_key(self) -> str:
        """The text that people are listed by and known again: family name first."""
        given, family = self.given_and_family
        return sort_key(f"{family} {given}".strip())


@dataclass(frozen=True, slots=True)
class Plan:
    """A pasted list beside what is known.

    `takeable` are the places of the sections that the letter can take, `chosen` those wanted.
    """

    pasted: PastedList
    takeable: frozenset[int]
    chosen: frozenset[int]
    review: PasteReview[UUID]
    people: list[PersonRow]
    known: UnderLetter

    @property
    def numbered(self) -> list[tuple[int, ReviewRow[UUID]]]:
        """The rows with their number, by which a coordinator's choices are known."""
        return list(enumerate(self.review.rows))

    @property
    def new_people(self) -> list[PersonRow]:
        """The people to add."""
        return [row for row in self.people if row.sort_key not in self.known.people]

    @property
    def known_people(self) -> list[PersonRow]:
        """The people who are under the letter already."""
        return [row for row in self.people if row.sort_key in self.known.people]

    @property
    def digest(self) -> str:
        """A text that is the same only if the review would look the same."""
        seen = [
            [
                row.state.value,
                str(row.match.id) if row.match else "",
                [str(candidate.id) for candidate in row.candidates],
                row.already_there,
            ]
            for row in self.review.rows
        ]
        told = json.dumps([sorted(self.chosen), seen, len(self.new_people)])
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def default_sections(takeable: frozenset[int], pasted: PastedList) -> frozenset[int]:
    """Return the sections that most probably are meant: organizations, else people."""
    for kind in (EntryKind.ORGANIZATION, EntryKind.COMPANY, EntryKind.PERSON):
        found = frozenset(place for place in takeable if pasted.sections[place].kind is kind)
        if found:
            return found
    return frozenset()


def takeable_sections(letter: Letter, pasted: PastedList) -> frozenset[int]:
    """Return the places of the sections with names that this letter can take."""
    return frozenset(
        place
        for place, section in enumerate(pasted.sections)
        if section.found and letter.accepts_kind(_kind(section.kind).value)
    )


def under_letter(letter: Letter) -> UnderLetter:
    """Read who is under the letter already."""
    organizations = select(Signature.organization_id).where(
        Signature.letter_id == letter.id,
        Signature.kind == SignatureKind.ORGANIZATION,
        Signature.state == SignatureState.APPROVED,
    )
    people = select(Signature.sort_key).where(
        Signature.letter_id == letter.id,
        Signature.kind == SignatureKind.PERSON,
        Signature.state == SignatureState.CONFIRMED,
    )
    return UnderLetter(
        frozenset(filter(None, db.session.scalars(organizations))),
        frozenset(db.session.scalars(people)),
    )


def make_plan(
    pasted: PastedList,
    directory: Directory,
    known: UnderLetter,
    *,
    takeable: frozenset[int],
    chosen: Collection[int],
) -> Plan:
    """Say of every name in the chosen sections what storing would do with it.

    Needs no database: thousands of names take many seconds, and no transaction stays open
    that long.
    """
    wanted = [
        entry for entry in pasted.entries if entry.section in takeable.intersection(chosen)
    ]
    organizations = [entry for entry in wanted if entry.kind is not EntryKind.PERSON]
    people = [entry for entry in wanted if entry.kind is EntryKind.PERSON]
    return Plan(
        pasted=pasted,
        takeable=takeable,
        chosen=takeable.intersection(chosen),
        review=compare(organizations, directory.index, known.organizations),
        people=[PersonRow(entry, suspicious_characters(entry.name)) for entry in people],
        known=known,
    )


def needs_choice(row: ReviewRow[UUID]) -> bool:
    """Return whether a person must say who is meant: never decided silently."""
    if row.same_as_line is not None:
        return False
    return row.state is RowState.AMBIGUOUS or bool(row.suspicious)


def may_choose(row: ReviewRow[UUID]) -> bool:
    """Return whether a person may say that somebody else is meant."""
    return needs_choice(row) or (
        row.is_spelled_differently and not row.already_there and row.same_as_line is None
    )


def undecided(plan: Plan, choices: Mapping[int, str]) -> list[int]:
    """Return the numbers of the rows that still need a choice, or have an impossible one."""
    left = []
    for number, row in plan.numbered:
        allowed = {NEW, LEAVE_OUT, *(str(candidate.id) for candidate in row.candidates)}
        choice = choices.get(number, "")
        if (choice and choice not in allowed) or (not choice and needs_choice(row)):
            left.append(number)
    return left


def pack(text: str) -> str:
    """Make a pasted text small enough to travel through a form's hidden field."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode("utf-8", "replace"), 9)).decode()


def unpack(packed: str) -> str:
    """Return the text that `pack` was given; never more than a paste may have.

    Raises:
        InvalidInput: this was not made by `pack`.
    """
    try:
        opener = zlib.decompressobj()
        plain = opener.decompress(base64.urlsafe_b64decode(packed), MAX_PASTE_BYTES + 1)
        if not opener.eof:
            raise ValueError("the end is missing")
        return plain.decode()
    except (binascii.Error, zlib.error, ValueError) as error:
        reason = N_("The list was lost on its way. Paste it again.")
        raise InvalidInput(field="names", reason=reason) from error


def _kind(kind: EntryKind) -> SignatureKind:
    return SignatureKind.PERSON if kind is EntryKind.PERSON else SignatureKind.ORGANIZATION
