"""What a calendar program reads in a feed, checked with a second parser and by its bytes."""

import re
from datetime import UTC, date, timedelta

import pytest
import time_machine
import vobject
from icalendar import Calendar

from coalition import db, page_cache
from coalition.clock import now
from coalition.decisions.meetings import Meeting, MeetingStatus, Precision
from coalition.decisions.removed_meetings import remove_item, remove_meeting
from tests.calendars.conftest import make_area, make_campaign, make_meeting, utc

FEED = "/c/night-buses/calendar.ics"


def read(client, url=FEED):
    """Return a feed's events by uid, as another library than ours reads them."""
    answer = client.get(url)
    assert answer.status_code == 200
    check_bytes(answer.data)
    parsed = vobject.readOne(answer.text)
    parsed.validate(raiseException=True)
    return {
        event.uid.value.partition("@")[0]: event for event in parsed.contents.get("vevent", [])
    }


def check_bytes(data: bytes) -> None:
    """Check what RFC 5545, 3.1 asks of every line."""
    assert data.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
    for line in data.split(b"\r\n")[:-1]:
        assert line, "no line is empty"
        assert len(line) <= 75
        line.decode("utf-8")  # a fold never cuts a character
    assert data.startswith(b"BEGIN:VCALENDAR\r\n")


