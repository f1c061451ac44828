"""What a coordinator reads about a mailing's pace while it is sent."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from coalition_email_outreach import pacing, queries
from coalition_email_outreach.recipients import Pace, Recipient
from sqlalchemy import select, update

from coalition.sdk import Person, now, session, transaction
from coalition.testing import choose_plugin_settings, make_user, sign_in

from .conftest import begin, make_mailing, send
from .desk import LIST

pytestmark = pytest.mark.usefixtures("at_any_hour")
NOON = datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("America/Los_Angeles"))


@pytest.fixture
def look(app, coalition):
    """Give a function that reads a page as a coordinator who has just signed in."""
    user = make_user("coco@example.org", coalition)
    return lambda path: sign_in(app.test_client(), user).get(path).text


@pytest.fixture
def say(look):
    """Give a function that reads the live part of a mailing's page."""
    return lambda mailing: look(f"{LIST}{mailing.id}/progress")


@pytest.fixture
def mailing(app, coalition, people, sink):
    people(9, domain="big.example")
    return make_mailing(coalition)


@pytest.fixture
def choose(coalition):
    def chosen(**settings: object) -> None:
        quiet = {"quiet_from": 3, "quiet_until": 3, "approval_above": 0}
        choose_plugin_settings(coalition, "email-outreach", **(quiet | settings))

    return chosen


@pytest.fixture
def live_in(coalition):
    """Give a function that has everybody live in a state."""

    def move(region: str) -> None:
        with transaction(coalition.id):
            session.execute(update(Person).values(region=region))

    return move


