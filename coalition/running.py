"""The processes: scheduler and worker. Web servers need nothing from here."""

import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType
from typing import Any

import redis
import structlog
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, text

from coalition import config, db, jobs, outbox, plugins
from coalition.mail import sending

QUEUE = "coalition"
POLL_S = 0.5
CHORE_LIMIT_S = jobs.LEASE_S
BELL_S = 60  # a bell whose worker died may be rung again after this
_SCHEDULER_LOCK = 7_265_010
_ANSWER = "coalition.running.answer_bell"

CHECKS: Mapping[str, Callable[[], bool]] = {
    "jobs": lambda: bool(jobs.due()),
    "mail": sending.has_work,
}

log = structlog.get_logger(__name__)


class ChildWorker(Worker):
    """An RQ worker whose forked child starts with database connections of its own.

    It answers our bell and calls nothing else: whoever can write to the queue could otherwise
    have any function of any module called.
    """

    def perform_job(self, job: Any, *args: Any, **kwargs: Any) -> bool:
        if job.func_name != _ANSWER:
            raise PermissionError("the queue asked for something that is no bell of ours")
        return bool(super().perform_job(job, *args, **kwargs))

    def main_work_horse(self, *args: Any, **kwargs: Any) -> None:
        db.after_fork()
        super().main_work_horse(*args, **kwargs)


def queue() -> Queue:
    """Return the queue; it carries the names of chores and nothing else."""
    settings = config.current()
    if not settings.redis_url:
        raise config.ConfigError(
            "REDIS_URL is not set. Set it, or use `coalition up`, which starts a Valkey."
        )
    connection = redis.Redis.from_url(settings.redis_url)
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer)


def answer_bell(name: str) -> None:
    """Do the chore called `name`; this is what RQ calls.

    The bell is put back first, so that work which arrives from now on rings it again.
    """
    queue().connection.delete(_bell(name))
    done = jobs.run_chore(name)
    log.info("chore", chore=name, done=done)


def ring(bells: Queue, name: str) -> bool:
    """Ask the worker to look for work, unless it has been asked and has not looked yet."""
    if not bells.connection.set(_bell(name), 1, nx=True, ex=BELL_S):
        return False
    bells.enqueue_call(
        answer_bell,
        args=(name,),
        timeout=CHORE_LIMIT_S,
        result_ttl=0,
        failure_ttl=3600,
        ttl=BELL_S,
    )
    return True


def work() -> None:
    """Run a worker until it is told to stop; a chore under way is finished first."""
    plugins.register_periodic()
    bells = queue()
    worker = ChildWorker([bells], connection=bells.connection, serializer=JSONSerializer)
    worker.work(logging_level="WARNING")


class Scheduler:
    """Looks for due work twice a second and rings. Of several, one works and the others wait."""

    def __init__(self) -> None:
        self._stopping = False
        self._bells = queue()

    def run(self) -> None:
        """Schedule until SIGTERM or SIGINT."""
        plugins.register_periodic()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self._stopping:
            try:
                with db.engine().connect() as connection:
                    self._lead(connection)
            except Exception:
                # The database or the queue is away for a while; nothing is lost by waiting.
                log.exception("scheduler interrupted")
                self._pause(2.0)

    def _lead(self, connection: Connection) -> None:
        while not self._stopping and not self._is_leader(connection):
            self._pause(2.0)
        while not self._stopping and self._is_leader(connection):
            self.look()
            self._pause(POLL_S)

    def look(self) -> None:
        """Look once: hand out facts, start due periodic tasks, ring for what is due."""
        for task in jobs.periodic_tasks():
            jobs.start_period(task)
        while outbox.has_facts() and outbox.fan_out():
            pass
        for name in jobs.rings(CHECKS):
            with suppress(redis.ConnectionError):
                ring(self._bells, name)

    def _is_leader(self, connection: Connection) -> bool:
        """Take or keep the lock; it belongs to the connection and goes with it."""
        held = connection.execute(
            text(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory'"
                " AND objid = :lock AND pid = pg_backend_pid())"
                " OR pg_try_advisory_lock(:lock)"
            ),
            {"lock": _SCHEDULER_LOCK},
        ).scalar_one()
        connection.rollback()
        return bool(held)

    def _pause(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < ends:
            time.sleep(0.05)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True


def _bell(name: str) -> str:
    return f"coalition:bell:{name}"
