"""What a list seems to be, and what storing it would do: for a person to look at and confirm."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from coalition.comments.errors import (
    ColumnsUnnamed,
    EmptyList,
    LinesUnreadable,
    NotPositions,
    WordsUndecided,
)
from coalition.comments.list_files import decode, guess_encoding
from coalition.comments.list_reading import (
    MAX_COLUMNS,
    SAYS_SOMETHING,
    ListedComment,
    Problem,
    Reading,
    Record,
    check_roles,
    comments,
    position_key,
    records,
)
from coalition.comments.list_words import (
    Role,
    day_of,
    is_ambiguous,
    is_day_first,
    position_of,
    role_of,
)
from coalition.comments.models import CommentPosition

DELIMITERS = (",", ";", "\t", "|", "^", "~")
MAX_WORDS = 60  # different words for positions
SHOWN_ROWS = 5
SHOWN_PROBLEMS = 20
SHOWN_WORDS = 5  # in the sentence that asks for their meaning
_SAMPLE_CHARS = 64 * 1024
_SAMPLE_ROWS = 300
_MOSTLY = 0.8
_LONG = 40  # characters: a comment, and no name


@dataclass(frozen=True)
class PositionWord:
    """A word in the column of positions: what it means, and whether a person has to say so."""

    key: str
    written: str
    count: int
    position: CommentPosition | None
    asked: bool


@dataclass
class Review:
    """A list, read to its end as `reading` says."""

    reading: Reading
    headings: list[str]
    rows: list[Record]
    words: list[PositionWord]
    total: int = 0
    by_position: Counter[CommentPosition] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0

    @property
    def undecided(self) -> list[PositionWord]:
        """The words that nobody has said the meaning of."""
        return [word for word in self.words if word.position is None]

    @property
    def stored(self) -> int:
        """How many comments would be stored."""
        return self.total - self.problem_count

    @property
    def is_named(self) -> bool:
        """Whether the list's headings say what its columns hold, or else a person did."""
        return self.reading.named or bool(SAYS_SOMETHING & set(map(role_of, self.headings)))

    def require_clear(self) -> None:
        """Refuse to store a list of which something is still open.

        Raises:
            ColumnsUnnamed, WordsUndecided, LinesUnreadable, EmptyList: as they say.
        """
        if not self.is_named:
            raise ColumnsUnnamed(field="columns")
        if self.undecided:
            words = ", ".join(f"“{word.written}”" for word in self.undecided[:SHOWN_WORDS])
            raise WordsUndecided(field="positions", words=words)
        if self.problems and not self.reading.leave_out:
            raise LinesUnreadable(
                field="leave_out",
                number=f"{self.problem_count:,}",
                line=f"{self.problems[0].line:,}",
            )
        if not self.stored:
            raise EmptyList(field="file")


def guess(raw: bytes, encoding: str | None = None, *, quotes: bool = True) -> Reading:
    """Return how a list is probably meant.

    Raises:
        ListUnreadable: it is in another encoding, or its quotation marks make no sense.
    """
    chosen = encoding or guess_encoding(raw)[0]
    text = decode(raw, chosen)
    sample = text[:_SAMPLE_CHARS]
    if len(text) > _SAMPLE_CHARS:
        sample = sample[: sample.rfind("\n") + 1] or sample
    delimiter = _delimiter(sample)
    return guess_columns(text, Reading(encoding=chosen, delimiter=delimiter, quotes=quotes))


def guess_columns(text: str, reading: Reading) -> Reading:
    """Return `reading` with what the columns probably hold."""
    rows = _first(text, reading)
    if not rows:
        raise EmptyList(field="file")
    named = [role_of(cell) for cell in rows[0].cells]
    short = all(len(cell.strip()) <= _LONG for cell in rows[0].cells)
    known = [role for role in named if role != Role.IGNORED]
    header = short and bool(known) and (len(rows) > 1 or len(known) == len(named))
    widths = Counter(len(row.cells) for row in rows)
    width = min(len(named) if header else widths.most_common(1)[0][0], MAX_COLUMNS)
    roles = named[:width] if header else [Role.IGNORED] * width
    body = rows[1:] if header else rows
    columns = [[_cell(row, place) for row in body] for place in range(width)]
    roles = _by_content(columns, roles, named=header)
    days = columns[roles.index(Role.RECEIVED_ON)] if Role.RECEIVED_ON in roles else []
    return replace(
        reading,
        header=header,
        roles=tuple(roles),
        day_first=any(map(is_day_first, days)),
    )


