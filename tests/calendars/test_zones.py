"""The definition of a zone, read by another library, hour by hour beside what the zone does."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from coalition.calendars import zones


def read(name):
    return tzical(StringIO(zones.definition(name).to_ical().decode())).get(name)


class TestDefinition:
    @pytest.mark.parametrize(
        "name",
        [
            "America/Los_Angeles",
            "America/New_York",
            "America/Phoenix",
            "America/Puerto_Rico",
            "Pacific/Honolulu",
            "Europe/London",
            "Australia/Lord_Howe",
            "America/St_Johns",
            "Asia/Kathmandu",
            "UTC",
        ],
    )
    def test_says_each_hour_what_the_zone_says(self, name):
        # dateutil takes a time that comes twice for the first one, so days suffice around it.
        theirs, ours = read(name), ZoneInfo(name)
        at, end = datetime(2017, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
        while at < end:
            local = at.astimezone(ours)
            twice = local.replace(fold=1).utcoffset() != local.replace(fold=0).utcoffset()
            if not twice:
                read_back = local.replace(tzinfo=theirs, fold=0)
                assert read_back.utcoffset() == local.utcoffset(), local
            at += timedelta(hours=7)

    @pytest.mark.parametrize(
        ("local", "offset_h"),
        [
            (datetime(2027, 3, 14, 1, 59), -8),
            (datetime(2027, 3, 14, 3, 0), -7),
            (datetime(2027, 11, 7, 0, 59), -7),
            (datetime(2027, 11, 7, 2, 0), -8),
        ],
    )
    def test_changes_to_the_minute(self, local, offset_h):
        zone = read("America/Los_Angeles")

        assert local.replace(tzinfo=zone).utcoffset() == timedelta(hours=offset_h)

    def test_names_the_rule_since_it_holds(self):
        text = zones.definition("America/Los_Angeles").to_ical().decode()

        assert "DTSTART:20070311T020000\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r\n" in text
        assert "DTSTART:20071104T020000\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r\n" in text

    def test_leaves_out_a_rule_that_no_yearly_rule_can_say(self):
        assert zones.definition("America/Nuuk") is None  # an hour before the last Sunday
