"""Cities with their standing: on a map, in a table, side by side, each with its page."""

from datetime import date

import pytest
from coalition_city_campaigns.cities import mapping
from coalition_city_campaigns.cities.models import WatchedCity
from coalition_city_campaigns.cities.standing import (
    Standing,
    cities_with_standing,
    city_called,
)
from coalition_city_campaigns.kits.directory import area_of_place

from coalition.sdk import (
    Campaign,
    CampaignStatus,
    known_cities,
    place_written,
    reading,
    session,
    transaction,
)
from coalition.testing import make_token, make_user, sign_in, switch_plugin

from .conftest import another_coalition, read

CITIES = "/c/night-buses/cities/"


def city(name):
    return next(each for each in known_cities() if each.name == name)


@pytest.fixture
def all_loaded(load_kit):
    """Load the four campaigns of the three cities."""
    for each in known_cities():
        for file in each.campaigns:
            load_kit(each, file)


@pytest.fixture
def add_campaign(coalition):
    """Give a function that adds a campaign in Oakland."""

    def adding(status, *, published=True, on=None):
        with transaction(coalition.id):
            campaign = Campaign(
                slug=f"oakland-{status}-{on}",
                title="Oakland",
                area_id=area_of_place(place_written("Oakland, CA")).id,
                status=status,
                outcome_on=on,
                is_published=published,
            )
            session.add(campaign)

    return adding


def standing_in(coalition, slug="oakland-ca"):
    with reading(coalition.id):
        return city_called(slug).standing


class TestStanding:
    @pytest.mark.parametrize(
        ("statuses", "standing"),
        [
            ([("active", None)], Standing.OPEN),
            ([("planned", None)], Standing.OPEN),
            ([("won", date(2026, 1, 1))], Standing.WON),
            ([("lost", date(2026, 1, 1))], Standing.LOST),
            ([("won", date(2026, 1, 1)), ("lost", date(2026, 2, 1))], Standing.LOST),
            ([("lost", date(2026, 1, 1)), ("won", date(2026, 2, 1))], Standing.WON),
            ([("won", date(2026, 1, 1)), ("active", None)], Standing.OPEN),
            ([("ended", None)], Standing.WATCHING),
        ],
    )
    def test_is_open_while_one_campaign_is_else_as_the_last_one_ended(
        self, coalition, add_campaign, statuses, standing
    ):
        for status, on in statuses:
            add_campaign(CampaignStatus(status), on=on)
        assert standing_in(coalition) == standing

    def test_is_watching_where_there_is_no_campaign(self, desk, coalition, client):
        desk.post("/manage/night-buses/cities/", data={"city": "Fresno, CA", "note": "Budget."})
        assert standing_in(coalition, "fresno-ca") == Standing.WATCHING
        assert "Budget." in client.get(CITIES + "fresno-ca").text


class TestPublicPages:
    def test_show_each_city_in_the_table_and_on_the_map(self, client, coalition, all_loaded):
        page = client.get(CITIES).text

        for words in ("Culver City, CA", "Long Beach, CA", "Los Angeles, CA"):
            assert page.count(words) >= 2, words  # in the map's title and in the table
        assert "<svg" in page
        assert "Set-Cookie" not in client.get(CITIES).headers

    def test_are_reached_from_the_page_of_the_coalition(self, client, coalition, all_loaded):
        page = client.get("/c/night-buses/?lang=es").text

        assert f'href="{CITIES}?lang=es"' in page
        assert f'href="{CITIES}culver-city-ca?lang=es"' in page

    def test_put_the_cities_side_by_side(self, client, coalition, all_loaded, run_jobs):
        run_jobs()
        page = client.get(CITIES + "comparison").text

        for words in (
            "4 for, 0 against",
            "The body declined to vote",
            "January 2021",
            "March 13, 2018",
            "931 of 943 on our side",
            "Technology and Innovation Commission",
        ):
            assert words in page, words

    def test_show_a_city_with_its_body(self, client, coalition, all_loaded):
        page = client.get(CITIES + "culver-city-ca").text
        assert "9770 Culver Blvd." in page
        assert "No license plate readers for Culver City" in page
        page = client.get(CITIES + "los-angeles-ca").text
        assert "Eileen Decker" in page

    def test_hide_drafts(self, client, coalition, add_campaign):
        add_campaign(CampaignStatus.ACTIVE, published=False)
        assert "Oakland" not in client.get(CITIES).text
        assert client.get(CITIES + "oakland-ca").status_code == 404

    def test_keep_coalitions_apart(self, client, coalition, all_loaded):
        another_coalition()
        assert "Culver City" not in client.get("/c/day-trams/cities/").text
        assert client.get("/c/day-trams/cities/culver-city-ca").status_code == 404

    def test_are_gone_where_the_plugin_is_off(self, client, coalition):
        switch_plugin(coalition, "city-campaigns", on=False)
        assert client.get(CITIES).status_code == 404


