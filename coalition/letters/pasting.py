"""Read a pasted list of signatories: which lines are names, and what the others are."""

import html
import re
from dataclasses import dataclass, field

from coalition.errors import N_, DomainError
from coalition.letters.paste_lines import (
    EntryKind,
    Heading,
    Skip,
    heading_of,
    is_closing,
    is_salutation,
    is_sentence,
    is_table_header,
    reason_to_skip,
)
from coalition.organizations.names import MAX_NAME_CHARS, clean_name, name_key

MAX_PASTE_BYTES = 1_000_000
MAX_PASTE_LINES = 20_000
MAX_ENTRY_CHARS = 1_000  # of a line that lists names; a paragraph of the letter may be longer
_NAMES_IN_A_ROW = 5  # this many short lines before the first sentence are a list, no letterhead

_URL = r"(?:https?://[^\s<>|]+|www\.[^\s<>|]+)"
_DOMAIN = r"(?:[a-z0-9-]+\.)+[a-z]{2,24}(?:/[^\s<>|]*)?"
_WEBSITE = re.compile(rf"^<?({_URL}|{_DOMAIN})>?$", re.IGNORECASE)
_NAME_THEN_SITE = re.compile(
    rf"^(?P<name>.*?\S)(?:\s*[,;:–—-]\s*|\s+)[<(\[]?(?P<site>{_URL})[>)\]]?[.,;]?$"
    rf"|^(?P<name2>.*?\S)(?:,\s+|\s+[–—-]\s+|\s*[<(\[])(?P<site2>{_DOMAIN})[>)\]]?[.,;]?$",
    re.IGNORECASE,
)
_MARKDOWN_LINK = re.compile(r"^\W{0,6}\[(?P<name>[^\]]+)\]\((?P<site>[^)\s]+)[^)]*\)\W*$")
_BARE_SITE = re.compile(rf"^<?{_URL}>?$", re.IGNORECASE)


class PasteTooLarge(DomainError):
    """The paste is larger than a list of signatories can be."""

    status = 413
    code = "paste_too_large"
    message = N_(
        "This paste has %(size)s %(unit)s, and at most %(limit)s fit."
        " Paste it in several parts."
    )


class NoNamesPasted(DomainError):
    """No line of the paste is a name."""

    status = 422
    code = "no_names_pasted"
    message = N_(
        "No name was found in the %(lines)s lines that were pasted: they are empty, headings"
        " or text of the letter. Paste one name per line."
    )


@dataclass(frozen=True, slots=True)
class PastedEntry:
    """A name found in the paste."""

    line: int  # from 1
    text: str  # the line as it was pasted
    name: str
    website: str | None
    kind: EntryKind
    section: int  # its place in `PastedList.sections`
    repeated_on: tuple[int, ...] = ()  # further lines with the same name


@dataclass(frozen=True, slots=True)
class SkippedLine:
    """A line that gave no name."""

    line: int
    text: str
    reason: Skip
    same_as: int | None = None  # the line of the entry that it repeats or belongs to


@dataclass(slots=True)
class PastedSection:
    """A part of the list under one heading; the first one has none."""

    label: str
    kind: EntryKind
    line: int  # of its heading; 0 without
    announced: int | None  # how many names the heading says there are
    found: int = 0


@dataclass(frozen=True, slots=True)
class PastedList:
    """Every line of the paste, either with its names or with the reason that it has none."""

    entries: list[PastedEntry]
    skipped: list[SkippedLine]
    sections: list[PastedSection]
    line_count: int

    def of_kind(self, *kinds: EntryKind) -> list[PastedEntry]:
        """Return the names of the sections of these kinds."""
        return [entry for entry in self.entries if entry.kind in kinds]

    def require_names(self) -> None:
        """Raise `NoNamesPasted` if there is nothing to review."""
        if not self.entries:
            raise NoNamesPasted(field="names", lines=f"{self.line_count:,}")


