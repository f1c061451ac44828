"""What a file is: text in some encoding, a spreadsheet, or no list at all."""

import base64
import binascii
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime

from coalition.comments.errors import (
    EmptyList,
    FileTooLarge,
    LostOnTheWay,
    NotText,
    WorkbookUnreadable,
    WrongEncoding,
)
from coalition.errors import N_

MAX_FILE_BYTES = 32 * 1024 * 1024
# A hundred thousand comments compress well; with its form fields a packed list fits into this.
MAX_BODY_BYTES = 48 * 1024 * 1024
MAX_UNPACKED_BYTES = 256 * 1024 * 1024  # of a spreadsheet

# What may be asked for: Python's names, and the names in the dialogs of spreadsheet programs.
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "cp1252": N_("Western (Windows-1252)"),
    "mac-roman": N_("Western (Mac)"),
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}
_MEGABYTE = 1024 * 1024
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_PROGRAMS = (b"%PDF-", b"\x7fELF", b"MZ", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")
# Excel puts \x0b into cells and \x1a at the end of old files.
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")


def refuse_large(size: int) -> None:
    """Raise `FileTooLarge` for a file of so many bytes, if it is one."""
    if size > MAX_FILE_BYTES:
        raise FileTooLarge(
            field="file",
            size=f"{-(-size // _MEGABYTE):,}",
            limit=f"{MAX_FILE_BYTES // _MEGABYTE:,}",
        )


def as_text_file(raw: bytes) -> bytes:
    """Return a file that is text: a spreadsheet's first sheet becomes CSV, text stays as it is.

    Raises:
        FileTooLarge, EmptyList, NotText, WorkbookUnreadable: as they say.
    """
    refuse_large(len(raw))
    if not raw.strip(b"\0\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise EmptyList(field="file")
    if raw.startswith((b"PK\x03\x04", _OLD_OFFICE)):
        made = _sheet_as_csv(raw)
        refuse_large(len(made))
        return made
    if raw.startswith(_PROGRAMS):
        raise NotText(field="file", line=1)
    return raw


def guess_encoding(raw: bytes) -> tuple[str, bool]:
    """Return the encoding that fits, and whether it is certain."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", True
    start = raw[:4000]
    if len(start) > 1 and start.count(0) > len(start) // 4:
        return (
            "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
        ), True
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252", False
    return "utf-8-sig", True


def decode(raw: bytes, encoding: str) -> str:
    """Return the text of a file.

    Raises:
        WrongEncoding, NotText, EmptyList: as they say, with the number of the line.
    """
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        wide = encoding.startswith("utf-16")
        before = raw[: error.start]
        lines = before.decode(encoding, "replace") if wide else before.decode("latin-1")
        name = ENCODINGS.get(encoding, encoding)
        raise WrongEncoding(
            field="encoding", line=f"{lines.count(chr(10)) + 1:,}", encoding=name
        ) from None
    if found := _NO_TEXT.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise NotText(field="file", line=f"{line:,}")
    if not text.strip():
        raise EmptyList(field="file")
    return text.removeprefix("\ufeff")


def pack(raw: bytes) -> str:
    """Make a file small enough to travel through a form's hidden field."""
    return base64.urlsafe_b64encode(zlib.compress(raw, 6)).decode()


def unpack(packed: str) -> bytes:
    """Return the file that `pack` was given; never more than a file may have.

    Raises:
        LostOnTheWay: this was not made by `pack`.
    """
    try:
        opener = zlib.decompressobj()
        raw = opener.decompress(base64.urlsafe_b64decode(packed), MAX_FILE_BYTES + 1)
        if not opener.eof or len(raw) > MAX_FILE_BYTES:
            raise ValueError("the end is missing")
    except (binascii.Error, zlib.error, ValueError):
        raise LostOnTheWay(field="file") from None
    return raw


def _sheet_as_csv(raw: bytes) -> bytes:
    # Imported here: web processes should not carry it until somebody brings a spreadsheet.
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_bomb(raw)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=True)
    except (CalamineError, IndexError, OSError, ValueError):
        raise WorkbookUnreadable(field="file") from None
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    for row in rows:
        writer.writerow(_cells(row))
    return made.getvalue().encode()


def _refuse_bomb(raw: bytes) -> None:
    if raw.startswith(_OLD_OFFICE):
        return  # it is not compressed
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(each.file_size for each in archive.infolist())
    except (zipfile.BadZipFile, ValueError):
        raise WorkbookUnreadable(field="file") from None
    if size > MAX_UNPACKED_BYTES:
        raise WorkbookUnreadable(field="file")


def _cells(row: Iterable[object]) -> Iterable[str]:
    for cell in row:
        if isinstance(cell, float) and cell.is_integer():
            yield str(int(cell))
        elif isinstance(cell, datetime):
            yield cell.date().isoformat()
        elif isinstance(cell, date):
            yield cell.isoformat()
        else:
            yield str(cell)
