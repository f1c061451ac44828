"""When reminders go out, by the clocks of the meeting's place, and when they do not."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from coalition import db
from coalition.decisions.meetings import Meeting, MeetingFacts, Precision
from coalition.decisions.models import DecisionBody
from coalition.notices.receipts import Notice
from coalition.notices.schedule import DAY_MIN, HOUR_MIN, plan
from coalition.testing import make_meeting
from tests.notices.conftest import NOW, add_item, change, make_resident, number, set_clock

LOS_ANGELES = "America/Los_Angeles"


def meeting_at(*parts, precision=Precision.TIME, closes_at=None):
    starts_at = datetime(*parts, tzinfo=ZoneInfo(LOS_ANGELES)).astimezone(UTC)
    return Meeting(
        coalition_id=None,
        starts_at=starts_at,
        precision=precision,
        time_zone=LOS_ANGELES,
        own_comment_closes_at=closes_at,
        body=DecisionBody(name="City Council"),
    )


def local(planned):
    return f"{planned.at.astimezone(ZoneInfo(LOS_ANGELES)):%Y-%m-%d %H:%M %z}"


class TestPlan:
    @pytest.mark.parametrize(
        ("begins", "lead", "at"),
        [
            # Days are those of the calendar: the same hour, whatever the clocks did between.
            ((2026, 11, 1, 10), DAY_MIN, "2026-10-31 10:00 -0700"),
            ((2026, 11, 5, 10), 7 * DAY_MIN, "2026-10-29 10:00 -0700"),
            ((2027, 3, 14, 10), DAY_MIN, "2027-03-13 10:00 -0800"),
            # Hours are hours.
            ((2026, 11, 1, 3), 3 * HOUR_MIN, "2026-11-01 01:00 -0700"),
            ((2027, 3, 14, 4), 3 * HOUR_MIN, "2027-03-14 00:00 -0800"),
            # A time that the clocks skip on the day before is taken an hour later.
            ((2027, 3, 15, 2, 30), DAY_MIN, "2027-03-14 03:30 -0700"),
        ],
    )
    def test_counts_days_by_the_calendar_and_hours_as_they_pass(self, begins, lead, at):
        (planned,) = plan(meeting_at(*begins), [lead], [])

        assert local(planned) == at

    def test_reminds_in_the_morning_of_a_day_whose_hour_nobody_knows(self):
        meeting = meeting_at(2026, 11, 2, precision=Precision.DAY)

        planned = plan(meeting, [7 * DAY_MIN, DAY_MIN, 3 * HOUR_MIN], [])

        assert [local(each) for each in planned] == [
            "2026-10-26 09:00 -0700",
            "2026-11-01 09:00 -0800",
        ]

    def test_is_empty_where_only_the_month_is_known(self):
        meeting = meeting_at(2026, 11, 1, precision=Precision.MONTH)

        assert plan(meeting, [DAY_MIN], [DAY_MIN]) == []

    def test_has_the_end_of_comments_too(self):
        closes_at = datetime(2026, 11, 9, 20, tzinfo=UTC)
        meeting = meeting_at(2026, 11, 10, 17, closes_at=closes_at)

        planned = plan(meeting, [], [DAY_MIN])

        assert [(each.kind, local(each)) for each in planned] == [
            ("deadline", "2026-11-08 12:00 -0800")
        ]

    def test_gives_a_reminder_another_key_when_the_meeting_moves(self):
        (one,) = plan(meeting_at(2026, 11, 10, 17), [DAY_MIN], [])
        (other,) = plan(meeting_at(2026, 11, 17, 17), [DAY_MIN], [])

        assert one.key != other.key


def moments(coalition) -> list[tuple[str, str]]:
    """Return what was begun, by the clocks of Los Angeles."""
    with db.reading(coalition.id) as session:
        found = session.scalars(select(Notice).order_by(Notice.id)).all()
        return [
            (
                each.kind.value,
                f"{each.created_at.astimezone(ZoneInfo(LOS_ANGELES)):%m-%d %H:%M}",
            )
            for each in found
        ]


class TestRemind:
    def test_goes_out_at_the_chosen_times_and_no_more(
        self, coalition, item, look, sent, pass_hours
    ):
        make_resident(coalition)
        number(item)
        look(minutes=60)

        pass_hours(27 * 24)

        assert moments(coalition) == [
            ("agenda", "10-15 13:00"),
            ("reminder", "11-03 17:00"),
            ("reminder", "11-09 17:00"),
            ("reminder", "11-10 14:00"),
        ]
        assert len(sent()) == 4

    def test_goes_out_before_comments_close(
        self, coalition, campaign, meeting, item, look, sent, pass_hours
    ):
        make_resident(coalition)
        closes_at = datetime(2026, 11, 9, 1, tzinfo=UTC)  # Sunday, 5 p.m.
        change(
            meeting,
            lambda found: found.describe(
                MeetingFacts(place=found.place, own_comment_closes_at=closes_at)
            ),
        )
        change(campaign, lambda found: set_clock(found, meeting=[]))
        look(days=17)

        pass_hours(8 * 24)

        assert moments(coalition) == [("deadline", "11-07 17:00")]
        (mail,) = sent()
        assert mail["subject"].startswith("Comments close soon: City Council")
        assert "until Sunday, November 8, 2026, 5:00 PM" in mail["text"]

    def test_is_left_out_right_after_another_mail(
        self, coalition, item, look, clock, sent, pass_hours
    ):
        make_resident(coalition)
        clock.move_to(datetime(2026, 11, 9, 23, tzinfo=UTC))  # two hours before the day before
        number(item)
        look(minutes=11)

        pass_hours(12)

        assert [kind for kind, _ in moments(coalition)] == ["agenda"]

    def test_is_sent_once_if_the_worker_was_away(self, coalition, item, look, clock, sent):
        make_resident(coalition)
        clock.move_to(datetime(2026, 11, 10, 3, tzinfo=UTC))  # two hours late
        look(minutes=1)
        look(minutes=1)

        assert [kind for kind, _ in moments(coalition)] == ["reminder"]
        assert len(sent()) == 1

    def test_is_left_out_if_it_would_come_far_too_late(self, coalition, item, look, clock):
        make_resident(coalition)
        clock.move_to(datetime(2026, 11, 10, 12, tzinfo=UTC))  # eleven hours late

        look(minutes=1)

        assert moments(coalition) == []

    @pytest.mark.parametrize(
        "stop",
        [
            lambda item: item.meeting.cancel("No quorum."),
            lambda item: item.withdraw(),
            lambda item: setattr(item, "campaign_id", None),
        ],
    )
    def test_stops_by_itself(self, coalition, item, look, stop, pass_hours):
        make_resident(coalition)
        change(item, stop)
        look(days=17)

        pass_hours(9 * 24)

        assert moments(coalition) == []

    def test_stops_for_the_old_meeting_and_begins_for_the_new_one(
        self, coalition, body, item, look, sent, pass_hours
    ):
        make_resident(coalition)
        later = make_meeting(coalition, body, date(2026, 11, 24), time(18))
        change(item, lambda found: found.continue_to(db.session.get_one(Meeting, later.id)))
        look(minutes=60)

        pass_hours(41 * 24)

        assert moments(coalition) == [
            ("reminder", "11-17 18:00"),
            ("reminder", "11-23 18:00"),
            ("reminder", "11-24 15:00"),
        ]

    def test_comes_again_when_the_meeting_moves_a_week(
        self, coalition, meeting, item, look, clock, pass_hours
    ):
        make_resident(coalition)
        clock.move_to(datetime(2026, 11, 10, 1, tzinfo=UTC))
        look(minutes=0)  # a day before
        change(meeting, lambda found: found.reschedule(date(2026, 11, 17), time(17)))
        look(minutes=60)

        pass_hours(8 * 24)

        assert [kind for kind, _ in moments(coalition)] == [
            "reminder",
            "changed",
            "reminder",
            "reminder",
            "reminder",
        ]

    def test_is_not_sent_while_the_clock_stands_still(
        self, coalition, campaign, item, look, pass_hours
    ):
        make_resident(coalition)
        change(campaign, lambda found: set_clock(found, is_on=False))

        look(days=17)
        pass_hours(9 * 24)

        assert moments(coalition) == []

    def test_of_another_campaign_follows_its_own_times(
        self, coalition, meeting, item, look, clock, pass_hours
    ):
        from coalition.campaigns.models import Campaign, CampaignStatus

        make_resident(coalition)
        with db.transaction(coalition.id) as session:
            drones = Campaign(slug="drones", title="No drones", status=CampaignStatus.ACTIVE)
            session.add(drones)
            session.flush()
            set_clock(drones, meeting=[14 * DAY_MIN], deadline=[])
        add_item(coalition, meeting, drones)

        clock.move_to(NOW + timedelta(days=12))
        pass_hours(24)

        assert moments(coalition) == [("reminder", "10-27 17:00")]
