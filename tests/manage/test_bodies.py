"""Tests of the coordinators' pages about public bodies, their seats and who holds them."""

from datetime import date

import pytest
from sqlalchemy import select

from coalition import db
from coalition.areas.models import Area
from coalition.decisions.models import DecisionBody, Officeholder, Post
from coalition.decisions.votes import Motion, VoteChoice
from coalition.testing import make_body, make_meeting

BODIES = "/manage/night-buses/bodies/"
WHOLE = {
    "name": "City Council",
    "area": "Riverton, CA",
    "classification": "council",
    "website": "riverton.example",
    "place": "City Hall",
    "address": "1 Main Street",
    "meets": "Mondays at 7 p.m.",
    "comment_email": "clerk@riverton.example",
    "comment_minutes": "3",
    "comment_registration": "Fill in a **card**.",
    "comment_closes": "2",
    "comment_closes_unit": "hours",
    "languages": ["en", "es"],
    "interpretation": "Call the clerk.",
    "interpretation_notice_h": "72",
}


@pytest.fixture
def riverton(coalition):
    with db.transaction(coalition.id):
        Area.add("Riverton", "CA")


@pytest.fixture
def council(coalition):
    return make_body(coalition)


def bodies():
    with db.reading():
        return db.session.scalars(select(DecisionBody)).all()


class TestAddPlace:
    def test_leads_back_to_the_new_body(self, coordinator):
        answer = coordinator.post(
            BODIES + "places/new",
            data={"name": "Riverton", "region": "California", "kind": "place",
                  "time_zone": "America/Los_Angeles"},
        )  # fmt: skip

        assert answer.headers["Location"].endswith("/bodies/new?area=Riverton,+CA")
        assert 'value="Riverton, CA"' in coordinator.get(answer.headers["Location"]).text

    def test_says_what_is_no_state(self, coordinator):
        answer = coordinator.post(
            BODIES + "places/new",
            data={"name": "Riverton", "region": "Mars", "time_zone": "America/Los_Angeles"},
        )

        assert answer.status_code == 422
        assert "“Mars” is no state" in answer.text


class TestAdd:
    def test_stores_all_that_was_written(self, coordinator, coalition, riverton):
        answer = coordinator.post(BODIES + "new", data=WHOLE)

        assert answer.status_code == 303
        [body] = bodies()
        assert (body.keeper_id, body.comment_closes_min) == (coalition.id, 120)
        assert (body.languages, body.comment_minutes) == (["en", "es"], 3)
        page = coordinator.get(answer.headers["Location"]).text
        for shown in ("Until 2 hours before", "3 minutes each", "<strong>card</strong>", "72"):
            assert shown in page

    def test_keeps_what_was_written_when_it_refuses(self, coordinator, riverton):
        answer = coordinator.post(BODIES + "new", data={**WHOLE, "comment_minutes": "99"})

        assert answer.status_code == 422
        assert "whole number from 1 to 60" in answer.text
        assert 'value="es" checked' in answer.text
        assert bodies() == []

    def test_asks_which_of_three_cities_is_meant(self, coordinator, coalition):
        with db.transaction(coalition.id):
            for state in ("IL", "MA", "MO"):
                Area.add("Springfield", state)

        answer = coordinator.post(BODIES + "new", data={**WHOLE, "area": "Springfield"})

        assert answer.status_code == 422
        assert "Springfield, IL; Springfield, MA; Springfield, MO" in answer.text
        assert bodies() == []

    def test_offers_to_add_a_place_that_is_not_known(self, coordinator):
        answer = coordinator.post(BODIES + "new", data={**WHOLE, "area": "Atlantis"})

        assert "no place called “Atlantis”" in answer.text
        assert "places/new?name=Atlantis" in answer.text

    def test_is_not_for_viewers(self, viewer):
        assert viewer.post(BODIES + "new", data=WHOLE).status_code == 403


