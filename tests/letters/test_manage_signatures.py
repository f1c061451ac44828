"""Tests of the list of signatures, and of taking it away."""

import csv
import io

import openpyxl
import pytest
from pypdf import PdfReader

from coalition import db
from coalition.audit import AuditEntry
from coalition.letters import signature_search
from coalition.letters.models import LetterText
from coalition.letters.signatures import Signature, SignatureState
from coalition.testing import make_coalition, make_letter, make_signature

LETTER = "/manage/night-buses/letters/keep-the-night-buses"
LIST = f"{LETTER}/signatures/"


def audited(coalition, action):
    with db.reading(coalition.id) as session:
        return [entry.fields for entry in session.query(AuditEntry).filter_by(action=action)]


class TestSignatures:
    def test_are_found_by_a_part_of_the_name(self, viewer, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "Árbol Bus Riders", kind="organization")
        make_signature(letter, "Ada Able")

        assert "Árbol" in viewer.get(f"{LIST}?q=arbol").text
        assert "Árbol" in viewer.get(f"{LIST}?q=riders+bus").text
        assert "Ada Able" in viewer.get(f"{LIST}?q=ada").text
        assert "Árbol" not in viewer.get(f"{LIST}?q=able").text
        assert "Nobody found" in viewer.get(f"{LIST}?q=%25").text

    def test_are_found_by_an_address_typed_exactly(self, viewer, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "Ada Able", email="ada.able@gmail.com")
        make_signature(letter, "Bo Baker", email="bo@example.org")

        page = viewer.get(f"{LIST}?q=AdaAble%2Bx@gmail.com").text

        assert "Ada Able" in page
        assert "Bo Baker" not in page
        assert "Nobody found" in viewer.get(f"{LIST}?q=ada@").text

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("kind=person", {"Ada Able", "Una Unsure"}),
            ("kind=organization", {"Bus Riders"}),
            ("state=pending", {"Una Unsure"}),
            ("listed=no", {"Una Unsure"}),
            ("source=pasted", set()),
            ("kind=nonsense", {"Ada Able", "Una Unsure", "Bus Riders"}),
        ],
    )
    def test_are_filtered(self, viewer, coalition, query, found):
        letter = make_letter(coalition)
        make_signature(letter, "Ada Able")
        make_signature(letter, "Una Unsure", state=SignatureState.PENDING, listed=False)
        make_signature(letter, "Bus Riders", kind="organization")

        page = viewer.get(f"{LIST}?{query}").text

        names = {"Ada Able", "Una Unsure", "Bus Riders"}
        assert {name for name in names if name in page} == found

    def test_come_page_by_page_each_once(self, viewer, coalition, monkeypatch):
        monkeypatch.setattr(signature_search, "PAGE", 2)
        letter = make_letter(coalition)
        names = [f"Person {chr(65 + n)}x" for n in range(5)]
        for name in names:
            make_signature(letter, name)

        seen, link = [], LIST
        while link:
            page = viewer.get(link).text
            seen += [name for name in reversed(names) if name in page]
            _, _, rest = page.partition('rel="next"')
            before = page[: len(page) - len(rest)]
            link = (
                before.rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
                if rest
                else ""
            )

        assert seen == list(reversed(names))

    def test_hide_addresses_from_viewers(self, viewer, coalition):
        signature = make_signature(
            make_letter(coalition), "Ada Able", email="secret@example.org"
        )

        assert "secret@" not in viewer.get(LIST).text
        assert "secret@" not in viewer.get(f"{LIST}{signature.id}").text

    def test_of_another_letter_are_not_shown_under_this_one(self, coordinator, coalition):
        make_letter(coalition)
        other = make_signature(make_letter(coalition, "other"), "Ada Able")

        assert coordinator.get(f"{LIST}{other.id}").status_code == 404


class TestRelisting:
    def test_changes_name_and_place(self, coordinator, coalition):
        signature = make_signature(make_letter(coalition), "Ada Able", listed=False)

        coordinator.post(
            f"{LIST}{signature.id}/listing", data={"listed": "yes", "display_name": "A. Able"}
        )

        page = coordinator.get(f"{LIST}{signature.id}").text
        assert "A. Able" in page
        assert audited(coalition, "signature.relisted") == [["listed", "display_name"]]

    def test_is_not_for_viewers(self, viewer, coalition):
        signature = make_signature(make_letter(coalition), "Ada Able")

        assert viewer.post(f"{LIST}{signature.id}/listing").status_code == 403


class TestLookingAtASignature:
    def test_is_noted_where_the_address_is_shown(self, coordinator, coalition):
        signature = make_signature(make_letter(coalition), "Ada Able", email="a@example.org")

        page = coordinator.get(f"{LIST}{signature.id}").text

        assert "a@example.org" in page
        assert audited(coalition, "signature.viewed") == [[]]


