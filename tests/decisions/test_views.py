"""Tests of the public pages of meetings."""

from datetime import date, time, timedelta

import pytest

from coalition import db, page_cache
from coalition.clock import now
from coalition.decisions.meetings import ItemOutcome, Meeting
from coalition.decisions.models import BodyFacts, DecisionBody, Officeholder
from coalition.decisions.pledges import Pledge
from coalition.decisions.votes import Motion, Position, VoteChoice
from coalition.localtime import time_zone, turn_of
from coalition.testing import make_coalition, make_meeting

MEETINGS = "/c/night-buses/meetings/"


@pytest.fixture(autouse=True)
def made_anew(monkeypatch):
    """Show each change at once."""
    monkeypatch.setattr(page_cache, "FRESH_S", 0.0)


@pytest.fixture
def coming(coalition, council):
    return make_meeting(coalition, council)


class TestShow:
    def test_says_when_and_where_and_how_to_be_heard(self, client, coalition, council, coming):
        with db.transaction(coalition.id):
            db.session.get(DecisionBody, council.id).describe(
                BodyFacts(
                    comment_email="clerk@riverton.example", comment_closes_min=120,
                    comment_minutes=2, comment_registration="Fill in a **card**.",
                    languages=("en", "es"), interpretation="Call the clerk.",
                    interpretation_notice_h=72,
                )
            )  # fmt: skip

        page = client.get(f"{MEETINGS}{coming.id}").text

        for shown in (
            "City Hall, 1 Main Street", "5:00 PM (Pacific", "3:00 PM (Pacific",
            "mailto:clerk@riverton.example", "2 minutes each", "<strong>card</strong>",
            "English, Español", "Call the clerk.", "Ask until",
        ):  # fmt: skip
            assert shown in page, shown
        assert "not confirmed yet" in page

    def test_speaks_spanish(self, client, coming):
        page = client.get(f"{MEETINGS}{coming.id}?lang=es").text

        assert "17:00 (hora" in page

    def test_says_loudly_that_it_was_cancelled(self, client, coalition, coming):
        with db.transaction(coalition.id):
            db.session.get(Meeting, coming.id).cancel("No quorum.")

        page = client.get(f"{MEETINGS}{coming.id}").text

        assert "This meeting does not take place." in page
        assert "No quorum." in page
        assert "<title>Cancelled:" in page
        assert "How to be heard" not in page

    def test_shows_outcome_and_votes_but_no_pledge(self, client, past):
        with past.writing() as here:
            motion = Motion.put(here.item, "Approve", our_position=Position.OPPOSE)
            motion.record_votes(
                {
                    past.holders["Ada Alder"]: VoteChoice.YES,
                    past.holders["Ben Birch"]: VoteChoice.NO,
                }
            )
            here.item.record_outcome(
                ItemOutcome.DECLINED_TO_VOTE, note="“It's *done*.”", on=date(2018, 3, 13)
            )
            Pledge.note(
                here.campaign, db.session.get(Officeholder, past.holders["Cy Cedar"]),
                Position.SUPPORT, said_on=date(2018, 3, 1), evidence="In confidence",
            )  # fmt: skip

        page = client.get(f"{MEETINGS}{past.meeting.id}").text

        for shown in ("Item A-1", "1–1", "Failed", "Ada Alder", "declined to vote", "<em>done"):
            assert shown in page, shown
        assert "In confidence" not in page
        assert "Cy Cedar" not in page
        assert "No plate readers" not in page  # the campaign is not published

    def test_leads_to_where_an_item_was_put_off(self, client, coalition, past, coming):
        with past.writing() as here:
            here.item.continue_to(db.session.get(Meeting, coming.id))

        before, after = (
            client.get(f"{MEETINGS}{each.id}").text for each in (past.meeting, coming)
        )

        assert f"/meetings/{coming.id}" in before
        assert f"/meetings/{past.meeting.id}" in after
        assert "Put off from" in after

    def test_is_not_there_for_another_coalition(self, client, coming):
        make_coalition("trams", "Tram Friends")

        assert client.get(f"/c/trams/meetings/{coming.id}").status_code == 404
        assert client.get(f"{MEETINGS}nonsense").status_code == 404

    def test_sets_no_cookie_and_may_be_kept(self, client, coming):
        answer = client.get(f"{MEETINGS}{coming.id}")

        assert "Set-Cookie" not in answer.headers
        assert "max-age" in answer.headers["Cache-Control"]


class TestIndex:
    def test_lists_what_is_to_come_and_what_was(self, client, coalition, past, coming):
        with past.writing() as here:
            here.item.record_outcome(ItemOutcome.OFF_THE_TABLE, on=date(2018, 3, 13))

        page = client.get(MEETINGS).text

        assert page.index(str(coming.id)) < page.index(str(past.meeting.id))
        assert "Off the table" in page

    def test_says_that_none_is_known(self, client, coalition):
        assert "No meeting is known" in client.get(MEETINGS).text

    @pytest.mark.parametrize(("query", "status"), [("0", 404), ("x", 200), ("9999", 200)])
    def test_takes_any_page_number(self, client, coalition, query, status):
        assert client.get(f"{MEETINGS}?page={query}").status_code == status

    def test_goes_on_page_by_page(self, client, coalition, council, monkeypatch):
        monkeypatch.setattr("coalition.decisions.queries.PAGE", 2)
        days = [date(2018, 1, day) for day in (1, 2, 3)]
        made = [make_meeting(coalition, council, day) for day in days]

        first, second = client.get(MEETINGS).text, client.get(MEETINGS + "?page=2").text

        assert [str(each.id) in first for each in made] == [False, True, True]
        assert [str(each.id) in second for each in made] == [True, False, False]


class TestCoalitionPage:
    def test_shows_the_next_meetings(self, client, coalition, coming, past):
        page = client.get("/c/night-buses/").text

        assert '<h2 id="all-meetings">Meetings</h2>' in page
        assert str(coming.id) in page
        assert str(past.meeting.id) not in page


class TestUpcoming:
    def test_keeps_a_meeting_that_is_going_on(self, client, coalition, council):
        moment = now() - timedelta(hours=2)
        begun = moment.astimezone(time_zone(council.area.time_zone))
        meeting = make_meeting(
            coalition,
            council,
            begun.date(),
            time(begun.hour, begun.minute),
            turn=turn_of(moment, council.area.time_zone),
        )

        assert "Past meetings" not in client.get(MEETINGS).text
        assert str(meeting.id) in client.get(MEETINGS).text