class TestChange:
    def test_shows_and_stores(self, coordinator, council):
        edit = f"{BODIES}{council.id}/edit"
        assert 'value="City Council"' in coordinator.get(edit).text

        answer = coordinator.post(edit, data={**WHOLE, "name": "Council", "languages": ["es"]})

        assert answer.status_code == 303
        [body] = bodies()
        assert (body.name, body.languages) == ("Council", ["es"])

    def test_is_for_the_coalition_that_added_it(self, stranger, council):
        theirs = f"/manage/trams/bodies/{council.id}"

        answer = stranger.post(theirs + "/edit", data=WHOLE)

        assert answer.status_code == 403
        assert "Another coalition added “City Council”" in answer.text
        page = stranger.get(theirs).text
        assert "Another coalition added this body" in page
        assert "Add a meeting" in page

    def test_is_for_administrators_too(self, administrator, council):
        answer = administrator.post(
            f"/manage/night-buses/bodies/{council.id}/edit", data={**WHOLE, "name": "Council"}
        )

        assert answer.status_code == 303


class TestSeats:
    def test_are_added_with_who_holds_them(self, coordinator, council):
        coordinator.post(
            f"{BODIES}{council.id}/posts",
            data={"label": "Mayor", "holder": "Eve Elm", "starts_on": "2018-01-01"},
        )

        page = coordinator.get(f"{BODIES}{council.id}").text
        assert "Mayor" in page
        assert "Eve Elm" in page

    def test_refuse_a_second_holder_on_one_day(self, coordinator, council):
        post = council.posts[0]

        answer = coordinator.post(
            f"{BODIES}{council.id}/posts/{post.id}/holders", data={"holder": "Eve Elm"}
        )

        assert answer.status_code == 422
        assert "Ada Alder holds the seat “District 1”" in answer.text
        assert "Eve Elm" in answer.text

    def test_can_be_corrected(self, coordinator, council):
        post = council.posts[0]
        here = f"{BODIES}{council.id}/posts/{post.id}"
        coordinator.post(here + "/name", data={"label": "Ward 1"})
        holder = f"{here}/holders/{post.officeholders[0].id}"
        coordinator.post(holder, data={"holder": "Ada Alder-Ash", "ends_on": "2020-12-31"})

        with db.reading():
            assert db.session.get(Post, post.id).label == "Ward 1"
            found = db.session.get(Officeholder, post.officeholders[0].id)
            assert (found.name, found.ends_on) == ("Ada Alder-Ash", date(2020, 12, 31))

    def test_can_be_removed_while_nothing_is_on_record(self, coordinator, council):
        post = council.posts[0]
        here = f"{BODIES}{council.id}/posts/{post.id}"
        coordinator.post(f"{here}/holders/{post.officeholders[0].id}/removal")
        coordinator.post(here + "/removal")

        with db.reading():
            assert db.session.get(Post, post.id) is None

    def test_stay_once_another_coalition_has_a_vote(self, coordinator, trams, council):
        post = council.posts[0]
        meeting = make_meeting(trams, council, date(2018, 3, 13))
        with db.transaction(trams.id):
            motion = Motion.put(db.session.merge(meeting).add_item("Trams"), "Buy trams")
            motion.record_votes({post.officeholders[0].id: VoteChoice.YES})
        here = f"{BODIES}{council.id}"

        for address in (
            f"{here}/posts/{post.id}/holders/{post.officeholders[0].id}/removal",
            f"{here}/posts/{post.id}/removal",
            f"{here}/removal",
        ):
            answer = coordinator.post(address)
            assert answer.status_code == 409
            assert "on record for" in answer.text

    def test_go_with_a_body_that_nobody_follows(self, coordinator, council):
        assert coordinator.post(f"{BODIES}{council.id}/removal").status_code == 303
        assert bodies() == []


class TestIndex:
    def test_is_searched_by_name_and_place(self, viewer, coalition, council):
        make_body(coalition, "Board of Trams", city="Elsewhere")

        page = viewer.get(BODIES + "?q=riverton+council").text

        assert "City Council" in page
        assert "Board of Trams" not in page
        assert "No body was found" in viewer.get(BODIES + "?q=zzz").text