class TestFeed:
    def test_tells_when_where_and_under_which_number(self, client, coalition, council):
        meeting = make_meeting(
            coalition, council, "A-1", "A-2", starts_at=utc(2026, 12, 15, 1), duration_min=180
        )  # fmt: skip

        event = read(client)[str(meeting.id)]

        assert event.summary.value == "City Council: items A-1, A-2"
        assert event.location.value == "City Hall, 9770 Culver Boulevard, Culver City"
        assert event.dtstart.value.isoformat() == "2026-12-14T17:00:00-08:00"
        assert event.dtend.value - event.dtstart.value == timedelta(hours=3)
        assert "A-1: License plate readers" in event.description.value
        assert "Write to clerk@example.gov." in event.description.value
        assert event.status.value == "CONFIRMED"
        assert (
            event.url.value == f"http://localhost/c/night-buses/meetings/{meeting.id}?lang=en"
        )

    def test_names_the_zone_and_defines_it(self, client, coalition, council):
        make_meeting(coalition, council, starts_at=utc(2026, 12, 15, 1))

        text = client.get(FEED).text

        assert "DTSTART;TZID=America/Los_Angeles:20261214T170000\r\n" in text
        assert "BEGIN:VTIMEZONE\r\nTZID:America/Los_Angeles\r\n" in text
        assert "TZOFFSETTO:-0700" in text
        assert "TZOFFSETTO:-0800" in text

    @pytest.mark.parametrize(
        ("starts_at", "local"),
        [
            (utc(2027, 3, 14, 9, 30), "2027-03-14T01:30:00-08:00"),
            (utc(2027, 3, 14, 10, 30), "2027-03-14T03:30:00-07:00"),
            (utc(2027, 11, 7, 17, 0), "2027-11-07T09:00:00-08:00"),
        ],
    )
    def test_keeps_the_moment_where_the_clocks_change(
        self, client, coalition, council, starts_at, local
    ):
        meeting = make_meeting(coalition, council, starts_at=starts_at, duration_min=60)

        event = read(client)[str(meeting.id)]

        assert event.dtstart.value.isoformat() == local
        assert event.dtend.value.astimezone(UTC) == starts_at + timedelta(hours=1)

    def test_carries_a_cancelled_meeting_under_the_same_id_with_a_higher_sequence(
        self, client, coalition, council
    ):
        meeting = make_meeting(coalition, council, "A-1", own_comment_closes_at=now())
        before = read(client)[str(meeting.id)]
        with db.transaction(coalition.id) as session:
            found = session.get_one(Meeting, meeting.id)
            found.status = MeetingStatus.CANCELLED
            found.revision, found.changed_at = 4, now()

        events = read(client)

        after = events[str(meeting.id)]
        assert after.status.value == "CANCELLED"
        assert after.summary.value.startswith("Cancelled: ")
        assert (before.sequence.value, after.sequence.value) == ("0", "4")
        assert (
            after.contents["last-modified"][0].value
            >= before.contents["last-modified"][0].value
        )
        deadline = events[f"comments-{meeting.id}"]
        assert deadline.status.value == "CANCELLED"
        assert "valarm" not in deadline.contents

    def test_gives_the_end_of_comments_an_event_that_keeps_nobody_busy(
        self, client, coalition, council
    ):
        closes_at = utc(2026, 12, 14, 20)
        meeting = make_meeting(
            coalition, council, starts_at=utc(2026, 12, 15, 1), own_comment_closes_at=closes_at
        )

        event = read(client)[f"comments-{meeting.id}"]

        assert event.dtstart.value == closes_at
        assert event.transp.value == "TRANSPARENT"
        assert event.valarm.trigger.value == timedelta(days=-1)

    def test_reckons_the_end_of_comments_from_the_bodys_rule(self, client, coalition, council):
        with db.transaction() as session:
            session.merge(council).comment_closes_min = 120
        meeting = make_meeting(coalition, council, starts_at=utc(2026, 12, 15, 1))

        assert read(client)[f"comments-{meeting.id}"].dtstart.value == utc(2026, 12, 14, 23)

    def test_makes_a_whole_day_of_one_whose_hour_nobody_knows(self, client, coalition, council):
        meeting = make_meeting(
            coalition, council, starts_at=utc(2026, 12, 14, 8), precision=Precision.DAY
        )

        event = read(client)[str(meeting.id)]

        assert event.dtstart.value == date(2026, 12, 14)
        assert event.dtend.value == date(2026, 12, 15)

    def test_says_nothing_of_one_whose_day_nobody_knows(self, client, coalition, council):
        make_meeting(coalition, council, precision=Precision.MONTH)

        assert read(client) == {}

    @pytest.mark.parametrize(
        ("status", "said"), [("tentative", "TENTATIVE"), ("confirmed", "CONFIRMED"), ("held", "CONFIRMED")]
    )  # fmt: skip
    def test_says_how_certain_it_is(self, client, coalition, council, status, said):
        meeting = make_meeting(coalition, council, status=MeetingStatus(status))

        assert read(client)[str(meeting.id)].status.value == said

    def test_escapes_and_folds_whatever_is_written(self, client, coalition, council):
        title = "Sesión; «ALPR», \\ 🚓 " * 12
        meeting = make_meeting(coalition, council, title=title.strip(), note="one\ntwo, three;")

        event = read(client)[str(meeting.id)]

        assert event.summary.value == title.strip()
        assert event.description.value.endswith("one\ntwo, three;")

    def test_is_in_the_language_that_is_asked_for(self, client, coalition, council):
        meeting = make_meeting(coalition, council, "A-1")

        assert read(client, f"{FEED}?lang=es")[str(meeting.id)].summary.value != ""
        assert "lang=es" in client.get(f"{FEED}?lang=es").text

    def test_tells_how_often_to_look(self, client, coalition, council):
        make_meeting(coalition, council)

        calendar = Calendar.from_ical(client.get(FEED).text)

        assert calendar.calendar_name == "Meetings · Night Buses"
        assert calendar.refresh_interval == timedelta(hours=1)
        assert calendar.source == "http://localhost/c/night-buses/calendar.ics?lang=en"
        text = client.get(FEED).text
        assert "X-PUBLISHED-TTL:PT1H\r\n" in text
        assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text

    def test_keeps_a_meeting_for_a_year(self, client, coalition, council):
        meeting = make_meeting(coalition, council, starts_at=now() - timedelta(days=300))
        make_meeting(coalition, council, starts_at=now() - timedelta(days=400))

        assert set(read(client)) == {str(meeting.id)}