def review(text: str, reading: Reading) -> Review:
    """Read a whole list and say what is in it. Nothing is stored.

    Raises:
        ListUnreadable, ListTooLarge: as they say.
    """
    rows = _first(text, reading, limit=SHOWN_ROWS + 1)
    if not rows or (reading.header and len(rows) == 1):
        raise EmptyList(field="file")
    check_roles(reading, rows[0])
    headings = [cell.strip() for cell in rows[0].cells] if reading.header else []
    found = Review(
        reading=reading,
        headings=headings,
        rows=rows[1:] if reading.header else rows[:SHOWN_ROWS],
        words=_position_words(text, reading),
    )
    # What the words mean is asked apart, once for each word and not for each line.
    asked = {word.key: CommentPosition.UNKNOWN for word in found.undecided}
    read_as = replace(reading, positions={**asked, **reading.positions})
    for each in comments(text, read_as):
        found.total += 1
        if isinstance(each, ListedComment):
            found.by_position[each.position] += 1
        else:
            found.problem_count += 1
            if len(found.problems) < SHOWN_PROBLEMS:
                found.problems.append(each)
    return found


def may_be_read_both_ways(found: Review) -> bool:
    """Return whether month and day of the shown days could be taken for each other."""
    if Role.RECEIVED_ON not in found.reading.roles:
        return False
    place = found.reading.roles.index(Role.RECEIVED_ON)
    return any(is_ambiguous(_cell(row, place)) for row in found.rows)


def _position_words(text: str, reading: Reading) -> list[PositionWord]:
    if Role.POSITION not in reading.roles:
        return []
    place = reading.roles.index(Role.POSITION)
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    rows = records(text, reading)
    if reading.header:
        next(rows, None)
    for row in rows:
        cell = _cell(row, place)
        key = position_key(cell)
        counts[key] += 1
        written.setdefault(key, cell[:60])
        if len(counts) > MAX_WORDS:
            raise NotPositions(field="columns", column=place + 1, limit=MAX_WORDS)
    found = [
        PositionWord(
            key=key,
            written=written[key],
            count=count,
            position=reading.positions.get(key) or position_of(key),
            asked=position_of(key) is None,
        )
        for key, count in counts.most_common()
    ]
    return sorted(found, key=lambda word: not word.asked)  # what needs a person comes first


def _first(text: str, reading: Reading, limit: int = _SAMPLE_ROWS) -> list[Record]:
    return [row for row, _ in zip(records(text, reading), range(limit), strict=False)]


def _cell(row: Record, place: int) -> str:
    return row.cells[place].strip() if place < len(row.cells) else ""


def _delimiter(sample: str) -> str:
    """Return what divides the columns: what makes headings, or most lines alike."""
    found: list[tuple[int, float, int, str]] = []
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        try:
            rows = list(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))
        except csv.Error:
            continue
        rows = [row for row in rows if any(row)]
        if not rows:
            continue
        headings = sum(role_of(cell) != Role.IGNORED for cell in rows[0] if len(cell) <= _LONG)
        widths = Counter(map(len, rows))
        width, often = widths.most_common(1)[0]
        share = often / len(rows)
        if width > 1 and (headings > 1 or share >= _MOSTLY):
            found.append((headings if headings > 1 else 0, share, width, delimiter))
    return max(found)[3] if found else ""


def _by_content(
    columns: Sequence[Sequence[str]], roles: Sequence[Role], *, named: bool
) -> list[Role]:
    """Give roles that no heading gave, by what stands in the columns."""
    found = list(roles)
    for role, fits in ((Role.POSITION, _are_positions), (Role.RECEIVED_ON, _are_days)):
        for place, column in enumerate(columns):
            if role in found:
                break
            if found[place] == Role.IGNORED and fits([cell for cell in column if cell]):
                found[place] = role
    free = [place for place, role in enumerate(found) if role == Role.IGNORED]
    if Role.TEXT not in found and free:
        longest = max(free, key=lambda place: _mean_length(columns[place]))
        if _mean_length(columns[longest]) > _LONG:
            found[longest] = Role.TEXT
            free.remove(longest)
    if not named and Role.AUTHOR not in found and free:
        found[free[0]] = Role.AUTHOR
    return found


def _are_positions(cells: Sequence[str]) -> bool:
    known = [cell for cell in cells if position_of(cell) is not None]
    return bool(cells) and len(known) >= _MOSTLY * len(cells) and len(set(cells)) <= MAX_WORDS


def _are_days(cells: Sequence[str]) -> bool:
    return bool(cells) and sum(map(_is_day, cells)) >= _MOSTLY * len(cells)


def _is_day(cell: str) -> bool:
    try:
        return day_of(cell, day_first=is_day_first(cell)) is not None
    except ValueError:
        return False


def _mean_length(cells: Sequence[str]) -> float:
    return sum(map(len, cells)) / len(cells) if cells else 0
