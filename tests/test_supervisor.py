"""The supervisor with real children: output, restarts, stopping, and no orphan ever."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coalition.servers import processes
from tests.servers.programs import STUBBORN, SUPERVISE

REPOSITORY = Path(__file__).parents[1]

POLITE = "import time; print('ready', flush=True); time.sleep(300)"
LATE = """
import signal, sys, time
def stop(number, frame):
    print("stopping", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
time.sleep(300)
"""
BROKEN = "import sys; sys.exit('no such table')"
CRASHES_ONCE = """
import pathlib, sys, time
mark = pathlib.Path(sys.argv[1])
if not mark.exists():
    mark.touch()
    sys.exit(3)
print("second life", flush=True)
time.sleep(300)
"""

Supervise = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def supervise() -> Iterator[Supervise]:
    """Return a function that starts a supervisor over children that run the given code."""
    started: list[subprocess.Popen[str]] = []

    def start(*codes: str, argument: Path | None = None) -> "subprocess.Popen[str]":
        supervisor = subprocess.Popen(
            [
                sys.executable,
                "-u",
                "-c",
                SUPERVISE.replace("CODES", repr(codes)),
                str(argument),
            ],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(supervisor)
        return supervisor

    yield start
    for supervisor in started:
        if supervisor.poll() is None:
            supervisor.kill()
        supervisor.communicate()


def read_until(supervisor: "subprocess.Popen[str]", wanted: str, *, times: int = 1) -> str:
    """Return the supervisor's output up to the line that has `wanted` in it."""
    assert supervisor.stdout is not None
    lines = []
    for line in supervisor.stdout:
        lines.append(line)
        times -= wanted in line
        if times == 0:
            return "".join(lines)
    raise AssertionError(f"{wanted!r} is not in:\n{''.join(lines)}")


def written_pids(path: Path) -> list[int]:
    """Return the pids that `STUBBORN` wrote down."""
    return [int(word) for word in path.read_text().split()]


def all_end(pids: list[int], patience_s: float) -> bool:
    """Wait until none of `pids` runs; say whether that came about."""
    return processes.wait_until(lambda: not any(map(processes.is_alive, pids)), patience_s)


class TestRun:
    def test_names_the_process_before_each_of_its_lines(self, supervise: Supervise) -> None:
        supervisor = supervise(POLITE, POLITE)

        printed = read_until(supervisor, "ready", times=2)

        assert sorted(printed.splitlines()) == ["p0 │ ready", "p1 │ ready"]

    @pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_stops_the_processes_in_order_and_then_the_servers(
        self, supervise: Supervise, name: signal.Signals
    ) -> None:
        supervisor = supervise(LATE, LATE, LATE)
        read_until(supervisor, "ready", times=3)

        supervisor.send_signal(name)
        printed, _ = supervisor.communicate(timeout=20)

        assert printed.splitlines() == [
            "Stopping; a second Ctrl-C ends it at once",
            "p0 │ stopping",
            "p1 │ stopping",
            "p2 │ stopping",
            "servers stopped",
        ]
        assert supervisor.returncode == 0

    def test_kills_what_does_not_stop_with_all_its_children(
        self, supervise: Supervise, tmp_path: Path
    ) -> None:
        supervisor = supervise(STUBBORN, argument=tmp_path / "pids")
        read_until(supervisor, "ready")
        pids = written_pids(tmp_path / "pids")

        supervisor.terminate()
        printed, _ = supervisor.communicate(timeout=20)

        assert "p0 does not stop; killing it" in printed
        assert all_end(pids, 0.0)

    def test_starts_a_crashed_process_again(self, supervise: Supervise, tmp_path: Path) -> None:
        supervisor = supervise(CRASHES_ONCE, argument=tmp_path / "mark")

        printed = read_until(supervisor, "second life")

        assert "p0 ended with code 3; starting it again in 0.5 seconds" in printed

    def test_frees_what_the_children_of_a_killed_process_hold(
        self, supervise: Supervise, tmp_path: Path
    ) -> None:
        supervisor = supervise(STUBBORN, argument=tmp_path / "pids")
        read_until(supervisor, "ready")
        first = written_pids(tmp_path / "pids")

        os.kill(first[0], signal.SIGKILL)
        printed = read_until(supervisor, "ready")

        assert "p0 was ended by SIGKILL" in printed
        assert all_end(first, 0.0)
        assert written_pids(tmp_path / "pids") != first
        supervisor.terminate()
        supervisor.communicate(timeout=20)

    @pytest.mark.timeout(60)
    def test_gives_up_on_a_process_that_cannot_start(self, supervise: Supervise) -> None:
        supervisor = supervise(POLITE, BROKEN)

        printed, _ = supervisor.communicate(timeout=40)

        assert "p1 │ no such table" in printed
        assert "p1 ended 5 times right after its start. Giving up" in printed
        assert printed.endswith("servers stopped\n")
        assert supervisor.returncode == 1

    @pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
    def test_leaves_no_orphan_when_it_is_killed_itself(
        self, supervise: Supervise, tmp_path: Path
    ) -> None:
        supervisor = supervise(STUBBORN, argument=tmp_path / "pids")
        read_until(supervisor, "ready")
        pids = written_pids(tmp_path / "pids")
        time.sleep(0.1)

        supervisor.kill()

        assert all_end(pids, 20.0)
