"""Tests of reading files' words: ordinary files, damaged ones, and those made to do harm."""

import io
import zlib

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from coalition.documents import extracting, reading
from coalition.documents.extracting import NotRead, texts
from coalition.documents.uploads import DOCX, PDF, PNG, TEXT
from tests.documents.test_uploads import packed

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf_of(*pages: str) -> bytes:
    """Make a PDF with these lines, one a page."""
    writer = PdfWriter()
    for line in pages:
        page = writer.add_blank_page(width=300, height=300)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        )
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = DecodedStreamObject()
        content.set_data(b"BT /F1 12 Tf 20 200 Td (" + line.encode("cp1252") + b") Tj ET")
        page[NameObject("/Contents")] = writer._add_object(content)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def pdf_bomb() -> bytes:
    """Make a small PDF whose page unpacks to two gigabytes, packed twice."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(2048)) + packer.flush()
    twice = zlib.compress(once, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream"
        % (len(twice), twice),
    ]
    body, places = b"%PDF-1.5\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + (
        b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (table, len(body))
    )


class TestTexts:
    def test_of_a_pdf_are_its_pages(self):
        assert texts(PDF, pdf_of("Not surveillance", "Cámaras de vigilancia")) == [
            "Not surveillance",
            "Cámaras de vigilancia",
        ]

    def test_of_a_word_file_are_its_paragraphs(self):
        lines = "".join(
            f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in ("Dear board,", "we ask")
        )
        xml = f"<w:document xmlns:w='{_WORD}'>{lines}</w:document>".encode()

        assert texts(DOCX, packed(document=xml)) == ["Dear board,\nwe ask"]

    def test_of_a_long_text_are_parts(self):
        found = texts(TEXT, ("A line of the minutes.\n" * 1000).encode())

        assert len(found) > 4
        assert all(len(part) <= reading.MAX_PART_CHARS for part in found)
        assert sum(part.count("minutes") for part in found) == 1000

    def test_of_one_endless_line_lose_nothing(self):
        found = texts(TEXT, b"x" * 10_000)

        assert sum(map(len, found)) == 10_000

    def test_of_a_picture_are_none(self):
        assert texts(PNG, b"\x89PNG\r\n\x1a\n") == []

    def test_hold_nothing_that_cannot_be_stored(self):
        assert texts(TEXT, b"a\x0cb\x1bc") == ["a b c"]

    @pytest.mark.parametrize(
        ("media_type", "content"),
        [
            (PDF, b"%PDF-1.7\nand then nothing"),
            (DOCX, packed()),
            (DOCX, packed(document=b"<w:p>")),
            (
                DOCX,
                packed(
                    document=b"<!DOCTYPE l [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><l>&b;</l>"
                ),
            ),
            (DOCX, packed(document=bytes(60 * 1024 * 1024))),
        ],
        ids=["cut pdf", "no text", "cut xml", "entities", "zip bomb"],
    )
    def test_of_a_damaged_file_cannot_be_read(self, media_type, content):
        with pytest.raises(NotRead):
            texts(media_type, content)

    def test_of_a_pdf_that_unpacks_to_gigabytes_end_the_other_process(self):
        bomb = pdf_bomb()
        assert len(bomb) < 100_000

        try:
            found = texts(PDF, bomb)
        except NotRead:
            found = []

        assert found in ([], [""])

    def test_that_take_too_long_are_given_up(self, monkeypatch):
        monkeypatch.setattr(extracting, "MAX_SECONDS", 0.01)

        with pytest.raises(NotRead, match="not done"):
            texts(PDF, pdf_of("x"))
