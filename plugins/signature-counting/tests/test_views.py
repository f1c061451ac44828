"""What visitors, staff and programs see of the counts."""

import pytest
from coalition_signature_counting import rules

from coalition.testing import (
    make_campaign,
    make_letter,
    make_token,
    make_user,
    sign_in,
    switch_plugin,
)

PUBLIC = "/c/night-buses/letters/keep-the-night-buses"


@pytest.fixture
def staff_client(client, coalition):
    """Give a browser in which a viewer of the coalition is signed in."""
    return sign_in(client, make_user("vic@example.org", coalition, "viewer"))


@pytest.fixture
def letter(coalition, sign, run_jobs):
    """Give a letter signed from a big and a small city, by links with a code."""
    letter = make_letter(coalition, signatories="both")
    for n in range(5):
        sign(letter, f"Person{n} Example", city="Burbank", source_code="tram")
    sign(letter, "Ada Lovelace", city="Glendale")
    sign(letter, "Transit Now", kind="organization")
    run_jobs()
    return letter


class TestCountsJson:
    def test_gives_counts_and_the_rule(self, letter, client):
        answer = client.get(f"{PUBLIC}/counts.json")

        assert answer.status_code == 200
        assert (answer.json["organizations"], answer.json["people"]) == (1, 6)
        assert answer.json["total"] == 7
        assert answer.json["rule"].startswith("Each chapter")
        assert [each["total"] for each in answer.json["days"]] == [7]
        assert answer.headers["Cache-Control"] == "public, max-age=1"

    def test_hides_small_cities_and_source_codes(self, letter, client):
        answer = client.get(f"{PUBLIC}/counts.json")

        # Two signed elsewhere: beside Burbank's five everybody could tell how many they are.
        assert answer.json["cities"] == []
        assert "Glendale" not in answer.text
        assert "tram" not in answer.text

    def test_names_a_city_that_leaves_enough_others(self, letter, client, sign, run_jobs):
        for n in range(3):
            sign(letter, f"Nobody{n} Example")
        run_jobs()

        answer = client.get(f"{PUBLIC}/counts.json")

        assert answer.json["cities"] == [{"city": "Burbank", "signatures": 5}]

    def test_says_when_nothing_changed(self, letter, client):
        etag = client.get(f"{PUBLIC}/counts.json").headers["ETag"]
        answer = client.get(f"{PUBLIC}/counts.json", headers={"If-None-Match": etag})
        assert answer.status_code == 304


class TestBadge:
    def test_draws_the_count(self, letter, client):
        answer = client.get(f"{PUBLIC}/badge.svg")
        assert answer.content_type.startswith("image/svg+xml")
        assert "1 organization and 6 people" in answer.text


class TestGrowth:
    def test_draws_a_chart_with_its_table(self, letter, client):
        answer = client.get(f"{PUBLIC}/growth")
        assert answer.status_code == 200
        assert "<svg" in answer.text
        assert "<td>7</td>" in answer.text
        assert "Each chapter of an organization counts." in answer.text

    def test_speaks_spanish(self, letter, client):
        page = client.get(f"{PUBLIC}/growth?lang=es").text
        assert "1 organización y 6 personas" in page
        assert "Cada capítulo de una organización cuenta." in page


class TestDraft:
    @pytest.mark.parametrize("page", ["counts.json", "badge.svg", "growth"])
    def test_is_not_there_for_the_public(self, coalition, client, page):
        make_letter(coalition, opened=False)
        assert client.get(f"{PUBLIC}/{page}").status_code == 404
        assert client.get(f"/c/night-buses/letters/nothing/{page}").status_code == 404
        assert client.get(f"/c/nobody/letters/nothing/{page}").status_code == 404


class TestStaffPage:
    def test_shows_everything_to_staff(self, letter, staff_client):
        page = staff_client.get("/manage/night-buses/letters/keep-the-night-buses/counts").text
        for words in ("Glendale", "Burbank", "tram", "1 organization and 6 people"):
            assert words in page

    def test_is_not_for_visitors(self, letter, client):
        answer = client.get("/manage/night-buses/letters/keep-the-night-buses/counts")
        assert answer.status_code in (302, 303)


class TestApi:
    def test_gives_a_program_everything(self, letter, client, coalition):
        answer = client.get(
            "/api/v1/coalitions/night-buses/letters/keep-the-night-buses/counts",
            headers={"Authorization": f"Bearer {make_token(coalition, 'counts:read')}"},
        )
        assert answer.json["sources"] == [{"source": "tram", "signatures": 5}]
        assert {"city": "Glendale", "signatures": 1} in answer.json["cities"]
        assert answer.json["chapters_once"] == 1

    def test_wants_the_scope(self, letter, client, coalition):
        path = "/api/v1/coalitions/night-buses/letters/keep-the-night-buses/counts"
        assert client.get(path).status_code == 401
        answer = client.get(
            path, headers={"Authorization": f"Bearer {make_token(coalition, 'letters:read')}"}
        )
        assert answer.status_code == 403


class TestPublicPage:
    def test_shows_the_count_and_the_rule(self, letter, client):
        page = client.get(PUBLIC).text
        assert "Each chapter of an organization counts." in page

    def test_shows_no_number_when_switched_off(self, letter, coalition, client):
        switch_plugin(coalition, rules.PLUGIN, on=False)

        assert client.get(f"{PUBLIC}/counts.json").status_code == 404
        page = client.get(PUBLIC)
        assert page.status_code == 200
        assert "Each chapter" not in page.text


class TestCoordinatorsPage:
    def test_has_a_panel(self, letter, staff_client):
        page = staff_client.get("/manage/night-buses/letters/keep-the-night-buses/").text
        assert "By city, day and source" in page


class TestCampaignSections:
    PAGE = "/c/night-buses/campaigns/all-night-network"

    def test_add_up_the_letters_of_a_campaign(self, coalition, sign, run_jobs, client):
        campaign = make_campaign(coalition)
        for slug in ("first", "second"):
            letter = make_letter(coalition, slug, campaign_id=campaign.id)
            sign(letter, "Ada Lovelace")
            sign(letter, "Transit Now", kind="organization")
        run_jobs()

        page = client.get(self.PAGE).text

        assert "2 letters of this campaign" in page
        assert "2 organizations and 2 people" in page

    def test_say_nothing_of_one_letter_or_of_drafts(self, coalition, sign, run_jobs, client):
        campaign = make_campaign(coalition)
        letter = make_letter(coalition, campaign_id=campaign.id)
        make_letter(coalition, "draft", campaign_id=campaign.id, opened=False)
        sign(letter, "Ada Lovelace")
        run_jobs()

        assert "All signatures" not in client.get(self.PAGE).text
