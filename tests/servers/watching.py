"""What the tests see of servers from outside: rows, processes, kills."""

import os
import signal
from pathlib import Path

import psycopg

from coalition.servers import processes


def write_row(database_url: str, text: str) -> None:
    """Put a row into the database, making the table on the first call."""
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (text text)")
        connection.execute("INSERT INTO notes VALUES (%s)", [text])


def rows(database_url: str) -> list[str]:
    """Return what `write_row` wrote."""
    with psycopg.connect(database_url) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM notes ORDER BY text")]


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
