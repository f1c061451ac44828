"""Quiet hours, where each recipient lives."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from coalition_email_outreach import resting
from coalition_email_outreach.lifecycle import Clock

from coalition.sdk import session, transaction
from coalition.testing import choose_plugin_settings

from .conftest import begin, make_mailing, send, states
from .hours import rests_s

pytestmark = pytest.mark.usefixtures("at_any_hour")


class TestQuietHours:
    """From nine in the evening until eight in the morning, where each recipient lives."""

    LOS_ANGELES = ZoneInfo("America/Los_Angeles")

    @pytest.fixture(autouse=True)
    def _from_nine_until_eight(self, at_any_hour, coalition):
        choose_plugin_settings(
            coalition, "email-outreach", quiet_from=21, quiet_until=8, approval_above=0
        )

    @pytest.fixture
    def mailing(self, app, coalition, people):
        regions = ["CA", "ny", "HI", None]
        for person, region in zip(people(4), regions, strict=True):
            with transaction(coalition.id):
                session.merge(person).region = region
        return make_mailing(coalition)

    def at(self, hour: int):
        """Travel to an hour of a Tuesday in Los Angeles."""
        day = datetime(2026, 12, 1, hour, tzinfo=self.LOS_ANGELES)
        return time_machine.travel(day)

    def test_are_those_of_where_each_recipient_lives(self, mailing, sink):
        with self.at(6):  # nine in New York, four in Honolulu
            begin(mailing)
            send()
            assert sink.recipients == ["p1@example.org"]

        with self.at(8):
            send()
            assert sorted(sink.recipients[1:]) == ["p0@example.org", "p3@example.org"]

        with self.at(9):
            send()
            assert states(mailing) == {"sent": 3, "queued": 1}

        with self.at(10):  # eight in Honolulu
            send()
            assert sink.recipients[3:] == ["p2@example.org"]

    def test_begin_for_those_in_the_east_first(self, mailing, sink):
        with self.at(20):
            begin(mailing)
            send()

        assert sorted(sink.recipients) == [f"p{n}@example.org" for n in (0, 2, 3)]

    def test_hold_for_a_time_on_the_recipients_clock_too(self, mailing, coalition, sink):
        nine = datetime(2026, 12, 1, 9, tzinfo=self.LOS_ANGELES)
        with transaction(coalition.id):
            found = session.merge(mailing)
            found.clock, found.send_at = Clock.RECIPIENT, nine
        with self.at(6):
            begin(mailing)
            send()

        assert sink.recipients == ["p1@example.org"]

    def test_that_are_changed_hold_in_a_minute(self, mailing, coalition, sink):
        with self.at(23):
            begin(mailing)
            send()
            assert sink.recipients == []
            assert 30 < rests_s(mailing) <= resting.LONGEST_REST_S

        choose_plugin_settings(coalition, "email-outreach", quiet_from=3, quiet_until=3)
        with time_machine.travel(datetime(2026, 12, 1, 23, 2, tzinfo=self.LOS_ANGELES)):
            send()
        assert states(mailing) == {"sent": 4}

    def test_of_a_coalition_that_moves_are_those_of_its_new_home(
        self, mailing, coalition, sink
    ):
        with self.at(22):
            begin(mailing)
            send()
            assert sink.recipients == ["p2@example.org"]

        with transaction(coalition.id):
            session.merge(coalition).time_zone = "Pacific/Honolulu"
        with time_machine.travel(datetime(2026, 12, 1, 22, 2, tzinfo=self.LOS_ANGELES)):
            send()
        assert sink.recipients[1:] == ["p3@example.org"]

    def test_leave_the_limit_to_those_who_may_be_written_to(self, mailing, coalition, sink):
        choose_plugin_settings(
            coalition, "email-outreach", quiet_from=21, quiet_until=8, per_hour=10
        )
        with self.at(6):
            begin(mailing)
            send()

        assert sink.recipients == ["p1@example.org"]
