import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import func, select, text, update

from coalition import db, jobs
from coalition.clock import now
from coalition.jobs import Job, Periodic, PeriodicRun

calls: list[tuple[object, ...]] = []


@pytest.fixture(autouse=True)
def no_calls() -> Iterator[None]:
    calls.clear()
    yield
    calls.clear()


def remember(*arguments: object) -> None:
    calls.append(arguments)


def fail(*arguments: object) -> None:
    calls.append(arguments)
    raise ValueError("canary@example.org")


def enqueue(function=remember, *arguments: UUID | str | int, **options: object) -> UUID:
    with db.transaction() as session:
        jobs.enqueue(function, *arguments, **options)
        session.flush()
        return session.scalars(text("SELECT id FROM jobs")).all()[-1]


def row(job_id: UUID) -> Job | None:
    with db.platform_transaction() as session:
        return session.get(Job, job_id)


def make_due() -> None:
    with db.platform_transaction() as session:
        session.execute(update(Job).where(Job.run_at.is_not(None)).values(run_at=func.now()))


class TestEnqueue:
    def test_owes_the_call_only_after_the_commit(self, database):
        with pytest.raises(ZeroDivisionError), db.transaction():
            jobs.enqueue(remember, 1)
            raise ZeroDivisionError

        assert jobs.run_due() == 0
        assert calls == []

    def test_refuses_outside_a_transaction(self, database):
        with pytest.raises(RuntimeError, match="transaction"):
            jobs.enqueue(remember)

    @pytest.mark.parametrize("argument", ["ada@example.org", "Ada Lovelace", "x" * 101, ""])
    def test_refuses_what_is_no_id(self, database, argument):
        with db.transaction(), pytest.raises(ValueError, match="not contact data"):
            jobs.enqueue(remember, argument)

    def test_refuses_a_function_that_no_worker_could_find(self, database):
        with db.transaction(), pytest.raises(ValueError):
            jobs.enqueue(lambda: None)

    def test_stores_ids_as_text(self, database):
        some_id = uuid4()

        job_id = enqueue(remember, some_id, 7, "night-buses")

        assert row(job_id).arguments == [str(some_id), 7, "night-buses"]

    def test_may_be_for_later(self, database):
        job_id = enqueue(remember, run_at=now() + timedelta(hours=1))

        assert jobs.due() == []
        make_due()
        assert jobs.due() == [job_id]


class TestRun:
    def test_calls_once_and_forgets(self, database):
        job_id = enqueue(remember, 7)

        assert jobs.run(job_id)
        assert not jobs.run(job_id)
        assert calls == [(7,)]
        assert row(job_id) is None

    def test_is_done_by_one_of_many_workers(self, database):
        job_id = enqueue(remember, 7)
        done = []

        def work() -> None:
            done.append(jobs.run(job_id))
            db.session.remove()

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(done) == [False] * 7 + [True]
        assert calls == [(7,)]

    def test_takes_over_from_a_worker_that_died(self, database):
        job_id = enqueue(remember, 7)
        with db.platform_transaction() as session:  # claimed, and never ended
            session.execute(
                update(Job).values(
                    attempts=1, run_at=func.now() + timedelta(seconds=jobs.LEASE_S)
                )
            )

        assert not jobs.run(job_id)  # its time is not over
        make_due()
        assert jobs.run(job_id)
        assert calls == [(7,)]

    def test_does_not_end_a_job_that_another_worker_has_taken(self, database):
        def steal() -> None:
            with db.platform_transaction() as session:
                session.execute(update(Job).values(attempts=Job.attempts + 1))

        job_id = enqueue(remember, 7)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(f"{__name__}.calls", _Calling(steal))
            jobs.run(job_id)

        assert row(job_id).attempts == 2

    def test_tries_a_failing_job_five_times(self, database):
        job_id = enqueue(fail, 7)

        for _ in range(7):
            make_due()
            assert not jobs.run(job_id)

        assert calls == [(7,)] * 5
        given_up = row(job_id)
        assert given_up.run_at is None
        assert given_up.error.startswith("ValueError in fail")
        assert "canary" not in given_up.error
        with db.platform_transaction():
            assert [each.id for each in jobs.failed(9)] == [job_id]

    def test_pauses_longer_each_time(self, database):
        job_id = enqueue(fail)
        pauses = []

        for _ in range(3):
            make_due()
            jobs.run(job_id)
            with db.platform_transaction() as session:
                pauses.append(
                    session.scalar(text("SELECT extract(epoch FROM run_at - now()) FROM jobs"))
                )

        assert pauses == sorted(pauses)
        assert pauses[0] > 20

    def test_gives_up_a_job_that_kills_its_worker_each_time(self, database):
        job_id = enqueue(remember)
        with db.platform_transaction() as session:
            session.execute(update(Job).values(attempts=jobs.MAX_ATTEMPTS))

        assert not jobs.run(job_id)
        assert calls == []
        assert row(job_id).run_at is None
        assert row(job_id).error == "WorkerDied"

    def test_notes_a_function_that_is_gone(self, database):
        job_id = enqueue(remember)
        with db.platform_transaction() as session:
            session.execute(update(Job).values(function="coalition.nowhere:nothing"))

        assert not jobs.run(job_id)
        assert row(job_id).error.startswith("ModuleNotFoundError")


