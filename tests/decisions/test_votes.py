"""Tests of motions, votes and pledges."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition import db
from coalition.clock import now
from coalition.decisions.errors import (
    HeldNoSeat,
    ItemState,
    MeetingNotYet,
    MeetingState,
    NoVotes,
    PledgeInFuture,
)
from coalition.decisions.events import MeetingHeld, PledgeNoted, VoteRecorded
from coalition.decisions.meetings import ItemStatus, MeetingStatus, Precision
from coalition.decisions.models import Officeholder
from coalition.decisions.pledges import Kept, Pledge
from coalition.decisions.votes import Motion, MotionResult, Position, Tally, Vote, VoteChoice
from coalition.testing import make_body, make_meeting

YES, NO, ABSENT = VoteChoice.YES, VoteChoice.NO, VoteChoice.ABSENT


@pytest.fixture
def motion(past):
    with past.writing() as here:
        return Motion.put(here.item, "Approve the contract", our_position=Position.OPPOSE)


def record(past, motion, choices, **more):
    with past.writing():
        found = db.session.get(Motion, motion.id)
        found.record_votes(
            {past.holders[name]: choice for name, choice in choices.items()}, **more
        )
    return found


class TestRecordVotes:
    def test_stores_all_and_derives_the_result(self, past, motion, recorded):
        found = record(past, motion, {"Ada Alder": YES, "Ben Birch": YES, "Cy Cedar": NO})

        assert str(found.tally) == "2–1"
        assert found.result == MotionResult.PASSED
        assert found.voted_on == date(2018, 3, 13)
        assert [type(fact) for fact in recorded()][-2:] == [MeetingHeld, VoteRecorded]

    def test_says_that_the_meeting_took_place_and_the_item_was_heard(self, past, motion):
        record(past, motion, {"Ada Alder": YES})

        with past.writing() as here:
            assert here.meeting.status == MeetingStatus.HELD
            assert here.item.status == ItemStatus.HEARD

    @pytest.mark.parametrize(
        ("choices", "result"),
        [
            ({"Ada Alder": YES, "Ben Birch": NO}, MotionResult.FAILED),
            ({"Ada Alder": YES, "Ben Birch": ABSENT}, MotionResult.PASSED),
            ({"Ada Alder": VoteChoice.RECUSED, "Ben Birch": ABSENT}, MotionResult.NO_VOTE),
        ],
    )
    def test_counts_only_those_voting(self, past, motion, choices, result):
        assert record(past, motion, choices).result == result

    def test_takes_a_result_under_another_rule(self, past, motion):
        found = record(
            past, motion, {"Ada Alder": YES, "Ben Birch": NO}, result=MotionResult.PASSED
        )

        assert found.result == MotionResult.PASSED
        assert found.is_set_by_hand

    def test_replaces_what_was_recorded_before(self, past, motion):
        record(past, motion, {"Ada Alder": YES, "Ben Birch": YES})

        found = record(past, motion, {"Ada Alder": NO, "Cy Cedar": NO})

        assert str(found.tally) == "0–2"
        with past.writing():
            assert db.session.query(Vote).count() == 2

    def test_refuses_somebody_who_held_no_seat_that_day(
        self, past, motion, coalition, recorded
    ):
        with past.writing() as here:
            post = here.body.posts[0]
            post.officeholders[0].change(
                "Ada Alder", starts_on=date(2017, 1, 1), ends_on=date(2018, 3, 12)
            )
        told, motion_id = len(recorded()), motion.id

        with pytest.raises(HeldNoSeat) as refused:
            record(past, motion, {"Ben Birch": YES, "Ada Alder": YES})

        for part in ("Ada Alder", "District 1", "2018-03-13", "2017-01-01 – 2018-03-12"):
            assert part in str(refused.value)
        with past.writing():
            assert db.session.get(Motion, motion_id).votes == []
        assert len(recorded()) == told

    def test_refuses_a_member_of_another_body(self, past, motion, coalition):
        board = make_body(coalition, "Board", seats=("Zed Zelkova",))
        past.holders["Zed Zelkova"] = board.posts[0].officeholders[0].id

        with pytest.raises(HeldNoSeat, match="the seat “District 1” of “Board”"):
            record(past, motion, {"Zed Zelkova": YES})

    def test_refuses_nobody(self, past, motion):
        with pytest.raises(NoVotes):
            record(past, motion, {})

    def test_waits_for_the_meeting(self, past, coalition):
        coming = make_meeting(coalition, past.council)
        with past.writing():
            item = db.session.merge(coming).add_item("Drones")
            motion = Motion.put(item, "Buy drones")

        with pytest.raises(MeetingNotYet):
            record(past, motion, {"Ada Alder": YES})

    def test_refuses_an_item_that_was_withdrawn(self, past, motion):
        with past.writing() as here:
            here.item.withdraw()

        with pytest.raises(ItemState, match="withdrawn"), past.writing() as here:
            Motion.put(here.item, "Approve it anyway")

    def test_refuses_a_cancelled_meeting(self, past, motion):
        with past.writing() as here:
            here.meeting.cancel("No quorum.")

        with pytest.raises(MeetingState, match="cancelled"):
            record(past, motion, {"Ada Alder": YES})

    def test_takes_a_member_of_any_day_of_a_month(self, past, coalition):
        meeting = make_meeting(
            coalition, past.council, date(2021, 1, 1), None, precision=Precision.MONTH
        )
        with past.writing() as here:
            here.body.posts[0].officeholders[0].change(
                "Ada Alder", starts_on=date(2017, 1, 1), ends_on=date(2021, 1, 15)
            )
            motion = Motion.put(db.session.merge(meeting).add_item("Readers"), "Allow")

        found = record(past, motion, {"Ada Alder": YES})

        assert found.voted_on is None


class TestRecordCounts:
    def test_is_shown_like_votes_with_names(self, past, motion):
        with past.writing():
            found = db.session.get(Motion, motion.id)
            found.record_counts(4, 0)

        assert str(found.tally) == "4–0"
        assert found.result == MotionResult.PASSED

    def test_takes_the_place_of_names_and_the_other_way_round(self, past, motion):
        record(past, motion, {"Ada Alder": YES})
        with past.writing():
            found = db.session.get(Motion, motion.id)
            found.record_counts(0, 3)
            assert (found.votes, str(found.tally)) == ([], "0–3")

        assert str(record(past, motion, {"Ada Alder": YES}).tally) == "1–0"

    def test_can_be_taken_back(self, past, motion):
        with past.writing():
            found = db.session.get(Motion, motion.id)
            found.record_counts(4, 0)
            found.forget_votes()

        assert (found.tally, found.result, found.voted_on) == (None, None, None)


class TestTally:
    @given(st.integers(0, 50), st.integers(0, 50))
    def test_passes_only_with_more_yes_than_no(self, yes, no):
        result = Tally(yes, no).result

        assert (result == MotionResult.PASSED) == (yes > no)
        assert (result == MotionResult.NO_VOTE) == (yes == no == 0)


class TestPledge:
    def note(self, past, position, said_on, name="Ada Alder"):
        with past.writing() as here:
            holder = db.session.get(Officeholder, past.holders[name])
            return Pledge.note(here.campaign, holder, position, said_on=said_on)

    def test_tells_with_ids_only(self, past, recorded):
        pledge = self.note(past, Position.SUPPORT, date(2018, 3, 1))

        fact = recorded()[-1]
        assert isinstance(fact, PledgeNoted)
        assert fact.pledge_id == pledge.id

    def test_refuses_a_day_to_come(self, past):
        with pytest.raises(PledgeInFuture):
            self.note(past, Position.SUPPORT, (now() + timedelta(days=2)).date())

    @pytest.mark.parametrize(
        ("said", "ours", "choice", "kept"),
        [
            (Position.SUPPORT, Position.SUPPORT, YES, Kept.KEPT),
            (Position.SUPPORT, Position.SUPPORT, NO, Kept.BROKEN),
            (Position.SUPPORT, Position.OPPOSE, NO, Kept.KEPT),
            (Position.SUPPORT, Position.OPPOSE, YES, Kept.BROKEN),
            (Position.OPPOSE, Position.OPPOSE, YES, Kept.KEPT),
            (Position.OPPOSE, Position.SUPPORT, YES, Kept.BROKEN),
            (Position.SUPPORT, Position.OPPOSE, ABSENT, Kept.DID_NOT_VOTE),
            (Position.SUPPORT, Position.OPPOSE, VoteChoice.RECUSED, Kept.DID_NOT_VOTE),
            (Position.NEUTRAL, Position.OPPOSE, YES, None),
            (Position.SUPPORT, Position.NEUTRAL, YES, None),
        ],
    )
    def test_compares_with_the_vote(self, said, ours, choice, kept):
        pledge = Pledge(position=said)
        motion = Motion(text="Approve", our_position=ours)

        assert pledge.compare(motion, choice) == kept
