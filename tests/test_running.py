"""Scheduler and worker as real processes, on a real Valkey."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import redis
from rq import Queue, SimpleWorker
from rq.serializers import DefaultSerializer, JSONSerializer
from sqlalchemy import func, select, text, update

from coalition import config, db, jobs, running
from coalition.letters.signing import SignatureRequest, sign
from coalition.mail import door
from coalition.mail.models import MailboxMessage
from coalition.testing import make_letter

PATIENCE_S = 30


@pytest.fixture
def bells(database) -> Iterator[Queue]:
    """Give the queue, empty before and after."""
    queue = running.queue()
    queue.connection.flushall()
    yield queue
    queue.connection.flushall()
    queue.connection.close()


@contextmanager
def processes(*names: str) -> Iterator[list[subprocess.Popen]]:
    """Run commands of ours and stop them at the end."""
    started = [subprocess.Popen([sys.executable, "-m", "coalition", name]) for name in names]
    try:
        yield started
    finally:
        for each in started:
            each.terminate()
        for each in started:
            each.wait(timeout=PATIENCE_S)


def wait_until(come_true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not come_true():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.1)


def arrived() -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(MailboxMessage)) or 0


def queue_mail(count: int) -> None:
    with db.transaction():
        for number in range(count):
            door.queue(
                purpose="account", to=f"p{number}@example.org", subject="Hello", text="Hello."
            )


class TestProcesses:
    def test_bring_a_confirmation_from_the_signature_to_the_mailbox(self, coalition, bells):
        make_letter(coalition)

        with processes("scheduler", "worker"):
            sign(
                coalition.id,
                "keep-the-night-buses",
                SignatureRequest(
                    kind="person",
                    given_name="Ada",
                    family_name="Lovelace",
                    email="ada@example.org",
                ),
            )
            wait_until(lambda: arrived() == 1)

        with db.reading() as session:
            message = session.scalars(select(MailboxMessage)).one()
        assert message.recipient == "ada@example.org"
        assert "/confirmations/" in message.text

    def test_lose_nothing_with_the_queue_and_with_a_worker(self, coalition, bells):
        queue_mail(10)

        with processes("scheduler") as [_]:
            wait_until(lambda: bells.count > 0)
            bells.connection.flushall()  # as if Valkey had lost everything
            doomed = subprocess.Popen([sys.executable, "-m", "coalition", "worker"])
            try:
                wait_until(lambda: arrived() > 0)
            finally:
                os.kill(doomed.pid, signal.SIGKILL)
                doomed.wait()
            queue_mail_later = 10
            with db.transaction():
                for number in range(queue_mail_later):
                    door.queue(
                        purpose="account",
                        to=f"later{number}@example.org",
                        subject="Hello",
                        text="Hello.",
                    )
            with processes("worker"):
                wait_until(lambda: arrived() >= 20)

        with db.reading() as session:
            recipients = session.scalars(select(MailboxMessage.recipient)).all()
        assert len(recipients) == len(set(recipients)) == 20


class TestRing:
    def test_asks_once_until_somebody_looks(self, bells):
        assert running.ring("mail")
        assert not running.ring("mail")

        running.answer_bell("mail")

        assert running.ring("mail")

    def test_keeps_plugins_from_holding_up_the_mail(self, bells):
        running.ring("deliver.plugin.slow")
        running.ring("mail")

        assert bells.count == 1
        assert running.queue(running.PLUGINS).count == 1

    def test_carries_no_more_than_a_name(self, coalition, bells):
        make_letter(coalition)
        with db.transaction():
            door.queue(purpose="account", to="canary@example.org", subject="Canary", text="x")

        running.Scheduler().look()

        stored = "".join(
            str(bells.connection.hgetall(key)) for key in bells.connection.scan_iter("rq:job:*")
        )
        assert "answer_bell" in stored
        assert "canary" not in stored.lower()
        assert str(coalition.id) not in stored


class TestWorker:
    def test_runs_no_code_out_of_a_pickle(self, bells, tmp_path):
        canary = tmp_path / "canary"
        pickling = Queue(
            running.CORE, connection=bells.connection, serializer=DefaultSerializer
        )
        pickling.enqueue("pathlib.Path.touch", canary)

        worker = running.ChildWorker(
            [bells], connection=bells.connection, serializer=JSONSerializer
        )
        worker.work(burst=True, logging_level="CRITICAL")

        assert not canary.exists()

    def test_calls_nothing_but_the_bell(self, bells, tmp_path):
        canary = tmp_path / "canary"
        planted = Queue(running.CORE, connection=bells.connection, serializer=JSONSerializer)
        planted.enqueue("os.mkdir", str(canary))
        believing = SimpleWorker(
            [bells], connection=bells.connection, serializer=JSONSerializer
        )
        believing.work(burst=True, logging_level="CRITICAL")
        assert canary.exists()  # this is what a plain worker does
        canary.rmdir()
        planted.enqueue("os.mkdir", str(canary))

        worker = running.ChildWorker(
            [bells], connection=bells.connection, serializer=JSONSerializer
        )
        worker.work(burst=True, logging_level="CRITICAL")

        assert not canary.exists()


class TestScheduler:
    def test_has_one_leader(self, bells):
        scheduler = running.Scheduler()
        with db.engine().connect() as second:
            with db.engine().connect() as first:
                assert scheduler._is_leader(first)
                assert scheduler._is_leader(first)  # it knows that it has the lock
                assert not scheduler._is_leader(second)
                first.invalidate()  # its process dies

            wait_until(lambda: scheduler._is_leader(second))
            second.execute(text("SELECT pg_advisory_unlock_all()"))

    def test_starts_a_periodic_task_once_though_there_are_two(self, bells):
        jobs.periodic(jobs.Periodic("test.tick", 3600, tick))
        try:
            for scheduler in (running.Scheduler(), running.Scheduler()):
                scheduler.look()
        finally:
            del jobs._periodic["test.tick"]

        with db.platform_transaction() as session:
            functions = session.scalars(select(jobs.Job.function)).all()
        assert functions.count(f"{__name__}:tick") == 1

    def test_goes_on_without_the_queue(self, bells, change_settings):
        with db.transaction():
            jobs.enqueue(tick)
        change_settings(REDIS_URL="redis://127.0.0.1:1/0")

        running.Scheduler().look()  # rings into the void and does not mind

        with db.platform_transaction() as session:
            assert session.scalar(select(func.count()).select_from(jobs.Job)) >= 1

    def test_rings_only_for_what_is_due(self, bells):
        with db.platform_transaction() as session:
            session.execute(update(jobs.Job).values(run_at=func.now() + timedelta(hours=1)))

        assert "mail" not in jobs.rings(running.CHECKS)
        assert "jobs" not in jobs.rings(running.CHECKS)


class TestQueue:
    def test_says_what_to_do_without_an_address(self, database, change_settings):
        change_settings(REDIS_URL=None)

        with pytest.raises(config.ConfigError, match="REDIS_URL is not set"):
            running.queue()

    def test_stays_usable_for_signing_when_it_is_gone(self, coalition, client, change_settings):
        change_settings(REDIS_URL="redis://127.0.0.1:1/0")
        make_letter(coalition)

        sign(
            coalition.id,
            "keep-the-night-buses",
            SignatureRequest(
                kind="person", given_name="Ada", family_name="L.", email="ada@example.org"
            ),
        )
        with pytest.raises(redis.ConnectionError):
            running.queue().count  # noqa: B018


def tick() -> None:
    """Nothing, hourly."""
