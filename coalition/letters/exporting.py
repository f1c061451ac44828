"""Tables for spreadsheet programs: CSV and XLSX that carry words and numbers, never formulas."""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING

from anyascii import anyascii

from coalition.errors import N_, DomainError

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | Decimal | date | datetime | bool | None

MAX_XLSX_ROWS = 1_048_576  # Excel's limit, the header included
MAX_XLSX_CHARS = 32_767  # Excel's limit for one cell
MAX_EXACT_INT = 2**53  # larger ones lose digits in a spreadsheet's floating point
MAX_FILENAME_CHARS = 80  # without the extension

_CHUNK_CHARS = 64 * 1024
_BOM = "\ufeff"  # tells Excel that the file is UTF-8
# What makes a program calculate a cell (OWASP, ASVS 1.2.10), at its beginning or after a
# character that some language's Excel takes for a separator. Apostrophes that were there
# already count too: each gets one more, so that `restore` gives back exactly what was.
_DANGER = r"[=+\-@\t\r\x00\uff1d\uff0b\uff0d\uff20]"
_FORMULA = re.compile(rf"(?:^|(?<=[,;|\t\r\n]))(?='*{_DANGER})")
_NEUTRALISED = re.compile(rf"(?:^|(?<=[,;|\t\r\n]))'(?='*{_DANGER})")
_SHEET_NAME_FORBIDS = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)$")


class TooManyRows(DomainError):
    """The table is longer than an XLSX sheet can be."""

    status = 422
    code = "too_many_rows"
    message = N_("A spreadsheet holds at most %(limit)d rows. Take the CSV file instead.")


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook; `rows` may be a generator and is read once."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_rows(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Write a CSV file (RFC 4180, UTF-8 with a mark for Excel) piece by piece.

    Texts that a spreadsheet would calculate get an apostrophe in front; `restore` takes it
    away. Numbers stay numbers, moments are ISO 8601.
    """
    buffer = io.StringIO()
    buffer.write(_BOM)
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow([neutralise(name) for name in header])
    for row in rows:
        writer.writerow([_csv_value(cell) for cell in row])
        if buffer.tell() >= _CHUNK_CHARS:
            yield buffer.getvalue().encode("utf-8", "replace")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode("utf-8", "replace")


def neutralise(cell: str) -> str:
    """Put an apostrophe before whatever a spreadsheet would take for a formula."""
    return _FORMULA.sub("'", cell)


def restore(cell: str) -> str:
    """Undo `neutralise`, for a file that is known to come from `csv_rows`."""
    return _NEUTRALISED.sub("", cell)


def xlsx_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Write a workbook to memory; see `write_xlsx`."""
    target = io.BytesIO()
    write_xlsx(target, sheets)
    return target.getvalue()


def write_xlsx(target: Path | IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Write a workbook row by row, so that its size does not matter to the memory.

    Every text is a string cell: nothing is calculated and nothing becomes a link.

    Raises:
        TooManyRows: a sheet is longer than `MAX_XLSX_ROWS`.
    """
    # Imported here: web processes should not carry it until somebody exports.
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    workbook = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
    try:
        bold = workbook.add_format({"bold": True})
        taken: set[str] = set()
        for sheet in sheets:
            worksheet = workbook.add_worksheet(_sheet_name(sheet.name, taken))
            worksheet.freeze_panes(1, 0)
            for column, name in enumerate(sheet.header):
                worksheet.set_column(column, column, min(max(len(name) + 2, 14), 60))
                worksheet.write_string(0, column, _fitting(name), bold)
            _write_rows(worksheet, sheet.rows)
    finally:
        workbook.close()


def export_filename(title: str, extension: str) -> str:
    """Make a file name from a title: ASCII words and hyphens, safe in any folder and header."""
    if not re.fullmatch(r"[a-z0-9]{1,5}", extension):
        raise ValueError(f"not a file extension: {extension!r}")
    words = re.sub(r"[^a-z0-9]+", "-", anyascii(title).lower())
    stem = words[:MAX_FILENAME_CHARS].strip("-") or "export"
    if _WINDOWS_DEVICES.match(stem):
        stem = f"export-{stem}"
    return f"{stem}.{extension}"


def _csv_value(cell: Cell) -> str | int | float | Decimal:
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return cell
    return neutralise(_text(cell))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _write_rows(worksheet: "Worksheet", rows: Iterable[Sequence[Cell]]) -> None:
    for number, row in enumerate(rows, start=1):
        if number >= MAX_XLSX_ROWS:
            raise TooManyRows(limit=MAX_XLSX_ROWS - 1)
        for column, cell in enumerate(row):
            if _is_exact_number(cell):
                worksheet.write_number(number, column, cell)
            elif text := _text(cell):
                worksheet.write_string(number, column, _fitting(text))


def _is_exact_number(cell: Cell) -> bool:
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return False
    return math.isfinite(cell) and -MAX_EXACT_INT <= cell <= MAX_EXACT_INT


def _fitting(text: str) -> str:
    """Cut what Excel would refuse to open, and say so with an ellipsis."""
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= MAX_XLSX_CHARS else text[: MAX_XLSX_CHARS - 1] + "…"


def _sheet_name(name: str, taken: set[str]) -> str:
    """Make a name that Excel accepts: 31 characters, some forbidden, none twice."""
    clean = _SHEET_NAME_FORBIDS.sub(" ", name).strip("' ")[:31].rstrip("' ") or "Sheet"
    if clean.lower() == "history":
        clean = "History 1"
    unique, number = clean, 2
    while unique.lower() in taken:
        suffix = f" {number}"
        unique, number = clean[: 31 - len(suffix)] + suffix, number + 1
    taken.add(unique.lower())
    return unique
