"""Start child processes that cannot outlive us, find left-over ones, and end them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO

from coalition.servers.errors import ServerError
from coalition.servers.service_user import ServiceUser

LAUNCHER = Path(__file__).with_name("launch.py")
POLL_S = 0.02

Steps = Sequence[tuple[signal.Signals, float]]  # signal, seconds to wait after it


def launch(
    command: Sequence[str],
    *,
    death_signal: signal.Signals,
    user: ServiceUser | None = None,
    output: int | IO[bytes] | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> "subprocess.Popen[bytes]":
    """Start `command` in its own session; on Linux it gets `death_signal` when we end.

    Its own session, so that Ctrl-C in the terminal reaches us alone and we choose the order.
    """

    def spawn() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            launcher(death_signal, user) + list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            env=environment,
            cwd=directory,
            start_new_session=True,
        )

    if threading.current_thread() is threading.main_thread():
        return spawn()
    # Linux sends the death signal when the *thread* that forked ends, not the process.
    return _lasting_thread().submit(spawn).result()


def launcher(death_signal: signal.Signals, user: ServiceUser | None = None) -> list[str]:
    """Return the words to put before a command so that it ends with this process."""
    uid, gid = (user.uid, user.gid) if user else (-1, -1)
    numbers = [str(number) for number in (os.getpid(), int(death_signal), uid, gid)]
    return [sys.executable, "-I", "-S", str(LAUNCHER), *numbers]


def run(
    command: Sequence[str], *, user: ServiceUser | None, environment: Mapping[str, str]
) -> None:
    """Run a short command to its end as `user`, or raise with what it printed."""
    child = launch(
        command,
        death_signal=signal.SIGKILL,
        user=user,
        output=subprocess.PIPE,
        environment=environment,
        directory=Path("/"),
    )
    try:
        printed, _ = child.communicate()
    except BaseException:
        child.kill()
        child.wait()
        raise
    if child.returncode != 0:
        raise ServerError(
            f"{Path(command[0]).name} failed:\n{printed.decode(errors='replace').strip()}"
        )


def end(pid: int, steps: Steps, *, alive: Callable[[], bool] | None = None) -> bool:
    """Send each signal and wait its seconds until `pid` is gone; say whether it is."""
    is_there = alive or (lambda: is_alive(pid))
    for name, patience_s in steps:
        if not is_there():
            return True
        try:
            os.kill(pid, name)
        except ProcessLookupError:
            return True
        if wait_until(lambda: not is_there(), patience_s):
            return True
    return not is_there()


def wait_until(condition: Callable[[], bool], patience_s: float) -> bool:
    """Ask `condition` until it holds or the seconds are over; say whether it holds."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def is_alive(pid: int) -> bool:
    """Say whether `pid` runs; a zombie that nobody reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    fields = _stat_fields(pid)
    return fields is None or fields[0] not in {"Z", "X"}


def running_in(directory: Path, names: frozenset[str]) -> list[int]:
    """Return the pids of living programs called `names` whose working folder is `directory`.

    Servers change into their data folder, so this finds what a killed parent left behind.
    Without /proc (macOS) the answer is empty and the pid file has to do.
    """
    pids = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") != str(directory):
                continue
            name = (entry / "comm").read_text().strip()
        except OSError:  # gone meanwhile, or somebody else's
            continue
        if name in names and is_alive(int(entry.name)):
            pids.append(int(entry.name))
    return pids


def end_sessions(sessions: Collection[int], *, grace_s: float) -> None:
    """Ask the leaders of sessions that `launch` opened to stop; kill what outstays the grace."""
    for session in sessions:
        _tell(session, signal.SIGTERM)
    wait_until(lambda: not any(map(_session_lives, sessions)), grace_s)
    for session in sessions:
        kill_session(session)


def kill_session(session: int) -> None:
    """Kill whatever still runs of a session that `launch` opened."""
    for _ in range(3):  # a member may fork between the look and the kill
        if not _session_lives(session):
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(session, signal.SIGKILL)
        for pid in _session_members(session):
            _tell(pid, signal.SIGKILL)
        time.sleep(POLL_S)


def command_of(pid: int) -> str:
    """Return the program name of `pid`, or an empty text when there is none."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        pass
    answer = subprocess.run(
        ["ps", "-o", "comm=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return Path(answer.stdout.strip()).name


def _session_lives(session: int) -> bool:
    if Path("/proc/self").exists():
        return bool(_session_members(session))
    try:
        os.killpg(session, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _session_members(session: int) -> list[int]:
    """Return the living pids of a session, some in process groups of their own."""
    pids = []
    for entry in Path("/proc").glob("[0-9]*"):
        fields = _stat_fields(int(entry.name))
        if fields and int(fields[3]) == session and fields[0] not in {"Z", "X"}:
            pids.append(int(entry.name))
    return pids


def _tell(pid: int, name: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, name)


def _stat_fields(pid: int) -> list[str] | None:
    """Return /proc/PID/stat after the name: state, parent, group, session, …"""
    try:
        # The name in parentheses may itself hold blanks and parentheses.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


@cache
def _lasting_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="launch")
