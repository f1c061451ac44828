"""The plan to begin slowly."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from coalition_email_outreach import limits, resting
from uuid_utils.compat import uuid7

from coalition.sdk import reading
from coalition.testing import choose_plugin_settings

from .conftest import begin, make_mailing
from .hours import departures

pytestmark = pytest.mark.usefixtures("at_any_hour")


class TestWarmUp:
    """So many messages on the first day, so many on the second, and then as many as there are."""

    LOS_ANGELES = ZoneInfo("America/Los_Angeles")
    FIRST = date(2026, 12, 1)

    @pytest.fixture
    def plan(self, at_any_hour, coalition, change_settings, monkeypatch):
        monkeypatch.setattr(limits, "WARM_UP", (5, 9))
        monkeypatch.setattr(resting, "LONGEST_REST_S", 1200)
        change_settings(COALITION_MAILING_WARM_UP_FROM=str(self.FIRST))
        choose_plugin_settings(
            coalition, "email-outreach", quiet_from=21, quiet_until=8, approval_above=0
        )

    def days(self, mailing, hour: int) -> list[list[float]]:
        """Begin at an hour of the first day; return at which hours of each day messages left."""
        at = datetime.combine(self.FIRST, time(hour), self.LOS_ANGELES)
        with time_machine.travel(at, tick=False):
            begin(mailing)
        left = [each.astimezone(self.LOS_ANGELES) for each in departures(mailing, at)]
        return [
            [each.hour + each.minute / 60 for each in left if each.date() == day]
            for day in sorted({each.date() for each in left})
        ]

    def test_is_that_of_each_day_in_the_hours_in_which_one_may_write(
        self, app, coalition, people, sink, plan
    ):
        people(20)

        first, second, third = self.days(make_mailing(coalition), hour=6)

        assert [len(first), len(second), len(third)] == [5, 9, 6]
        assert sum(each < 14.5 for each in first) in (2, 3)  # the middle of its hours
        assert sum(each < 14.5 for each in second) in (4, 5, 6)
        assert all(8 <= each < 8.2 for each in third)

    def test_is_all_of_that_day_also_if_it_begins_late(
        self, app, coalition, people, sink, plan
    ):
        people(6)

        first, second = self.days(make_mailing(coalition), hour=19)

        assert [len(first), len(second)] == [5, 1]

    def test_is_one_for_all_coalitions(self, app, coalition, people, sink, plan):
        people(3)
        with time_machine.travel(datetime(2026, 12, 1, 20, tzinfo=UTC)), reading(coalition.id):
            first = limits.limits(coalition).of_all(coalition.id)
            second = limits.limits(coalition).of_all(uuid7())

        assert first.keys() & second.keys() == {"installation", "warm-up:2026-12-01"}

    def test_has_the_days_of_the_plan(self, change_settings):
        change_settings(COALITION_MAILING_WARM_UP_FROM=str(self.FIRST))

        assert limits.warm_up(self.FIRST) == 200
        assert limits.warm_up(self.FIRST + timedelta(days=9)) == 100_000
        assert limits.warm_up(self.FIRST + timedelta(days=10)) is None
