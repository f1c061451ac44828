"""Sending a mailing to a real mail server."""

import re
import time
from datetime import timedelta

import dkim
import pytest
from coalition_email_outreach import (
    bells,
    sending,
    starting,
)
from coalition_email_outreach.errors import NobodyToWriteTo
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import InDoubt, mailing_or_raise
from coalition_email_outreach.recipients import Pace, Recipient
from sqlalchemy import select, update

from coalition.sdk import (
    Person,
    SuppressionReason,
    mail_token_in,
    make_dkim_key,
    now,
    read_mail_token,
    reading,
    session,
    suppress,
    suppression_of,
    transaction,
)
from coalition.testing import make_person

from .conftest import agree, begin, make_due, make_mailing, send, states

pytestmark = pytest.mark.usefixtures("at_any_hour")


def status_of(mailing) -> MailingStatus:
    with reading(mailing.coalition_id):
        return mailing_or_raise(mailing.id).status


def act(mailing, verb: str) -> None:
    with transaction(mailing.coalition_id):
        found = mailing_or_raise(mailing.id, lock=True)
        getattr(found, verb)()
        bells.ring(mailing.id, mailing.coalition_id)


def recipients(mailing) -> list[Recipient]:
    session.remove()
    with reading(mailing.coalition_id):
        return list(session.scalars(select(Recipient).filter_by(mailing_id=mailing.id)))


class TestBegin:
    def test_writes_down_who_agreed_and_can_be_reached(self, app, coalition, people):
        people(5)
        silent = make_person(coalition, "silent@example.org")
        with transaction(coalition.id):
            agree(session.merge(silent), purpose="coalition_updates", given=False)
            suppress(coalition.id, "p1@example.org", SuppressionReason.BOUNCE)

        assert begin(make_mailing(coalition)) == 4

    def test_refuses_when_nobody_would_get_it(self, app, coalition):
        with pytest.raises(NobodyToWriteTo):
            begin(make_mailing(coalition))

    def test_is_not_changed_by_who_joins_or_leaves_later(self, app, coalition, people, sink):
        people(3)
        mailing = make_mailing(coalition)
        begin(mailing)
        people(5)

        send()

        assert len(sink.recipients) == 3


class TestSend:
    def test_writes_to_everybody_once_and_ends(self, app, coalition, people, sink):
        people(120)
        mailing = make_mailing(coalition)

        count = begin(mailing)
        sent = send()
        send()

        assert (count, sent) == (120, 120)
        assert sorted(sink.recipients) == sorted(f"p{n}@example.org" for n in range(120))
        assert states(mailing) == {"sent": 120}
        assert status_of(mailing) == MailingStatus.SENT

    def test_works_with_a_server_that_does_not_read_ahead(self, app, coalition, people, sink):
        people(3)
        mailing = make_mailing(coalition)
        begin(mailing)

        sink.restart("--keep", "--plain")
        send()

        assert len(sink.recipients) == 3

    def test_tells_the_server_a_return_path_of_its_own(self, app, coalition, people, sink):
        people(2)
        mailing = make_mailing(coalition)
        begin(mailing)

        send()

        for noted in sink.accepted:
            assert noted["from"].startswith("bounces+")
            assert len(noted["from"].partition("@")[0]) <= 64
            told = read_mail_token(mail_token_in(noted["from"]))
            assert noted["id"] == f"{told.message_id.hex}.m@coalition.example"
            assert told.coalition_id == coalition.id

    def test_signs_what_a_reader_relies_on(self, app, coalition, people, sink):
        keys = [make_dkim_key("r1", is_rsa=True), make_dkim_key("e1", is_rsa=False)]
        records = {key.record_name: key.record.encode() for key in keys}
        people(1, given_name="Zoë ✊")
        begin(make_mailing(coalition, body="Über\n\n.dots\n\n" + "long " * 400))

        send()

        [raw] = sink.raw()
        verifier = dkim.DKIM(raw)

        def look_up(name: bytes, timeout: int = 5) -> bytes:
            return records[name.decode().rstrip(".")]

        assert [verifier.verify(n, dnsfunc=look_up) for n in (0, 1)] == [True, True]
        signed = re.search(rb"h=([^;]*);", raw)[1].decode().split(":")
        for name in ("from", "to", "subject", "date", "message-id", "list-unsubscribe"):
            assert name in signed
        assert "list-unsubscribe-post" in signed
        assert signed.count("from") == 2
        with pytest.raises(dkim.ValidationError):
            forged = raw.replace(b"List-Unsubscribe: <http", b"List-Unsubscribe: <evil", 1)
            assert not dkim.DKIM(forged).verify(dnsfunc=look_up)
            raise dkim.ValidationError


class TestWithdrawal:
    def test_of_consent_is_heard_before_the_next_message(
        self, app, coalition, people, far_sink, monkeypatch
    ):
        people(30)
        mailing = make_mailing(coalition)
        begin(mailing)
        handed: list[str] = []
        hand_over = sending.Lane._hand_over

        def unsubscribing(lane, letter, *rest):
            outcome = hand_over(lane, letter, *rest)
            handed.append(letter.address)
            if len(handed) == 3:
                with transaction(coalition.id):
                    for person in session.scalars(select(Person)):
                        agree(person, given=False)
            return outcome

        monkeypatch.setattr(sending.Lane, "_hand_over", unsubscribing)
        send()

        assert len(far_sink.recipients) == 3
        assert states(mailing) == {"sent": 3, "refused": 27}

    def test_of_an_address_too(self, app, coalition, people, sink):
        people(3)
        mailing = make_mailing(coalition)
        begin(mailing)
        with transaction(coalition.id):
            suppress(coalition.id, "p1@example.org", SuppressionReason.COMPLAINT)

        send()

        assert sorted(sink.recipients) == ["p0@example.org", "p2@example.org"]


