"""Tests of when and where meetings take place."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from coalition import db
from coalition.audit import AuditEntry
from coalition.clock import now
from coalition.decisions.errors import (
    DeadlineTooLate,
    MeetingNotYet,
    MeetingState,
    ReasonMissing,
    TimeMissing,
)
from coalition.decisions.events import (
    MeetingCancelled,
    MeetingChanged,
    MeetingHeld,
    MeetingScheduled,
)
from coalition.decisions.meetings import Meeting, MeetingFacts, MeetingStatus, Precision
from coalition.localtime import TimeComesTwice, TimeSkipped, Turn
from coalition.testing import make_meeting


def change(meeting: Meeting, verb):
    """Let a verb work on the meeting in a transaction of its coalition."""
    with db.transaction(meeting.coalition_id) as session:
        return verb(session.get(Meeting, meeting.id))


@pytest.fixture
def meeting(coalition, council) -> Meeting:
    return make_meeting(coalition, council)


@pytest.fixture
def held(coalition, council) -> Meeting:
    meeting = make_meeting(coalition, council, date(2018, 3, 13))
    change(meeting, Meeting.hold)
    return meeting


class TestSchedule:
    def test_takes_the_time_of_the_place(self, coalition, council, recorded):
        meeting = make_meeting(coalition, council, date(2018, 3, 13), time(17))

        assert meeting.starts_at == datetime(2018, 3, 14, 0, 0, tzinfo=UTC)  # daylight saving
        assert meeting.local_start.isoformat() == "2018-03-13T17:00:00-07:00"
        assert meeting.status == MeetingStatus.TENTATIVE
        assert (meeting.place, meeting.address) == ("City Hall", "1 Main Street")
        assert [type(fact) for fact in recorded()] == [MeetingScheduled]

    def test_refuses_an_hour_that_the_clocks_skip(self, coalition, council, recorded):
        with pytest.raises(TimeSkipped, match=r"no 02:30 on 2026-03-08 .*mean 03:30"):
            make_meeting(coalition, council, date(2026, 3, 8), time(2, 30))

        assert recorded() == []

    def test_asks_which_of_two_is_meant(self, coalition, council):
        night = (date(2026, 11, 1), time(1, 30))
        with pytest.raises(TimeComesTwice, match="01:30 comes twice on 2026-11-01"):
            make_meeting(coalition, council, *night)

        first = make_meeting(coalition, council, *night, turn=Turn.FIRST)
        second = make_meeting(coalition, council, *night, turn=Turn.SECOND)

        assert second.starts_at - first.starts_at == timedelta(hours=1)
        assert first.local_start.replace(tzinfo=None) == second.local_start.replace(tzinfo=None)

    def test_may_know_the_month_only(self, coalition, council):
        meeting = make_meeting(
            coalition, council, date(2021, 1, 12), None, precision=Precision.MONTH
        )

        assert meeting.days == (date(2021, 1, 1), date(2021, 1, 31))
        assert meeting.comment_closes_at is None

    def test_refuses_an_exact_meeting_without_a_time(self, coalition, council):
        with pytest.raises(TimeMissing):
            make_meeting(coalition, council, date(2026, 3, 8), None, precision=Precision.TIME)


class TestCommentClosesAt:
    def test_follows_from_the_rule_of_the_body(self, meeting):
        assert meeting.comment_closes_at == meeting.starts_at - timedelta(hours=2)

    def test_is_what_was_said_for_this_meeting(self, meeting):
        noon = datetime(2026, 3, 8, 12, tzinfo=UTC)

        change(meeting, lambda it: it.describe(MeetingFacts(own_comment_closes_at=noon)))

        assert meeting.comment_closes_at == noon


class TestDeadline:
    def closing_at(self, day, at):
        zone = ZoneInfo("America/Los_Angeles")
        return MeetingFacts(own_comment_closes_at=datetime.combine(day, at, zone))

    def test_may_be_the_moment_of_the_meeting(self, meeting):
        facts = self.closing_at(meeting.day, meeting.local_start.time())

        assert "own_comment_closes_at" in change(meeting, lambda it: it.describe(facts))

    def test_is_refused_after_the_meeting_has_begun(self, meeting):
        begins = meeting.local_start
        facts = self.closing_at(begins.date(), (begins + timedelta(minutes=1)).time())

        with pytest.raises(DeadlineTooLate) as refused:
            change(meeting, lambda it: it.describe(facts))
        assert f"the meeting begins on {begins:%Y-%m-%d %H:%M}." in str(refused.value)

    def test_may_be_on_the_last_day_where_the_hour_is_not_known(self, coalition, council):
        with db.transaction(coalition.id) as session:
            schedule = partial(Meeting.schedule, session.merge(council), date(2199, 3, 10))
            for precision, last in ((Precision.DAY, 10), (Precision.MONTH, 31)):
                facts = self.closing_at(date(2199, 3, last), time(23, 59))
                schedule(precision=precision, facts=facts)
                late = self.closing_at(date(2199, 3, last) + timedelta(days=1), time(0))
                with pytest.raises(DeadlineTooLate):
                    schedule(precision=precision, facts=late)


class TestReschedule:
    def test_raises_the_revision_and_tells(self, meeting, recorded):
        day = (now() + timedelta(days=9)).date()

        assert change(meeting, lambda it: it.reschedule(day, time(18)))

        assert meeting.revision == 1
        assert meeting.local_start.date() == day
        assert [type(fact) for fact in recorded()] == [MeetingScheduled, MeetingChanged]

    def test_says_nothing_of_the_same_time(self, meeting, recorded):
        day, at = meeting.local_start.date(), meeting.local_start.time()

        assert not change(meeting, lambda it: it.reschedule(day, at))

        assert meeting.revision == 0
        assert [type(fact) for fact in recorded()] == [MeetingScheduled]

    def test_refuses_to_move_what_was_held_into_the_future(self, held):
        with pytest.raises(MeetingNotYet):
            change(held, lambda it: it.reschedule(date(2199, 1, 1), time(18)))

    def test_corrects_the_day_of_what_was_held(self, held):
        assert change(held, lambda it: it.reschedule(date(2018, 3, 12), time(18)))

    def test_refuses_what_was_cancelled(self, meeting):
        change(meeting, lambda it: it.cancel("No quorum."))

        with pytest.raises(MeetingState, match="the meeting is cancelled"):
            change(meeting, lambda it: it.reschedule(date(2199, 1, 1), time(18)))


class TestDescribe:
    def test_tells_of_another_place(self, meeting, recorded):
        changed = change(meeting, lambda it: it.describe(MeetingFacts(place="Library")))

        assert changed == ["place", "address"]
        assert meeting.revision == 1
        assert isinstance(recorded()[-1], MeetingChanged)

    def test_does_not_bother_calendars_with_the_minutes(self, meeting, recorded):
        facts = MeetingFacts(
            place="City Hall", address="1 Main Street", minutes_url="https://x.example"
        )

        assert change(meeting, lambda it: it.describe(facts)) == ["minutes_url"]

        assert meeting.revision == 0
        assert len(recorded()) == 1


class TestConfirm:
    def test_tells_calendars(self, meeting, recorded):
        change(meeting, Meeting.confirm)

        assert meeting.status == MeetingStatus.CONFIRMED
        assert meeting.revision == 1
        assert isinstance(recorded()[-1], MeetingChanged)

    def test_takes_back_a_cancellation(self, meeting):
        change(meeting, lambda it: it.cancel("No quorum."))
        change(meeting, Meeting.confirm)

        assert meeting.cancelled_because == ""
        assert meeting.revision == 2

    def test_happens_once(self, meeting):
        change(meeting, Meeting.confirm)

        with pytest.raises(MeetingState):
            change(meeting, Meeting.confirm)


class TestCancel:
    def test_keeps_the_reason(self, meeting, recorded):
        change(meeting, lambda it: it.cancel(" No quorum. "))

        assert meeting.status == MeetingStatus.CANCELLED
        assert meeting.cancelled_because == "No quorum."
        assert isinstance(recorded()[-1], MeetingCancelled)

    def test_wants_a_reason(self, meeting):
        with pytest.raises(ReasonMissing):
            change(meeting, lambda it: it.cancel("  "))

    def test_refuses_what_was_held(self, held):
        with pytest.raises(MeetingState):
            change(held, lambda it: it.cancel("Too late."))


class TestHold:
    def test_tells_and_stands_in_the_audit_log(self, held, recorded):
        assert held.status == MeetingStatus.HELD
        assert isinstance(recorded()[-1], MeetingHeld)
        with db.reading(held.coalition_id):
            log = db.session.scalars(select(AuditEntry.action)).all()
        assert {"meeting.scheduled", "meeting.held"} <= set(log)

    def test_waits_until_it_has_begun(self, meeting):
        with pytest.raises(MeetingNotYet):
            change(meeting, Meeting.hold)
