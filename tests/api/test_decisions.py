"""Tests of public bodies, meetings and votes in the API."""

from datetime import date

import pytest

from coalition import db
from coalition.campaigns.models import Campaign
from coalition.decisions.votes import Motion, Position, VoteChoice
from coalition.testing import make_body, make_coalition, make_meeting


@pytest.fixture
def council(coalition):
    return make_body(coalition, comment_closes_min=120, languages=("en",))


@pytest.fixture
def meeting(coalition, council):
    """Give a past meeting where the council voted 1–1 about a campaign."""
    made = make_meeting(coalition, council, date(2018, 3, 13))
    ada, ben, _ = (post.officeholders[0] for post in council.posts)
    with db.transaction(coalition.id) as session:
        campaign = Campaign(slug="no-readers", title="No plate readers")
        session.add(campaign)
        item = session.merge(made).add_item("Readers", number="A-1", campaign=campaign)
        motion = Motion.put(item, "Approve", our_position=Position.OPPOSE)
        motion.record_votes({ada.id: VoteChoice.YES, ben.id: VoteChoice.NO})
        Motion.put(item, "Adjourn")
    return made


class TestBodies:
    def test_are_read_with_their_seats(self, api, council):
        [body] = api.get("/bodies").get_json()["records"]

        assert body == api.get(f"/bodies/{council.id}").get_json()
        assert body["area"]["division_id"] == "ocd-division/country:us/state:ca/place:riverton"
        assert [post["officeholders"][0]["name"] for post in body["posts"]] == [
            "Ada Alder", "Ben Birch", "Cy Cedar",
        ]  # fmt: skip

    def test_are_found_by_place(self, api, coalition, council):
        make_body(coalition, city="Elsewhere")

        found = api.get("/bodies?division_id=ocd-division/country:us/state:ca/place:riverton")

        assert [each["id"] for each in found.get_json()["records"]] == [str(council.id)]

    def test_that_are_not_there_are_not_found(self, api, meeting):
        assert api.get(f"/bodies/{meeting.id}").status_code == 404


class TestMeetings:
    def test_are_read_with_agenda_and_votes(self, api, meeting):
        found = api.get(f"/meetings/{meeting.id}").get_json()

        assert found["starts_at"] == "2018-03-14T00:00:00Z"
        assert found["comment_closes_at"] == "2018-03-13T22:00:00Z"
        [item] = found["items"]
        assert item["number"] == "A-1"
        vote, other = item["motions"]
        assert (vote["yes"], vote["no"], vote["result"]) == (1, 1, "failed")
        assert {each["name"]: each["choice"] for each in vote["votes"]} == {
            "Ada Alder": "yes", "Ben Birch": "no",
        }  # fmt: skip
        assert (other["yes"], other["result"], other["votes"]) == (None, None, [])

    def test_are_found_by_body_and_campaign(self, api, coalition, meeting, council):
        make_meeting(coalition, make_body(coalition, "Board"))

        for query in (f"body_id={council.id}", "campaign=no-readers"):
            found = api.get(f"/meetings?{query}").get_json()["records"]
            assert [each["id"] for each in found] == [str(meeting.id)]

    def test_are_hidden_from_other_coalitions(self, api_of, meeting):
        other = api_of(make_coalition("trams", "Tram Friends"))

        assert other.get("/meetings").get_json()["records"] == []
        assert other.get(f"/meetings/{meeting.id}").status_code == 404

    def test_want_a_token_for_them(self, api_of, coalition, meeting):
        assert api_of(coalition, "letters:read").get("/meetings").status_code == 403
