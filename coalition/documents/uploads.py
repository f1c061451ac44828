"""Files that people hand in: what they are, from their bytes, never from what they call themselves.

Pages that a browser would run (HTML, SVG) are refused whatever their name is, and so is a file
whose name promises something else than it holds. What is kept is kept byte for byte: it is
evidence. It is served as a download only.
"""

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from coalition.documents.errors import FileRefused, FileTooLarge
from coalition.errors import N_

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_NAME_CHARS = 120
PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    TEXT: (".txt", ".md", ".csv"),
    DOCX: (".docx",),
}
_MAX_ZIP_ENTRIES = 5_000
_MAX_TYPES_BYTES = 200_000  # of the list of parts in a Word file
_WORD_TEXT = b"wordprocessingml.document.main+xml"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # form feed and escape occur in texts


@dataclass(frozen=True)
class Upload:
    """A file that was checked."""

    name: str
    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the content, in hex."""
        return sha256(self.content).hexdigest()


def checked(name: str, content: bytes) -> Upload:
    """Return the file with its kind and a name that is safe anywhere.

    Raises:
        FileTooLarge: it has more than `MAX_FILE_BYTES`.
        FileRefused: it is empty, of a kind that we do not keep, or not what its name says.
    """
    if len(content) > MAX_FILE_BYTES:
        raise FileTooLarge(field="file", limit=MAX_FILE_BYTES // (1024 * 1024))
    if not content:
        raise _refused(N_("it is empty."))
    media_type = _media_type(content)
    stem, ending = _tidy_name(name)
    if ending and ending not in ENDINGS[media_type]:
        raise _refused(N_("its name promises something else than what is in it."))
    return Upload(
        (stem or "document") + (ending or ENDINGS[media_type][0]), media_type, content
    )


def _media_type(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"PK\x03\x04"):
        return _zipped_type(content)
    return _text_type(content)


def _zipped_type(content: bytes) -> str:
    """Accept a Word file without macros; look at its list of parts only."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            if len(parts.infolist()) > _MAX_ZIP_ENTRIES:
                raise _refused(N_("it has too many parts."))
            with parts.open("[Content_Types].xml") as listed:
                types = listed.read(_MAX_TYPES_BYTES)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, EOFError):
        types = b""
    if _WORD_TEXT not in types or b"macroEnabled" in types:
        raise _refused(N_("of packed files, only Word files (.docx) without macros are kept."))
    return DOCX


def _text_type(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if _CONTROL.search(text):
        raise _refused(
            N_("only PDF, PNG, JPEG, Word (.docx) and plain text in UTF-8 are kept.")
        )
    if text.lstrip().startswith("<"):
        raise _refused(N_("it is a web page. Save it as PDF, or give a link instead."))
    return TEXT


def _tidy_name(name: str) -> tuple[str, str]:
    """Return the name without folders and control characters, and its ending in small letters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(each for each in last if each.isprintable() and each not in '<>:"|?*;')
    stem, dot, ending = " ".join(shown.split()).strip(". ").rpartition(".")
    if not dot:
        return ending[:MAX_NAME_CHARS], ""
    return stem.strip(". ")[:MAX_NAME_CHARS], f".{ending.lower()}"


def _refused(reason: str) -> FileRefused:
    return FileRefused(field="file", reason=reason)
