"""What a server's “not now” does to the others at its mail domain."""

from datetime import timedelta

import pytest
from coalition_email_outreach import claiming, pacing
from coalition_email_outreach.recipients import Pace, Recipient
from sqlalchemy import select, update

from coalition.sdk import now, reading, session, transaction

from .conftest import begin, make_due, make_mailing, send, states

pytestmark = pytest.mark.usefixtures("at_any_hour")


def strikes_of(domain: str) -> int:
    with reading():
        wanted = select(Pace.strikes).filter_by(key=pacing.domain_key(domain))
        return session.scalar(wanted) or 0


def end_pauses() -> None:
    with transaction():
        session.execute(update(Pace).values(blocked_until=None))


def tried(mailing) -> list[Recipient]:
    """Return those whom the server deferred."""
    session.remove()
    with reading(mailing.coalition_id):
        asked = select(Recipient).filter_by(mailing_id=mailing.id, state="queued")
        return [each for each in session.scalars(asked) if each.attempts]


class TestNotNow:
    """What a server's “not now” means for the others at that mail domain."""

    @pytest.fixture
    def mailing(self, app, coalition, people):
        people(8, domain="big.example")
        made = make_mailing(coalition)
        begin(made)
        return made

    @pytest.mark.parametrize(
        "answer",
        ["452 4.2.2 over quota", "450 4.2.0 greylisted", "450 4.2.1 too much mail for it"],
    )
    def test_of_one_mailbox_holds_up_no_other(self, mailing, sink, answer):
        sink.answer(rcpt={"p0@big.example": answer, "p1@big.example": answer})

        send()

        assert states(mailing) == {"sent": 6, "queued": 2}
        assert strikes_of("big.example") == 0

    def test_of_all_mailboxes_asks_each_of_them_once(self, mailing, sink):
        sink.answer(rcpt={"big.example": "450 4.2.0 greylisted"})

        send()

        assert len(tried(mailing)) == 8

    @pytest.mark.parametrize(
        "answer", ["451 4.3.2 we are being mended", "451 4.7.500 too many", "450 4.4.2 lost"]
    )
    def test_of_the_server_holds_up_the_domain_at_once(self, mailing, people, sink, answer):
        sink.answer(rcpt={"big.example": answer})

        send()

        assert states(mailing) == {"queued": 8}
        assert len(tried(mailing)) == 1
        session.remove()
        with reading(mailing.coalition_id):
            due = session.scalars(select(Recipient.due_at)).all()
        assert all(each > now() + timedelta(seconds=20) for each in due)

    @pytest.mark.parametrize("answer", ["450 4.7.1 not so fast, or greylisted", "451 later"])
    def test_of_unclear_kind_holds_up_the_domain_after_a_few(self, mailing, sink, answer):
        sink.answer(rcpt={"big.example": answer})

        send()

        assert len(tried(mailing)) == 3
        assert strikes_of("big.example") == 3

    def test_of_unclear_kind_for_two_of_many_is_theirs(self, mailing, sink):
        answer = "451 4.7.1 try again later"
        sink.answer(rcpt={"p2@big.example": answer, "p3@big.example": answer})

        send()

        assert states(mailing) == {"sent": 6, "queued": 2}

    def test_adds_up_from_batch_to_batch(self, mailing, sink, monkeypatch):
        monkeypatch.setattr(claiming, "BATCH", 1)
        sink.answer(rcpt={"big.example": "451 4.7.1 try again later"})

        send()

        assert len(tried(mailing)) == 3
        assert states(mailing) == {"queued": 8}

    def test_pauses_twice_as_long_each_time_and_ends_when_it_takes_mail(self, mailing, sink):
        sink.answer(rcpt={"big.example": "451 4.3.2 later"})
        for doubled in (1, 2, 4):
            send()
            with reading():
                key = pacing.domain_key("big.example")
                until = session.scalar(select(Pace.blocked_until).filter_by(key=key))
            assert 20 * doubled < (until - now()).total_seconds() <= 36 * doubled
            end_pauses()
            make_due(mailing)

        sink.answer()
        send()
        assert states(mailing) == {"sent": 8}
        assert strikes_of("big.example") == 4
