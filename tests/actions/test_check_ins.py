"""Check-in with a phone at the door, and the coordinator's list of who came."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from coalition import attempts, db
from coalition.actions import links, queries
from coalition.actions.check_ins import CheckIn
from coalition.actions.errors import NoTimeForCheckIn
from coalition.actions.jobs import forget_unconfirmed
from coalition.actions.models import Action, ActionKind
from coalition.actions.participations import ParticipationSource, ParticipationState
from coalition.clock import now
from coalition.decisions.meetings import Meeting
from coalition.letters.errors import LinkBroken
from coalition.people.models import person_by_email
from coalition.testing import make_action, make_meeting, make_organization, make_person

DESK = "/manage/night-buses/check-ins"


@pytest.fixture
def check_in(coalition, meeting):
    with db.transaction(coalition.id) as session:
        return CheckIn.for_meeting(session.get(Meeting, meeting.id))


@pytest.fixture
def begun(meeting, monkeypatch):
    """Let it be the time at which the meeting begins."""
    at = meeting.starts_at
    clock = {"now": at}
    monkeypatch.setattr("coalition.actions.check_in_views.now", lambda: clock["now"])
    return clock


@pytest.fixture
def door(check_in, begun):
    """Give the path that the code at the door opens."""
    return f"/c/night-buses/check-in/{links.check_in_token(check_in.id, 1)}"


def key_of(page):
    return re.search(r'name="key" value="([^"]+)"', page.text)[1]


def enter(client, door, key=None, **values):
    return client.post(
        door, data={"key": key or key_of(client.get(door)), "name": "Ada Lovelace", **values}
    )


class TestCode:
    def test_is_short_and_names_check_in_and_serial(self, check_in):
        token = links.check_in_token(check_in.id, 3)

        assert links.read_check_in_token(token) == (check_in.id, 3)
        assert len(token) < 60

    @pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "A" + t, lambda t: "é"])
    def test_cannot_be_made_up(self, check_in, change):
        with pytest.raises(LinkBroken):
            links.read_check_in_token(change(links.check_in_token(check_in.id, 1)))

    def test_opens_nothing_of_another_coalition(self, client, door, coalition):
        from coalition.testing import make_coalition

        make_coalition("trams", "Trams")

        assert client.get(door.replace("night-buses", "trams")).status_code == 404


class TestEntering:
    def test_needs_a_name_and_no_account(self, client, door, records, coalition):
        page = client.get(door)
        assert "Set-Cookie" not in page.headers
        assert page.headers["Cache-Control"] == "no-store"

        answer = enter(client, door, will_speak="yes", organization_name="Bus Riders")

        assert answer.status_code == 303
        assert "You are checked in" in client.get(answer.location).text
        (came,) = records()
        assert (came.name, came.will_speak) == ("Ada Lovelace", True)
        assert (came.state, came.source) == (
            ParticipationState.REPORTED,
            ParticipationSource.CHECK_IN,
        )
        assert came.organization_id is None  # typing a name proves nothing
        assert b"Ada" not in came.name_sealed

    def test_twice_with_one_form_is_one_entry_and_corrects_it(self, client, door, records):
        key = key_of(client.get(door))

        enter(client, door, key)
        enter(client, door, key, name="Ada King", will_speak="yes")

        (came,) = records()
        assert (came.name, came.will_speak) == ("Ada King", True)

    def test_with_one_address_is_one_entry_that_nobody_else_can_rename(
        self, client, door, records
    ):
        enter(client, door, email="ada@example.org")
        enter(client, door, email="ADA@example.org", name="Silly")

        assert [each.name for each in records()] == ["Ada Lovelace"]

    def test_of_two_people_without_address_are_two(self, client, door, records):
        enter(client, door)
        enter(client, door)

        assert len(records()) == 2

    def test_asks_by_mail_before_the_person_is_known(
        self, client, coalition, door, mailbox, records
    ):
        make_person(coalition, "ada@example.org", "Ada")
        enter(client, door, email="ada@example.org", updates="yes")
        assert records()[0].person_id is None

        (asked,) = mailbox()
        assert "Lovelace" not in asked.text
        path = re.findall(r"http://localhost(/participations/\S+)", asked.text)[0]
        client.post(path)

        with db.reading(coalition.id):
            assert records()[0].person_id is not None
        assert len(mailbox()) == 1

    def test_forgets_addresses_that_were_never_confirmed(self, client, door, records, changing):
        enter(client, door, email="ada@example.org")
        with changing(records()[0]) as came:
            came.created_at = now() - timedelta(days=31)

        forget_unconfirmed()

        (came,) = records()
        assert came.email is None
        assert came.name == "Ada Lovelace"

    def test_ends_when_the_list_is_full(self, client, door, monkeypatch, records):
        monkeypatch.setattr("coalition.actions.check_ins.MAX_ENTRIES", 1)
        enter(client, door)

        answer = enter(client, door, name="Bob")

        assert answer.status_code == 410
        assert len(records()) == 1

    def test_is_limited_for_one_network_at_more_than_a_hall_holds(
        self, client, door, monkeypatch, change_settings, records
    ):
        monkeypatch.setattr(attempts, "_tries", {})
        change_settings(COALITION_SIGNING_ATTEMPTS_PER_HOUR="1")
        key = key_of(client.get(door))

        answers = [enter(client, door, key).status_code for _ in range(11)]

        assert answers == [303] * 10 + [429]

    def test_says_what_is_missing_and_keeps_the_key(self, client, door, records):
        key = key_of(client.get(door))

        answer = enter(client, door, key, name="")

        assert answer.status_code == 422
        assert key_of(answer) == key
        assert records() == []

    @pytest.mark.parametrize(("hours", "said"), [(-3, "not open yet"), (7, "Check-in is over")])
    def test_is_open_around_the_meeting_only(self, client, door, begun, hours, said, records):
        key = key_of(client.get(door))
        begun["now"] += timedelta(hours=hours)

        assert said in client.get(door).text
        assert enter(client, door, key).status_code == 410
        assert records() == []

    def test_follows_a_meeting_that_is_moved(self, client, door, begun, meeting, changing):
        with changing(meeting) as found:
            found.starts_at += timedelta(days=1)

        assert client.get(door).status_code == 410
        begun["now"] += timedelta(days=1)
        assert client.get(door).status_code == 200

    def test_ends_with_the_code(self, client, door, check_in, changing):
        with changing(check_in) as found:
            found.renew()
            serial = found.serial

        assert "not valid any more" in client.get(door).text
        renewed = f"/c/night-buses/check-in/{links.check_in_token(check_in.id, serial)}"
        assert client.get(renewed).status_code == 200
        with changing(check_in) as found:
            found.revoke()
        assert client.get(renewed).status_code == 410

    def test_is_refused_for_a_cancelled_meeting(self, client, door, meeting, changing):
        with changing(meeting) as found:
            found.cancel("No quorum.")

        assert "was cancelled" in client.get(door).text


class TestForMeeting:
    def test_is_one_for_each(self, coalition, check_in, meeting):
        with db.transaction(coalition.id) as session:
            again = CheckIn.for_meeting(session.get(Meeting, meeting.id))

        assert again.id == check_in.id

    def test_needs_a_time(self, coalition, council):
        held = make_meeting(coalition, council, at=None)

        with pytest.raises(NoTimeForCheckIn), db.transaction(coalition.id) as session:
            CheckIn.for_meeting(session.get(Meeting, held.id))


class TestForAction:
    def test_counts_as_having_done_it(self, coalition, soon, records):
        action = make_action(coalition, kind=ActionKind.ATTEND, closes_at=soon)
        with db.transaction(coalition.id) as session:
            made = CheckIn.for_action(session.get(Action, action.id))
            made.enter(
                "k",
                name="Ada",
                email=None,
                organization_name="",
                will_speak=False,
                updates_wording=None,
                language="en",
            )

        with db.reading(coalition.id):
            assert queries.tally(action.id).people == 1


class TestList:
    def test_shows_who_came_and_who_speaks(self, client, door, check_in, coordinator):
        enter(client, door, will_speak="yes", organization_name="Bus Riders")

        page = coordinator.get(f"{DESK}/{check_in.id}/").text
        live = coordinator.get(f"{DESK}/{check_in.id}/list").text

        for shown in ("Ada Lovelace", "Bus Riders", "will speak"):
            assert shown in page
            assert shown in live
        assert "<html" not in live

    def test_takes_people_without_a_phone(self, check_in, coordinator, records):
        coordinator.post(f"{DESK}/{check_in.id}/entries", data={"name": "Bob"})

        (came,) = records()
        assert (came.name, came.state) == ("Bob", ParticipationState.CONFIRMED)
        assert came.recorded_by_id is not None

    def test_can_be_corrected(self, client, door, check_in, coordinator, records):
        enter(client, door)
        entry = records()[0].id

        coordinator.post(f"{DESK}/{check_in.id}/entries/{entry}/speech")
        assert records()[0].spoke
        coordinator.post(f"{DESK}/{check_in.id}/entries/{entry}/removal")

        assert records()[0].state == ParticipationState.REJECTED
        assert "Nobody has checked in yet." in coordinator.get(f"{DESK}/{check_in.id}/").text

    def test_makes_a_person_of_whom_the_coordinator_knows(
        self, client, coalition, door, check_in, coordinator, records
    ):
        enter(client, door, email="ada@example.org")

        coordinator.post(f"{DESK}/{check_in.id}/entries/{records()[0].id}/confirmation")

        with db.reading(coalition.id):
            known = person_by_email("ada@example.org")
            (address,) = known.email_addresses
        assert records()[0].person_id == known.id
        assert address.verified_at is None  # the mailbox's owner has not said so

    def test_is_made_with_one_click(self, coordinator, meeting, coalition):
        answer = coordinator.post(f"{DESK}/meetings/{meeting.id}")

        assert answer.status_code == 303
        with db.reading(coalition.id):
            (made,) = db.session.scalars(select(CheckIn))
            assert str(made.id) in answer.location

    def test_says_why_there_is_no_code(self, coordinator, coalition, council):
        held = make_meeting(coalition, council, at=None)

        answer = coordinator.post(f"{DESK}/meetings/{held.id}")

        assert answer.status_code == 422
        assert "at what time it begins" in answer.text

    def test_is_offered_for_meetings_that_take_place_by_body_and_title(
        self, coordinator, coalition, council, meeting, changing
    ):
        with changing(meeting) as found:
            found.title = "Special meeting"
        assert f"Special meeting · {council.name}" in coordinator.get(f"{DESK}/").text

        with changing(meeting) as found:
            found.cancel("No quorum.")
        assert "Special meeting" not in coordinator.get(f"{DESK}/").text

    def test_prints_the_code(self, coordinator, check_in):
        page = html.unescape(coordinator.get(f"{DESK}/{check_in.id}/poster").text)

        assert "data:image/svg+xml" in page
        assert f"/check-in/{links.check_in_token(check_in.id, 1)}" in page

    def test_prints_when_and_where_it_is(
        self, coordinator, coalition, council, check_in, meeting, changing
    ):
        with changing(meeting) as found:
            found.place, found.address = "City Hall", "1 Main Street"
            local = found.local_start
        page = coordinator.get(f"{DESK}/{check_in.id}/poster").text

        assert f"{local:%A, %B} {local.day}, {local.year}, 5:00" in page
        assert "(Pacific" in page
        assert "City Hall, 1 Main Street" in page

    def test_prints_until_when_where_there_is_no_meeting(self, coordinator, coalition):
        made = make_action(
            coalition, kind=ActionKind.ATTEND, closes_at=datetime(2199, 3, 4, 1, tzinfo=UTC)
        )
        with db.transaction(coalition.id) as session:
            check_in = CheckIn.for_action(session.merge(made)).id

        assert "March 3, 2199, 5:00" in coordinator.get(f"{DESK}/{check_in}/poster").text

    def test_is_for_coordinators(self, viewer, check_in, client, door, records):
        enter(client, door)
        entry = records()[0].id

        assert viewer.get(f"{DESK}/{check_in.id}/").status_code == 200
        for path in ("renewal", "revocation", "entries", f"entries/{entry}/removal"):
            assert viewer.post(f"{DESK}/{check_in.id}/{path}").status_code == 403

    def test_is_not_open_to_neighbours(self, coordinator, check_in):
        make_organization("x")

        assert coordinator.get(f"/manage/trams/check-ins/{check_in.id}/").status_code == 404