class TestRemovedMeeting:
    def remove(self, coalition, meeting):
        with db.transaction(coalition.id) as session:
            remove_meeting(session.get(Meeting, meeting.id))
        page_cache.forget()

    def test_is_carried_as_cancelled_with_its_deadline(self, client, coalition, council):
        meeting = make_meeting(
            coalition, council, starts_at=utc(2026, 12, 15, 1), own_comment_closes_at=now()
        )
        before = read(client)[str(meeting.id)]
        self.remove(coalition, meeting)

        events = read(client)

        for uid in (f"{meeting.id}", f"comments-{meeting.id}"):
            assert events[uid].status.value == "CANCELLED"
            assert events[uid].summary.value.startswith("Cancelled: ")
            assert int(events[uid].sequence.value) > int(before.sequence.value)
        gone = events[str(meeting.id)]
        assert gone.dtstart.value == before.dtstart.value
        assert gone.uid.value == before.uid.value
        assert "by mistake" in gone.description.value

    def test_is_carried_as_a_day_where_only_that_was_known(self, client, coalition, council):
        meeting = make_meeting(
            coalition, council, starts_at=utc(2026, 12, 15, 8), precision=Precision.DAY
        )
        self.remove(coalition, meeting)

        assert read(client)[str(meeting.id)].dtstart.value == date(2026, 12, 15)

    def test_is_in_the_calendars_that_had_it_and_in_no_other(self, client, coalition, council):
        campaign = make_campaign(coalition)
        make_campaign(coalition, "no-drones", title="No drones")
        meeting = make_meeting(coalition, council, ("A-1", campaign))
        other = make_area("Elsewhere")
        self.remove(coalition, meeting)

        def has(path):
            return str(meeting.id) in read(client, f"/c/night-buses/{path}calendar.ics")

        assert has("campaigns/stop-alpr/")
        assert not has("campaigns/no-drones/")
        assert has(f"areas/{council.area.division_id.removeprefix('ocd-division/')}/")
        assert not has(f"areas/{other.division_id.removeprefix('ocd-division/')}/")

    def test_is_forgotten_after_a_month(self, client, coalition, council):
        meeting = make_meeting(coalition, council)
        self.remove(coalition, meeting)

        with time_machine.travel(now() + timedelta(days=31)):
            page_cache.forget()
            assert read(client) == {}


class TestTakenOff:
    CAMPAIGN = "/c/night-buses/campaigns/stop-alpr/calendar.ics"

    def item_of(self, session, meeting, position=0):
        return session.get_one(Meeting, meeting.id).items[position]

    def check(self, client, meeting, before):
        event = read(client, self.CAMPAIGN)[str(meeting.id)]
        assert event.status.value == "CANCELLED"
        assert event.summary.value == "Off the agenda: City Council"
        assert int(event.sequence.value) > int(before.sequence.value)
        assert event.dtstart.value == before.dtstart.value
        assert "any more" in event.description.value

    def test_meeting_is_cancelled_in_the_campaigns_calendar_and_stays_in_others(
        self, client, coalition, council, campaign, other_campaign
    ):
        meeting = make_meeting(
            coalition, council, ("A-1", campaign), "A-2", own_comment_closes_at=now()
        )
        before = read(client, self.CAMPAIGN)[str(meeting.id)]
        with db.transaction(coalition.id) as session:
            remove_item(self.item_of(session, meeting))

        self.check(client, meeting, before)
        deadline = read(client, self.CAMPAIGN)[f"comments-{meeting.id}"]
        assert deadline.status.value == "CANCELLED"
        assert "valarm" not in deadline.contents
        assert read(client)[str(meeting.id)].status.value == "CONFIRMED"
        assert str(meeting.id) not in read(
            client, "/c/night-buses/campaigns/no-drones/calendar.ics"
        )

    def test_item_may_have_been_given_to_another_campaign(
        self, client, coalition, council, campaign, other_campaign
    ):
        meeting = make_meeting(coalition, council, ("A-1", campaign))
        before = read(client, self.CAMPAIGN)[str(meeting.id)]
        with db.transaction(coalition.id) as session:
            other = session.merge(other_campaign)
            self.item_of(session, meeting).describe("Drones", campaign=other)

        self.check(client, meeting, before)

    def test_meeting_is_back_with_a_new_item(self, client, coalition, council, campaign):
        meeting = make_meeting(coalition, council, ("A-1", campaign))
        with db.transaction(coalition.id) as session:
            remove_item(self.item_of(session, meeting))
            off = session.get_one(Meeting, meeting.id).revision
        with db.transaction(coalition.id) as session:
            found = session.get_one(Meeting, meeting.id)
            found.add_item("Readers", campaign=session.merge(campaign))

        event = read(client, self.CAMPAIGN)[str(meeting.id)]

        assert event.status.value == "CONFIRMED"
        assert int(event.sequence.value) > off

    def test_meeting_keeps_its_place_while_another_item_is_there(
        self, client, coalition, council, campaign
    ):
        meeting = make_meeting(coalition, council, ("A-1", campaign), ("A-2", campaign))
        with db.transaction(coalition.id) as session:
            remove_item(self.item_of(session, meeting))

        event = read(client, self.CAMPAIGN)[str(meeting.id)]
        assert event.status.value == "CONFIRMED"

    def test_meeting_that_is_removed_then_is_cancelled_as_such(
        self, client, coalition, council, campaign
    ):
        meeting = make_meeting(coalition, council, ("A-1", campaign))
        with db.transaction(coalition.id) as session:
            remove_item(self.item_of(session, meeting))
        with db.transaction(coalition.id) as session:
            remove_meeting(session.get_one(Meeting, meeting.id))

        event = read(client, self.CAMPAIGN)[str(meeting.id)]
        assert "by mistake" in event.description.value

    def test_meeting_is_carried_for_a_month(self, client, coalition, council, campaign):
        meeting = make_meeting(coalition, council, ("A-1", campaign))
        with db.transaction(coalition.id) as session:
            remove_item(self.item_of(session, meeting))

        with time_machine.travel(now() + timedelta(days=31)):
            page_cache.forget()
            assert read(client, self.CAMPAIGN) == {}


