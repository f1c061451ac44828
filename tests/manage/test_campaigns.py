"""Tests of the pages about campaigns."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.campaigns.models import Campaign, CampaignStatus
from coalition.testing import make_letter

CAMPAIGNS = "/manage/night-buses/campaigns/"
WHOLE = {
    "title": "Buses at night",
    "slug": "buses-at-night",
    "goal": "A bus every hour",
    "target": "Transit Board",
    "status": "won",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
    "summary": "We **want** buses.",
    "outcome": "The board voted 4-0 <script>alert(1)</script>",
    "outcome_on": "2026-11-24",
}


def campaigns(coalition):
    with db.reading(coalition.id):
        return db.session.scalars(select(Campaign)).all()


class TestAdd:
    def test_stores_all_that_was_written(self, coordinator, coalition):
        answer = coordinator.post(CAMPAIGNS + "new", data=WHOLE)

        assert answer.status_code == 303
        [found] = campaigns(coalition)
        assert found.status == CampaignStatus.WON
        assert found.outcome_on.isoformat() == "2026-11-24"

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("title", "", "Fill this in."),
            ("title", "x" * 201, "At most 200 characters"),
            ("slug", "Night Buses!", "small letters"),
            ("slug", "x" * 61, "At most 60 characters"),
            ("goal", "x" * 501, "At most 500 characters"),
            ("status", "dreaming", "Choose one of the values offered."),
            ("ends_on", "2025-12-31", "before the first"),
            ("starts_on", "soon", "year-month-day"),
            ("starts_on", "0001-01-01", "between 1900-01-01 and 2200-12-31"),
            ("summary", "x" * 20_001, "At most 20000 characters"),
            ("outcome", "a\x00b", "control characters"),
        ],
    )
    def test_shows_the_form_again(self, coordinator, coalition, field, value, said):
        answer = coordinator.post(CAMPAIGNS + "new", data={**WHOLE, field: value})

        assert answer.status_code == 422
        assert said in answer.text
        assert "Transit Board" in answer.text
        assert campaigns(coalition) == []

    def test_refuses_an_address_that_is_taken(self, coordinator, coalition):
        coordinator.post(CAMPAIGNS + "new", data=WHOLE)

        answer = coordinator.post(CAMPAIGNS + "new", data=WHOLE)

        assert answer.status_code == 422
        assert "Another campaign uses the address" in answer.text
        assert len(campaigns(coalition)) == 1

    def test_shows_the_way_to_a_place_that_is_not_in_the_list(self, coordinator, coalition):
        assert (
            "/manage/night-buses/bodies/places/new" in coordinator.get(f"{CAMPAIGNS}new").text
        )

    def test_is_not_for_viewers(self, viewer, coalition):
        assert viewer.post(CAMPAIGNS + "new", data=WHOLE).status_code == 403
        assert campaigns(coalition) == []


class TestShow:
    def test_shows_outcome_and_letters(self, coordinator, viewer, coalition):
        coordinator.post(CAMPAIGNS + "new", data=WHOLE)
        make_letter(coalition, title="Dear board", campaign_id=campaigns(coalition)[0].id)

        page = viewer.get(CAMPAIGNS + "buses-at-night").text

        for shown in ("The board voted 4-0", "<strong>want</strong>", "Dear board", "Won"):
            assert shown in page
        assert "<script>alert" not in page

    def test_shows_what_plugins_miss_as_they_wrote_it(
        self, coordinator, coalition, monkeypatch
    ):
        coordinator.post(f"{CAMPAIGNS}new", data=WHOLE | {"language": "en"})
        monkeypatch.setattr(Campaign, "missing", ["<b>50 %</b> is left over."])
        page = coordinator.get(f"{CAMPAIGNS}buses-at-night")
        assert "&lt;b&gt;50 %&lt;/b&gt; is left over." in page.text

    def test_is_hidden_from_other_coalitions(self, coordinator, stranger, coalition):
        coordinator.post(CAMPAIGNS + "new", data=WHOLE)

        for address in (
            CAMPAIGNS + "buses-at-night",
            "/manage/trams/campaigns/buses-at-night",
            "/manage/trams/campaigns/buses-at-night/edit",
        ):
            answer = stranger.get(address)
            assert answer.status_code == 404
            assert "Buses at night" not in answer.text


class TestChange:
    def test_may_keep_its_address(self, coordinator, coalition):
        coordinator.post(CAMPAIGNS + "new", data=WHOLE)

        answer = coordinator.post(
            CAMPAIGNS + "buses-at-night/edit", data={**WHOLE, "status": "lost", "outcome": ""}
        )

        assert answer.status_code == 303
        [found] = campaigns(coalition)
        assert (found.status, found.outcome) == (CampaignStatus.LOST, "")
        assert coordinator.get(CAMPAIGNS).text.count("Buses at night") == 1

    def test_shows_what_is_stored(self, coordinator, coalition):
        coordinator.post(CAMPAIGNS + "new", data=WHOLE)

        page = coordinator.get(CAMPAIGNS + "buses-at-night/edit").text

        assert 'value="2026-12-31"' in page
        assert '<option value="won" selected>' in page
