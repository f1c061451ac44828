"""Compare a pasted list with the directory and with the names already under a letter."""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from coalition.letters.pasting import PastedEntry
from coalition.organizations.confusables import suspicious_characters
from coalition.organizations.matching import Candidate, NameIndex
from coalition.organizations.names import sort_key

Id = TypeVar("Id", bound=Hashable)


class RowState(StrEnum):
    """What the directory knows of a pasted name."""

    MATCHED = "matched"
    NEW = "new"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class ReviewRow(Generic[Id]):
    """A pasted name and the organizations that it may mean."""

    entry: PastedEntry
    state: RowState
    candidates: tuple[Candidate[Id], ...]  # the likeliest first
    already_there: bool  # the organization matched is under the letter
    same_as_line: int | None  # an earlier line means the same organization
    suspicious: tuple[str, ...]  # letters that pass for Latin ones

    @property
    def match(self) -> Candidate[Id] | None:
        """Return the organization that the name means, if that is clear."""
        return self.candidates[0] if self.state is RowState.MATCHED else None

    @property
    def is_spelled_differently(self) -> bool:
        """Say whether the directory writes the name in another way; show both then."""
        return self.match is not None and self.match.name != self.entry.name


@dataclass(frozen=True, slots=True)
class Missing(Generic[Id]):
    """An organization under the letter that the paste does not name."""

    id: Id
    name: str
    maybe_lines: tuple[int, ...]  # undecided lines that may mean it


@dataclass(frozen=True, slots=True)
class PasteReview(Generic[Id]):
    """A pasted list beside the directory, before anything is stored."""

    rows: list[ReviewRow[Id]]
    missing: list[Missing[Id]]

    def in_state(self, state: RowState) -> list[ReviewRow[Id]]:
        """Return the rows in one state, in the order of the paste."""
        return [row for row in self.rows if row.state is state]

    @property
    def already_there(self) -> list[ReviewRow[Id]]:
        """Return the rows whose organization is under the letter, each organization once."""
        return [row for row in self.rows if row.already_there and row.same_as_line is None]

    @property
    def new_on_letter(self) -> list[ReviewRow[Id]]:
        """Return the rows to add to the letter: known or unknown, each organization once."""
        return [
            row
            for row in self.rows
            if row.state is not RowState.AMBIGUOUS
            and not row.already_there
            and row.same_as_line is None
        ]


def compare(
    entries: Iterable[PastedEntry],
    index: NameIndex[Id],
    already_signed: Collection[Id] = frozenset(),
) -> PasteReview[Id]:
    """Say of every pasted name whom it means, and who of `already_signed` is not named.

    A name is matched if exactly one organization has it as its name, alias, acronym or
    with a slip of the pen; several, or merely similar ones, make it ambiguous.
    """
    signed = frozenset(already_signed)
    first_line: dict[Id, int] = {}
    rows = []
    for entry in entries:
        candidates = tuple(index.find(entry.name))
        state = _state(candidates)
        target = candidates[0].id if state is RowState.MATCHED else None
        earlier = first_line.get(target) if target is not None else None
        if target is not None and earlier is None:
            first_line[target] = entry.line
        rows.append(
            ReviewRow(
                entry=entry,
                state=state,
                candidates=candidates,
                already_there=target is not None and target in signed,
                same_as_line=earlier,
                suspicious=suspicious_characters(entry.name),
            )
        )
    return PasteReview(rows, _missing(rows, index, signed - first_line.keys()))


def _state(candidates: tuple[Candidate[Id], ...]) -> RowState:
    if not candidates:
        return RowState.NEW
    sure = [candidate for candidate in candidates if candidate.is_sure]
    # One key beats a mere likeness of spelling; two organizations of one name need a person.
    exact = [candidate for candidate in sure if candidate.score == 1.0]
    if len(exact) == 1 or (not exact and len(sure) == 1):
        return RowState.MATCHED
    return RowState.AMBIGUOUS


def _missing(
    rows: list[ReviewRow[Id]], index: NameIndex[Id], unnamed: Collection[Id]
) -> list[Missing[Id]]:
    maybe: dict[Id, list[int]] = {}
    for row in rows:
        if row.state is RowState.AMBIGUOUS:
            for candidate in row.candidates:
                maybe.setdefault(candidate.id, []).append(row.entry.line)
    missing = [
        Missing(absent, index.name_of(absent) or "", tuple(maybe.get(absent, ())))
        for absent in unnamed
    ]
    return sorted(missing, key=lambda absent: sort_key(absent.name))
