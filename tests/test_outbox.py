"""Facts on their way to subscribers, with crashes, failures and crowds."""

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text, update

from coalition import audit, db, events, outbox
from coalition.events import Event
from coalition.letters.events import LetterClosed, LetterOpened
from coalition.outbox import Delivery
from coalition.people.models import Person
from coalition.testing import make_coalition


@pytest.fixture
def subscribe() -> Iterator[Callable]:
    """Give a function that subscribes for the length of the test, with nobody else listening."""
    everybody = dict(events._subscribers)
    events._subscribers.clear()
    yield lambda name, handle, *kinds: events.subscribe(name, *(kinds or [LetterOpened]))(
        handle
    )
    events._subscribers.clear()
    events._subscribers.update(everybody)


def tell(coalition_id: UUID, count: int = 1) -> list[UUID]:
    facts = [LetterOpened(coalition_id=coalition_id, letter_id=uuid4()) for _ in range(count)]
    with db.transaction(coalition_id):
        for fact in facts:
            events.record(fact)
    return [fact.id for fact in facts]


def note_event(facts: list[Event]) -> None:
    """Leave a row per fact, which shows how often it was handled."""
    for fact in facts:
        db.session.add(Person(given_name=str(fact.id)))


def noted(coalition_id: UUID) -> list[UUID]:
    with db.reading(coalition_id) as session:
        return [UUID(name) for name in session.scalars(select(Person.given_name))]


def deliveries() -> list[Delivery]:
    with db.platform_transaction() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.event_id)))


def make_due() -> None:
    with db.platform_transaction() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.next_attempt_at.is_not(None))
            .values(next_attempt_at=func.now())
        )


class TestDeliver:
    def test_hands_a_batch_of_one_coalition_over_oldest_first(self, coalition, subscribe):
        other = make_coalition("parks", "Parks")
        heard: list[list[Event]] = []
        subscribe("test.hear", heard.append)
        ours, theirs = tell(coalition.id, 3), tell(other.id, 2)

        outbox.fan_out()
        handled = outbox.deliver("test.hear")

        assert handled == 5
        assert sorted([fact.id for fact in batch] for batch in heard) == sorted([ours, theirs])
        assert deliveries() == []

    def test_tells_only_who_wants_to_hear(self, coalition, subscribe):
        heard: list[Event] = []
        subscribe("test.hear", heard.extend, LetterClosed)
        tell(coalition.id)

        outbox.fan_out()
        outbox.deliver("test.hear")

        assert heard == []
        assert deliveries() == []

    def test_acts_in_the_scope_of_the_coalition_and_as_the_system(self, coalition, subscribe):
        seen = []
        subscribe(
            "test.hear",
            lambda _facts: seen.append((db.current_coalition_id(), audit.current_actor())),
        )
        tell(coalition.id)

        outbox.fan_out()
        outbox.deliver("test.hear")

        assert seen == [(coalition.id, audit.SYSTEM)]

    def test_lets_a_subscriber_record_facts_of_its_own(self, coalition, subscribe):
        heard: list[Event] = []
        subscribe(
            "test.close",
            lambda facts: [
                events.record(
                    LetterClosed(coalition_id=each.coalition_id, letter_id=each.letter_id)
                )
                for each in facts
            ],
        )
        subscribe("test.hear", heard.extend, LetterClosed)
        tell(coalition.id)

        for _ in range(2):
            outbox.fan_out()
            outbox.deliver("test.close")
            outbox.deliver("test.hear")

        assert [type(fact) for fact in heard] == [LetterClosed]

    def test_forgets_a_fact_whose_code_is_gone(self, coalition, subscribe):
        heard: list[Event] = []
        subscribe("test.hear", heard.extend)
        tell(coalition.id)
        outbox.fan_out()
        with db.platform_transaction() as session:
            session.execute(update(Delivery).values(name="plugin.gone"))

        outbox.deliver("test.hear")

        assert heard == []
        assert deliveries() == []