class TestPause:
    def test_holds_what_is_not_on_its_way(self, app, coalition, people, far_sink, monkeypatch):
        people(40)
        mailing = make_mailing(coalition)
        begin(mailing)
        hand_over = sending.Lane._hand_over
        moments: list[float] = []

        def pausing(lane, letter, *rest):
            outcome = hand_over(lane, letter, *rest)
            moments.append(time.monotonic())
            if len(moments) == 5:
                act(mailing, "pause")
                tell(coalition)
            return outcome

        monkeypatch.setattr(sending.Lane, "_hand_over", pausing)
        send()

        assert len(far_sink.recipients) == 5
        assert states(mailing) == {"sent": 5, "queued": 35}

        monkeypatch.setattr(sending.Lane, "_hand_over", hand_over)
        act(mailing, "resume")
        send()
        assert sorted(far_sink.recipients) == sorted(f"p{n}@example.org" for n in range(40))

    def test_by_stopping_ends_it_for_good(self, app, coalition, people, sink, monkeypatch):
        people(10)
        mailing = make_mailing(coalition)
        begin(mailing)
        act(mailing, "pause")
        with transaction(coalition.id):
            starting.stop(mailing.id)

        send()

        assert sink.recipients == []
        assert states(mailing) == {"stopped": 10}
        assert status_of(mailing) == MailingStatus.STOPPED


class TestRefusal:
    def test_by_the_server_stops_a_dead_mailbox(self, app, coalition, people, sink):
        people(2, domain="dead.example")
        people(1)
        sink.answer(rcpt={"dead.example": "550 5.1.1 no such p0@dead.example here"})
        mailing = make_mailing(coalition)
        begin(mailing)

        send()

        assert states(mailing) == {"sent": 1, "bounced": 2}
        assert {each.reason for each in recipients(mailing)} == {None, "550 5.1.1"}
        with reading(coalition.id):
            assert suppression_of(coalition.id, "p0@dead.example") == SuppressionReason.BOUNCE

    def test_of_our_text_stops_nobody(self, app, coalition, people, sink):
        people(1)
        sink.answer(data="554 5.7.1 spam")
        mailing = make_mailing(coalition)
        begin(mailing)

        send()

        assert states(mailing) == {"queued": 1}  # it may have been about this moment
        make_due(mailing)
        send()

        assert states(mailing) == {"bounced": 1}
        with reading(coalition.id):
            assert suppression_of(coalition.id, "p0@example.org") is None

    @pytest.mark.parametrize("answer", ["450 4.2.1 busy", "451 4.3.0 later", "452 4.2.2 full"])
    def test_again_and_again_is_given_up_after_two_days(
        self, app, coalition, people, sink, answer
    ):
        people(1)
        sink.answer(data=answer)
        mailing = make_mailing(coalition)
        begin(mailing)
        waits = []

        while send() == 0 and states(mailing) == {"queued": 1}:
            [waiting] = recipients(mailing)
            waits.append(waiting.due_at - now())
            with transaction():
                session.execute(update(Pace).values(blocked_until=None))
            make_due(mailing)

        assert states(mailing) == {"bounced": 1}
        assert timedelta(hours=33) < sum(waits, timedelta()) < timedelta(hours=62)
        assert waits[0] < timedelta(minutes=7)  # who greylists takes it soon
        assert waits[1] > timedelta(minutes=13)


class TestServer:
    def test_that_is_away_is_asked_again_later(self, app, coalition, people, sink):
        people(4)
        mailing = make_mailing(coalition)
        begin(mailing)
        sink.stop()

        assert send() == 0
        assert states(mailing) == {"queued": 4}
        assert not sending.has_work()  # it rests a while

        sink.restart("--keep")
        with transaction():
            for pace in session.scalars(select(Pace)):
                pace.blocked_until = None
        make_due(mailing)
        assert send() == 4

    def test_that_takes_no_mail_from_us_now_holds_up_all(self, app, coalition, people, sink):
        people(4)
        mailing = make_mailing(coalition)
        begin(mailing)
        sink.answer(mail="421 4.7.0 too much today")

        send()

        assert states(mailing) == {"queued": 4}
        assert not sending.has_work()

    @pytest.mark.parametrize(
        ("rule", "left"),
        [(InDoubt.HOLD, {"sent": 2, "uncertain": 1}), (InDoubt.RESEND, {"sent": 3})],
    )
    def test_that_hangs_up_leaves_one_message_in_doubt(
        self, app, coalition, people, sink, rule, left
    ):
        people(3)
        mailing = make_mailing(coalition, in_doubt=rule)
        begin(mailing)
        sink.answer(hang_up=True, times=1)

        send()
        make_due(mailing)
        send()

        assert states(mailing) == left
        copies = len(sink.recipients) - len(set(sink.recipients))
        assert copies == (1 if rule == InDoubt.RESEND else 0)


def tell(coalition) -> None:
    from coalition.sdk import tell_senders

    with transaction(coalition.id):
        tell_senders(coalition.id)
