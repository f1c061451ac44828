"""Tests of the coordinators' pages about meetings, agendas, votes and who decides."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from coalition import db, page_cache
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.decisions.meetings import (
    AgendaItem,
    ItemOutcome,
    ItemStatus,
    Meeting,
    MeetingStatus,
    Precision,
)
from coalition.decisions.models import DecisionBody
from coalition.decisions.pledges import Pledge
from coalition.decisions.votes import Motion, MotionResult, Position, Vote, VoteChoice
from coalition.testing import make_body, make_meeting

MEETINGS = "/manage/night-buses/meetings/"
MOTIONS = "/manage/night-buses/meetings/motions/"
DECIDERS = "/manage/night-buses/campaigns/no-readers/deciders/"


@pytest.fixture
def council(coalition):
    return make_body(coalition, comment_closes_min=120)


@pytest.fixture
def campaign(coalition):
    with db.transaction(coalition.id) as session:
        made = Campaign(slug="no-readers", title="No plate readers")
        session.add(made)
    return made


@pytest.fixture
def meeting(coalition, council):
    return make_meeting(coalition, council)


@pytest.fixture
def item(coalition, council, campaign):
    """Give item A-1 of a past meeting, about the campaign."""
    past = make_meeting(coalition, council, date(2018, 3, 13))
    with db.transaction(coalition.id):
        return db.session.merge(past).add_item(
            "Plate readers", number="A-1", campaign=db.session.merge(campaign)
        )


@pytest.fixture
def motion(coalition, item):
    with db.transaction(coalition.id):
        return Motion.put(db.session.get(AgendaItem, item.id), "Approve the contract")


def stored(coalition, kind):
    with db.reading(coalition.id):
        return db.session.scalars(select(kind)).unique().all()


def new_meeting(council, **values):
    return {"body": str(council.id), "precision": "time", "day": "2026-03-10",
            "time": "17:00", **values}  # fmt: skip


class TestAdd:
    def test_follows_a_meeting_for_a_campaign(self, coordinator, coalition, council, campaign):
        answer = coordinator.post(
            MEETINGS + "new",
            data=new_meeting(
                council, campaign=str(campaign.id), subject="Plate readers", place="Library"
            ),
        )

        assert answer.status_code == 303
        [meeting] = stored(coalition, Meeting)
        assert meeting.local_start.isoformat() == "2026-03-10T17:00:00-07:00"
        assert meeting.place == "Library"
        page = coordinator.get(answer.headers["Location"]).text
        for shown in (
            "Plate readers",
            "No plate readers",
            "no number yet",
            "Tuesday, March 10, 2026",
        ):
            assert shown in page

    def test_does_not_publish_the_title_of_a_campaign(self, coordinator, council, campaign):
        answer = coordinator.post(
            MEETINGS + "new", data=new_meeting(council, campaign=str(campaign.id))
        )

        assert answer.status_code == 422
        assert "everybody will read it" in answer.text

    def test_refuses_a_time_that_the_clocks_skip(self, coordinator, coalition, council):
        answer = coordinator.post(
            MEETINGS + "new", data=new_meeting(council, day="2026-03-08", time="02:30")
        )

        assert answer.status_code == 422
        assert "Did you mean 03:30?" in answer.text
        assert stored(coalition, Meeting) == []

    def test_refuses_the_same_form_a_second_time(self, coordinator, coalition, council):
        data = new_meeting(council, title="")
        assert coordinator.post(MEETINGS + "new", data=data).status_code == 303

        again = coordinator.post(MEETINGS + "new", data=data)

        assert again.status_code == 422
        assert "at that time already" in again.text
        [meeting] = stored(coalition, Meeting)
        special = coordinator.post(MEETINGS + "new", data={**data, "title": "Special meeting"})
        assert special.status_code == 303
        coordinator.post(f"{MEETINGS}{meeting.id}/cancellation", data={"reason": "No quorum"})
        assert coordinator.post(MEETINGS + "new", data=data).status_code == 303

    def test_asks_which_of_two_is_meant_and_takes_the_answer(
        self, coordinator, coalition, council
    ):
        night = new_meeting(council, day="2026-11-01", time="01:30")
        asked = coordinator.post(MEETINGS + "new", data=night)
        assert asked.status_code == 422
        assert "comes twice on 2026-11-01" in asked.text
        assert 'name="turn"' in asked.text

        answer = coordinator.post(MEETINGS + "new", data={**night, "turn": "second"})

        assert answer.status_code == 303
        assert "Pacific Standard Time" in coordinator.get(answer.headers["Location"]).text
        [meeting] = stored(coalition, Meeting)
        edit = coordinator.get(f"{MEETINGS}{meeting.id}/edit").text
        assert '<option value="second" selected>' in edit

    def test_may_know_the_month_only(self, coordinator, coalition, council):
        coordinator.post(
            MEETINGS + "new", data=new_meeting(council, precision="month", time="")
        )

        [meeting] = stored(coalition, Meeting)
        assert meeting.precision == Precision.MONTH
        assert "March 2026" in coordinator.get(f"{MEETINGS}?when=past").text

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"time": ""}, "Say at what time it begins"),
            ({"time": "25:99"}, "time of day like 09:30"),
            ({"day": ""}, "Fill this in."),
            ({"body": ""}, "Fill this in."),
            ({"body": "x"}, "Choose one of the values"),
            ({"body": "0198c0de-7000-7000-8000-000000000001"}, "There is no such body."),
            ({"comments_day": "2026-03-10"}, "day and time of the deadline, or neither"),
            ({"comments_day": "2026-03-08", "comments_time": "02:15"}, "mean 03:15"),
            ({"agenda_url": "javascript:alert(1)"}, "no web address"),
        ],
    )
    def test_says_what_is_wrong(self, coordinator, coalition, council, values, said):
        answer = coordinator.post(MEETINGS + "new", data=new_meeting(council, **values))

        assert answer.status_code == 422
        assert said in answer.text
        assert stored(coalition, Meeting) == []

    def test_is_not_for_viewers(self, viewer, council):
        assert viewer.post(MEETINGS + "new", data=new_meeting(council)).status_code == 403


class TestChange:
    def test_keeps_the_time_of_an_untouched_form(self, coordinator, coalition, meeting):
        local = meeting.local_start
        before = meeting.revision

        answer = coordinator.post(
            f"{MEETINGS}{meeting.id}/edit",
            data={"precision": "time", "day": local.date().isoformat(), "time": "17:00",
                  "comments_day": "2026-03-01", "comments_time": "12:00"},
        )  # fmt: skip

        assert answer.status_code == 303
        [found] = stored(coalition, Meeting)
        assert (found.starts_at, found.revision) == (meeting.starts_at, before + 1)
        assert found.comment_closes_at.isoformat() == "2026-03-01T20:00:00+00:00"
        assert 'value="2026-03-01"' in coordinator.get(f"{MEETINGS}{meeting.id}/edit").text

    def test_refuses_a_deadline_for_comments_after_the_meeting(
        self, coordinator, coalition, meeting
    ):
        day = meeting.local_start.date()
        sent = {"day": f"{day}", "time": "17:00", "comments_time": "12:00"}
        later = {**sent, "comments_day": f"{day + timedelta(days=1)}"}

        answer = coordinator.post(f"{MEETINGS}{meeting.id}/edit", data=later)

        assert answer.status_code == 422
        assert f"the meeting begins on {day} 17:00" in answer.text
        [found] = stored(coalition, Meeting)
        assert found.own_comment_closes_at is None

    def test_is_hidden_from_other_coalitions(self, stranger, meeting):
        for path in ("", "/edit"):
            answer = stranger.get(f"/manage/trams/meetings/{meeting.id}{path}")
            assert answer.status_code == 404


class TestStates:
    def test_are_changed_by_buttons(self, coordinator, coalition, meeting):
        here = f"{MEETINGS}{meeting.id}"
        coordinator.post(here + "/confirmation")
        assert "Confirmed" in coordinator.get(here).text
        assert coordinator.post(here + "/cancellation", data={"reason": ""}).status_code == 422

        coordinator.post(here + "/cancellation", data={"reason": "No quorum."})

        page = coordinator.get(here).text
        assert "It does not take place." in page
        assert "No quorum." in page
        coordinator.post(here + "/confirmation")
        [found] = stored(coalition, Meeting)
        assert (found.status, found.revision) == (MeetingStatus.CONFIRMED, 3)

    def test_refuse_to_hold_what_has_not_begun(self, coordinator, meeting):
        answer = coordinator.post(f"{MEETINGS}{meeting.id}/holding")

        assert answer.status_code == 422
        assert "only after the meeting has begun" in answer.text


class TestRemoval:
    def test_takes_back_what_was_added_by_mistake(self, coordinator, coalition, meeting):
        assert "It was added by mistake" in coordinator.get(f"{MEETINGS}{meeting.id}").text

        answer = coordinator.post(f"{MEETINGS}{meeting.id}/removal")

        assert answer.status_code == 303
        assert stored(coalition, Meeting) == []
        assert "Calendars are told that it is off." in coordinator.get(MEETINGS).text

    def test_of_an_item_leaves_the_meeting(self, coordinator, coalition, item):
        place = f"{MEETINGS}{item.meeting_id}/items/{item.id}"
        assert "Added by mistake" in coordinator.get(place).text

        answer = coordinator.post(f"{place}/removal")

        assert answer.status_code == 303
        assert stored(coalition, AgendaItem) == []
        assert len(stored(coalition, Meeting)) == 1

    def test_says_what_stands_in_the_way(self, coordinator, coalition, motion):
        [item] = stored(coalition, AgendaItem)
        place = f"{MEETINGS}{item.meeting_id}"

        for address in (f"{place}/removal", f"{place}/items/{item.id}/removal"):
            answer = coordinator.post(address)

            assert answer.status_code == 409
            assert (
                "cannot be removed while this belongs to it: motions and votes" in answer.text
            )
        assert len(stored(coalition, AgendaItem)) == 1


class TestIndex:
    def test_shows_what_is_to_come_and_what_was(
        self, viewer, coalition, council, meeting, item
    ):
        coming, past = viewer.get(MEETINGS).text, viewer.get(MEETINGS + "?when=past").text

        assert "A-1: Plate readers" not in coming
        assert "A-1: Plate readers" in past
        assert str(meeting.id) in coming
        assert str(meeting.id) not in past

    def test_filters_by_body_and_campaign(self, viewer, coalition, meeting, item, campaign):
        other = make_body(coalition, "Board")

        assert "No meeting was found" in viewer.get(f"{MEETINGS}?body={other.id}").text
        assert "No meeting was found" in viewer.get(f"{MEETINGS}?campaign={campaign.id}").text
        shown = viewer.get(f"{MEETINGS}?campaign={campaign.id}&when=past").text
        assert "A-1: Plate readers" in shown

    @pytest.mark.parametrize("query", ["page=x", "page=-1", "page=99999999", "page=٣"])
    def test_takes_any_page_number(self, viewer, query):
        assert viewer.get(f"{MEETINGS}?when=past&{query}").status_code == 200


class TestAgenda:
    def test_takes_items(self, coordinator, coalition, meeting, campaign):
        answer = coordinator.post(
            f"{MEETINGS}{meeting.id}/items/",
            data={"subject": "Drones", "number": "Item A-2", "campaign": str(campaign.id)},
        )

        assert answer.status_code == 303
        [item] = stored(coalition, AgendaItem)
        assert (item.number, item.campaign_id) == ("A-2", campaign.id)

    def test_refuses_a_second_item_of_one_number(self, coordinator, coalition, item):
        answer = coordinator.post(
            f"{MEETINGS}{item.meeting_id}/items/", data={"subject": "Drones", "number": "a.1"}
        )

        assert answer.status_code == 422
        assert "“Plate readers” has the number A-1 on this agenda" in answer.text
        assert len(stored(coalition, AgendaItem)) == 1

    def test_renumbers_and_describes(self, coordinator, coalition, item):
        here = f"{MEETINGS}{item.meeting_id}/items/{item.id}"
        assert 'value="A-1"' in coordinator.get(here).text

        coordinator.post(here, data={"subject": "ALPRs", "number": "B-3", "docket": "18-1"})

        [found] = stored(coalition, AgendaItem)
        assert (found.label, found.docket, found.campaign_id) == ("B-3: ALPRs", "18-1", None)

    def test_moves_items(self, coordinator, coalition, item):
        coordinator.post(f"{MEETINGS}{item.meeting_id}/items/", data={"subject": "Drones"})

        coordinator.post(
            f"{MEETINGS}{item.meeting_id}/items/{item.id}/place", data={"to": "down"}
        )

        with db.reading(coalition.id):
            meeting = db.session.get(Meeting, item.meeting_id)
            db.session.refresh(meeting, ["items"])
            assert [each.subject for each in meeting.items] == ["Drones", "Plate readers"]

    def test_puts_an_item_off(self, coordinator, coalition, item, meeting):
        here = f"{MEETINGS}{item.meeting_id}/items/{item.id}"
        assert str(meeting.id) in coordinator.get(here).text

        answer = coordinator.post(here + "/continuation", data={"meeting": str(meeting.id)})

        assert answer.headers["Location"].endswith(str(meeting.id))
        assert "Plate readers" in coordinator.get(answer.headers["Location"]).text
        assert "Put off to" in coordinator.get(f"{MEETINGS}{item.meeting_id}").text

    def test_refuses_to_put_off_to_an_earlier_meeting(self, coordinator, coalition, item):
        council = make_body(coalition, "Board")
        earlier = make_meeting(coalition, council, date(2017, 1, 1))

        answer = coordinator.post(
            f"{MEETINGS}{item.meeting_id}/items/{item.id}/continuation",
            data={"meeting": str(earlier.id)},
        )

        assert answer.status_code == 422
        assert "Choose one after this" in answer.text

    def test_withdraws(self, coordinator, coalition, item):
        coordinator.post(f"{MEETINGS}{item.meeting_id}/items/{item.id}/withdrawal")

        [found] = stored(coalition, AgendaItem)
        assert found.status == ItemStatus.WITHDRAWN

    def test_records_an_outcome_and_takes_it_back(self, coordinator, coalition, item):
        here = f"{MEETINGS}{item.meeting_id}/items/{item.id}"
        coordinator.post(
            here + "/outcome",
            data={"outcome": "declined_to_vote", "outcome_note": "“It's done.”"},
        )
        [found] = stored(coalition, AgendaItem)
        assert found.outcome == ItemOutcome.DECLINED_TO_VOTE
        assert found.outcome_on == date(2018, 3, 13)
        assert "The body declined to vote" in coordinator.get(here).text

        coordinator.post(here + "/outcome", data={"outcome": ""})

        [found] = stored(coalition, AgendaItem)
        assert found.outcome is None

    def test_refuses_an_outcome_of_tomorrow(self, coordinator, item):
        day = (now() + timedelta(days=3)).date().isoformat()

        answer = coordinator.post(
            f"{MEETINGS}{item.meeting_id}/items/{item.id}/outcome",
            data={"outcome": "adopted", "outcome_on": day},
        )

        assert answer.status_code == 422
        assert day in answer.text

    def test_knows_no_item_of_another_meeting(self, coordinator, item, meeting):
        assert coordinator.get(f"{MEETINGS}{meeting.id}/items/{item.id}").status_code == 404


class TestVotes:
    def test_are_recorded_all_at_once(self, coordinator, coalition, council, item):
        added = coordinator.post(
            f"{MEETINGS}{item.meeting_id}/items/{item.id}/motions",
            data={"text": "Approve the contract", "our_position": "oppose"},
        )
        page = coordinator.get(added.headers["Location"]).text
        ada, ben, cy = (post.officeholders[0].id for post in council.posts)
        assert page.count('<fieldset class="ballot">') == 3

        answer = coordinator.post(
            added.headers["Location"] + "/votes",
            data={f"vote-{ada}": "yes", f"vote-{ben}": "absent", f"vote-{cy}": ""},
        )

        assert answer.status_code == 303
        [motion] = stored(coalition, Motion)
        assert motion.result == MotionResult.PASSED
        assert {each.officeholder_id for each in stored(coalition, Vote)} == {ada, ben}
        page = coordinator.get(answer.headers["Location"]).text
        assert "1–0" in page
        assert f'name="vote-{ada}" value="yes" checked' in page

    def test_refuse_who_held_no_seat(self, coordinator, coalition, motion):
        board = make_body(coalition, "Board", seats=("Zed Zelkova",))

        answer = coordinator.post(
            f"{MOTIONS}{motion.id}/votes",
            data={f"vote-{board.posts[0].officeholders[0].id}": "yes"},
        )

        assert answer.status_code == 422
        assert "Zed Zelkova held no seat of “City Council” on 2018-03-13" in answer.text
        assert stored(coalition, Vote) == []

    def test_may_be_numbers_only(self, coordinator, coalition, motion):
        coordinator.post(
            f"{MOTIONS}{motion.id}/votes", data={"yes_count": "4", "no_count": "0"}
        )

        page = coordinator.get(f"{MOTIONS}{motion.id}").text
        assert "4–0" in page
        assert 'value="4"' in page

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({}, "at least one member"),
            ({"yes_count": "4"}, "Write both numbers"),
            ({"voted_on": "2199-01-01", "yes_count": "4", "no_count": "0"}, "2199-01-01"),
            ({"yes_count": "4", "no_count": "0", "vote": "yes"}, "not both"),
        ],
    )
    def test_say_what_is_wrong(self, coordinator, coalition, council, motion, values, said):
        if values.pop("vote", None):
            values[f"vote-{council.posts[0].officeholders[0].id}"] = "yes"

        answer = coordinator.post(f"{MOTIONS}{motion.id}/votes", data=values)

        assert answer.status_code == 422
        assert said in answer.text
        assert stored(coalition, Vote) == []

    def test_keep_what_was_chosen_when_refused(self, coordinator, council, motion):
        ada = council.posts[0].officeholders[0].id

        answer = coordinator.post(
            f"{MOTIONS}{motion.id}/votes", data={f"vote-{ada}": "no", "yes_count": "4"}
        )

        assert f'name="vote-{ada}" value="no" checked' in answer.text

    def test_can_be_taken_back_and_go_with_the_motion(self, coordinator, coalition, motion):
        here = f"{MOTIONS}{motion.id}"
        coordinator.post(here + "/votes", data={"yes_count": "4", "no_count": "0"})
        coordinator.post(here + "/votes/removal")
        assert stored(coalition, Motion)[0].tally is None
        coordinator.post(here, data={"text": "Approve it", "our_position": "support"})
        assert stored(coalition, Motion)[0].text == "Approve it"

        coordinator.post(here + "/removal")

        assert stored(coalition, Motion) == []

    def test_wait_for_the_meeting(self, coordinator, coalition, meeting):
        with db.transaction(coalition.id):
            motion = Motion.put(db.session.merge(meeting).add_item("Drones"), "Buy drones")

        page = coordinator.get(f"{MOTIONS}{motion.id}").text

        assert "once the meeting has begun" in page
        assert 'class="ballot"' not in page

    def test_are_hidden_from_other_coalitions(self, stranger, motion):
        assert stranger.get(f"/manage/trams/meetings/motions/{motion.id}").status_code == 404

    def test_are_not_for_viewers(self, viewer, motion):
        assert viewer.get(f"{MOTIONS}{motion.id}").status_code == 200
        assert viewer.post(f"{MOTIONS}{motion.id}/votes", data={}).status_code == 403


class TestWhoDecides:
    def test_shows_whether_votes_are_what_was_said(
        self, coordinator, coalition, council, motion, campaign
    ):
        ada, ben, _ = (post.officeholders[0].id for post in council.posts)
        for holder, position in ((ada, "support"), (ben, "oppose"), (ada, "oppose")):
            answer = coordinator.post(
                DECIDERS + "pledges",
                data={"officeholder": str(holder), "position": position,
                      "said_on": "2018-03-01", "evidence": "At the <b>town hall</b>."},
            )  # fmt: skip
            assert answer.status_code == 303
        coordinator.post(
            f"{MOTIONS}{motion.id}",
            data={"text": "Approve the contract", "our_position": "oppose"},
        )

        coordinator.post(
            f"{MOTIONS}{motion.id}/votes", data={f"vote-{ada}": "no", f"vote-{ben}": "yes"}
        )

        page = " ".join(coordinator.get(DECIDERS).text.split())
        assert page.count("not as said") == 1
        assert page.count(">as said<") == 1
        assert "Cy Cedar" in page
        assert "<b>town hall" not in page

    def test_refuses_what_will_be_said_tomorrow(self, coordinator, coalition, council, item):
        answer = coordinator.post(
            DECIDERS + "pledges",
            data={"officeholder": str(council.posts[0].officeholders[0].id),
                  "position": "support", "said_on": "2199-01-01"},
        )  # fmt: skip

        assert answer.status_code == 422
        assert "cannot be in the future" in answer.text
        assert stored(coalition, Pledge) == []

    def test_forgets_what_was_noted_by_mistake(self, coordinator, coalition, council, item):
        coordinator.post(
            DECIDERS + "pledges",
            data={"officeholder": str(council.posts[0].officeholders[0].id),
                  "position": "support", "said_on": "2018-03-01"},
        )  # fmt: skip
        [pledge] = stored(coalition, Pledge)

        coordinator.post(f"{DECIDERS}pledges/{pledge.id}/removal")

        assert stored(coalition, Pledge) == []

    def test_says_what_to_do_while_nobody_is_known(self, viewer, coordinator, campaign):
        assert "No body is known to decide" in viewer.get(DECIDERS).text
        assert "Add a meeting" in coordinator.get(DECIDERS).text


class TestStatements:
    def test_do_not_grow_with_what_is_shown(
        self, coordinator, coalition, council, item, campaign, count_statements
    ):
        pages = (
            MEETINGS + "?when=past",
            f"{MEETINGS}{item.meeting_id}",
            DECIDERS,
            "/c/night-buses/meetings/",
        )
        item_id, campaign_id, council_id = item.id, campaign.id, council.id

        def sent(address):
            page_cache.forget()
            db.session.remove()
            with count_statements() as statements:
                assert coordinator.get(address).status_code == 200
            return len(statements)

        def grow(number):
            with db.transaction(coalition.id):
                body = db.session.get(DecisionBody, council_id)
                seat = body.add_post(f"Ward {number}")
                member = seat.seat(f"Member {number}", starts_on=date(2017, 1, 1))
                found = db.session.get(AgendaItem, item_id)
                about = db.session.get(Campaign, campaign_id)
                motion = Motion.put(found, f"Motion {number}", our_position=Position.OPPOSE)
                motion.record_votes({member.id: VoteChoice.YES})
                Pledge.note(about, member, Position.SUPPORT, said_on=date(2018, 1, 1))
                found.meeting.add_item(f"Item {number}", campaign=about)
                other = Meeting.schedule(body, date(2018, 1, number), time(9))
                other.add_item("Readers", campaign=about)

        grow(1)
        sent(pages[0])  # reads the coalition, which is then remembered
        before = [sent(address) for address in pages]
        for number in (2, 3, 4):
            grow(number)

        assert [sent(address) for address in pages] == before