def parse(text: str, default_kind: EntryKind = EntryKind.ORGANIZATION) -> PastedList:
    """Read a pasted list, one name per line or several separated by semicolons.

    Headings (“--- individuals (19) ---”, “Companies:”) decide the kind of what follows;
    before the first one it is `default_kind`. The letter itself may be pasted above its
    list. Lines are counted as Python's `str.splitlines` does.

    Raises:
        PasteTooLarge: more than `MAX_PASTE_LINES` lines or `MAX_PASTE_BYTES` bytes.
    """
    refuse_large(text)
    lines = [_readable(line) for line in text.splitlines()]
    reader = _Reader(default_kind)
    letter_end = _end_of_letter(lines)
    for number, (line, original) in enumerate(
        zip(lines, text.splitlines(), strict=True), start=1
    ):
        reader.read(number, line, original, in_letter=number <= letter_end)
    return reader.result(len(lines))


def refuse_large(text: str) -> None:
    """Raise `PasteTooLarge` before any line is looked at."""
    lines = text.count("\n") + 1
    if lines > MAX_PASTE_LINES + 1:  # the last line may end with a line break, too
        raise _too_large(lines, "lines", MAX_PASTE_LINES)
    size = len(text)
    if size <= MAX_PASTE_BYTES:
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_PASTE_BYTES:
        raise _too_large(size, "bytes", MAX_PASTE_BYTES)
    lines = len(text.splitlines())
    if lines > MAX_PASTE_LINES:
        raise _too_large(lines, "lines", MAX_PASTE_LINES)


def _too_large(size: int, unit: str, limit: int) -> PasteTooLarge:
    return PasteTooLarge(field="names", size=f"{size:,}", unit=unit, limit=f"{limit:,}")


def _readable(line: str) -> str:
    """Return the line without the marks nobody sees; tabs and spaces stay for the columns."""
    line = html.unescape(line) if "&" in line else line
    return "\t".join(
        " ".join(cell.replace("\u00a0", " ").replace("\ufeff", "").split())
        for cell in line.split("\t")
    ).strip(" ")


def _end_of_letter(lines: list[str]) -> int:
    """Return how many lines at the top are the letter and not its list of signatories."""
    texts = [i for i, line in enumerate(lines) if is_salutation(line) or is_sentence(line)]
    if not texts:
        return 0
    opener = next((i for i, line in enumerate(lines) if _opens_list(line)), None)
    if opener is not None and opener < texts[0]:
        return 0
    end = opener if opener is not None else texts[-1] + 1
    if opener is None and not any(_may_be_name(line) for line in lines[end:]):
        return 0  # the sentences are a note under the list
    if any(is_salutation(lines[i]) for i in texts if i < end):
        return end
    return end if _longest_run_of_names(lines[:end]) < _NAMES_IN_A_ROW else 0


def _opens_list(line: str) -> bool:
    heading = heading_of(line)
    return is_closing(line) or (heading is not None and heading.opens_list)


def _may_be_name(line: str) -> bool:
    return not (reason_to_skip(line) or is_sentence(line) or heading_of(line))


def _longest_run_of_names(lines: list[str]) -> int:
    longest = run = 0
    for line in lines:
        run = run + 1 if _may_be_name(line) else 0
        longest = max(longest, run)
    return longest


