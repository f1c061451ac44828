"""Servers under measurement: started, waited for, weighed, stopped."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """A running web server: its port, its start-up time in seconds, its parent process."""

    port: int
    ready_s: float
    pid: int

    def memory_mb(self) -> list[float]:
        """Return the resident memory of each web process in MB, the parent's left out."""
        return [_rss_mb(child) for child in _children(self.pid)]


@contextmanager
def served(
    command: list[str], port: int, path: str, environment: Mapping[str, str]
) -> Iterator[Server]:
    """Run a web server for the length of the block; `path` answers 200 when it is ready."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        _wait(port, path)
        yield Server(port, time.perf_counter() - begun, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def granian(target: str, port: int, workers: int, threads: int) -> list[str]:
    """Return the command that serves an application factory as the product is served."""
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--factory",
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        str(threads),
        "--log-level",
        "warning",
        target,
    ]


def _wait(port: int, path: str) -> None:
    for _ in range(1200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.01)
    raise RuntimeError(f"nothing answers on port {port}")


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    # Python's resource tracker is a child too, and serves nobody.
    return [
        int(child)
        for child in found
        if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def _rss_mb(pid: int) -> float:
    match = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(match.group(1)) / 1024 if match else 0.0
