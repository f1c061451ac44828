"""A mailing whose messages cannot be written: it is held, and the coordinators learn why."""

import time

import pytest
from coalition_email_outreach import claiming, holding, sending, starting
from coalition_email_outreach.errors import CannotBeWritten
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.recipients import Bell
from coalition_email_outreach.workshop import Workshop
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from coalition.sdk import (
    CustomField,
    Person,
    now,
    session,
    transaction,
)
from coalition.testing import make_letter, work_through

from .conftest import begin, make_mailing, send, states
from .desk import LIST, decide, stored, written

pytestmark = pytest.mark.usefixtures("at_any_hour", "no_csrf")


class TestFieldOfPeople:
    def test_that_is_removed_while_it_is_sent_reads_as_its_fallback(
        self, app, coalition, people, sink
    ):
        people(2)
        with transaction(coalition.id):
            shift = CustomField(key="shift", label="Shift", kind="text")
            session.add(shift)
            for person in session.scalars(select(Person)):
                person.custom_fields = {"shift": "at night"}
        mailing = make_mailing(
            coalition, body="Come {{field.shift|when you can}}{{field.shift}}."
        )
        begin(mailing)

        with transaction(coalition.id):
            session.delete(session.scalar(select(CustomField)))
            for person in session.scalars(select(Person)):
                person.custom_fields = {}
        send()

        assert states(mailing) == {"sent": 2}
        assert "Come when you can." in sink.messages()[0].get_body(("plain",)).get_content()


class TestLetter:
    def test_that_is_removed_while_it_is_sent_holds_it_and_says_so(
        self, coordinator, coalition, people, sink
    ):
        people(2)
        letter = make_letter(coalition)
        mailing = make_mailing(
            coalition, letter_id=letter.id, body="[Sign]({{letter_url}}) {{letter_title}}"
        )
        begin(mailing)
        with transaction(coalition.id):
            session.delete(session.merge(letter))

        send()
        work_through()

        here = f"{LIST}{mailing.id}/"
        assert stored(coalition).status == MailingStatus.PAUSED
        assert states(mailing) == {"queued": 2}
        assert "what it is about was removed" in coordinator.get(here).text
        [told] = [m for m in sink.messages() if m["To"] == "coco@example.org"]
        assert told["Subject"] == "Held: News"
        assert "{{letter_url}}, {{letter_title}}" in told.get_content()
        refused = coordinator.post(f"{here}resumption")
        assert refused.status_code == 422
        assert "What it is about was removed" in refused.text


class TestError:
    def test_of_ours_holds_it_and_says_so_once(
        self, coordinator, coalition, people, sink, monkeypatch
    ):
        people(2)
        mailing, other = make_mailing(coalition), make_mailing(coalition)
        whole = Workshop.composer

        def broken(self, found, *rest):
            if found.id == mailing.id:
                raise ZeroDivisionError
            return whole(self, found, *rest)

        monkeypatch.setattr(Workshop, "composer", broken)
        begin(mailing)
        begin(other)

        send()
        send()
        work_through()

        assert states(mailing) == {"queued": 2}
        assert states(other) == {"sent": 2}
        assert "Ask an administrator" in coordinator.get(f"{LIST}{mailing.id}/").text
        told = [m for m in sink.messages() if m["To"] == "coco@example.org"]
        assert [m["Subject"] for m in told] == ["Held: News"]

        monkeypatch.undo()
        coordinator.post(f"{LIST}{mailing.id}/resumption")
        send()
        assert states(mailing) == {"sent": 2}

    def test_while_it_begins_makes_it_a_draft_again(
        self, app, coalition, people, coordinator, mailbox, monkeypatch
    ):
        people(1)
        here = written(coordinator, coalition)
        decide(coordinator, here, "sending")

        def broken(*_):
            raise KeyError("a bug")

        monkeypatch.setattr(starting, "_rows", broken)
        send()
        monkeypatch.undo()
        work_through()

        assert stored(coalition).status == MailingStatus.DRAFT
        assert "its messages cannot be written" in coordinator.get(here).text
        assert [each.subject for each in mailbox()] == ["Held: News"]

    def test_that_another_worker_met_ends_the_batch_of_this_one(
        self, app, coalition, people, sink, monkeypatch
    ):
        people(5)
        mailing = make_mailing(coalition)
        begin(mailing)
        hand_over = sending.Lane._hand_over

        def hand_over_then_be_held(lane, *arguments):
            outcome = hand_over(lane, *arguments)
            with transaction(coalition.id):
                holding.put_back(mailing.id, CannotBeWritten())
            time.sleep(0.05)  # longer than an answer holds
            return outcome

        monkeypatch.setattr(sending.Lane, "_hand_over", hand_over_then_be_held)
        send()

        assert len(sink.mailed) == 1
        assert states(mailing) == {"sent": 1, "queued": 4}

    def test_of_the_database_holds_nothing(self, app, coalition, people, sink, monkeypatch):
        people(1)
        mailing = make_mailing(coalition)
        begin(mailing)

        def away(*_):
            raise OperationalError("SELECT", {}, Exception("gone"))

        monkeypatch.setattr(claiming.subjects, "decide_if_due", away)
        with pytest.raises(OperationalError):
            send()
        monkeypatch.undo()
        with transaction():
            session.scalars(select(Bell)).one().due_at = now()
        send()

        assert states(mailing) == {"sent": 1}
