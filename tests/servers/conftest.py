"""Folders and processes for the tests of the servers; whatever they start is ended."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from coalition.servers import postgres_home, processes
from tests.servers.programs import HOLD

REPOSITORY = Path(__file__).parents[2]


class Holder:
    """A process that holds the servers of one folder, to be killed or stopped."""

    def __init__(self, data_dir: Path, *, programs: str = "any") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(data_dir), programs],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.database_url, self.redis_url = json.loads(
            self.process.stdout.readline() or "[0, 0]"
        )

    def stop(self) -> str:
        """Let it stop in order; return the progress it showed."""
        return self.process.communicate(timeout=30)[1]

    def kill(self) -> None:
        """Kill it without a chance to stop anything."""
        self.process.kill()
        self.process.communicate(timeout=30)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Return a folder that PostgreSQL's user can walk into, unlike pytest's own for root."""
    folder = Path(tempfile.mkdtemp(prefix="coalition-test-"))
    folder.chmod(0o711)
    yield folder
    assert all_gone(folder)
    for record in folder.rglob(postgres_home.RECORD):
        shutil.rmtree(record.read_text().strip())
    shutil.rmtree(folder)


@pytest.fixture
def hold() -> Iterator[Callable[..., Holder]]:
    """Return a function that starts a `Holder`."""
    holders: list[Holder] = []

    def start(data_dir: Path, *, programs: str = "any") -> Holder:
        holders.append(Holder(data_dir, programs=programs))
        return holders[-1]

    yield start
    for holder in holders:
        if holder.process.poll() is None:
            holder.kill()


def write_row(database_url: str, text: str) -> None:
    """Put a row into the database, making the table on the first call."""
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (text text)")
        connection.execute("INSERT INTO notes VALUES (%s)", [text])


def rows(database_url: str) -> list[str]:
    """Return what `write_row` wrote."""
    with psycopg.connect(database_url) as connection:
        return [
            row[0] for row in connection.execute("SELECT text FROM notes ORDER BY text")
        ]


def servers_under(folder: Path) -> list[int]:
    """Return the pids of the servers that run in `folder`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            place = os.readlink(entry / "cwd")
            name = (entry / "comm").read_text().strip()
        except OSError:
            continue
        pid = int(entry.name)
        is_server = name in {"postgres", "valkey-server", "redis-server"}
        if is_server and place.startswith(str(folder)) and processes.is_alive(pid):
            found.append(pid)
    return found


def kill_server(folder: Path) -> None:
    """Kill the first process of the server whose data lies in `folder`."""
    os.kill(min(servers_under(folder)), signal.SIGKILL)


def all_gone(folder: Path) -> bool:
    """Wait until no server runs in `folder`; say whether that came about."""
    return processes.wait_until(lambda: not servers_under(folder), 15.0)