class TestRejection:
    def test_takes_a_counted_signature_out(self, coordinator, coalition):
        signature = make_signature(make_letter(coalition), "Ada Able")

        coordinator.post(f"{LIST}{signature.id}/rejection", data={"reason": "A test."})

        with db.reading(coalition.id) as session:
            found = session.get(Signature, signature.id, populate_existing=True)
            assert (found.state, found.rejection_reason) == (SignatureState.REJECTED, "A test.")

    def test_says_why_it_cannot_be_done_twice(self, coordinator, coalition):
        signature = make_signature(
            make_letter(coalition), "Ada Able", state=SignatureState.REJECTED
        )

        answer = coordinator.post(f"{LIST}{signature.id}/rejection", data={"reason": "Again"})

        assert answer.status_code == 409
        assert "the signature is rejected" in answer.text


class TestExports:
    def test_csv_holds_every_signature_and_no_formula(self, coordinator, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "=HYPERLINK(1) Able", email="ada@example.org")
        make_signature(letter, "Bus Riders", kind="organization")

        answer = coordinator.post(
            f"{LETTER}/exports", data={"format": "csv", "reason": "Check"}
        )

        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert [row["Listed name"] for row in rows] == ["'=HYPERLINK(1) Able", "Bus Riders"]
        assert "ada@example.org" not in answer.text
        assert "keep-the-night-buses.csv" in answer.headers["Content-Disposition"]
        assert audited(coalition, "letter.exported") == [
            ["csv", "names", "rows: 2", "reason: Check"]
        ]

    def test_need_a_reason(self, coordinator, coalition):
        make_letter(coalition)

        answer = coordinator.post(f"{LETTER}/exports", data={"format": "csv"})

        assert answer.status_code == 422
        assert audited(coalition, "letter.exported") == []

    def test_xlsx_with_contacts_has_the_addresses(self, coordinator, coalition):
        make_signature(make_letter(coalition), "Ada Able", email="ada@example.org")

        answer = coordinator.post(
            f"{LETTER}/exports/contacts", data={"format": "xlsx", "reason": "Thank-you calls"}
        )

        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
        header, row = sheet.iter_rows(values_only=True)
        assert dict(zip(header, row, strict=True))["E-mail"] == "ada@example.org"
        assert audited(coalition, "letter.exported")[0][1] == "contacts"

    def test_with_contacts_ask_for_the_password_when_it_was_long_ago(
        self, coordinator, coalition, monkeypatch
    ):
        make_letter(coalition)
        monkeypatch.setattr("coalition.accounts.access.FRESH_S", -1)

        answer = coordinator.post(
            f"{LETTER}/exports/contacts", data={"format": "csv", "reason": "Curious"}
        )

        assert answer.status_code == 303
        assert "exports%2Fcontacts" in answer.location
        assert audited(coalition, "letter.exported") == []

    def test_are_not_for_viewers(self, viewer, coalition):
        make_letter(coalition)
        data = {"format": "csv", "reason": "Curious"}

        assert viewer.post(f"{LETTER}/exports", data=data).status_code == 403
        assert viewer.get(f"{LETTER}/exports/contacts").status_code == 403

    def test_hold_more_than_one_batch(self, coordinator, coalition, monkeypatch):
        monkeypatch.setattr(signature_search, "BATCH", 2)
        letter = make_letter(coalition)
        for n in range(5):
            make_signature(letter, f"Person {chr(65 + n)}")

        answer = coordinator.post(f"{LETTER}/exports", data={"format": "csv", "reason": "All"})

        assert len(answer.text.strip().splitlines()) == 6


class TestPdf:
    def test_holds_text_names_counts_and_addressees(self, viewer, coalition):
        letter = make_letter(coalition)
        for name in ("Zebra Union", "The Árbol Fund", "Bus Riders"):
            make_signature(letter, name, kind="organization")
        make_signature(letter, "Ada Able")
        make_signature(letter, "Hidden Person", listed=False)

        answer = viewer.get(f"{LETTER}/letter.pdf")

        assert answer.mimetype == "application/pdf"
        text = "\n".join(
            page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages
        )
        flat = " ".join(text.split())
        for part in ("Jo Driver", "Transit Board", "keep the night buses", "Ada Able"):
            assert part in flat
        assert "3 organizations and 2 people" in flat
        assert flat.index("Árbol") < flat.index("Bus Riders") < flat.index("Zebra")
        assert "Hidden Person" not in flat
        assert audited(coalition, "letter.printed") == [["format:pdf"]]

    def test_is_in_the_language_asked_for(self, viewer, coalition):
        letter = make_letter(coalition)
        with db.transaction(coalition.id) as session:
            session.add(
                LetterText(letter_id=letter.id, language="es", title="Los buses", body="Hola.")
            )

        answer = viewer.get(f"{LETTER}/letter.pdf?language=es")

        text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
        assert "Los buses" in text
        assert "Keep the night buses" not in text


class TestOtherCoalition:
    def test_sees_no_byte_in_its_own_export(self, coordinator, coalition):
        make_letter(coalition)
        foreign = make_letter(make_coalition("trams", "Trams"), "keep-the-night-buses")
        make_signature(foreign, "LEAK Person", email="leak@example.org")

        answer = coordinator.post(
            f"{LETTER}/exports/contacts", data={"format": "csv", "reason": "All"}
        )

        assert answer.status_code == 200
        assert "leak" not in answer.text.lower()
