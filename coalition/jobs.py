"""Work for later: the rows that are the truth, and the queue that only rings the bell.

A job is a row, written in the transaction that wants it; RQ carries nothing but the call to
look at the rows, so an emptied or lost queue loses nothing. The scheduler looks for due rows
twice a second and rings; the worker claims a row for a time (a lease) and ends it under the
number of its attempt, so that a worker thought dead cannot end a job that another has taken.
"""

import importlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Index, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from coalition import audit, db, outbox
from coalition.clock import now

LIMIT_S = 300  # the worker ends a job that takes longer
LEASE_S = LIMIT_S + 30  # after that a job whose worker died is tried again
MAX_ATTEMPTS = 5
_ID_TEXT = re.compile(r"[A-Za-z0-9_.:-]{1,100}")  # no addresses, no names


log = structlog.get_logger(__name__)


class Job(db.Base):
    """A call that is owed: `function` ("package.module:name") with ids as arguments."""

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "run_at"),)

    function: Mapped[str]
    arguments: Mapped[list[Any]] = mapped_column(JSONB)
    run_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]


class PeriodicRun(db.Base):
    """Says that a periodic task was started for a period, so that no other scheduler does."""

    __tablename__ = "periodic_runs"
    __table_args__ = (Index(None, "task", "period", unique=True),)

    task: Mapped[str]
    period: Mapped[int]


@dataclass(frozen=True)
class Periodic:
    """A function called without arguments once in each period of `every_s` seconds."""

    name: str
    every_s: int
    function: Callable[[], None]


@dataclass(frozen=True)
class Chore:
    """Work that is too long for a job, shared by all workers of the queue for long work.

    `has_work` is asked twice a second, by the scheduler. `work` does some for a while, at most
    `WORK_S` seconds, and returns how much; several processes call it at once.
    """

    name: str
    has_work: Callable[[], bool]
    work: Callable[[], int]


class WorkerDied(Exception):
    """The worker ended in the middle of a job, as often as a job is tried."""


_periodic: dict[str, Periodic] = {}


def periodic(task: Periodic) -> None:
    """Have the scheduler start `task` once per period; called at start-up."""
    _periodic[task.name] = task


def periodic_tasks() -> list[Periodic]:
    """Return the schedule as one readable list."""
    return [_periodic[name] for name in sorted(_periodic)]


def enqueue(
    function: Callable[..., None], *arguments: UUID | str | int, run_at: datetime | None = None
) -> None:
    """Owe a call of `function(*arguments)`, to be paid by the worker after the commit.

    The function must be idempotent: after a crash it is called again, at most five times.

    Args:
        arguments: ids, never contact data: they can be read in the jobs table and its backups.
        run_at: not before this moment; at once if `None`.

    Raises:
        RuntimeError: no transaction is open.
        ValueError: an argument is not an id, or the function cannot be found by its name.
    """
    if not db.in_transaction():
        raise RuntimeError("enqueue() belongs into the transaction that wants the job")
    db.session.add(
        Job(
            function=_path(function),
            arguments=[_id(argument) for argument in arguments],
            run_at=run_at or now(),
        )
    )


def due() -> list[UUID]:
    """Return the ids of the jobs that should run now, oldest first."""
    with db.platform_transaction() as session:
        statement = (
            select(Job.id).where(Job.run_at <= func.now()).order_by(Job.run_at).limit(100)
        )
        return list(session.scalars(statement))


def run(job_id: UUID) -> bool:
    """Run one job if nobody else has it; return whether it was run to its end."""
    with db.platform_transaction() as session:
        claimed = session.execute(
            update(Job)
            .where(Job.id == job_id, Job.run_at <= func.now())
            .values(attempts=Job.attempts + 1, run_at=func.now() + timedelta(seconds=LEASE_S))
            .returning(Job.function, Job.arguments, Job.attempts)
        ).one_or_none()
    if claimed is None:
        return False
    if claimed.attempts > MAX_ATTEMPTS:  # each attempt ended with the death of its worker
        _note_failure(job_id, claimed.attempts, WorkerDied())
        return False
    try:
        with audit.acting(audit.SYSTEM):
            _resolve(claimed.function)(*claimed.arguments)
    except Exception as error:
        _note_failure(job_id, claimed.attempts, error)
        return False
    with db.platform_transaction() as session:
        done = session.get(Job, job_id)
        if done is not None and done.attempts == claimed.attempts:
            session.delete(done)
    return True