class TestSentence:
    def test_says_that_nothing_limits_it(self, mailing, say):
        begin(mailing)

        assert "as fast as the mail server takes it" in say(mailing)

    def test_says_nothing_when_all_have_left(self, mailing, say):
        begin(mailing)
        send()

        page = say(mailing)

        assert "at most" not in page
        assert "Waits" not in page

    def test_says_how_fast_and_when_it_will_be_through(self, mailing, say, choose):
        choose(per_hour=2)
        with time_machine.travel(NOON, tick=False):
            begin(mailing)
            send()

            assert "2 an hour at most: through at about 16:00." in say(mailing)

    def test_says_until_when_it_is_quiet(self, mailing, say, choose):
        choose(quiet_from=21, quiet_until=8)
        with time_machine.travel(NOON + timedelta(hours=14)):
            begin(mailing)
            assert "Waits until 08:00: quiet hours." in say(mailing)
            send()
            assert "Waits until 08:00: quiet hours." in say(mailing)

    def test_says_where_it_is_quiet(self, mailing, say, choose, live_in):
        choose(quiet_from=21, quiet_until=8)
        live_in("NY")
        with time_machine.travel(NOON + timedelta(hours=8)):
            begin(mailing)
            send()

            page = say(mailing)

        assert (
            "Waits until Wed 2 Dec, 05:00: quiet hours where the next recipients live." in page
        )

    def test_says_where_it_is_quiet_before_the_first_is_looked_at(
        self, mailing, say, choose, live_in
    ):
        choose(quiet_from=21, quiet_until=8)
        live_in("NY")
        with time_machine.travel(NOON + timedelta(hours=8)):
            begin(mailing)

            page = say(mailing)

        assert (
            "Waits until Wed 2 Dec, 05:00: quiet hours where the next recipients live." in page
        )

    def test_says_nothing_of_quiet_hours_to_who_are_written_to_now(
        self, mailing, say, choose, live_in
    ):
        choose(quiet_from=21, quiet_until=8)
        live_in("HI")
        with time_machine.travel(NOON + timedelta(hours=10)):  # eight in Honolulu
            begin(mailing)

            page = say(mailing)

        assert "quiet hours" not in page
        assert "as fast as the mail server takes it" in page

    def test_says_that_the_mail_server_is_away(self, mailing, say, sink):
        sink.stop()
        begin(mailing)
        send()

        assert "Nobody is left out: it is tried again at" in say(mailing)

    def test_says_no_more_of_the_mail_server_when_that_is_long_ago(
        self, mailing, say, coalition
    ):
        begin(mailing)
        with transaction():
            pacing.strike({pacing.SERVER: 3}, "busy 421")
            session.execute(update(Pace).values(blocked_until=now() - timedelta(hours=9)))
        with transaction(coalition.id):
            later = now() + timedelta(hours=3)
            session.execute(update(Recipient).values(due_at=later, reason="quiet 21-8"))

        page = say(mailing)

        assert "it is tried again at" not in page
        assert "quiet hours" in page

    def test_names_the_mail_domain_that_wants_us_slower(self, mailing, say, sink):
        sink.answer(rcpt={"big.example": "451 4.3.2 slower"})
        begin(mailing)
        send()

        assert "big.example asked us to go slower: it goes on at" in say(mailing)

    def test_names_the_mail_domain_that_reached_its_limit(self, mailing, say, change_settings):
        change_settings(COALITION_MAILING_PER_DOMAIN_PER_HOUR="10")
        with time_machine.travel(NOON, tick=False):
            begin(mailing)
            send()

            page = say(mailing)

        said = "10 messages an hour at most go to big.example; the next leaves at 12:06."
        assert said in page

    def test_names_no_mail_domain_to_who_may_see_no_address(
        self, app, mailing, say, sink, coalition
    ):
        viewer = sign_in(app.test_client(), make_user("vic@example.org", coalition, "viewer"))
        sink.answer(rcpt={"big.example": "451 4.3.2 slower"})
        begin(mailing)
        send()
        with transaction(coalition.id):
            session.execute(update(Recipient).values(attempts=0))

        for part in ("", "progress"):
            page = viewer.get(f"{LIST}{mailing.id}/{part}").text
            assert "big.example" not in page
            assert "The next message leaves at" in page

    def test_says_that_what_was_deferred_is_tried_again(self, mailing, say, sink):
        sink.answer(rcpt={"big.example": "452 4.2.2 full"})
        begin(mailing)
        send()

        assert "What a mail server did not take yet is tried again, next at" in say(mailing)

    def test_says_when_the_next_ones_time_comes(self, mailing, say, coalition):
        with time_machine.travel(NOON, tick=False):
            begin(mailing)
            with transaction(coalition.id):
                session.execute(update(Recipient).values(due_at=NOON + timedelta(hours=2)))

            assert "The next message leaves at 14:00." in say(mailing)

    def test_says_what_the_warm_up_plan_allows(
        self, mailing, say, change_settings, monkeypatch
    ):
        monkeypatch.setattr("coalition_email_outreach.limits.WARM_UP", (3, 100))
        change_settings(COALITION_MAILING_WARM_UP_FROM="2026-12-01")
        with time_machine.travel(NOON, tick=False):
            begin(mailing)
            send()

            assert "Warm-up: 3 messages today, 2 still to leave; through at about" in say(
                mailing
            )

    def test_says_until_when_the_better_subject_is_looked_for(
        self, app, coalition, people, say
    ):
        people(3)
        mailing = make_mailing(coalition, subject_b="B", test_percent=1, test_hours=2)
        with time_machine.travel(NOON, tick=False):
            begin(mailing)
            with transaction(coalition.id):
                session.execute(update(Recipient).values(due_at=None))

            assert "The rest waits until 14:00 for the better subject." in say(mailing)


class TestDelays:
    def test_are_found_behind_those_who_wait_for_the_morning(
        self, mailing, look, coalition, monkeypatch
    ):
        monkeypatch.setattr(queries, "DELAYS_LOOKED_AT", 2)
        begin(mailing)
        with transaction(coalition.id):
            tried, *others = session.scalars(select(Recipient))
            for each in others:
                each.due_at, each.reason = now() + timedelta(hours=8), "quiet 21-8"
            tried.due_at, tried.reason, tried.attempts = now(), "450 4.7.1", 1

        assert "<li>450 4.7.1: 1</li>" in look(f"{LIST}{mailing.id}/")


class TestSettings:
    HERE = "/manage/night-buses/settings/plugins/email-outreach"

    def test_say_that_the_installation_sets_no_limits(self, look):
        assert "This installation sets no limits of its own." in look(self.HERE)

    def test_say_which_limits_of_the_installation_hold(self, look, change_settings):
        change_settings(
            COALITION_MAILING_PER_HOUR="5000",
            COALITION_MAILING_PER_DOMAIN_PER_HOUR="700",
            COALITION_MAILING_WARM_UP_FROM="2026-12-01",
        )
        with time_machine.travel(NOON):
            page = look(self.HERE)

        assert "together send 5000 messages an hour at most" in page
        assert "One mail domain gets 700 messages an hour at most" in page
        assert "allows 200 messages today, of which 200 are left" in page
