"""The page between “send it” and sending: what it says, and that it is asked again when it is stale."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from coalition_email_outreach.forecast import forecast
from coalition_email_outreach.lifecycle import MailingStatus
from sqlalchemy import select

from coalition.sdk import (
    Person,
    SuppressionReason,
    reading,
    session,
    suppress,
    transaction,
)
from coalition.testing import choose_plugin_settings, make_coalition, make_user, sign_in

from .conftest import agree, let_begin, send, states
from .desk import change, seen_on, send_now, stored, written

pytestmark = pytest.mark.usefixtures("no_csrf", "at_any_hour")


def words(page: str) -> str:
    """Return what stands on a page, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def here(coordinator, coalition, people) -> str:
    """A mailing in two languages to ten people, four of whom read Spanish."""
    for person in people(10)[:4]:
        with transaction(coalition.id):
            session.merge(person).language = "es"
    return written(
        coordinator,
        coalition,
        text_language=["en", "es"],
        text_subject=["The news", "Las noticias"],
        text_subject_b=["", ""],
        text_body=["Hello", "Hola"],
        reply_to="desk@example.org",
    )


class TestLook:
    def test_says_to_whom_what_and_from_whom(self, here, coordinator, coalition):
        page = words(coordinator.get(f"{here}sending").text)

        for said in (
            "10 people get it.",
            "6 people in English",
            "4 people in Spanish",
            "The news",
            "Las noticias",
            "Night Buses &lt;",
            "desk@example.org",
            "News and calls to act",
            "Left out Nobody.",
            "Send it to 10 people",
        ):
            assert said in page
        assert stored(coalition).status == MailingStatus.DRAFT

    def test_says_who_is_left_out_and_why(self, here, coordinator, coalition):
        with transaction(coalition.id) as current:
            for number in range(2):
                suppress(coalition.id, f"p{number}@example.org", SuppressionReason.BOUNCE)
            for number in range(3):
                Person.remember(email=f"new{number}@example.org", given_name="New")
            current.add(Person(given_name="Nobody", coalition_id=coalition.id))

        page = words(coordinator.get(f"{here}sending").text)

        assert "8 people get it." in page
        assert "3 people did not agree to this purpose." in page
        assert "To 2 people mail is stopped" in page
        assert "1 person has no address." in page

    def test_says_how_long_it_takes(self, here, coordinator, coalition):
        assert "No limit is set" in coordinator.get(f"{here}sending").text

        choose_plugin_settings(
            coalition, "email-outreach", per_hour=5, quiet_from=3, quiet_until=3
        )
        assert "At 5 messages an hour" in coordinator.get(f"{here}sending").text

    def test_offers_nothing_when_nobody_would_get_it(self, coordinator, coalition):
        here = written(coordinator, coalition)

        page = coordinator.get(f"{here}sending").text

        assert "0 people get it." in page
        assert seen_on(page) == ""

    def test_is_for_coordinators(self, here, app, coalition):
        viewer = sign_in(app.test_client(), make_user("vic@example.org", coalition, "viewer"))

        for step in ("sending", "approval"):
            assert viewer.get(here + step).status_code == 403
            assert viewer.post(here + step).status_code == 403

    def test_says_what_has_to_be_corrected_first(self, coordinator, coalition, people):
        people(1)
        here = written(coordinator, coalition, text_body="Dear {{salary}}")

        answer = coordinator.get(f"{here}sending")

        assert answer.status_code == 422
        assert "There is no field “salary”" in answer.text

    def test_speaks_spanish(self, here, coordinator):
        assert "¿Enviarlo?" in coordinator.get(f"{here}sending?lang=es").text