class TestAnswer:
    def test_has_its_kind_and_an_etag_that_saves_the_next_one(self, client, coalition, council):
        make_meeting(coalition, council)

        first = client.get(FEED)
        with time_machine.travel(now() + timedelta(hours=3)):
            second = client.get(FEED, headers={"If-None-Match": first.headers["ETag"]})

        assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert second.status_code == 304
        assert second.data == b""

    def test_changes_its_etag_with_a_meeting(self, client, coalition, council):
        meeting = make_meeting(coalition, council)
        first = client.get(FEED)
        with db.transaction(coalition.id) as session:
            session.get_one(Meeting, meeting.id).place = "Library"

        second = client.get(FEED, headers={"If-None-Match": first.headers["ETag"]})

        assert second.status_code == 200


class TestChoice:
    def test_of_a_campaign_holds_its_meetings_and_items_only(
        self, client, coalition, council, campaign
    ):
        meeting = make_meeting(coalition, council, ("A-1", campaign), "A-2")
        make_meeting(coalition, council, "B-1")

        events = read(client, "/c/night-buses/campaigns/stop-alpr/calendar.ics")

        assert set(events) == {str(meeting.id)}
        event = events[str(meeting.id)]
        assert event.summary.value == "City Council: item A-1"
        assert event.categories.value == ["Stop the cameras"]

    def test_of_an_area_holds_its_bodies_meetings_only(
        self, client, coalition, council, culver_city
    ):
        from tests.calendars.conftest import make_area, make_body

        meeting = make_meeting(coalition, council)
        make_meeting(coalition, make_body(make_area("Long Beach")))

        url = "/c/night-buses/areas/country:us/state:ca/place:culver_city/calendar.ics"

        assert set(read(client, url)) == {str(meeting.id)}

    def test_does_not_name_a_campaign_that_is_not_public_yet(self, client, coalition, council):
        secret = make_campaign(coalition, "secret", title="Secret plan", is_published=False)
        make_meeting(coalition, council, ("A-9", secret))

        assert "Secret plan" not in client.get(FEED).text
        assert client.get("/c/night-buses/campaigns/secret/calendar.ics").status_code == 404

    def test_of_one_meeting_is_a_file(self, client, coalition, council):
        meeting = make_meeting(coalition, council)
        make_meeting(coalition, council)

        url = f"/c/night-buses/meetings/{meeting.id}.ics"

        assert set(read(client, url)) == {str(meeting.id)}
        assert "attachment" in client.get(url).headers["Content-Disposition"]

    @pytest.mark.parametrize(
        "url",
        [
            "/c/nobody/calendar.ics",
            "/c/night-buses/campaigns/nothing/calendar.ics",
            "/c/night-buses/areas/country:us/calendar.ics",
            "/c/night-buses/meetings/00000000-0000-7000-8000-000000000001.ics",
        ],
    )
    def test_of_nothing_is_not_found(self, client, coalition, url):
        assert client.get(url).status_code == 404

    def test_shows_nothing_of_another_coalition(self, client, coalition, council):
        from coalition.testing import make_coalition

        meeting = make_meeting(make_coalition("trams", "Trams"), council)

        assert read(client) == {}
        assert client.get(f"/c/night-buses/meetings/{meeting.id}.ics").status_code == 404
