"""A private PostgreSQL in one folder: made on the first start, reached by a Unix socket only."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from coalition.servers import postgres_home, postgres_programs, processes, sockets
from coalition.servers.errors import ServerError
from coalition.servers.logs import last_lines, open_log
from coalition.servers.postgres_cluster import (
    clean_environment,
    make_cluster,
    version_of,
)
from coalition.servers.service_user import service_user

ADMIN = "coalition_admin"
DATABASE = "coalition"
SOCKET = ".s.PGSQL.5432"
NAMES = frozenset({"postgres"})

# Fast: break connections off and write a checkpoint; immediate: recover at the next start.
STOP = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
PATIENCE_S = 120.0  # recovery after a crash reads back the log and may take long
RETRY_S = 0.05

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failing statement and its detail hold people's names and addresses.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresServer:
    """The PostgreSQL of one data folder, as a child of this process."""

    def __init__(
        self, data_dir: Path, *, durable: bool, on_progress: Callable[[str], None]
    ) -> None:
        self._durable = durable
        self._on_progress = on_progress
        self._home = postgres_home.home(data_dir, on_progress=on_progress)
        self._data = self._home / "data"
        self._log = self._home / "postgres.log"
        self._child: subprocess.Popen[bytes] | None = None
        self._sockets = self._home / "run"

    @property
    def url(self) -> str:
        """Return the address of the product's database, as the database's owner."""
        return self.url_for(DATABASE)

    def url_for(self, database: str) -> str:
        """Return the address of `database` on this server."""
        folder = quote(str(self._sockets), safe="")
        return f"postgresql://{ADMIN}@/{quote(database, safe='')}?host={folder}"

    def start(self) -> None:
        """Start the server, making its folder on the first run and mending after a crash.

        Returns when the product's database answers.
        """
        version = version_of(self._data)
        user = service_user(self._data if version else None)
        programs = postgres_programs.programs_for(version, user)
        if user is not None:
            user.give(self._home)
        programs = programs.reachable_by(user, self._home)
        if version is None:
            self._on_progress(f"Preparing PostgreSQL {programs.major} (first start only)")
            make_cluster(programs, self._data, admin=ADMIN, user=user, durable=self._durable)
        self._end_left_over()
        self._on_progress(f"Starting PostgreSQL {programs.major}")
        self._sockets = sockets.socket_folder(self._home, socket=SOCKET, user=user)
        for name in (SOCKET, f"{SOCKET}.lock"):  # believed in like the lock file of the data
            (self._sockets / name).unlink(missing_ok=True)
        command = [programs.path("postgres"), "-D", str(self._data), *self._options()]
        with open_log(self._log) as output:
            self._child = processes.launch(
                command,
                death_signal=signal.SIGINT,
                user=user,
                output=output,
                environment=clean_environment(),
                directory=Path("/"),
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def is_running(self) -> bool:
        """Say whether the server's process runs."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Stop the server cleanly; a second call does nothing."""
        child, self._child = self._child, None
        if child is None:
            return
        processes.end(child.pid, STOP, alive=lambda: child.poll() is None)
        child.wait()
        sockets.forget_socket_folder(self._home, self._sockets)

    def _options(self) -> list[str]:
        # A list of folders: quotes keep blanks together.
        settings = SETTINGS | {"unix_socket_directories": f'"{self._sockets}"'}
        if not self._durable:
            settings |= NOT_DURABLE
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _wait_until_ready(self) -> None:
        """Connect until the server lets us in, then see to the product's database."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                with psycopg.connect(
                    self.url_for("postgres"), autocommit=True, connect_timeout=5
                ) as connection:
                    _create_database(connection)
                return
            except psycopg.OperationalError as problem:
                if not self.is_running():
                    raise ServerError(
                        f"PostgreSQL did not start. Its log, {self._log}, ends with:\n"
                        f"{last_lines(self._log)}"
                    ) from None
                if time.monotonic() > deadline:
                    raise ServerError(f"PostgreSQL does not answer: {problem}") from None
            time.sleep(RETRY_S)

    def _end_left_over(self) -> None:
        """End what a killed parent left running in this folder, and its lock file.

        The lock file goes only when none of its processes lives: PostgreSQL itself believes
        in a zombie's, and in another program's that has got the number since.
        """
        lock = self._data / "postmaster.pid"
        try:
            postmaster = int(lock.read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            postmaster = 0
        if postmaster and self._is_ours(postmaster):
            self._on_progress("Stopping a PostgreSQL that was left running")
            processes.end(postmaster, STOP)
        self._end_without_postmaster()
        if postmaster and self._is_ours(postmaster):
            raise ServerError(
                f"a PostgreSQL that was left running, pid {postmaster}, does not end"
            )
        lock.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        if not processes.is_alive(pid):
            return False
        if Path("/proc/self").exists():
            return pid in processes.running_in(self._data, NAMES)
        return processes.command_of(pid) in NAMES

    def _end_without_postmaster(self) -> None:
        """See that the children of a killed postmaster are gone; they notice it themselves."""
        if processes.wait_until(lambda: not processes.running_in(self._data, NAMES), 5.0):
            return
        for pid in processes.running_in(self._data, NAMES):
            processes.end(pid, ((signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0)))


def start_postgres(
    data_dir: Path,
    *,
    durable: bool = True,
    on_progress: Callable[[str], None] = lambda _message: None,
) -> PostgresServer:
    """Start the PostgreSQL that belongs to `data_dir`.

    Args:
        durable: `False` is for tests: fast, and a power cut may cost the data.
    """
    server = PostgresServer(data_dir.resolve(), durable=durable, on_progress=on_progress)
    server.start()
    return server


def _create_database(connection: psycopg.Connection) -> None:
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if known.fetchone() is None:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
