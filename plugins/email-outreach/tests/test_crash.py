"""Killing what can be killed while a mailing is sent: nobody is missed, nobody gets it twice.

By default a mailing to 400 people and a dozen kills of workers and connections;
COALITION_CRASH_RECIPIENTS and COALITION_CRASH_KILLS make it larger. What happens when the web
server, the queue or the database itself dies is in test_kills.py.
"""

import os
import random
import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from coalition_email_outreach import journal, settling
from coalition_email_outreach.journal import Claimed, Journal, Outcome, Verdict
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import InDoubt, mailing_or_raise
from coalition_email_outreach.recipients import Recipient, RecipientState
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from coalition.sdk import reading, session, transaction
from coalition.testing import cut_database

from .conftest import Sink, begin, make_due, make_mailing, send, start_sink, states
from .fleet import Fleet

RECIPIENTS = int(os.environ.get("COALITION_CRASH_RECIPIENTS", "400"))
KILLS = int(os.environ.get("COALITION_CRASH_KILLS", "12"))
LANES = 3
PATIENCE_S = 60 + RECIPIENTS / 20

pytestmark = pytest.mark.usefixtures("at_any_hour")


@pytest.fixture
def slow_sink(database, change_settings, tmp_path) -> Iterator[Sink]:
    """Give a server that accepts halfway through some milliseconds: kills hit the gap often."""
    started = start_sink(tmp_path, "--slow", "0.008")
    change_settings(
        COALITION_MAIL_URL=started.url,
        COALITION_MAIL_FROM="news@coalition.example",
        COALITION_DATA_DIR=str(tmp_path / "data"),
    )
    yield started
    started.stop()


def end_of(mailing) -> MailingStatus:
    with reading(mailing.coalition_id):
        return mailing_or_raise(mailing.id).status


def crash_until_sent(mailing, slow_sink: Sink, folder: Path) -> tuple[int, int]:
    """Kill workers and cut the database at random moments; return how often each was done."""
    fleet, cuts = Fleet(folder, LANES), 0
    ends = time.monotonic() + PATIENCE_S
    try:
        while not slow_sink.accepted:
            time.sleep(0.1)
        while time.monotonic() < ends:
            time.sleep(random.uniform(0.02, 0.2))
            with suppress(DBAPIError):
                session.remove()
                if end_of(mailing) == MailingStatus.SENT:
                    break
            if fleet.kills + cuts >= KILLS:
                continue
            if random.random() < 0.8:
                fleet.kill_one()
            else:
                cut_database()
                cuts += 1
    finally:
        fleet.stop()
    return fleet.kills, cuts


class TestCrash:
    @pytest.mark.parametrize("rule", list(InDoubt))
    def test_misses_nobody_and_doubles_nobody_in_silence(
        self, app, coalition, people, slow_sink, rule, tmp_path
    ):
        people(RECIPIENTS)
        mailing = make_mailing(coalition, in_doubt=rule)
        begin(mailing)

        kills, cuts = crash_until_sent(mailing, slow_sink, tmp_path)

        copies = Counter(slow_sink.recipients)
        doubled = sum(count - 1 for count in copies.values())
        found = states(mailing)
        uncertain = found.get("uncertain", 0)
        missed = RECIPIENTS - len(copies)
        print(f"{rule} {kills=} {cuts=} {doubled=} {uncertain=} {missed=} {found}")
        assert end_of(mailing) == MailingStatus.SENT
        assert sum(found.values()) == RECIPIENTS
        assert kills + cuts > 5
        if rule == InDoubt.HOLD:
            assert doubled == 0
            assert uncertain <= kills  # each killed connection carried one message
            assert missed <= uncertain
            assert not missed_in_silence(mailing, set(copies))
        else:
            assert missed == 0
            assert uncertain == 0
            assert doubled <= kills


def missed_in_silence(mailing, accepted: set[str]) -> list[str]:
    """Return who is said to have got it, and the server does not know of it."""
    with reading(mailing.coalition_id):
        rows = session.execute(
            text("""SELECT id FROM email_outreach_recipients WHERE state = 'sent'""")
        )

        addresses = settling.addresses_of(dict.fromkeys(row.id for row in rows))
    return [each for each in addresses.values() if each not in accepted]


