"""Tests of the pages about documents: uploads, good and hostile ones, claims, who sees what."""

import io

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from coalition import db
from coalition.areas.models import Area
from coalition.clock import now
from coalition.decisions.meetings import Meeting
from coalition.decisions.models import DecisionBody
from coalition.documents.models import Document, DocumentClaim, DocumentFile, TextState
from coalition.testing import make_campaign, make_document
from tests.documents.test_reading import pdf_bomb, pdf_of

DOCUMENTS = "/manage/night-buses/campaigns/all-night-network/documents/"
PUBLIC = "/c/night-buses/campaigns/all-night-network/documents"
WRITTEN = {"title": "Slides", "kind": "other_side", "agency": "Police", "shows": "LACRIS"}


def sent(name="slides.pdf", content=None, **more):
    content = pdf_of("Not surveillance") if content is None else content
    return {**WRITTEN, **more, "file": FileStorage(io.BytesIO(content), name)}


def all_of(coalition, kind):
    with db.reading(coalition.id):
        return list(db.session.scalars(select(kind)))


def post(browser, path, data):
    boundary, body = encode_multipart(data)
    return browser.post(
        path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"'
    )


@pytest.fixture(autouse=True)
def campaign(coalition):
    return make_campaign(coalition)


class TestAdd:
    def test_keeps_the_file_and_shows_it_to_nobody_outside(
        self, coordinator, app, coalition, run_jobs
    ):
        answer = post(coordinator, DOCUMENTS + "new", sent())
        waiting = coordinator.get(answer.headers["Location"]).text
        run_jobs()

        assert answer.status_code == 303
        [file] = all_of(coalition, DocumentFile)
        assert (file.name, file.media_type) == ("slides.pdf", "application/pdf")
        assert "Its words are being read." in waiting
        assert "Its words can be searched." in coordinator.get(answer.headers["Location"]).text
        assert "Slides" not in app.test_client().get(PUBLIC).text

    def test_takes_a_link_instead(self, coordinator, coalition):
        coordinator.post(DOCUMENTS + "new", data={**WRITTEN, "url": "example.org/slides"})

        [document] = all_of(coalition, Document)
        assert document.url == "https://example.org/slides"
        assert all_of(coalition, DocumentFile) == []

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("slides.pdf", b"<!doctype html><script>alert(1)</script>", "web page"),
            ("slides.svg", b"<svg onload='alert(1)'/>", "web page"),
            ("slides.pdf", b"\x7fELF\x02\x01\x01\x00", "only PDF, PNG"),
            ("slides.pdf", b"", "empty"),
            ("slides.png", pdf_of("x"), "promises something else"),
        ],
    )
    def test_refuses_a_hostile_file_beside_its_field(
        self, coordinator, coalition, name, content, said
    ):
        answer = post(coordinator, DOCUMENTS + "new", sent(name, content))

        assert answer.status_code == 422
        assert said in answer.text
        assert 'id="error-file"' in answer.text
        assert 'value="Police"' in answer.text
        assert all_of(coalition, Document) == []

    def test_refuses_thirty_megabytes_with_the_limit(self, coordinator, coalition):
        answer = post(coordinator, DOCUMENTS + "new", sent(content=b"%PDF-" * 6_000_000))

        assert answer.status_code == 413
        assert "at most 10 MB" in answer.text
        assert all_of(coalition, Document) == []

    def test_refuses_a_little_more_than_ten_megabytes_in_the_form(self, coordinator, coalition):
        content = b"%PDF-".ljust(10 * 1024 * 1024 + 1)

        answer = post(coordinator, DOCUMENTS + "new", sent(content=content))

        assert answer.status_code in (413, 422)
        assert "larger than 10 MB" in answer.text

    def test_takes_ten_megabytes_here_and_nowhere_else(self, coordinator, coalition):
        content = b"%PDF-".ljust(10 * 1024 * 1024)

        here = post(coordinator, DOCUMENTS + "new", sent(content=content))
        elsewhere = post(
            coordinator, "/manage/night-buses/campaigns/new", sent(content=content)
        )

        assert (here.status_code, elsewhere.status_code) == (303, 413)
        assert "at most 2 MB" in elsewhere.text

    def test_outlives_a_bomb(self, coordinator, coalition, run_jobs):
        answer = post(coordinator, DOCUMENTS + "new", sent(content=pdf_bomb()))
        run_jobs()

        [file] = all_of(coalition, DocumentFile)
        assert file.text_state in (TextState.FAILED, TextState.EMPTY)
        assert coordinator.get(answer.headers["Location"]).status_code == 200

    def test_takes_no_folder_from_a_name(self, coordinator, coalition):
        post(coordinator, DOCUMENTS + "new", sent("../../../etc/cron.d/slides.pdf"))

        [file] = all_of(coalition, DocumentFile)
        assert file.name == "slides.pdf"

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("title", "", "Fill this in."),
            ("kind", "rumor", "Choose one"),
            ("url", "javascript:alert(1)", "no web address"),
            ("dated_on", "yesterday", "year-month-day"),
        ],
    )
    def test_says_what_is_wrong(self, coordinator, coalition, field, value, said):
        answer = coordinator.post(DOCUMENTS + "new", data={**WRITTEN, field: value})

        assert answer.status_code == 422
        assert said in answer.text
        assert all_of(coalition, Document) == []


