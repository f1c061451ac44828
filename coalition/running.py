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
from rq.timeouts import JobTimeoutException, UnixSignalDeathPenalty
from sqlalchemy import Connection, text

from coalition import (
    background,  # noqa: F401  a scheduler that knew no subscribers would drop their facts
    config,
    db,
    jobs,
    outbox,
    plugins,
)
from coalition.mail import sending

# A slow plugin holds up only its own queue, and hours of sending hold up neither.
CORE, PLUGINS, LONG = "coalition", "coalition-plugins", "coalition-long"
POLL_S = 0.5
REDIS_TIMEOUT_S = 5
DELIVERY_LIMIT_S = 60  # less than the lease of a delivery
BELL_S = 60  # a bell whose worker died may be rung again after this
_SCHEDULER_LOCK = 7_265_010
_ANSWER = "coalition.running.answer_bell"

CHECKS: Mapping[str, Callable[[], bool]] = {
    "jobs": lambda: bool(jobs.due()),
    "mail": sending.has_work,
}

log = structlog.get_logger(__name__)


class TimeUp(BaseException):
    """A chore took too long. No `Exception`, so that no code takes it for an error of its own."""


class TimeLimit(UnixSignalDeathPenalty):
    """RQ's time limit, raised so that a careless `except Exception` does not swallow it."""

    def handle_death_penalty(self, signum: int, frame: FrameType | None) -> None:
        """End the chore; called by the alarm."""
        if self._exception is JobTimeoutException:
            raise TimeUp
        super().handle_death_penalty(signum, frame)  # type: ignore[no-untyped-call]


class ChildWorker(Worker):
    """An RQ worker whose forked child starts with database connections of its own.

    It answers our bell and calls nothing else: whoever can write to the queue could otherwise
    have any function of any module called.
    """

    death_penalty_class = TimeLimit

    def _set_ip_address(self, connection: Any) -> None:  # noqa: ARG002
        # RQ would ask the server, and redis-py cannot read its answer when the socket's path
        # has a space in it. Nobody needs the address.
        self.ip_address = "unknown"

    def perform_job(self, job: Any, *args: Any, **kwargs: Any) -> bool:
        if job.func_name != _ANSWER:
            raise PermissionError("the queue asked for something that is no bell of ours")
        return bool(super().perform_job(job, *args, **kwargs))

    def main_work_horse(self, *args: Any, **kwargs: Any) -> None:
        db.after_fork()
        super().main_work_horse(*args, **kwargs)


def queue(name: str = CORE) -> Queue:
    """Return a queue; it carries the names of chores and nothing else."""
    settings = config.current()
    if not settings.redis_url:
        raise config.ConfigError(
            "REDIS_URL is not set. Set it, or use `coalition up`, which starts a Valkey."
        )
    connection = redis.Redis.from_url(
        settings.redis_url, socket_connect_timeout=REDIS_TIMEOUT_S
    )
    return Queue(name, connection=connection, serializer=JSONSerializer)


def answer_bell(name: str) -> None:
    """Do the chore called `name`; this is what RQ calls.

    The bell is put back first, so that work which arrives from now on rings it again.
    """
    queue().connection.delete(_bell(name))
    done = jobs.run_chore(name)
    log.info("chore", chore=name, done=done)


def ring(name: str) -> bool:
    """Ask a worker to look for work, unless it has been asked and has not looked yet."""
    is_plugins = name.startswith("deliver.plugin.")
    bells = queue(LONG if jobs.is_long(name) else PLUGINS if is_plugins else CORE)
    if not bells.connection.set(_bell(name), 1, nx=True, ex=BELL_S):
        return False
    bells.enqueue_call(
        answer_bell,
        args=(name,),
        timeout=DELIVERY_LIMIT_S if name.startswith("deliver.") else jobs.LIMIT_S,
        result_ttl=0,
        failure_ttl=3600,
        ttl=BELL_S,
    )
    return True


def work(*names: str) -> None:
    """Run a worker until it is told to stop; a chore under way is finished first.

    Args:
        names: the queues it serves, the more urgent first.
    """
    plugins.register_periodic()
    plugins.register_chores()
    bells = [queue(name) for name in names]
    worker = ChildWorker(bells, connection=bells[0].connection, serializer=JSONSerializer)
    worker.work(logging_level="WARNING")


class Scheduler:
    """Looks for due work twice a second and rings. Of several, one works and the others wait."""

    def __init__(self) -> None:
        self._stopping = False

    def run(self) -> None:
        """Schedule until SIGTERM or SIGINT."""
        plugins.register_periodic()
        plugins.register_chores()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self._stopping:
            try:
                with db.engine().connect() as connection:
                    # Not back to the pool, where it would keep the lock and do nothing with it.
                    connection.detach()
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
            with suppress(redis.RedisError):  # nothing is lost, and the next look rings again
                ring(name)

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
