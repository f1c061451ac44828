"""Storing a reviewed paste: organizations, their other spellings and signatures, in bulk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects import postgresql
from uuid_utils.compat import uuid7

from coalition import audit, db, events
from coalition.clock import now
from coalition.errors import N_, DomainError
from coalition.letters.errors import CannotChangeLetter
from coalition.letters.events import SignatureApproved, SignatureConfirmed
from coalition.letters.models import Letter, LetterState
from coalition.letters.paste_plan import (
    LEAVE_OUT,
    NEW,
    PersonRow,
    Plan,
    needs_choice,
    undecided,
    under_letter,
)
from coalition.letters.paste_review import ReviewRow
from coalition.letters.review import Directory, directory_state
from coalition.letters.signatures import (
    Signature,
    SignatureKind,
    SignatureSource,
    SignatureState,
)
from coalition.organizations.models import Organization, OrganizationAlias
from coalition.organizations.names import name_key, sort_key

_PASTE_LOCK = 7_265_011  # one paste at a time, or two would add the same organization


class DirectoryChanged(DomainError):
    """The directory or the letter changed after the review was shown."""

    code = "review_outdated"
    message = N_(
        "Organizations or signatures were added while you reviewed the list. Nothing was"
        " stored yet. Look at the list below once more."
    )


class ChoicesMissing(DomainError):
    """Some names need a person's decision."""

    status = 422
    code = "choices_missing"
    message = N_("Say for %(number)s more names who is meant. Nothing was stored yet.")


@dataclass
class Stored:
    """How many of what were stored."""

    organizations: int = 0
    of_them_new: int = 0
    people: int = 0
    aliases: int = 0


@dataclass
class _Rows:
    """What goes into the tables."""

    organizations: list[dict[str, Any]] = field(default_factory=list)
    aliases: list[dict[str, Any]] = field(default_factory=list)
    signatures: list[dict[str, Any]] = field(default_factory=list)
    new_keys: set[str] = field(default_factory=set)


def store(
    letter: Letter,
    plan: Plan,
    directory: Directory,
    choices: Mapping[int, str],
    *,
    evidence: str,
) -> Stored:
    """Put the names of a reviewed paste under a letter, approved and listed.

    The open transaction has locked `letter`. What the plan was made from, `directory` and
    who was under the letter, must still be true.

    Args:
        choices: by number of row an organization's id, `NEW` or `LEAVE_OUT`.
        evidence: where the list comes from.

    Raises:
        DirectoryChanged, ChoicesMissing, CannotChangeLetter: nothing was stored.
    """
    if letter.state == LetterState.DELIVERED:
        raise CannotChangeLetter(state=letter.state.value)
    db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _PASTE_LOCK})
    if directory_state() != directory.state or under_letter(letter) != plan.known:
        raise DirectoryChanged
    if left := undecided(plan, choices):
        raise ChoicesMissing(number=len(left))
    rows = _Rows()
    taken = set(plan.known.organizations)
    for number, row in plan.numbered:
        _add_organization(rows, taken, letter, row, choices.get(number, ""))
    for person in plan.new_people:
        rows.signatures.append(_person_signature(letter, person))
    for signature in rows.signatures:
        signature["evidence"] = evidence
    return _insert(letter, rows)


def _add_organization(
    rows: _Rows, taken: set[UUID], letter: Letter, row: ReviewRow[UUID], choice: str
) -> None:
    if choice == LEAVE_OUT or row.same_as_line is not None:
        return
    chosen = UUID(choice) if choice and choice != NEW else None
    if not choice and row.match and not needs_choice(row):
        chosen = row.match.id
    if chosen is not None and row.entry.name and not row.suspicious:
        rows.aliases.append(_alias(chosen, row.entry.name))
    if chosen in taken:
        return
    name = next((each.name for each in row.candidates if each.id == chosen), row.entry.name)
    if chosen is None:
        made = _organization(row)
        if made["name_key"] in rows.new_keys:  # named in two sections of the paste
            return
        rows.new_keys.add(made["name_key"])
        chosen, name = made["id"], made["name"]
        rows.organizations.append(made)
    taken.add(chosen)
    rows.signatures.append(_organization_signature(letter, row, chosen, name))