@contextmanager
def disk_full_after(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestJournal:
    @pytest.fixture(autouse=True)
    def own_folder(self, change_settings, tmp_path, installation) -> None:
        change_settings(COALITION_DATA_DIR=str(tmp_path / "journals"))

    def claimed(self) -> Claimed:
        return Claimed(uuid7(), uuid7(), uuid7())

    def test_knows_what_was_begun_and_how_it_ended(self):
        book, claimed = Journal.open(), self.claimed()
        first, second, third = uuid7(), uuid7(), uuid7()
        book.claim(claimed)
        book.begin(first)
        book.end(first, Outcome(Verdict.SENT))
        book.end(second, Outcome(Verdict.BOUNCED, "550 5.1.1"))
        book.begin(third)
        book.close()

        with journal.left_behind() as found:
            [read] = found

        assert read.claim_id == claimed.claim_id
        assert read.settled_outcomes() == {
            first: Outcome(Verdict.SENT),
            second: Outcome(Verdict.BOUNCED, "550 5.1.1"),
            third: Outcome(Verdict.UNCERTAIN, "the worker died"),
        }
        with journal.left_behind() as found:
            assert found == []

    def test_of_a_living_process_is_left_alone(self):
        book = Journal.open()
        book.claim(self.claimed())

        with journal.left_behind() as found:
            assert found == []
        book.clear()
        book.close()

    def test_stays_when_settling_fails(self):
        book = Journal.open()
        book.claim(self.claimed())
        book.close()

        with pytest.raises(ZeroDivisionError), journal.left_behind():
            raise ZeroDivisionError
        with journal.left_behind() as found:
            assert len(found) == 1

    def test_survives_a_line_cut_off_in_the_middle(self):
        book, recipient = Journal.open(), uuid7()
        book.claim(self.claimed())
        book.begin(recipient)
        book._write("=", recipient.hex[:10])
        os.ftruncate(book._descriptor, os.fstat(book._descriptor).st_size - 3)
        book.close()

        with journal.left_behind() as [read]:
            assert read.begun == recipient

    def test_on_a_full_disk_says_so_and_keeps_whole_lines(self):
        book, first, second = Journal.open(), uuid7(), uuid7()
        book.claim(self.claimed())
        book.begin(first)

        with disk_full_after(os.fstat(book._descriptor).st_size + 10), pytest.raises(OSError):
            book.end(first, Outcome(Verdict.SENT))
        book.end(second, Outcome(Verdict.SENT))
        book.close()

        with journal.left_behind() as [read]:
            assert read.outcomes == {second: Outcome(Verdict.SENT)}

    def test_that_cannot_be_written_sends_nothing_and_doubts_nothing(
        self, app, coalition, people, sink, monkeypatch
    ):
        people(3)
        mailing = make_mailing(coalition)
        begin(mailing)

        def full(*_words) -> None:
            raise OSError("no space left")

        with monkeypatch.context() as patch:
            patch.setattr(Journal, "begin", full)
            send()
        assert sink.accepted == []

        make_due(mailing)
        send()
        assert states(mailing) == {"sent": 3}

    def test_that_is_lost_with_its_machine_leaves_the_batch_in_doubt(
        self, app, coalition, people, slow_sink
    ):
        people(2)
        mailing = make_mailing(coalition)
        begin(mailing)
        with transaction(coalition.id):
            session.execute(
                text("""UPDATE email_outreach_recipients SET state = 'sending',
                    claim_id = gen_random_uuid(), lease_until = now() - interval '2 hours'""")
            )

        send()

        assert states(mailing) == {"uncertain": 2}


class TestFence:
    def test_keeps_a_worker_out_that_was_thought_dead(self, app, coalition, people, sink):
        people(1)
        mailing = make_mailing(coalition)
        begin(mailing)
        [recipient] = _recipients(mailing)
        late, another = Claimed(uuid7(), coalition.id, mailing.id), uuid7()
        late.outcomes[recipient.id] = Outcome(Verdict.BOUNCED, "550 5.1.1")
        with transaction(coalition.id):
            session.execute(
                text("""UPDATE email_outreach_recipients SET state = 'sending',
                    claim_id = :claim, lease_until = now() + interval '1 minute'"""),
                {"claim": another},
            )

        settling.settle(late)

        [recipient] = _recipients(mailing)
        assert (recipient.state, recipient.claim_id) == (RecipientState.SENDING, another)


def _recipients(mailing) -> list[Recipient]:
    session.remove()
    with reading(mailing.coalition_id):
        return list(session.query(Recipient).filter_by(mailing_id=mailing.id))