class TestPostcode:
    def test_says_whether_it_is_in_the_city(self, client, coalition):
        path = CITIES + "culver-city-ca/postcode"
        assert "is in Culver City, CA" in client.get(f"{path}?code=90232").text
        assert "is not in Culver City, CA" in client.get(f"{path}?code=90802").text
        assert "is not in Culver City, CA" in client.get(f"{path}?code=nonsense").text

    def test_leads_back_to_the_form_where_none_was_written(self, client, coalition):
        answer = client.get(CITIES + "culver-city-ca/postcode?code=+")
        assert answer.status_code == 303
        assert answer.location == CITIES + "culver-city-ca"

    def test_tells_programs_too(self, client, coalition):
        answer = client.get(
            CITIES + "culver-city-ca/postcode?code=90232-1234",
            headers={"Accept": "application/json"},
        )
        assert answer.json == {
            "city": "Culver City, CA",
            "postcode": "90232-1234",
            "is_inside": True,
        }

    def test_knows_only_known_places(self, client, coalition):
        assert client.get(CITIES + "atlantis-ca/postcode?code=1").status_code == 404


class TestApi:
    def test_gives_programs_the_comparison(self, client, coalition, all_loaded):
        answer = client.get(
            "/api/v1/coalitions/night-buses/cities",
            headers={"Authorization": f"Bearer {make_token(coalition, 'cities:read')}"},
        )
        told = {each["campaign"]: each for each in answer.json["cities"]}
        assert told["culver-city-vigilant-contract"]["outcomes"] == ["declined_to_vote"]
        (vote,) = told["reject-lapd-face-recognition"]["votes"]
        assert (vote["yes"], vote["no"], vote["result"]) == (4, 0, "passed")

    def test_wants_the_scope(self, client, coalition):
        assert client.get("/api/v1/coalitions/night-buses/cities").status_code == 401


class TestMap:
    def test_writes_no_name_over_another(self, client, coalition, all_loaded):
        with reading(coalition.id):
            dots, _ = mapping._placed(cities_with_standing())
        taken = [dot.box for dot in dots]
        labels = [mapping._label(dot, taken).box(dot) for dot in dots]
        assert not any(
            mapping._overlap(one, other)
            for number, one in enumerate(labels)
            for other in labels[:number]
        )


class TestDesk:
    def test_watches_and_stops(self, desk, coalition):
        desk.post("/manage/night-buses/cities/", data={"city": "Fresno, CA"})
        desk.post("/manage/night-buses/cities/", data={"city": "Fresno, CA", "note": "Again."})
        watched = read(coalition, WatchedCity)
        assert watched.note == "Again."
        desk.post(f"/manage/night-buses/cities/{watched.id}/removal")
        assert read(coalition, WatchedCity) is None

    def test_asks_which_place_is_meant(self, desk, coalition):
        answer = desk.post("/manage/night-buses/cities/", data={"city": "Springfield"})
        assert answer.status_code == 422
        assert "There is a Springfield in 24 states." in answer.text

    def test_lets_viewers_look_and_not_change(self, client, coalition):
        sign_in(client, make_user("vic@example.org", coalition, "viewer"))
        page = client.get("/manage/night-buses/cities/").text
        assert "Cities that plugins describe" in page
        assert "Watch it" not in page
