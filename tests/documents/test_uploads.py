"""Tests of what files are taken, and under what name."""

import io
import zipfile

import pytest

from coalition.documents.errors import FileRefused, FileTooLarge
from coalition.documents.uploads import DOCX, JPEG, MAX_FILE_BYTES, PDF, PNG, TEXT, checked

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def packed(types: str = _MAIN, **parts: bytes) -> bytes:
    """Make a packed file as Word does."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml", f"<Types><Override ContentType='{types}'/></Types>"
        )
        for name, content in parts.items():
            file.writestr(f"word/{name}.xml", content)
    return made.getvalue()


class TestChecked:
    @pytest.mark.parametrize(
        ("name", "content", "media_type"),
        [
            ("slides.pdf", b"%PDF-1.7\n", PDF),
            ("photo.PNG", b"\x89PNG\r\n\x1a\n....", PNG),
            ("photo.jpeg", b"\xff\xd8\xff\xe0....", JPEG),
            ("minutes.txt", "Acta de la sesión".encode(), TEXT),
            ("figures.csv", b"\xef\xbb\xbfyear;stops\n", TEXT),
            ("letter.docx", packed(), DOCX),
        ],
    )
    def test_knows_a_file_by_its_bytes(self, name, content, media_type):
        assert checked(name, content).media_type == media_type

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("slides.pdf", HTML),
            ("slides.html", HTML),
            ("slides.txt", HTML),
            ("slides.txt", b"\xef\xbb\xbf  \n" + HTML),
            ("drawing.svg", SVG),
            ("drawing.png", SVG),
            ("slides.pdf", b"just text"),
            ("slides.html", b"just text"),
            ("slides.docx", b"%PDF-1.7\n"),
            ("slides.exe", b"MZ\x90\x00\x03\x00\x00\x00"),
            ("page.pdf.html", b"%PDF-1.7\n"),
            ("archive.zip", packed("application/zip")),
            ("sheet.docx", packed("spreadsheetml.sheet.main+xml")),
            ("macros.docx", packed(_MAIN + " macroEnabled")),
            ("broken.docx", b"PK\x03\x04 and nothing else"),
            ("latin1.txt", "Sesión".encode("latin-1")),
            ("empty.pdf", b""),
        ],
    )
    def test_refuses_what_is_none_of_them_or_not_what_it_says(self, name, content):
        with pytest.raises(FileRefused):
            checked(name, content)

    def test_refuses_what_is_too_heavy_whatever_it_is(self):
        assert checked("a.pdf", b"%PDF-".ljust(MAX_FILE_BYTES)).media_type == PDF
        with pytest.raises(FileTooLarge):
            checked("a.pdf", b"%PDF-".ljust(MAX_FILE_BYTES + 1))

    @pytest.mark.parametrize(
        ("name", "kept"),
        [
            ("../../etc/passwd.pdf", "passwd.pdf"),
            ("C:\\Users\\ada\\slides.PDF", "slides.pdf"),
            ("/etc/passwd", "passwd.pdf"),
            ("..pdf", "pdf.pdf"),
            ("", "document.pdf"),
            ('a"; filename="b.html.pdf', "a filename=b.html.pdf"),
            ("line\r\nSet-Cookie: x.pdf", "lineSet-Cookie x.pdf"),
            ("night\u202efdp.pdf", "nightfdp.pdf"),
            ("acta de la sesión.pdf", "acta de la sesión.pdf"),
            ("x" * 500 + ".pdf", "x" * 120 + ".pdf"),
        ],
    )
    def test_keeps_of_the_name_what_is_safe(self, name, kept):
        assert checked(name, b"%PDF-1.7\n").name == kept
