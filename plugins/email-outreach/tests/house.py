"""A whole installation, as `coalition up` runs it, of which every part can be killed.

Its processes are found in /proc: by the data folder in their environment, or as children of
`coalition up`. So nothing else on the machine is ever touched.
"""

import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

PATIENCE_S = 120
YOUNG_S = 6  # who ends sooner after its start counts as broken with the supervisor
_HIDDEN = re.compile(r'name="(csrf_token|seen)"[^>]*value="([^"]+)"')
_LONG = "worker --only long"
QUEUES = ("valkey-server", "redis-server")


class House:
    """`coalition up` in a folder of its own, and further workers for long work beside it."""

    def __init__(self, environment: dict[str, str], extra_workers: int) -> None:
        # Not pytest's folder: run by root, PostgreSQL's own user has to walk through.
        self.folder = Path(tempfile.mkdtemp(prefix="coalition-house-"))
        self.folder.chmod(0o711)
        self.port = _free_port()
        gone = ("DATABASE_URL", "REDIS_URL", "COALITION_MAIL_URL")
        kept = {name: value for name, value in os.environ.items() if name not in gone}
        self._environment = {**kept, **environment, "COALITION_DATA_DIR": str(self.folder)}
        self._log = (self.folder / "up.log").open("wb")
        self._up = self._start("up", "--port", str(self.port), "--workers", "1")
        self._extra: list[subprocess.Popen[bytes]] = []
        try:
            self._wait(lambda: (self.folder / "servers.json").exists() and self._answers())
        except BaseException:
            self.stop()
            raise
        self._environment |= self.addresses
        self._extra = [self._start(*_LONG.split()) for _ in range(extra_workers)]

    @property
    def log(self) -> str:
        """What its processes have said so far."""
        return (self.folder / "up.log").read_text(errors="replace")

    @property
    def addresses(self) -> dict[str, str]:
        """Where its servers are."""
        found = json.loads((self.folder / "servers.json").read_text())
        return {"DATABASE_URL": found["database_url"], "REDIS_URL": found["redis_url"]}

    def tend(self) -> None:
        """Replace further workers that were killed, as a service manager would."""
        assert self._up.poll() is None, "coalition up gave up:\n" + self.log[-3000:]
        for at, worker in enumerate(self._extra):
            if worker.poll() is not None:
                self._extra[at] = self._start(*_LONG.split())

    def kill(self, kind: str, chance: random.Random) -> bool:
        """Kill one of a kind: see `KINDS`. Return whether one was there."""
        name = chance.choice(DATABASE_SIGNALS) if kind == "database" else signal.SIGKILL
        victims = sorted(KINDS[kind](self))
        if not victims:
            return False
        return _kill(chance.choice(victims), name)

    def lose_journal(self, chance: random.Random) -> UUID | None:
        """Kill a sending worker and lose its journal, as when its machine is gone.

        Returns the claim of its batch, or `None` if nobody was sending.
        """
        journals = {pid: each for pid in self._pids(_LONG) if (each := _journal_of(pid))}
        if not journals:
            return None
        pid = chance.choice(sorted(journals))
        if not _kill(pid, signal.SIGSTOP):
            return None
        with suppress(OSError, IndexError):
            claim = journals[pid].read_text().split()[1]
            journals[pid].unlink()
            _kill(pid, signal.SIGKILL)
            return UUID(claim)
        _kill(pid, signal.SIGCONT)  # it was ready with its batch meanwhile
        return None

    def stop(self) -> None:
        """End all of it at once, and remove the folder."""
        databases, others = self.servers("postgres"), [*self.servers(*QUEUES), *self._pids("")]
        _kill(self._up.pid, signal.SIGKILL)  # first, since it would bring them back
        for pid in databases:
            _kill(pid, signal.SIGQUIT)  # it gives its shared memory back then
        for pid in others:
            _kill(pid, signal.SIGKILL)
        for each in (*self._extra, self._up):
            each.wait(20)
        self._log.close()
        for record in self.folder.rglob("postgres-folder"):
            shutil.rmtree(record.read_text().strip(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def old(self, words: str) -> list[int]:
        """Return processes of these words, less those that started a moment ago."""
        return [pid for pid in self._pids(words) if _age_s(pid) > YOUNG_S]

    def workers(self) -> list[int]:
        """Return the workers for long work and their children that send right now."""
        ours = {each.pid for each in self._extra}
        may = set(self.old(_LONG))
        return [p for p in self._pids(_LONG) if p in may or p in ours or _parent(p) in ours]

    def servers(self, *names: str) -> list[int]:
        """Return the servers of these names."""
        return [p for p in _all_pids() if _parent(p) == self._up.pid and _name(p) in names]

    def _pids(self, words: str) -> list[int]:
        wanted = f"COALITION_DATA_DIR={self.folder}".encode()
        return [
            pid
            for pid in _all_pids()
            if words in _read(pid, "cmdline").replace(b"\0", b" ").decode(errors="replace")
            and wanted in _read(pid, "environ").split(b"\0")
        ]

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "coalition", *words],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def _answers(self) -> bool:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        return False

    def _wait(self, ready: Callable[[], bool]) -> None:
        ends = time.monotonic() + PATIENCE_S
        while not ready():
            assert self._up.poll() is None, self.log
            assert time.monotonic() < ends, self.log
            time.sleep(0.1)


# Whom a kill may hit. Of what `coalition up` runs nobody is killed again right after its start,
# since it gives up what crashes five times in a row then.
KINDS: dict[str, Callable[[House], list[int]]] = {
    "worker": House.workers,
    "web": lambda house: house.old(" serve "),
    "scheduler": lambda house: house.old(" scheduler"),
    "queue": lambda house: house.servers(*QUEUES),
    "database": lambda house: house.servers("postgres"),
}
# PostgreSQL ends at once by SIGQUIT too, and leaves as much to be recovered.
DATABASE_SIGNALS = (signal.SIGKILL, signal.SIGQUIT)


class Browser:
    """A coordinator's browser: real requests to the real server, which may be away."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._cookie = f"session={cookie}"
        self.was_away = 0

    def see(self, path: str) -> str | None:
        """Return a page, or `None` if nobody could show it."""
        return self._ask("GET", path)

    def press(self, path: str, button: str, **values: str) -> bool:
        """Press a button of a page; return whether somebody answered, not what.

        What is sent has a page of its own, on which one has to look at it first.
        """
        page = self.see(path + button if button == "sending" else path) or ""
        hidden = dict(_HIDDEN.findall(page))
        if "csrf_token" not in hidden:
            return False
        sent = urlencode({**hidden, **values})
        return self._ask("POST", f"{path}{button}", sent) is not None

    def _ask(self, method: str, path: str, body: str | None = None) -> str | None:
        headers = {"Cookie": self._cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.was_away += 1
            return None
        finally:
            connection.close()
        assert answer.status in (200, 303, 409, 503), f"{method} {path}: {answer.status} {text}"
        if answer.status == 503:
            self.was_away += 1
            return None
        return text


def _kill(pid: int, name: signal.Signals) -> bool:
    """Send a signal; return whether there was somebody to get it."""
    with suppress(ProcessLookupError):
        os.kill(pid, name)
        return True
    return False


def _journal_of(pid: int) -> Path | None:
    with suppress(OSError):
        for each in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                target = os.readlink(each)
                if target.endswith(".journal") and Path(target).stat().st_size:
                    return Path(target)
    return None


def _all_pids() -> Iterator[int]:
    return (int(each.name) for each in Path("/proc").glob("[0-9]*"))


def _read(pid: int, what: str) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/{what}").read_bytes()
    return b""


def _name(pid: int) -> str:
    return _read(pid, "comm").decode(errors="replace").strip()


def _stat(pid: int) -> list[str]:
    """Return /proc/PID/stat after the name: state, parent, …"""
    fields = _read(pid, "stat").decode(errors="replace").rpartition(")")[2].split()
    return fields or ["X"] + ["0"] * 49


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _age_s(pid: int) -> float:
    ticks = int(_stat(pid)[19])
    uptime_s = float(Path("/proc/uptime").read_text().split()[0])
    return uptime_s - ticks / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