class _Calling(list):
    """A list that does something when it is added to."""

    def __init__(self, then) -> None:
        super().__init__()
        self.then = then

    def append(self, item: object) -> None:
        self.then()


class TestRetryFailed:
    def test_gives_the_attempts_back(self, database):
        job_id = enqueue(remember, 7)
        with db.platform_transaction() as session:
            session.execute(update(Job).values(run_at=None, attempts=5))
        assert jobs.run_due() == 0

        with db.platform_transaction():
            jobs.retry_failed(job_id)

        assert jobs.run_due() == 1


class TestStartPeriod:
    HOURLY = Periodic("test.hourly", 3600, remember)

    def test_starts_once_in_a_period(self, database):
        with time_machine.travel("2026-11-24 12:30:00+00:00", tick=False):
            assert jobs.start_period(self.HOURLY)
            forget_jobs()
            assert not jobs.start_period(self.HOURLY)
        with time_machine.travel("2026-11-24 13:00:00+00:00", tick=False):
            assert jobs.start_period(self.HOURLY)

        assert jobs_of(remember) == 1

    def test_starts_once_whoever_schedules(self, database):
        for turn in range(10):
            task = Periodic(f"test.{turn}", 3600, remember)
            started = []

            def schedule(task=task, started=started) -> None:
                started.append(jobs.start_period(task))
                db.session.remove()

            threads = [threading.Thread(target=schedule) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

            assert sorted(started) == [False, False, False, True]
            assert jobs_of(remember) == 1
            forget_jobs()

    def test_does_not_pile_up_what_is_still_to_be_done(self, database):
        for hour in range(3):
            with time_machine.travel(f"2026-11-24 1{hour}:30:00+00:00", tick=False):
                jobs.start_period(self.HOURLY)

        assert jobs_of(remember) == 1

    def test_forgets_old_periods(self, database):
        for hour in range(5):
            with time_machine.travel(f"2026-11-24 1{hour}:30:00+00:00", tick=False):
                jobs.start_period(self.HOURLY)
            forget_jobs()

        with db.platform_transaction() as session:
            assert session.scalar(select(func.count()).select_from(PeriodicRun)) <= 2


def jobs_of(function) -> int:
    with db.platform_transaction() as session:
        return session.scalar(
            select(func.count()).select_from(Job).filter_by(function=jobs._path(function))
        )


def forget_jobs() -> None:
    with db.platform_transaction() as session:
        session.execute(text("DELETE FROM jobs"))


class TestPeriodicTasks:
    def test_are_found_by_a_worker(self, database):
        for task in jobs.periodic_tasks():
            assert jobs._path(task.function)
            assert task.every_s > 0
