"""Read the words of one file in a process of its own: `python reading.py MEDIA_TYPE < file`.

A PDF can be made to unpack to gigabytes or to send its reader round in circles. So this file is
run, never imported by the product, and imports nothing of it; memory and processor time end.
Prints a JSON list with the text of each page, or of each part of a text that has no pages.
"""

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

MAX_MEMORY_BYTES = 1024**3  # of address space
MAX_CPU_S = 60
MAX_PAGES = 2_000
MAX_PAGE_CHARS = 20_000
MAX_PART_CHARS = 4_000  # of a text without pages
MAX_CHARS = 4_000_000  # of the whole file
MAX_XML_BYTES = 50 * 1024 * 1024
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def pages_of_pdf(content: bytes) -> Iterator[str]:
    """Yield the text of each page; "" for one that is a picture."""
    from pypdf import PdfReader  # only this kind of file needs it

    reader = PdfReader(io.BytesIO(content))
    for page, _ in zip(reader.pages, range(MAX_PAGES), strict=False):
        yield page.extract_text()


def parts_of_word(content: bytes) -> Iterator[str]:
    """Yield a Word file's text in parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts, parts.open("word/document.xml") as part:
        xml = part.read(MAX_XML_BYTES + 1)
    if len(xml) > MAX_XML_BYTES or b"<!DOCTYPE" in xml[:1000]:
        raise ValueError("no ordinary Word file")
    yield from parts_of_text("\n".join(_paragraphs(xml)))


def parts_of_text(text: str) -> Iterator[str]:
    """Yield a text in parts that end with a line, where lines are not longer than a part."""
    part = ""
    for line in text.splitlines(keepends=True):
        while len(part) + len(line) > MAX_PART_CHARS:
            room = 0 if part else MAX_PART_CHARS
            yield part + line[:room]
            part, line = "", line[room:]  # noqa: PLW2901  the rest of it
        part += line
    yield part


def texts(media_type: str, content: bytes) -> list[str]:
    """Return all that can be read, cut to what is worth searching."""
    if media_type == "application/pdf":
        found = pages_of_pdf(content)
    elif media_type == "text/plain":
        found = parts_of_text(content.decode("utf-8-sig"))
    else:
        found = parts_of_word(content)
    kept: list[str] = []
    left = MAX_CHARS
    for text in found:
        kept.append(_plain(text)[: min(MAX_PAGE_CHARS, left)])
        left -= len(kept[-1])
        if left <= 0 or len(kept) >= MAX_PAGES:
            break
    return kept


def _paragraphs(xml: bytes) -> Iterator[str]:
    # Without a document type there are no entities to grow; memory is limited besides.
    for paragraph in ElementTree.fromstring(xml).iter(f"{_WORD}p"):  # noqa: S314
        yield "".join(
            (each.text or "") if each.tag == f"{_WORD}t" else "\t"
            for each in paragraph.iter()
            if each.tag in (f"{_WORD}t", f"{_WORD}tab")
        )


def _plain(text: str) -> str:
    """Drop what PostgreSQL cannot store and what separates nothing."""
    kept = "".join(each if each.isprintable() or each in "\n\t" else " " for each in text)
    return kept.encode("utf-8", "ignore").decode().strip()


def _limit() -> None:
    if sys.platform != "win32":
        import resource  # not there on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S))


if __name__ == "__main__":
    _limit()
    json.dump(texts(sys.argv[1], sys.stdin.buffer.read()), sys.stdout)
