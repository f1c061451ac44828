"""Reading a list of comments: its columns, its lines, and what in them does not fit."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from coalition.comments.errors import ColumnsMissing, ColumnTwice, ListTooLarge, QuotesOpen
from coalition.comments.list_words import JOINED_BY, Role, channel_of, day_of, position_of
from coalition.comments.models import CommentChannel, CommentPosition
from coalition.comments.wording import MAX_TEXT_CHARS, words_of
from coalition.errors import N_
from coalition.markdown import without_controls

MAX_COMMENTS = 100_000  # of one list
MAX_NAME_CHARS = 300
MAX_CITY_CHARS = 100
MAX_COLUMNS = 40

SAYS_SOMETHING = frozenset({Role.AUTHOR, Role.TEXT, Role.POSITION})


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a list is to be read. `delimiter` is "" where each line is one comment or name.

    `positions` holds what a person said about words that are not understood, by the word;
    `named` that a person said what the columns hold, where the list has no headings for it.
    """

    encoding: str = "utf-8-sig"
    delimiter: str = ","
    quotes: bool = True
    header: bool = True
    roles: tuple[Role, ...] = ()
    positions: Mapping[str, CommentPosition] = field(default_factory=dict)
    otherwise: CommentPosition = CommentPosition.UNKNOWN  # where no column says it
    day_first: bool = False
    leave_out: bool = False  # lines that do not fit
    named: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Reading":
        """Build it back from `to_json`."""
        return cls(
            **{
                **values,
                "roles": tuple(map(Role, values["roles"])),
                "positions": {
                    word: CommentPosition(each) for word, each in values["positions"].items()
                },
                "otherwise": CommentPosition(values["otherwise"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one comment, and the line of the file on which it begins."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class ListedComment:
    """A comment as the list has it."""

    line: int
    author: str
    organization: str
    city: str
    received_on: date | None
    channel: CommentChannel
    position: CommentPosition
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that does not fit: `reason` in English with places for `values`."""

    line: int
    reason: str
    values: Mapping[str, object]


def records(text: str, reading: Reading) -> Iterator[Record]:
    """Return the lines that are not empty, the first one with the names of the columns too.

    Raises:
        QuotesOpen: the quotation marks make no sense, with the line where they begin.
    """
    if not reading.delimiter:
        for number, line in enumerate(io.StringIO(text), start=1):
            if line.strip():
                yield Record(number, [line.strip()])
        return
    rows = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=reading.delimiter,
        quoting=csv.QUOTE_MINIMAL if reading.quotes else csv.QUOTE_NONE,
        strict=True,
    )
    begins = 1
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            raise QuotesOpen(field="quotes", line=f"{begins:,}") from None
        if any(cell.strip() for cell in cells):
            yield Record(begins, cells)
        begins = rows.line_num + 1


def check_roles(reading: Reading, first: Record) -> None:
    """Refuse columns of which nothing can be told.

    Raises:
        ColumnsMissing, ColumnTwice: as they say.
    """
    if not SAYS_SOMETHING & set(reading.roles):
        raise ColumnsMissing(field="columns", line=f"{first.line:,}", columns=len(first.cells))
    for role in set(reading.roles) - set(JOINED_BY) - {Role.IGNORED}:
        places = [place for place, each in enumerate(reading.roles, start=1) if each == role]
        if len(places) > 1:
            raise ColumnTwice(
                field="columns", first=places[0], second=places[1], reason=role.label
            )


def comments(text: str, reading: Reading) -> Iterator[ListedComment | Problem]:
    """Return each comment of the list, or what is wrong with its line.

    Raises:
        ListTooLarge: there are more than `MAX_COMMENTS`, with the first line that is too many.
        QuotesOpen: see `records`.
    """
    rows = records(text, reading)
    if reading.header:
        next(rows, None)
    for number, record in enumerate(rows):
        if number == MAX_COMMENTS:
            raise ListTooLarge(field="file", limit=f"{MAX_COMMENTS:,}", line=f"{record.line:,}")
        yield _comment(record, reading)


@lru_cache(2_048)
def position_key(written: str) -> str:
    """Return by what two spellings of a clerk's word for a position are the same."""
    return " ".join(words_of(written))


def _comment(record: Record, reading: Reading) -> ListedComment | Problem:
    extra = len(record.cells) - len(reading.roles)
    if extra > 0 and any(cell.strip() for cell in record.cells[-extra:]):
        return Problem(
            record.line,
            N_("it has %(cells)s cells, the list has %(columns)s columns"),
            {"cells": len(record.cells), "columns": len(reading.roles)},
        )
    by_role: dict[Role, list[str]] = {}
    for role, cell in zip(reading.roles, record.cells, strict=False):
        if cell.strip():
            by_role.setdefault(role, []).append(cell.strip())
    found = {role: JOINED_BY.get(role, " ").join(cells) for role, cells in by_role.items()}
    return _too_long(record, found) or _made(record, found, reading)


def _too_long(record: Record, found: Mapping[Role, str]) -> Problem | None:
    for role, limit in (
        (Role.TEXT, MAX_TEXT_CHARS),
        (Role.AUTHOR, MAX_NAME_CHARS),
        (Role.ORGANIZATION, MAX_NAME_CHARS),
        (Role.CITY, MAX_CITY_CHARS),
    ):
        if len(found.get(role, "")) > limit:
            return Problem(
                record.line,
                N_("its %(reason)s has more than %(limit)s characters"),
                {"reason": role.label, "limit": f"{limit:,}"},
            )
    return None


def _made(
    record: Record, found: Mapping[Role, str], reading: Reading
) -> ListedComment | Problem:
    try:
        received_on = day_of(found.get(Role.RECEIVED_ON, ""), day_first=reading.day_first)
    except ValueError:
        written = found[Role.RECEIVED_ON][:40]
        return Problem(record.line, N_("“%(written)s” is not a day"), {"written": written})
    position = _position(found, reading)
    if position is None:
        written = found[Role.POSITION][:40]
        return Problem(record.line, N_("“%(written)s” is not a position"), {"written": written})
    if not SAYS_SOMETHING & set(found):
        return Problem(record.line, N_("it has no name, no comment and no position"), {})
    return ListedComment(
        line=record.line,
        author=_line(found.get(Role.AUTHOR, "")),
        organization=_line(found.get(Role.ORGANIZATION, "")),
        city=_line(found.get(Role.CITY, "")),
        received_on=received_on,
        channel=channel_of(found.get(Role.CHANNEL, "")),
        position=position,
        text=without_controls(found.get(Role.TEXT, "")),
    )


def _position(found: Mapping[Role, str], reading: Reading) -> CommentPosition | None:
    if Role.POSITION not in reading.roles:
        return reading.otherwise
    written = found.get(Role.POSITION, "")
    return reading.positions.get(position_key(written)) or position_of(written)


def _line(cell: str) -> str:
    return " ".join(without_controls(cell).split())