class TestStrangers:
    def test_cannot_have_large_files_read(self, client):
        answer = post(client, DOCUMENTS + "new", sent(content=b"%PDF-".ljust(3 * 1024 * 1024)))

        assert answer.status_code == 413


class TestBelongs:
    def test_to_a_meeting_and_its_body(self, coordinator, coalition):
        with db.transaction() as session:
            area = Area(division_id="ocd-division/country:us/state:ca", name="California")
            session.add(area)
            session.flush()
            body = DecisionBody(area_id=area.id, name="Technology Commission")
            session.add(body)
        with db.transaction(coalition.id) as session:
            meeting = Meeting(body_id=body.id, starts_at=now(), time_zone="America/Los_Angeles")
            session.add(meeting)

        form = coordinator.get(DOCUMENTS + "new").text
        coordinator.post(DOCUMENTS + "new", data={**WRITTEN, "meeting": str(meeting.id)})

        assert "Technology Commission, California" in form
        [document] = all_of(coalition, Document)
        assert (document.meeting_id, document.body_id) == (meeting.id, body.id)
        assert "Technology Commission" in coordinator.get(DOCUMENTS + str(document.id)).text

    def test_to_no_meeting_that_was_not_offered(self, coordinator, coalition):
        nobody = "00000000-0000-7000-8000-000000000001"

        coordinator.post(DOCUMENTS + "new", data={**WRITTEN, "meeting": nobody, "body": "x"})

        [document] = all_of(coalition, Document)
        assert (document.meeting_id, document.body_id) == (None, None)


class TestPublication:
    def test_needs_a_file_or_a_link(self, coordinator, coalition):
        here = coordinator.post(DOCUMENTS + "new", data=WRITTEN).headers["Location"]

        answer = coordinator.post(here + "/publication")

        assert answer.status_code == 409
        assert "Add a file or a link first" in answer.text

    def test_shows_it_and_hides_it_again(self, coordinator, app, coalition, campaign):
        here = DOCUMENTS + str(make_document(campaign, "Slides", public=False).id)
        visitor = app.test_client()

        coordinator.post(here + "/publication")
        shown = visitor.get(PUBLIC + "?q=slides").text
        coordinator.post(here + "/withdrawal")

        assert "1 document found" in shown
        assert "Slides" not in visitor.get(PUBLIC + "?q=slides").text.replace("?q=slides", "")

    def test_ends_when_nothing_is_left_to_look_at(self, coordinator, coalition, campaign):
        document = make_document(campaign, file=("a.txt", b"words"))

        coordinator.post(f"{DOCUMENTS}{document.id}/file/removal")

        [document] = all_of(coalition, Document)
        assert not document.is_public
        assert all_of(coalition, DocumentFile) == []


