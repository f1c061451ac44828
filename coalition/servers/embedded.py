"""Start the database and the queue of one data folder together, or join those that run."""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Self

from coalition.servers import processes
from coalition.servers.errors import AlreadyRunning, ServerError
from coalition.servers.postgres import PostgresServer, start_postgres
from coalition.servers.valkey import ValkeyServer, start_valkey

LOCK = "servers.lock"
ADDRESSES = "servers.json"
JOIN_PATIENCE_S = 60.0
MAX_FAILED_REVIVALS = 5  # in a row; a few may be hit by what killed the server before
TEMPORARY_PREFIX = "coalition-servers-"

Progress = Callable[[str], None]


class Servers:
    """The database and the queue, with the addresses to reach them at.

    As a context manager it stops what it started at the end of the block.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        database_url: str,
        redis_url: str,
        children: "list[PostgresServer | ValkeyServer] | None" = None,
        lock: int | None = None,
    ) -> None:
        self.database_url = database_url
        self.redis_url = redis_url
        self._data_dir = data_dir
        self._children = children or []
        self._lock = lock
        self._failed_revivals = 0
        self.is_temporary = False  # if so, the folder goes when the servers stop

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.stop()

    @property
    def is_joined(self) -> bool:
        """Say whether the servers belong to another process, which alone stops them."""
        return self._lock is None

    def revive(self) -> list[str]:
        """Start what has died again, at the same address; return what that was.

        Whoever calls it again and again gets back what does not start at the first try.

        Raises:
            ServerError: a server did not start five times in a row.
        """
        revived: list[str] = []
        for child in self._children:
            if child.is_running():
                continue
            try:
                child.start()
            except ServerError:
                self._failed_revivals += 1
                if self._failed_revivals >= MAX_FAILED_REVIVALS:
                    raise
                return revived
            revived.append(type(child).__name__.removesuffix("Server"))
        self._failed_revivals = 0
        return revived

    def stop(self) -> None:
        """Stop what we started; a second call does nothing."""
        for child in reversed(self._children):
            child.stop()
        if self._lock is not None:
            (self._data_dir / ADDRESSES).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None
        if self.is_temporary:
            shutil.rmtree(self._data_dir, ignore_errors=True)


def start(
    data_dir: Path,
    *,
    durable: bool = True,
    database_url: str | None = None,
    redis_url: str | None = None,
    join: bool = False,
    on_progress: Progress = lambda _message: None,
) -> Servers:
    """Start the servers that belong to `data_dir`; they end with this process.

    Args:
        durable: `False` is for tests: fast, and a power cut may cost the data.
        database_url: a database to use instead of starting one.
        redis_url: a Redis or Valkey to use instead of starting one.
        join: use the servers that another process of ours runs in this folder, if it does.

    Raises:
        AlreadyRunning: another process runs them, and `join` is not set.
        ServerError: a server cannot be started; the text says what to do.
    """
    if database_url and redis_url:
        return Servers(data_dir, database_url=database_url, redis_url=redis_url)
    data_dir = _made(data_dir)
    lock = _lock(data_dir)
    if lock is None:
        owner = _owner(data_dir)
        if not join:
            raise AlreadyRunning(owner)
        return _join(data_dir, owner, database_url=database_url, redis_url=redis_url)
    children: list[PostgresServer | ValkeyServer] = []
    try:
        if database_url is None:
            postgres = start_postgres(data_dir, durable=durable, on_progress=on_progress)
            children.append(postgres)
            database_url = postgres.url
        if redis_url is None:
            valkey = start_valkey(data_dir, durable=durable, on_progress=on_progress)
            children.append(valkey)
            redis_url = valkey.url
        addresses = {
            "pid": str(os.getpid()),
            "database_url": database_url,
            "redis_url": redis_url,
        }
        _write(data_dir / ADDRESSES, json.dumps(addresses))
    except BaseException:
        for child in reversed(children):
            child.stop()
        os.close(lock)
        raise
    return Servers(
        data_dir,
        database_url=database_url,
        redis_url=redis_url,
        children=children,
        lock=lock,
    )


def start_temporary(*, on_progress: Progress = lambda _message: None) -> Servers:
    """Start empty servers for a test run, in a folder that goes when they stop."""
    _remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX))
    folder.chmod(0o711)  # run by root, PostgreSQL's user has to walk through
    servers = start(folder, durable=False, on_progress=on_progress)
    servers.is_temporary = True
    return servers


def _made(data_dir: Path) -> Path:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ServerError(
            f"cannot make the data folder {data_dir}: {problem.strerror}"
        ) from None
    return data_dir.resolve()


def _lock(data_dir: Path) -> int | None:
    """Take the folder's lock, which the system releases however we end; `None` if taken."""
    try:
        lock = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise ServerError(
            f"cannot use the data folder {data_dir}: {problem.strerror}. Choose another one, or"
            " start coalition as the user it belongs to"
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def _owner(data_dir: Path) -> int:
    """Return the pid of the process that holds the lock."""

    def written() -> str:
        return (data_dir / LOCK).read_text()

    processes.wait_until(lambda: bool(written()), 1.0)
    return int(written() or 0)


def _join(
    data_dir: Path, owner: int, *, database_url: str | None, redis_url: str | None
) -> Servers:
    """Return the servers of process `owner`, waiting while it starts them."""

    def addresses() -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads((data_dir / ADDRESSES).read_text())
        except FileNotFoundError:
            return {}
        return found

    def is_up() -> bool:
        return addresses().get("pid") == str(owner) or not processes.is_alive(owner)

    found = addresses() if processes.wait_until(is_up, JOIN_PATIENCE_S) else {}
    if not found:
        raise ServerError(f"process {owner} holds {data_dir} but its servers do not answer")
    return Servers(
        data_dir,
        database_url=database_url or found["database_url"],
        redis_url=redis_url or found["redis_url"],
    )


def _write(path: Path, text: str) -> None:
    """Write a private file that a reader sees whole or not at all."""
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.rename(path)


def _remove_abandoned() -> None:
    """Remove the folders of test runs that were killed: ours, and locked by nobody."""
    for folder in Path(tempfile.gettempdir()).glob(f"{TEMPORARY_PREFIX}*"):
        try:
            if folder.lstat().st_uid != os.geteuid() or not (folder / LOCK).exists():
                continue
        except OSError:
            continue
        lock = _lock(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
