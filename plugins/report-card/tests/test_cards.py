"""A report card: what it says of the whole, what it keeps, and how it is shown."""

import struct
from datetime import date

import pytest
from coalition_report_card.errors import CriterionHasGrades, CriterionTwice, NothingGraded
from coalition_report_card.models import Mark, ReportCard, card_by_slug
from hypothesis import given
from hypothesis import strategies as st

from coalition.sdk import session, transaction
from coalition.testing import make_coalition, make_user, sign_in

CARD = "/c/night-buses/report-cards/stops"
MANAGE = "/manage/night-buses/report-cards"


@pytest.fixture
def card(coalition):
    """Give a published card with a graded, a regraded and an ungraded criterion."""
    with transaction(coalition.id):
        made = ReportCard(slug="stops", title="Stops & seats", graded="Anytown Transit")
        session.add(made)
        session.flush()
        benches = made.add_criterion("Benches", weight=3)
        benches.give(Mark.F, evidence="None at all.", graded_on=date(2026, 1, 5))
        benches.give(Mark.A, evidence="At **every** stop.", graded_on=date(2026, 6, 1))
        made.add_criterion("Roofs").give(
            Mark.C, evidence="At half of them.", graded_on=date(2026, 5, 1)
        )
        made.add_criterion("Toilets")
        made.publish()
    return made


@pytest.fixture
def coordinator(client, coalition):
    """Give a browser of a coordinator."""
    return sign_in(client, make_user("coco@example.org", coalition))


def post(browser, address, /, **data):
    """Send a form with its token, as a page of ours would."""
    token = browser.get(f"{MANAGE}/new").text.split('name="csrf_token" value="')[1]
    return browser.post(address, data={"csrf_token": token.split('"')[0], **data})


class TestMark:
    @given(st.sampled_from(Mark))
    def test_is_worth_its_points(self, mark):
        assert Mark.worth(mark.points) == mark

    def test_goes_to_the_better_one_at_a_half(self):
        assert [Mark.worth(points) for points in (3.5, 3.49, 0.5, 0)] == ["A", "B", "D", "F"]


class TestOverall:
    def test_is_the_weighted_mean_of_the_newest_grades(self, card):
        assert card.overall == "A"  # three times 4 and once 2 make 3.5
        assert card.as_of == date(2026, 6, 1)

    def test_is_none_without_grades(self, coalition):
        with transaction(coalition.id):
            empty = ReportCard(slug="empty", title="E", graded="F")
            session.add(empty)
            session.flush()
            with pytest.raises(NothingGraded):
                empty.publish()
            assert empty.overall is None


class TestCriteria:
    def test_are_each_named_once(self, card, coalition):
        with transaction(coalition.id), pytest.raises(CriterionTwice):
            card_by_slug("stops").add_criterion("benches")

    def test_stay_once_their_grades_were_published(self, card, coalition):
        with transaction(coalition.id):
            found = card_by_slug("stops")

            with pytest.raises(CriterionHasGrades):
                found.remove_criterion(found.criteria[0])


class TestPage:
    def test_shows_marks_with_evidence_and_earlier_ones(self, card, client):
        page = client.get(CARD).text

        assert "Stops &amp; seats" in page
        assert "At <strong>every</strong> stop." in page
        assert (
            page.index("At <strong>every")
            < page.index("Earlier grades")
            < page.index("None at all")
        )
        assert "Toilets" not in page
        assert "Counts 3 times." in page

    @pytest.mark.parametrize("form", ["", ".svg", ".png", "/frame"])
    def test_is_not_there_before_it_is_published(self, card, client, coalition, form):
        assert client.get(CARD + form).status_code == 200
        with transaction(coalition.id):
            card_by_slug("stops").unpublish()

        assert client.get(CARD + form).status_code == 404

    def test_is_nothing_of_another_coalition(self, card, client):
        make_coalition("trams", "Trams")

        assert client.get("/c/trams/report-cards/stops").status_code == 404


class TestPicture:
    def test_has_the_marks_and_can_be_loaded_from_elsewhere(self, card, client):
        answer = client.get(CARD + ".svg")

        assert answer.content_type.startswith("image/svg+xml")
        assert "Stops &amp; seats" in answer.text
        assert answer.text.count(">A</text>") == 2  # Benches and the whole
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"

    def test_is_painted_twice_as_large_and_anew_after_a_grade(self, card, client, coalition):
        before = client.get(CARD + ".png")
        with transaction(coalition.id):
            card_by_slug("stops").criteria[1].give(
                Mark.F, evidence="They fell down.", graded_on=date(2026, 6, 2)
            )
        after = client.get(CARD + ".png")

        assert before.content_type == after.content_type == "image/png"
        assert struct.unpack(">II", before.data[16:24]) == (1200, 628)  # PNG, 11.2.1
        assert before.data != after.data


class TestFrame:
    def test_may_stand_on_any_website_and_nothing_else_may(self, card, client):
        framed = client.get(CARD + "/frame")
        page = client.get(CARD)

        assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "<script" not in framed.text
        assert "Set-Cookie" not in framed.headers


class TestManage:
    def test_leads_from_nothing_to_a_published_card(self, coordinator):
        added = post(
            coordinator, f"{MANAGE}/new", title="Fares", slug="fares", graded="Anytown"
        )
        assert added.headers["Location"] == f"{MANAGE}/fares/"
        assert post(coordinator, f"{MANAGE}/fares/publication").status_code == 422
        post(coordinator, f"{MANAGE}/fares/criteria", title="Children ride free", weight="2")
        page = coordinator.get(f"{MANAGE}/fares/").text
        grades = next(part.split('"')[0] for part in page.split('href="') if "/grades" in part)
        given = post(
            coordinator, grades, mark="B", evidence="Up to twelve.", graded_on="2026-01-02"
        )
        assert given.status_code == 303

        assert post(coordinator, f"{MANAGE}/fares/publication").status_code == 303

        assert "Up to twelve." in coordinator.get("/c/night-buses/report-cards/fares").text

    def test_refuses_a_day_that_has_not_come_and_a_grade_without_evidence(
        self, card, coordinator
    ):
        page = coordinator.get(f"{MANAGE}/stops/").text
        grades = next(part.split('"')[0] for part in page.split('href="') if "/grades" in part)

        early = post(coordinator, grades, mark="A", evidence="Sure.", graded_on="2099-01-01")
        empty = post(coordinator, grades, mark="A", graded_on="2026-01-01")

        assert (early.status_code, empty.status_code) == (422, 422)
        assert "That day has not come yet." in early.text
        assert 'id="error-evidence"' in empty.text

    def test_refuses_an_address_that_is_taken(self, card, coordinator):
        answer = post(coordinator, f"{MANAGE}/new", title="T", slug="stops", graded="G")

        assert answer.status_code == 422
        assert "Another report card uses the address “stops”." in answer.text

    def test_is_read_only_for_viewers(self, card, client, coalition):
        viewer = sign_in(client, make_user("vic@example.org", coalition, "viewer"))

        assert "Give a new grade" not in viewer.get(f"{MANAGE}/stops/").text
        assert viewer.get(f"{MANAGE}/new").status_code == 403
