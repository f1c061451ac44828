"""A mail server that takes nothing: who is written to waits, and people read why."""

import mailbox
from types import MappingProxyType
from unittest.mock import patch

import pytest
from coalition_email_outreach import bells, dns_records
from coalition_email_outreach.models import mailing_or_raise
from coalition_email_outreach.recipients import Bell, Pace
from sqlalchemy import update

from coalition.sdk import now, session, transaction
from coalition.testing import choose_plugin_settings, work_through

from .conftest import begin, make_due, make_mailing, send, states

pytestmark = pytest.mark.usefixtures("at_any_hour")


class TestServerThatRefusesEverything:
    NO = MappingProxyType({"rcpt": {"example.org": "554 5.7.1 Relay access denied"}})

    @pytest.mark.parametrize("count", [2, 8, 300])
    def test_holds_the_mailing_and_writes_nobody_off(
        self, app, coalition, people, sink, coordinator, count
    ):
        people(count)
        mailing = make_mailing(coalition)
        begin(mailing)
        sink.answer(**self.NO)

        assert send() == 0

        assert states(mailing) == {"queued": count}
        page = coordinator.get(f"/manage/{coalition.slug}/mailings/{mailing.id}/").text
        assert "refused several messages in a row" in page
        sink.answer()
        work_through()
        [told] = [each for each in sink.messages() if each["To"] == "coco@example.org"]
        assert "554 5.7.1" in told.get_content()

        _resume(mailing)
        make_due(mailing)
        assert send() == count
        assert states(mailing) == {"sent": count}

    def test_is_told_from_a_few_whom_their_own_servers_refuse(
        self, app, coalition, people, sink
    ):
        people(40)
        people(4, domain="strict.example", first=100)
        mailing = make_mailing(coalition)
        begin(mailing)
        sink.answer(rcpt={"strict.example": "554 5.7.1 not wanted here"})

        send()
        assert states(mailing) == {"sent": 40, "queued": 4}  # once more, in a while

        make_due(mailing)
        send()
        assert states(mailing) == {"sent": 40, "bounced": 4}

    @pytest.mark.parametrize("count", [2, 12])
    def test_is_noticed_at_any_pace(
        self, app, coalition, people, sink, coordinator, count, at_a_pace
    ):
        people(count)
        mailing = make_mailing(coalition)
        begin(mailing)
        sink.answer(**self.NO)

        for _ in range(count):
            at_a_pace()
            send()

        assert states(mailing) == {"queued": count}
        page = coordinator.get(f"/manage/{coalition.slug}/mailings/{mailing.id}/").text
        assert "refused several messages in a row" in page

    def test_is_held_once_for_those_who_are_refused_again(self, app, coalition, people, sink):
        people(5)
        mailing = make_mailing(coalition)
        begin(mailing)
        sink.answer(**self.NO)
        send()

        _resume(mailing)
        make_due(mailing)
        send()

        assert states(mailing) == {"bounced": 5}


@pytest.fixture
def at_a_pace(coalition):
    """Let one message leave, and only one."""
    choose_plugin_settings(
        coalition, "email-outreach", per_hour=60, quiet_from=3, quiet_until=3, approval_above=0
    )

    def let_one_go() -> None:
        with transaction():
            session.execute(update(Pace).values(tokens=1.0, counted_at=now()))
            session.execute(update(Bell).values(due_at=now()))

    return let_one_go


class TestServerThatTakesNothing:
    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            ("550 5.7.1 not you", "lets us send nothing"),
            ("421 4.7.0 slower", "asks us to wait"),
        ],
    )
    def test_is_said_on_the_mailings_page_until_it_takes_mail_again(
        self, app, coalition, people, sink, coordinator, answer, words
    ):
        people(3)
        mailing = make_mailing(coalition)
        begin(mailing)
        sink.answer(mail=answer)

        send()

        where = f"/manage/{coalition.slug}/mailings/{mailing.id}/"
        for page in (where, where + "progress"):
            shown = coordinator.get(page).text
            assert words in shown
            assert answer[:9] in shown
        sink.answer()
        with transaction():
            session.execute(update(Pace).values(blocked_until=None))
        make_due(mailing)
        assert send() == 3
        assert words not in coordinator.get(where).text

    def test_is_said_on_the_page_of_checks(self, app, coalition, sink, coordinator):
        where = f"/manage/{coalition.slug}/mailings/delivery"
        with patch.object(dns_records, "_answer", return_value=[]):
            assert "takes mail from us" in coordinator.get(where).text
            sink.stop()
            assert "is switched off" in coordinator.get(where).text

    def test_is_said_of_returned_mail_too(
        self, app, coalition, coordinator, change_settings, tmp_path
    ):
        where = f"/manage/{coalition.slug}/mailings/delivery"
        change_settings(
            COALITION_BOUNCE_ADDRESS="bounces@coalition.example",
            COALITION_RETURNS_URL=f"maildir:{tmp_path / 'nowhere'}",
        )

        assert "No such file" in coordinator.get(where).text

        mailbox.Maildir(tmp_path / "nowhere", create=True)
        assert "It is read." in coordinator.get(where).text


def _resume(mailing) -> None:
    with transaction(mailing.coalition_id):
        mailing_or_raise(mailing.id, lock=True).resume()
        bells.ring(mailing.id, mailing.coalition_id)