class TestChange:
    def test_replaces_the_file(self, coordinator, coalition, campaign):
        document = make_document(campaign, file=("old.txt", b"words"))
        here = DOCUMENTS + str(document.id)

        answer = post(coordinator, here + "/edit", sent("new.pdf"))

        assert answer.status_code == 303
        [file] = all_of(coalition, DocumentFile)
        assert file.name == "new.pdf"
        assert coordinator.get(here + "/file").headers["Content-Disposition"] == (
            "attachment; filename=new.pdf"
        )

    def test_keeps_the_file_when_none_is_sent(self, coordinator, coalition, campaign):
        document = make_document(campaign, file=("old.txt", b"words"))

        coordinator.post(f"{DOCUMENTS}{document.id}/edit", data={**WRITTEN, "title": "New"})

        [file] = all_of(coalition, DocumentFile)
        assert file.name == "old.txt"
        assert all_of(coalition, Document)[0].title == "New"

    def test_can_be_translated_and_removed(self, coordinator, coalition, campaign):
        here = DOCUMENTS + str(make_document(campaign, file=("a.txt", b"words")).id)

        coordinator.post(
            here + "/translations", data={"language": "es", "title": "Diapositivas"}
        )
        [document] = all_of(coalition, Document)
        coordinator.post(here + "/removal")

        assert document.text_in("es").title == "Diapositivas"
        assert all_of(coalition, Document) == all_of(coalition, DocumentFile) == []


class TestClaims:
    def test_are_noted_ordered_answered_and_removed(self, coordinator, coalition, campaign):
        here = DOCUMENTS + str(make_document(campaign, kind="other_side").id)
        for claim in ("It is audited", "It is not surveillance"):
            coordinator.post(here + "/claims/", data={"claim": claim, "page": "5"})
        second = next(each for each in all_of(coalition, DocumentClaim) if "not" in each.claim)
        claim = f"{here}/claims/{second.id}"

        coordinator.post(claim + "/place", data={"step": "up"})
        coordinator.post(claim, data={"claim": "It is not surveillance", "answer": "It is."})
        coordinator.post(claim + "/translations", data={"language": "es", "answer": "Lo es."})
        page = coordinator.get(here).text

        assert page.index("not surveillance") < page.index("audited")
        assert "It is." in page
        assert "Lo es." in coordinator.get(claim).text
        coordinator.post(claim + "/removal")
        assert [each.claim for each in all_of(coalition, DocumentClaim)] == ["It is audited"]

    @pytest.mark.parametrize(
        ("field", "value"), [("claim", ""), ("page", "0"), ("page", "five"), ("answer", "\0")]
    )
    def test_say_what_is_wrong(self, coordinator, coalition, campaign, field, value):
        here = DOCUMENTS + str(make_document(campaign).id)

        answer = coordinator.post(here + "/claims/", data={"claim": "It is", field: value})

        assert answer.status_code == 422
        assert all_of(coalition, DocumentClaim) == []


class TestOthers:
    def test_get_nothing(self, stranger, coalition, campaign):
        document_id = make_document(campaign, "LEAK", public=False, file=("a.txt", b"LEAK")).id

        for coalition_slug in ("night-buses", "trams"):
            base = DOCUMENTS.replace("night-buses", coalition_slug)
            for path in ("", "new", f"{document_id}", f"{document_id}/file"):
                answer = stranger.get(base + path)
                assert answer.status_code == 404
                assert "LEAK" not in answer.text

    def test_who_view_may_read_internal_files_and_change_nothing(
        self, viewer, coalition, campaign
    ):
        here = DOCUMENTS + str(make_document(campaign, public=False, file=("a.txt", b"x")).id)

        assert viewer.get(here).status_code == 200
        assert viewer.get(here + "/file").data == b"x"
        for path in ("/edit", "/publication", "/removal", "/file/removal", "/claims/"):
            assert viewer.post(here + path, data={"claim": "x"}).status_code == 403