def _insert(letter: Letter, rows: _Rows) -> Stored:
    session = db.session
    if rows.organizations:
        session.execute(insert(Organization), rows.organizations)
    aliases = list(_unknown_aliases(rows.aliases))
    if aliases:
        session.execute(postgresql.insert(OrganizationAlias).on_conflict_do_nothing(), aliases)
    if rows.signatures:
        session.execute(insert(Signature), rows.signatures)
    for signature in rows.signatures:
        _tell(letter, signature)
    people = sum(row["kind"] == SignatureKind.PERSON for row in rows.signatures)
    stored = Stored(
        organizations=len(rows.signatures) - people,
        of_them_new=len(rows.organizations),
        people=people,
        aliases=len(aliases),
    )
    audit.record("signatures.pasted", letter, [f"rows: {len(rows.signatures)}", "evidence"])
    return stored


def _unknown_aliases(aliases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Leave out the spelling that is the organization's own name."""
    ids = {alias["organization_id"] for alias in aliases}
    names = select(Organization.id, Organization.name_key).where(Organization.id.in_(ids))
    own = {row.id: row.name_key for row in db.session.execute(names)}
    for alias in aliases:
        if own.get(alias["organization_id"]) != alias["name_key"]:
            yield alias


def _tell(letter: Letter, signature: dict[str, Any]) -> None:
    organization = signature["kind"] == SignatureKind.ORGANIZATION
    kind = SignatureApproved if organization else SignatureConfirmed
    events.record(
        kind(
            coalition_id=letter.coalition_id,
            letter_id=letter.id,
            signature_id=signature["id"],
            kind=signature["kind"].value,
        )
    )


def _organization(row: ReviewRow[UUID]) -> dict[str, Any]:
    name = row.entry.name
    return {
        "id": uuid7(),
        "name": name,
        "name_key": name_key(name),
        "sort_key": sort_key(name),
        "website": _website(row.entry.website),
        "domains": [],
    }


def _alias(organization_id: UUID, name: str) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "organization_id": organization_id,
        "name": name,
        "name_key": name_key(name),
    }


def _organization_signature(
    letter: Letter, row: ReviewRow[UUID], organization_id: UUID, name: str
) -> dict[str, Any]:
    return _signature(letter) | {
        "kind": SignatureKind.ORGANIZATION,
        "state": SignatureState.APPROVED,
        "organization_id": organization_id,
        "organization_name": row.entry.name,
        "organization_key": name_key(row.entry.name),
        "website": _website(row.entry.website),
        "sort_key": sort_key(name),
    }


def _person_signature(letter: Letter, person: PersonRow) -> dict[str, Any]:
    given, family = person.given_and_family
    written = person.entry.name
    return _signature(letter) | {
        "kind": SignatureKind.PERSON,
        "state": SignatureState.CONFIRMED,
        "given_name": given,
        "family_name": family,
        "display_name": "" if written == f"{given} {family}".strip() else written,
        "sort_key": person.sort_key,
    }


def _signature(letter: Letter) -> dict[str, Any]:
    moment = now()
    return {
        "id": uuid7(),
        "coalition_id": letter.coalition_id,
        "letter_id": letter.id,
        "source": SignatureSource.PASTED,
        "given_name": "",
        "family_name": "",
        "display_name": "",
        "organization_id": None,
        "organization_name": "",
        "organization_key": "",
        "website": None,
        "listed": True,
        "language": letter.language,
        "created_at": moment,
        "confirmed_at": moment,
        "decided_at": moment,
    }


def _website(site: str | None) -> str | None:
    if not site:
        return None
    return site if site.lower().startswith(("http://", "https://")) else f"https://{site}"