def failed(limit: int) -> list[Job]:
    """Return the oldest jobs that were given up."""
    chosen = select(Job).where(Job.run_at.is_(None)).order_by(Job.id)
    return list(db.session.scalars(chosen.limit(limit)))


def retry_failed(job_id: UUID) -> None:
    """Give a job that was given up its attempts back."""
    db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.run_at.is_(None))
        .values(run_at=now(), attempts=0)
    )


def start_period(task: Periodic) -> bool:
    """Claim the current period of a task; false if it was claimed before."""
    period = int(now().timestamp() // task.every_s)
    with db.platform_transaction() as session:
        claimed = session.execute(
            insert(PeriodicRun)
            .values(id=_new_id(), task=task.name, period=period)
            .on_conflict_do_nothing()
            .returning(PeriodicRun.id)
        ).first()
        if claimed is None:
            return False
        old = select(PeriodicRun).where(
            PeriodicRun.task == task.name, PeriodicRun.period < period - 1
        )
        for run_before in session.scalars(old):
            session.delete(run_before)
        owed = select(Job.id).where(
            Job.function == _path(task.function), Job.run_at.is_not(None)
        )
        if session.scalar(owed.limit(1)) is None:  # two of them would not do more than one
            enqueue(task.function)
    return True


# What a ring of the bell makes the worker do. Plugins and mail add theirs at start-up.
_chores: dict[str, Callable[[], int]] = {}


def chore(name: str, work: Callable[[], int]) -> None:
    """Let the worker do `work` when the scheduler finds that there is some; see `rings`."""
    _chores[name] = work


_long: dict[str, Chore] = {}


def long_chore(brought: Chore) -> None:
    """Let the workers of the queue for long work do a chore; called at start-up."""
    _long[brought.name] = brought
    _chores[brought.name] = brought.work


def is_long(name: str) -> bool:
    """Return whether a chore is for the queue of long work."""
    return name in _long


def run_chore(name: str) -> int:
    """Do the work called `name` ("jobs", "mail", "deliver.<subscriber>"); return how much."""
    if name.startswith("deliver."):
        return outbox.deliver(name.removeprefix("deliver."))
    return _chores[name]()


def run_due() -> int:
    """Run the jobs that are due, for a while; return how many came to their end."""
    ended, ends = 0, time.monotonic() + outbox.WORK_S
    for job_id in due():
        ended += run(job_id)
        if time.monotonic() > ends:
            break  # the bell rings again for the rest
    return ended


def rings(checks: Mapping[str, Callable[[], bool]]) -> list[str]:
    """Return the chores that have something to do."""
    outbox_names = [f"deliver.{name}" for name in outbox.subscribers_with_work()]
    found = outbox_names + [name for name, has_work in checks.items() if has_work()]
    return found + [name for name, brought in _long.items() if _has_work(brought)]


chore("jobs", run_due)


def _has_work(brought: Chore) -> bool:
    try:
        return brought.has_work()
    except Exception:  # one plugin's mistake must not stop the scheduler
        log.exception("a chore cannot say whether it has work", chore=brought.name)
        return False


def _note_failure(job_id: UUID, attempt: int, error: Exception) -> None:
    pause = timedelta(seconds=10 * 3**attempt)
    gave_up = attempt >= MAX_ATTEMPTS
    with db.platform_transaction() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.attempts == attempt)
            .values(
                error=outbox.describe(error),
                run_at=None if gave_up else func.now() + pause,
            )
        )


def _new_id() -> UUID:
    return Job().id


def _path(function: Callable[..., None]) -> str:
    path = f"{function.__module__}:{function.__qualname__}"
    if _resolve(path) is not function:
        raise ValueError(f"{path} is not a function at the top level of a module")
    return path


def _resolve(path: str) -> Callable[..., None]:
    module, _, name = path.partition(":")
    found: Callable[..., None] = getattr(importlib.import_module(module), name, None)  # type: ignore[assignment]
    if found is None:
        raise ValueError(f"there is no function {path}")
    return found


def _id(argument: UUID | str | int) -> str | int:
    if isinstance(argument, int):
        return argument
    if not _ID_TEXT.fullmatch(str(argument)):
        raise ValueError("the arguments of a job are ids, not contact data")
    return str(argument)