class TestFailure:
    def test_keeps_the_deliveries_of_who_failed_and_nobody_elses(self, coalition, subscribe):
        def fail(_facts: list[Event]) -> None:
            raise ValueError("canary@example.org")

        subscribe("test.fail", fail)
        subscribe("test.note", note_event)
        told = tell(coalition.id, 3)

        outbox.fan_out()
        outbox.deliver("test.fail")
        outbox.deliver("test.note")

        assert sorted(noted(coalition.id)) == told
        left = deliveries()
        assert [(each.subscriber, each.attempts) for each in left] == [("test.fail", 1)] * 3
        assert left[0].error.startswith("ValueError in ")
        assert "canary" not in left[0].error

    def test_undoes_what_was_written_before_it(self, coalition, subscribe):
        def write_and_fail(facts: list[Event]) -> None:
            note_event(facts)
            db.session.flush()
            raise ValueError

        subscribe("test.fail", write_and_fail)
        tell(coalition.id)

        outbox.fan_out()
        outbox.deliver("test.fail")

        assert noted(coalition.id) == []

    def test_of_one_fact_does_not_hold_up_the_others(self, coalition, subscribe):
        poison = tell(coalition.id, 1)[0]
        others = tell(coalition.id, 20)

        def choke(facts: list[Event]) -> None:
            note_event(facts)
            if poison in {fact.id for fact in facts}:
                raise ValueError

        subscribe("test.choke", choke)

        outbox.fan_out()
        handled = outbox.deliver("test.choke")

        assert handled == 20
        assert sorted(noted(coalition.id)) == others
        assert [each.event_id for each in deliveries()] == [poison]

    def test_is_tried_again_with_growing_pauses_and_given_up_after_eight(
        self, coalition, subscribe
    ):
        def fail(_facts: list[Event]) -> None:
            raise ValueError

        subscribe("test.fail", fail)
        tell(coalition.id)
        outbox.fan_out()
        pauses = []

        for _ in range(outbox.MAX_ATTEMPTS):
            make_due()
            outbox.deliver("test.fail")
            with db.platform_transaction() as session:
                pauses.append(
                    session.scalar(
                        text("SELECT next_attempt_at - now() FROM outbox_deliveries")
                    )
                )

        assert pauses[-1] is None
        waits = [pause.total_seconds() for pause in pauses[:-1]]
        assert all(later > earlier * 0.99 for earlier, later in itertools.pairwise(waits))
        assert waits[0] >= outbox.FIRST_PAUSE_S * 0.9
        assert outbox.subscribers_with_work() == []
        with db.platform_transaction():
            assert [each.attempts for each in outbox.given_up(9)] == [8]

    def test_that_was_given_up_can_be_tried_again(self, coalition, subscribe):
        subscribe("test.note", note_event)
        told = tell(coalition.id)
        outbox.fan_out()
        with db.platform_transaction() as session:
            session.execute(update(Delivery).values(next_attempt_at=None, attempts=8))
        assert outbox.deliver("test.note") == 0

        with db.platform_transaction():
            outbox.retry_given_up("test.note")
        outbox.deliver("test.note")

        assert noted(coalition.id) == told


class TestExactlyOnce:
    def test_holds_for_many_workers_at_once(self, coalition, subscribe):
        subscribe("test.note", note_event)
        told = tell(coalition.id, 1_200)

        def work() -> None:
            for _ in range(4):
                outbox.fan_out()
                outbox.deliver("test.note")
            db.session.remove()

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        outbox.deliver("test.note")

        assert sorted(noted(coalition.id)) == sorted(told)

    def test_holds_when_a_worker_is_killed_in_the_middle(self, coalition, subscribe, tmp_path):
        subscribe("test.note", note_event)
        told = tell(coalition.id, 30)
        outbox.fan_out()

        for turn in range(2):
            kill_while_it_works(tmp_path / f"started-{turn}")
            assert noted(coalition.id) == []  # its transaction died with it
            if turn == 0:
                assert outbox.deliver("test.note") == 0  # the killed one might still live
            make_due()
        outbox.deliver("test.note")

        assert sorted(noted(coalition.id)) == told
        assert deliveries() == []

    def test_misses_no_fact_of_eight_writers(self, coalition, subscribe):
        # Ids are given out before the commit, so a reader that goes on "after the last id"
        # loses those who commit late.
        subscribe("test.note", note_event)
        told: list[UUID] = []
        done = threading.Event()

        def write(seed: int) -> None:
            chance = random.Random(seed)
            for _ in range(25):
                fact = LetterOpened(coalition_id=coalition.id, letter_id=uuid4())
                with db.transaction(coalition.id):
                    events.record(fact)
                    time.sleep(chance.uniform(0, 0.02))
                told.append(fact.id)
            db.session.remove()

        def drain() -> None:
            while not done.is_set():
                outbox.fan_out()
                outbox.deliver("test.note")
            db.session.remove()

        drainer = threading.Thread(target=drain)
        writers = [threading.Thread(target=write, args=[seed]) for seed in range(8)]
        for thread in [drainer, *writers]:
            thread.start()
        for thread in writers:
            thread.join()
        done.set()
        drainer.join()
        outbox.fan_out()
        outbox.deliver("test.note")

        assert len(told) == 200
        assert sorted(noted(coalition.id)) == sorted(told)


_WORKER = """
import pathlib, sys, time
from coalition import db, events, outbox, tables
from coalition.letters.events import LetterOpened
from coalition.people.models import Person

@events.subscribe("test.note", LetterOpened)
def note(facts):
    for fact in facts:
        db.session.add(Person(given_name=str(fact.id)))
    db.session.flush()
    pathlib.Path(sys.argv[1]).touch()
    time.sleep(60)

outbox.deliver("test.note")
"""


def kill_while_it_works(started: Path) -> None:
    """Start a real worker process and kill it while its subscriber is at work."""
    worker = subprocess.Popen([sys.executable, "-c", _WORKER, str(started)])
    try:
        ends = time.monotonic() + 30
        while not started.exists() and time.monotonic() < ends:
            time.sleep(0.05)
        assert started.exists()
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    ends = time.monotonic() + 10
    while is_still_connected() and time.monotonic() < ends:
        time.sleep(0.05)


def is_still_connected() -> bool:
    """Return whether the server still believes in the killed worker's transaction."""
    with db.platform_transaction() as session:
        return bool(
            session.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                    " AND datname = current_database() AND state = 'idle in transaction'"
                )
            )
        )