class TestSend:
    def test_sends_what_was_looked_at(self, here, coordinator, coalition, sink):
        assert send_now(coordinator, here).status_code == 303
        send()

        assert len(sink.mailed) == 10

    @pytest.mark.parametrize("seen", ["", "yes", "10 texts:1"])
    def test_of_what_nobody_looked_at_shows_it_first(self, here, coordinator, coalition, seen):
        answer = coordinator.post(f"{here}sending", data={"seen": seen})

        assert answer.status_code == 409
        assert "Look at what goes out first" in answer.text
        assert states(stored(coalition)) == {}
        again = coordinator.post(f"{here}sending", data={"seen": seen_on(answer.text)})
        assert again.status_code == 303

    def test_of_what_was_changed_meanwhile_is_asked_again(
        self, here, coordinator, second, coalition
    ):
        seen = seen_on(coordinator.get(f"{here}sending").text)
        change(second, coalition, text_subject="Something else")

        answer = coordinator.post(f"{here}sending", data={"seen": seen})

        assert answer.status_code == 409
        assert "this was changed: the texts or subjects" in answer.text
        assert "Something else" in answer.text
        assert stored(coalition).status == MailingStatus.DRAFT
        assert states(stored(coalition)) == {}

    @pytest.mark.parametrize(("joined", "status"), [(1, 303), (2, 409), (-1, 303), (-2, 409)])
    def test_to_many_more_or_fewer_people_is_asked_again(
        self, here, coordinator, coalition, joined, status
    ):
        seen = seen_on(coordinator.get(f"{here}sending").text)
        with transaction(coalition.id):
            for number in range(joined):
                agree(Person.remember(email=f"new{number}@example.org", given_name="New"))
            for number in range(-joined):
                suppress(coalition.id, f"p{number}@example.org", SuppressionReason.MANUAL)

        answer = coordinator.post(f"{here}sending", data={"seen": seen})

        assert answer.status_code == status
        if status == 409:
            now_there = f"saw that 10 people would get it, and now it is {10 + joined}."
            assert now_there in answer.text
            assert states(stored(coalition)) == {}
        else:
            let_begin()
            assert states(stored(coalition)) == {"queued": 10 + joined}

    def test_twice_sends_once(self, here, coordinator, coalition, sink):
        seen = seen_on(coordinator.get(f"{here}sending").text)

        answers = [coordinator.post(f"{here}sending", data={"seen": seen}) for _ in range(2)]
        send()

        assert [each.status_code for each in answers] == [303, 409]
        assert "cannot be done with a mailing that is “just beginning”" in answers[1].text
        assert len(sink.mailed) == 10

    def test_says_of_how_many_the_time_zone_is_not_known(self, here, coordinator, coalition):
        choose_plugin_settings(coalition, "email-outreach", quiet_from=21, quiet_until=8)
        with transaction(coalition.id):
            for number, person in enumerate(session.scalars(select(Person))):
                person.region = ("ca", "NY", "Kent")[min(number, 2)]

        page = words(coordinator.get(f"{here}sending").text)

        assert "Of 8 people the state is not known" in page
        assert "Of 8 people it is not known" in page  # beside the clock that one can choose

    def test_of_a_neighbours_mailing_is_not_found(self, here, app, coalition):
        stranger = sign_in(
            app.test_client(), make_user("s@example.org", make_coalition("parks", "Parks"))
        )

        assert stranger.get(f"{here}sending").status_code == 404
        theirs = here.replace("night-buses", "parks")
        assert stranger.get(f"{theirs}sending").status_code == 404


class TestForecast:
    NOON = datetime(2026, 11, 10, 20, tzinfo=UTC)  # in Los Angeles

    @pytest.fixture
    def ask(self, coalition):
        def forecast_of(
            people: int, start: datetime = self.NOON, zones: object = None, **settings: object
        ):
            quiet = {"quiet_from": 21, "quiet_until": 8}
            choose_plugin_settings(coalition, "email-outreach", **(quiet | settings))
            with reading(coalition.id):
                return forecast(zones or {coalition.time_zone: people}, coalition, start)

        return forecast_of

    def test_is_as_fast_as_the_server_without_limits(self, ask):
        found = ask(1_000_000)

        assert (found.per_hour, found.ends_at) == (None, self.NOON)
        assert not found.waits_for_morning

    def test_waits_in_quiet_hours(self, ask):
        night = self.NOON + timedelta(hours=11)  # eleven in the evening

        found = ask(10, night)

        assert found.waits_for_morning
        assert found.begins_at == self.NOON + timedelta(hours=20)

    def test_waits_for_who_lives_where_it_is_night(self, ask):
        evening = self.NOON + timedelta(hours=8)  # eight in Los Angeles, eleven in New York

        found = ask(0, evening, {"America/Los_Angeles": 5, "America/New_York": 5})

        assert (found.begins_at, found.waits_for_morning) == (evening, False)
        assert found.ends_at == evening + timedelta(hours=9)  # eight in New York

    def test_counts_only_hours_in_which_one_may_write(self, ask):
        found = ask(1000, per_hour=100)  # nine hours until nine in the evening, then one more

        assert found.ends_at == self.NOON + timedelta(hours=21)

    def test_follows_a_warm_up_plan_that_rises_by_the_day(self, ask, change_settings):
        change_settings(COALITION_MAILING_WARM_UP_FROM="2026-11-10")

        found = ask(1700)  # of which 200 today, 500 tomorrow

        assert found.per_hour == pytest.approx(200 / 9)  # from noon until nine in the evening
        assert found.ends_at.date() == date(2026, 11, 13)  # in the evening of the 12th there
        assert (found.day.amount, found.day.left) == (200, 200)

    def test_ends_with_what_nobody_plans(self, ask):
        found = ask(1_000_000, per_hour=1)

        assert found.ends_at is None