@dataclass(slots=True)
class _Reader:
    """Collects entries and skipped lines, remembering the section and the names so far."""

    default_kind: EntryKind
    entries: list[PastedEntry] = field(default_factory=list)
    skipped: list[SkippedLine] = field(default_factory=list)
    sections: list[PastedSection] = field(default_factory=list)
    places: dict[tuple[EntryKind, str], int] = field(default_factory=dict)
    repeats: dict[int, list[int]] = field(default_factory=dict)
    sites: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sections.append(PastedSection("", self.default_kind, 0, None))

    def read(self, number: int, line: str, original: str, *, in_letter: bool) -> None:
        """Put one line into exactly one of the two lists."""
        reason = reason_to_skip(line)
        if reason is None and in_letter:
            reason = Skip.LETTER_TEXT
        if reason is None:
            reason = self._open_section(number, line)
        if reason is None and _BARE_SITE.match(line):
            self._add_site(number, line, original)
            return
        if reason is None and is_sentence(line):
            reason = Skip.LETTER_TEXT
        if reason is None and len(line) > MAX_ENTRY_CHARS:
            reason = Skip.TOO_LONG
        if reason is not None:
            self.skipped.append(SkippedLine(number, original, reason))
        else:
            self._add_names(number, line, original)

    def result(self, line_count: int) -> PastedList:
        entries = [
            PastedEntry(
                line=entry.line,
                text=entry.text,
                name=entry.name,
                website=entry.website or self.sites.get(place),
                kind=entry.kind,
                section=entry.section,
                repeated_on=tuple(self.repeats.get(place, ())),
            )
            for place, entry in enumerate(self.entries)
        ]
        for entry in entries:
            self.sections[entry.section].found += 1
        return PastedList(entries, self.skipped, self.sections, line_count)

    def _open_section(self, number: int, line: str) -> Skip | None:
        if is_closing(line):
            return Skip.CLOSING
        if is_table_header([cell for cell in re.split(r"[\t|]", line) if cell.strip()]):
            return Skip.HEADING
        heading: Heading | None = heading_of(line)
        if heading is None:
            return None
        kind = heading.kind or (
            self.default_kind if heading.opens_list else self.sections[-1].kind
        )
        self.sections.append(PastedSection(heading.label, kind, number, heading.count))
        return Skip.HEADING

    def _add_site(self, number: int, line: str, original: str) -> None:
        """Give an address on a line of its own to the name right above it."""
        last = len(self.entries) - 1
        if last >= 0 and self.entries[last].line == number - 1 and last not in self.sites:
            self.sites[last] = line.strip("<>")
            owner = self.entries[last].line
            self.skipped.append(SkippedLine(number, original, Skip.WEBSITE, same_as=owner))
        else:
            self.skipped.append(SkippedLine(number, original, Skip.WEBSITE))

    def _add_names(self, number: int, line: str, original: str) -> None:
        found = [(name, site) for name, site in map(_name_and_site, _parts(line)) if name]
        if not found or any(len(name) > MAX_NAME_CHARS for name, _ in found):
            reason = Skip.TOO_LONG if found else Skip.UNREADABLE
            self.skipped.append(SkippedLine(number, original, reason))
            return
        section = len(self.sections) - 1
        kind = self.sections[section].kind
        before = len(self.entries)
        first_place = before
        for name, site in found:
            place = self.places.setdefault((kind, name_key(name)), len(self.entries))
            if place < len(self.entries):
                first_place = min(first_place, place)
                if self.entries[place].line != number:
                    self.repeats.setdefault(place, []).append(number)
                continue
            self.entries.append(PastedEntry(number, original, name, site, kind, section))
        if len(self.entries) == before:
            same_as = self.entries[first_place].line
            self.skipped.append(SkippedLine(number, original, Skip.DUPLICATE, same_as))


def _parts(line: str) -> list[str]:
    """Return the names of a line that are separated by semicolons."""
    if ";" not in line or "\t" in line or "|" in line:
        return [line]
    return [part.strip() for part in line.split(";") if part.strip()]


def _name_and_site(part: str) -> tuple[str, str | None]:
    """Return the name and the web address of one entry; commas inside a name stay."""
    cells = [cell.strip() for cell in re.split(r"\t|\s*\|\s*", part) if cell.strip()]
    if len(cells) > 1:
        sites = [match[1] for cell in cells[1:] if (match := _WEBSITE.match(cell))]
        named = [cell for cell in cells if any(map(str.isalpha, cell)) and "@" not in cell]
        name, site = _name_and_site(named[0]) if named else ("", None)
        return name, site or (sites[0] if sites else None)
    text = cells[0] if cells else ""
    if match := _MARKDOWN_LINK.match(text):
        return clean_name(match["name"]), match["site"]
    if match := _NAME_THEN_SITE.match(text):
        name = match["name"] or match["name2"]
        if any(map(str.isalpha, name)):
            return clean_name(name.rstrip(" ,;:–—-<([")), match["site"] or match["site2"]
    return clean_name(text), None
