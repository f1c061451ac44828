"""Tests of local times and what the clocks do to them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.localtime import (
    TimeComesTwice,
    TimeSkipped,
    Turn,
    UnknownTimeZone,
    moment,
    start_of_day,
    time_zones,
    turn_of,
)

LOS_ANGELES = "America/Los_Angeles"
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
MINUTES = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)


class TestMoment:
    def test_is_what_the_clocks_of_the_place_show(self):
        assert moment(date(2018, 3, 13), time(17), LOS_ANGELES) == datetime(
            2018, 3, 14, tzinfo=UTC
        )

    def test_refuses_an_hour_that_is_skipped(self):
        with pytest.raises(TimeSkipped, match=r"no 02:30 on 2026-03-08.*Did you mean 03:30"):
            moment(SPRING, time(2, 30), LOS_ANGELES)

    def test_asks_which_of_two_hours_is_meant(self):
        with pytest.raises(TimeComesTwice, match="01:30 comes twice on 2026-11-01"):
            moment(AUTUMN, time(1, 30), LOS_ANGELES)

    def test_takes_the_one_that_is_meant(self):
        first = moment(AUTUMN, time(1, 30), LOS_ANGELES, turn=Turn.FIRST)
        second = moment(AUTUMN, time(1, 30), LOS_ANGELES, turn=Turn.SECOND)

        assert first == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
        assert second - first == timedelta(hours=1)

    def test_refuses_a_day_that_was_skipped_as_a_whole(self):
        with pytest.raises(TimeSkipped, match="Did you mean 2011-12-31 10:00"):
            moment(date(2011, 12, 30), time(10), "Pacific/Apia")

    def test_refuses_an_unknown_zone(self):
        with pytest.raises(UnknownTimeZone, match="Mars/Olympus"):
            moment(SPRING, time(10), "Mars/Olympus")

    @given(MINUTES, st.sampled_from(sorted(time_zones())))
    def test_gives_every_moment_back_from_its_local_time(self, at, zone):
        local = at.astimezone(ZoneInfo(zone))

        turn = turn_of(at, zone)

        assert moment(local.date(), local.time(), zone, turn=turn) == at.replace(
            second=at.second
        )

    @given(MINUTES, st.sampled_from(sorted(time_zones())))
    def test_never_stores_another_time_than_was_written(self, at, zone):
        written = at.replace(tzinfo=None)
        try:
            found = moment(written.date(), written.time(), zone)
        except (TimeSkipped, TimeComesTwice):
            return

        assert found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == written


class TestStartOfDay:
    def test_is_midnight(self):
        assert start_of_day(SPRING, LOS_ANGELES) == datetime(2026, 3, 8, 8, tzinfo=UTC)

    def test_exists_where_the_clocks_skip_midnight(self):
        assert start_of_day(date(2018, 11, 4), "America/Sao_Paulo").astimezone(
            ZoneInfo("America/Sao_Paulo")
        ).date() == date(2018, 11, 4)


class TestTurnOf:
    def test_is_nothing_on_other_days(self):
        assert turn_of(datetime(2026, 7, 1, tzinfo=UTC), LOS_ANGELES) is None
