"""Many people, a worker that dies, and things that change while mails are being written."""

import threading

import pytest
from sqlalchemy import func, select, update

from coalition import db
from coalition.addresses import NotAnAddress, clean_address
from coalition.consents.models import SuppressionReason
from coalition.consents.suppressing import suppress
from coalition.mail import door, sending
from coalition.mail.models import MailMessage
from coalition.notices import mails, telling
from coalition.notices.receipts import Notice, NoticeReceipt
from coalition.people.models import EmailAddress, person_by_email
from tests.notices.conftest import (
    change,
    hear,
    make_resident,
    number,
    set_clock,
    take_jobs,
    work,
)


@pytest.fixture
def crowd(coalition, monkeypatch):
    """Let eleven people live there, four of them in one transaction; give their addresses."""
    monkeypatch.setattr(telling, "BATCH", 4)
    for n in range(11):
        make_resident(coalition, f"person{n}")
    return sorted(f"person{n}@example.org" for n in range(11))


@pytest.fixture
def begun(app, item, crowd, clock) -> Notice:
    """Begin a notice; its job is owed."""
    from coalition.notices import jobs

    number(item)
    hear()
    clock.shift(700)
    jobs.settle_due()
    with db.reading(item.coalition_id) as session:
        return session.scalars(select(Notice)).one()


def receipts(coalition) -> int:
    with db.reading(coalition.id) as session:
        return session.scalar(select(func.count()).select_from(NoticeReceipt))


def recipients(sent) -> list[str]:
    return sorted(each["to"] for each in sent())


class Killed(BaseException):
    """The worker is gone."""


class TestTell:
    def test_writes_to_everybody_once_batch_by_batch(self, app, begun, crowd, sent):
        with app.app_context():
            work()

        assert recipients(sent) == crowd

    def test_misses_and_repeats_nobody_when_the_worker_dies_between_batches(
        self, app, coalition, begun, crowd, sent, monkeypatch
    ):
        (owed,) = take_jobs()
        written = telling._write
        batches = []

        def die_at_the_third(*arguments):
            batches.append(1)
            if len(batches) == 3:
                raise Killed
            return written(*arguments)

        monkeypatch.setattr(telling, "_write", die_at_the_third)
        with app.app_context(), pytest.raises(Killed):
            telling.tell(*owed[1])
        assert receipts(coalition) == 8

        with app.app_context():
            telling.tell(*owed[1])  # as the queue does after the lease
            telling.tell(*owed[1])

        assert recipients(sent) == crowd

    def test_writes_receipt_and_mail_together_or_neither(
        self, app, coalition, begun, sent, monkeypatch
    ):
        (owed,) = take_jobs()
        write, calls = mails.write, []

        def die_at_the_sixth(*arguments, **values):
            calls.append(1)
            if len(calls) == 6:
                raise Killed
            return write(*arguments, **values)

        monkeypatch.setattr(mails, "write", die_at_the_sixth)
        with app.app_context(), pytest.raises(Killed):
            telling.tell(*owed[1])

        assert receipts(coalition) == 4
        assert len(sent()) == 4

    def test_is_done_by_one_of_two_workers(self, app, coalition, begun, crowd, sent):
        (owed,) = take_jobs()
        failed = []

        def run():
            try:
                with app.app_context():
                    telling.tell(*owed[1])
            except Exception as error:  # a lock that the other one holds
                failed.append(error)
            finally:
                db.session.remove()

        workers = [threading.Thread(target=run) for _ in range(3)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()

        assert failed == []
        assert recipients(sent) == crowd

    def test_is_owed_anew_before_a_job_is_cut_off(self, app, begun, crowd, sent, monkeypatch):
        monkeypatch.setattr(telling, "WORK_S", -1.0)
        (owed,) = take_jobs()
        with app.app_context():
            telling.tell(*owed[1])
        first = len(sent())
        (owed_again,) = take_jobs()
        monkeypatch.setattr(telling, "WORK_S", 60.0)

        with app.app_context():
            telling.tell(*owed_again[1])

        assert (first, len(sent())) == (4, 7)

    def test_stops_when_it_is_cancelled_meanwhile(self, app, coalition, begun, meeting, sent):
        with app.app_context():
            telling.tell_some(coalition.id, begun.id)
            change(meeting, lambda found: found.cancel("No quorum."))
            work()

        with db.reading(coalition.id) as session:
            assert session.scalars(select(Notice)).one().state == "stopped"
        assert len(sent()) == 4

    def test_looks_at_the_meeting_anew_before_each_batch(
        self, app, coalition, begun, meeting, sent
    ):
        def cancel_elsewhere():
            change(meeting, lambda found: found.cancel("No quorum."))
            db.session.remove()

        with app.app_context():
            telling.tell_some(coalition.id, begun.id)
            with db.reading(coalition.id) as session:
                held = session.get_one(Notice, begun.id).meeting.items  # as a cycle would
            other = threading.Thread(target=cancel_elsewhere)
            other.start()
            other.join()

            assert telling.tell_some(coalition.id, begun.id) is False
            del held

        assert len(sent()) == 4

    def test_stops_when_the_clock_is_stopped(self, app, coalition, campaign, begun, sent):
        change(campaign, lambda found: set_clock(found, is_on=False))
        with app.app_context():
            work()

        assert sent() == []

    def test_goes_on_after_an_address_that_is_none(
        self, app, coalition, begun, crowd, sent, monkeypatch
    ):
        bad = crowd[2]

        def refuse(text):
            if text == bad:
                raise NotAnAddress(address=text)
            return clean_address(text)

        monkeypatch.setattr(door, "clean_address", refuse)
        with app.app_context():
            work()

        assert len(sent()) == 10

    def test_writes_to_no_suppressed_mailbox(self, app, coalition, begun, crowd):
        with db.transaction(coalition.id):
            suppress(coalition.id, crowd[0], SuppressionReason.UNSUBSCRIBE)
        with app.app_context():
            work()
        with db.platform_transaction() as session:
            session.execute(update(MailMessage).values(next_attempt_at=func.now()))

        sending.send_due()

        with db.platform_transaction() as session:
            states = session.scalars(select(MailMessage.state)).all()
        assert states == ["sent"] * 10

    def test_writes_to_the_primary_address_only(self, app, coalition, begun, crowd, sent):
        with db.transaction(coalition.id) as session:
            person = person_by_email(crowd[0])
            person.add_email("second@example.org", is_primary=True)
            assert session.scalar(select(func.count()).select_from(EmailAddress)) == 12
        with app.app_context():
            work()

        written_to = recipients(sent)
        assert "second@example.org" in written_to
        assert len(written_to) == 11
