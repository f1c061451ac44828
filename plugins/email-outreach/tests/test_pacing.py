"""How fast mail leaves: what limits do to a mailing."""

from datetime import timedelta

import pytest
import time_machine
from coalition_email_outreach import claiming, pacing, resting
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import mailing_or_raise
from coalition_email_outreach.recipients import Recipient
from sqlalchemy import text, update
from uuid_utils.compat import uuid7

from coalition.sdk import now, reading, session, transaction
from coalition.testing import choose_plugin_settings

from .conftest import begin, make_mailing, send, states
from .hours import by_hour, departures, rests_s

pytestmark = pytest.mark.usefixtures("at_any_hour")


@pytest.fixture
def patient(monkeypatch) -> None:
    """Let nobody look once a minute whether a limit was changed: each look costs a real second."""
    monkeypatch.setattr(resting, "LONGEST_REST_S", 24 * 3600)


def fill_from_now_on(coalition) -> None:
    """Let a coalition's limit pile up room."""
    with transaction():
        pacing.filled({pacing.coalition_key(coalition.id): pacing.Flow(3600)})


class TestLimit:
    def test_of_the_coalition_is_kept(self, app, coalition, people, sink):
        choose_plugin_settings(
            coalition, "email-outreach", per_hour=60, quiet_from=3, quiet_until=3
        )
        people(20)
        mailing = make_mailing(coalition)
        begin(mailing)

        send()

        assert 1 <= len(sink.recipients) <= 12  # one in a minute, however slow the machine
        assert rests_s(mailing) > 30  # and nobody looks each second whether there is one

    def test_is_kept_however_the_database_finds_the_next(self, app, coalition, people, sink):
        people(20)
        mailing = make_mailing(coalition)
        begin(mailing)
        asked = {"claim": uuid7(), "mailing": mailing.id, "now": now(), "lease": 60, "most": 1}

        with transaction(coalition.id):
            for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize"):
                session.execute(text(f"SET LOCAL enable_{way} = off"))
            taken = session.execute(claiming._CLAIM, asked).all()

        assert len(taken) == 1

    def test_of_a_mail_domain_is_used_up_and_kept(
        self, app, coalition, people, sink, change_settings, patient
    ):
        change_settings(COALITION_MAILING_PER_DOMAIN_PER_HOUR="8")
        people(18, domain="big.example")
        people(1, domain="small.example")
        mailing = make_mailing(coalition)
        begin(mailing)

        hours = by_hour(departures(mailing))

        assert sink.recipients.index("p0@small.example") < 3  # it does not wait for the others
        assert sorted(sink.recipients) == sorted(
            [f"p{n}@big.example" for n in range(18)] + ["p0@small.example"]
        )
        assert len(hours) == 3
        assert max(hours) <= 10

    def test_of_a_mail_domain_leaves_the_others_their_room(
        self, app, coalition, people, sink, change_settings, patient
    ):
        choose_plugin_settings(
            coalition, "email-outreach", per_hour=600, quiet_from=3, quiet_until=3
        )
        change_settings(COALITION_MAILING_PER_DOMAIN_PER_HOUR="10")
        people(12, domain="big.example")
        people(12, domain="small.example", first=40)
        mailing = make_mailing(coalition)
        begin(mailing)

        hours = by_hour(departures(mailing))

        assert len(sink.recipients) == 24
        assert len(hours) <= 2
        assert max(hours) <= 22

    def test_is_not_used_up_by_a_mailing_that_has_nobody_to_write_to(
        self, app, coalition, people, sink
    ):
        choose_plugin_settings(
            coalition, "email-outreach", per_hour=3600, quiet_from=3, quiet_until=3
        )
        people(30)
        idle, other = make_mailing(coalition), make_mailing(coalition)
        for mailing in (idle, other):
            begin(mailing)
        with transaction(coalition.id):
            theirs = update(Recipient).filter_by(mailing_id=idle.id)
            session.execute(theirs.values(due_at=now() + timedelta(hours=3)))
        fill_from_now_on(coalition)
        with time_machine.travel(now() + timedelta(hours=1)):
            send()

        assert states(other) == {"sent": 30}

    def test_that_is_used_up_does_not_keep_a_mailing_from_ending(
        self, app, coalition, people, sink
    ):
        choose_plugin_settings(
            coalition, "email-outreach", per_hour=1, quiet_from=3, quiet_until=3
        )
        people(1)
        mailing = make_mailing(coalition)
        begin(mailing)

        send()

        with reading(coalition.id):
            assert mailing_or_raise(mailing.id).status == MailingStatus.SENT

    def test_is_given_back_by_messages_that_were_not_tried(self, app, coalition, people, sink):
        choose_plugin_settings(
            coalition, "email-outreach", per_hour=3600, quiet_from=3, quiet_until=3
        )
        people(30)
        mailing = make_mailing(coalition)
        begin(mailing)
        sink.answer(rcpt={"example.org": "451 4.3.2 later"})
        fill_from_now_on(coalition)
        with time_machine.travel(now() + timedelta(hours=1), tick=False):
            send()

            with reading():
                left, _ = pacing.room(
                    {pacing.coalition_key(coalition.id): pacing.Flow(3600)}, 250
                )

        assert left == 59  # of the minute's worth that had piled up, one was tried
