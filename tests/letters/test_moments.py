"""Tests of local times and the moments that they mean."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from coalition.letters.moments import NotATime, form_text, read_moment
from coalition.localtime import UnknownTimeZone, time_zones

LOS_ANGELES = "America/Los_Angeles"


def read(text, zone=LOS_ANGELES):
    return read_moment(text, zone, field="closes_at")


class TestReadMoment:
    def test_means_the_time_in_that_zone(self):
        moment = read("2026-12-14T17:00")

        assert moment.at == datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
        assert not moment.skipped

    def test_moves_a_time_that_the_clocks_skip_forward_and_says_so(self):
        moment = read("2026-03-08T02:30")

        assert moment.skipped
        assert moment.local == datetime(2026, 3, 8, 3, 30)
        assert moment.at == datetime(2026, 3, 8, 10, 30, tzinfo=UTC)

    def test_takes_the_later_of_a_time_that_comes_twice(self):
        moment = read("2026-11-01T01:30")

        assert moment.at == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
        assert not moment.skipped

    def test_lets_the_last_minute_last_until_the_day_is_over(self):
        moment = read("2026-12-14T23:59")

        assert moment.at == datetime(2026, 12, 15, 7, 59, 59, 999_999, tzinfo=UTC)
        assert form_text(moment.at, LOS_ANGELES) == "2026-12-14T23:59"

    @pytest.mark.parametrize("text", ["tomorrow", "2026-02-30T10:00", "0001-01-01T00:00", ""])
    def test_refuses_what_is_no_time(self, text):
        with pytest.raises(NotATime):
            read(text)

    @pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "PST"])
    def test_refuses_what_is_no_zone(self, zone):
        with pytest.raises(UnknownTimeZone):
            read("2026-12-14T17:00", zone)

    @pytest.mark.parametrize("zone", time_zones()[:: len(time_zones()) // 30])
    def test_is_right_around_every_change_of_the_clocks(self, zone):
        place = ZoneInfo(zone)
        start = datetime(2025, 1, 1, tzinfo=UTC)
        hours = [start + timedelta(hours=n) for n in range(6 * 8766)]
        offsets = [hour.astimezone(place).utcoffset() for hour in hours]
        changes = [n for n in range(1, len(hours)) if offsets[n] != offsets[n - 1]]

        for n in changes:
            before, after = offsets[n - 1], offsets[n]
            # The first hour of the new time; of the half hour zones a half is enough.
            wall = (hours[n] + before).replace(tzinfo=None) + timedelta(minutes=1)
            moment = read_moment(wall.strftime("%Y-%m-%dT%H:%M"), zone, field="closes_at")

            if after > before:
                assert moment.skipped
                assert moment.local == wall + (after - before)
            else:
                wall = (hours[n] + after).replace(tzinfo=None) + timedelta(minutes=1)
                text = wall.strftime("%Y-%m-%dT%H:%M")
                later = read_moment(text, zone, field="closes_at")
                assert not later.skipped
                assert later.at == hours[n] + timedelta(minutes=1)
