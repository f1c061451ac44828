"""The printed letter holds every name in order, is tagged, and bears any text."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from coalition.letters.pdf import (
    LABELS,
    Addressee,
    LetterDocument,
    OrganizationLine,
    PersonLine,
    render_letter,
)
from coalition.markdown import TextTooLong
from coalition.typesetting import parent
from coalition.typesetting.parent import NotTypeset

MADE_AT = datetime(2026, 6, 3, 21, 5, tzinfo=UTC)
LETTER = LetterDocument(
    title="Keep the night buses",
    body=(
        "Council members:\n\nWe ask you to **keep** the *night* buses.\n\n"
        "## Why\n\n> Nobody rides them.\n\n1. Riders do.\n2. See [the count](https://example.org).\n"
    ),
    made_at=MADE_AT,
    coalition="Night Riders Coalition",
    campaign="Buses at night",
    date_line="June 3, 2026",
    addressees=[
        Addressee(name="Robin Sample", title="Council President", address=["1 Main Street"])
    ],
    counts="2 organizations and 1 person have signed.",
    organizations=[
        OrganizationLine(name="Asociación Ñandú", place="Los Angeles"),
        OrganizationLine(name="Bus Friends", signed_by="Kim Example", capacity="Chair"),
    ],
    people=[PersonLine(name="Zoë O’Neill", city="Long Beach", affiliation="nurse")],
    footer="Made on June 3, 2026",
    note="Sample data: fictional organizations",
)
HOSTILE = [
    '#set page(width: 1pt) #read("/etc/passwd") #import "@preview/x:0.1.0"',
    "$x^2$ @ref <label> // /* *b* _e_ `r` = H",
    '\\u{41} \\" ","kind":"run"}',
    "漢字 协会",
    "مرحبا بالعالم שלום",
    "😀 👩‍👩‍👧‍👦 🇺🇸",
    "\x00\x07\x1b\ud800 controls",
    "\u202eoverride\u202c \u200f\u061c",
    "a" * 300,
    "",
    "   ",
]


def read(letter: LetterDocument) -> PdfReader:
    return PdfReader(io.BytesIO(render_letter(letter)))


def text_of(reader: PdfReader) -> str:
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\u200b", "").split())


def structure_of(reader: PdfReader) -> set[str]:
    """Collect the kinds of tags in the document's structure tree."""
    kinds: set[str] = set()

    def visit(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                visit(child)
        elif isinstance(node, dict):
            kinds.add(str(node.get("/S", "")))
            visit(node.get("/K", []))

    visit(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return kinds


class TestRenderLetter:
    def test_prints_every_part_in_order(self) -> None:
        text = text_of(read(LETTER))

        parts = [
            "Night Riders Coalition",
            "Buses at night",
            "June 3, 2026",
            "Robin Sample Council President 1 Main Street",
            "Keep the night buses",
            "We ask you to keep the night buses.",
            "Why",
            "Nobody rides them.",
            "Riders do.",
            "See the count",
            "Signatories",
            "2 organizations and 1 person have signed.",
            "Organizations",
            "Asociación Ñandú, Los Angeles",
            "Bus Friends Kim Example, Chair",
            "People",
            "Zoë O’Neill, nurse, Long Beach",
        ]
        places = [text.find(part) for part in parts]
        assert -1 not in places, dict(zip(parts, places, strict=True))
        assert places == sorted(places)

    def test_is_tagged_for_screen_readers(self) -> None:
        content = render_letter(LETTER)
        reader = PdfReader(io.BytesIO(content))

        assert b"<pdfuaid:part>1</pdfuaid:part>" in content
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert {"/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Link"} <= structure_of(reader)

    def test_carries_title_author_language_and_date(self) -> None:
        reader = read(replace(LETTER, language="es-MX"))

        assert reader.metadata is not None
        assert reader.metadata.title == "Keep the night buses"
        assert reader.metadata.author == "Night Riders Coalition"
        assert reader.metadata.creation_date == MADE_AT
        assert str(reader.trailer["/Root"]["/Lang"]).startswith("es")

    def test_gives_equal_letters_equal_bytes(self) -> None:
        assert render_letter(LETTER) == render_letter(replace(LETTER))

    def test_prints_footer_note_and_page_number_on_every_page(self) -> None:
        labels = {**LABELS, "page": "Página %(page)s de %(pages)s", "people": "Personas"}
        reader = read(replace(LETTER, body="Words.\n\n" * 60, labels=labels))

        pages = [page.extract_text() for page in reader.pages]
        assert len(pages) >= 3
        for number, page in enumerate(pages, start=1):
            assert f"Página {number} de {len(pages)}" in page
            assert "Sample data: fictional organizations" in page
            assert "Made on June 3, 2026" in page
        assert "Personas" in pages[-1]

    @pytest.mark.parametrize("paragraphs", range(0, 40, 5))
    def test_keeps_headings_and_names_together_wherever_the_list_begins(
        self, paragraphs: int
    ) -> None:
        organizations = [OrganizationLine(name=f"Organization <{n}>") for n in range(67)]
        people = [PersonLine(name=f"Person <{n}>", city="Long Beach") for n in range(150)]

        reader = read(
            replace(
                LETTER,
                body="Words.\n\n" * paragraphs,
                organizations=organizations,
                people=people,
            )
        )

        pages = [page.extract_text() for page in reader.pages]
        text = " ".join(pages)
        expected = [line.name for line in (*organizations, *people)]
        places = [text.find(name) for name in expected]
        assert -1 not in places
        assert places == sorted(places)
        assert all("<" in page for page in pages[1:] if "Words." not in page), "an empty page"
        (orgs_page,) = (page for page in pages if "\nOrganizations\n" in page)
        (people_page,) = (page for page in pages if "People\n" in page)
        assert "Organization <0>" in orgs_page
        assert "Person <0>" in people_page

    def test_prints_ten_thousand_names_in_order(self) -> None:
        people = [PersonLine(name=f"Ana <{n}>", city="Culver City") for n in range(10_000)]

        text = text_of(read(replace(LETTER, organizations=[], people=people)))

        names = [part.partition(">")[0] for part in text.split("Ana <")[1:]]
        assert names == [str(n) for n in range(10_000)]

    @pytest.mark.parametrize("text", HOSTILE)
    def test_bears_any_text_anywhere(self, text: str) -> None:
        reader = read(
            LetterDocument(
                title=text,
                body=f"{text}\n\n> {text}\n\n- {text}\n\n[{text}](https://example.org)\n\n`{text}`",
                made_at=MADE_AT,
                coalition=text,
                campaign=text,
                date_line=text,
                addressees=[Addressee(name=text, title=text, address=[text])],
                counts=text,
                organizations=[
                    OrganizationLine(name=text, place=text, signed_by=text, capacity=text)
                ]
                * 12,
                people=[PersonLine(name=text, city=text, affiliation=text)] * 12,
                footer=text,
                note=text,
            )
        )

        assert len(reader.pages) >= 1
        assert reader.pages[0].mediabox.width == 612

    def test_prints_markup_of_its_own_language_as_text(self) -> None:
        text = text_of(read(replace(LETTER, title='#read("/etc/passwd")')))

        assert '#read("/etc/passwd")' in text

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "> " * 20 + "deep",
            "".join("  " * n + "- a\n" for n in range(15)),
            "- > " * 8 + "deep",
            "- \n- ",
            "![](https://tracker.example/p.gif)",
            "[](https://example.org)",
            "# a\n#### b\n###### c\n# d",
            "0. zero",
            "***",
            "    code\n      kept",
            "*a " * 500 + "b" + "*" * 500,
        ],
    )
    def test_bears_any_structure(self, body: str) -> None:
        assert b"pdfuaid" in render_letter(replace(LETTER, body=body))

    def test_fits_other_paper(self) -> None:
        page = read(replace(LETTER, paper="a4")).pages[0]

        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]

    def test_prints_a_letter_that_nobody_has_signed(self) -> None:
        text = text_of(read(replace(LETTER, organizations=[], people=[], counts="")))

        assert "Signatories" not in text

    def test_refuses_a_body_that_is_too_long(self) -> None:
        with pytest.raises(TextTooLong):
            render_letter(replace(LETTER, body="a" * 100_001))

    def test_gives_up_after_its_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parent, "MAX_SECONDS", 0.01)

        with pytest.raises(NotTypeset, match="not done after"):
            render_letter(LETTER)
