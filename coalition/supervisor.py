"""Run the web server, the worker and the scheduler under one parent, and leave none behind."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from coalition.servers import processes

INSTANT_S = 5.0  # a child that ends sooner has crashed at its start
MAX_INSTANT_CRASHES = 5  # in a row, then we give up
FIRST_DELAY_S = 0.5  # doubled after each instant crash
LONGEST_DELAY_S = 8.0
TICK_S = 0.1
TEND_EVERY_S = 1.0
SAME_REQUEST_S = 1.0  # one stop may reach us twice: from the terminal and from our parent
MAX_LINE_BYTES = 65_536

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Process:
    """A command to keep running, and the name its lines carry."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)  # added to ours
    grace_s: float = 10.0  # between asking it to stop and killing it


class Supervisor:
    """The parent of some processes: prints their lines, restarts them, stops them in order.

    Args:
        processes: started and stopped in this order, so name first what takes work in.
        on_stop: called when all of them have ended, however that came about.
        tend: called about once a second while they run; what it raises stops everything.
    """

    def __init__(
        self,
        processes: Sequence[Process],
        *,
        on_stop: Callable[[], None],
        tend: Callable[[], None] | None = None,
    ) -> None:
        self._width = max((len(process.name) for process in processes), default=0)
        self._selector = selectors.DefaultSelector()
        self._children = [_Child(process, self._print) for process in processes]
        self._on_stop = on_stop
        self._tend = tend
        self._asked_at: float | None = None
        self._is_urgent = False
        self._watchdog: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Run until SIGINT, SIGTERM or SIGHUP; return the exit code.

        0 after such a signal, 1 when a process crashed again and again. A second signal ends
        the grace period.
        """
        with self._listening_to_signals():
            try:
                self._start_watchdog()
                return self._keep_running()
            finally:
                self._stop_all()

    def _keep_running(self) -> int:
        next_tend = time.monotonic() + TEND_EVERY_S
        while self._asked_at is None:
            for child in self._children:
                if child.is_due():
                    child.start(self._selector)
                    self._tell_watchdog("+", child.session)
                elif child.has_ended():
                    self._note_end(child)
                    if child.instant_crashes >= MAX_INSTANT_CRASHES:
                        self._say(
                            f"{child.process.name} ended {MAX_INSTANT_CRASHES} times right after"
                            " its start. Giving up; its last lines above say why."
                        )
                        return 1
            self._pump(TICK_S)
            if self._tend and time.monotonic() >= next_tend:
                self._tend()
                next_tend = time.monotonic() + TEND_EVERY_S
        self._say("Stopping; a second Ctrl-C ends it at once")
        return 0

    def _note_end(self, child: "_Child") -> None:
        ended = child.session
        code = child.close(self._selector)
        self._tell_watchdog("-", ended)
        if child.instant_crashes < MAX_INSTANT_CRASHES:
            self._say(
                f"{child.process.name} {_ending(code)};"
                f" starting it again in {child.delay_s:g} seconds"
            )

    def _stop_all(self) -> None:
        try:
            for child in self._children:
                self._stop(child)
            if self._watchdog is not None and self._watchdog.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    self._watchdog.stdin.close()
                self._watchdog.wait()
        finally:
            self._selector.close()
            self._on_stop()

    def _stop(self, child: "_Child") -> None:
        """Ask the child to stop, print what it says meanwhile, kill it when its time is up."""
        if not child.is_started:
            return
        child.ask_to_stop()
        deadline = time.monotonic() + child.process.grace_s
        while not (child.has_ended() or self._is_urgent or time.monotonic() >= deadline):
            self._pump(TICK_S)
        if not child.has_ended():
            self._say(f"{child.process.name} does not stop; killing it")
        session = child.session
        child.close(self._selector)
        self._tell_watchdog("-", session)

    def _pump(self, patience_s: float) -> None:
        """Print what the children wrote, waiting `patience_s` at most for the first of it."""
        if not self._selector.get_map():
            time.sleep(patience_s)
            return
        for key, _ in self._selector.select(patience_s):
            child: _Child = key.data
            if not child.read():
                self._selector.unregister(key.fileobj)

    def _print(self, name: str, line: bytes) -> None:
        text = line.decode(errors="replace")
        _write(f"{name:<{self._width}} │ {text}\n")

    def _say(self, message: str) -> None:
        _write(f"{message}\n")

    def _start_watchdog(self) -> None:
        self._watchdog = subprocess.Popen(
            [sys.executable, "-m", "coalition.servers.watchdog"],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def _tell_watchdog(self, mark: str, session: int) -> None:
        if self._watchdog is None or self._watchdog.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):  # killed; the death signal remains
            self._watchdog.stdin.write(f"{mark}{session}\n".encode())
            self._watchdog.stdin.flush()

    @contextlib.contextmanager
    def _listening_to_signals(self) -> Iterator[None]:
        def note(_number: int, _frame: FrameType | None) -> None:
            now = time.monotonic()
            if self._asked_at is None:
                self._asked_at = now
            elif now - self._asked_at > SAME_REQUEST_S:
                self._is_urgent = True

        former = {name: signal.signal(name, note) for name in STOPPING}
        try:
            yield
        finally:
            for name, action in former.items():
                signal.signal(name, action)


class _Child:
    """One process under supervision, through all its restarts."""

    def __init__(self, process: Process, print_line: Callable[[str, bytes], None]) -> None:
        self.process = process
        self.instant_crashes = 0
        self.delay_s = 0.0
        self._print_line = print_line
        self._running: subprocess.Popen[bytes] | None = None
        self._begun_at = 0.0
        self._due_at = 0.0
        self._rest = b""

    @property
    def is_started(self) -> bool:
        return self._running is not None

    @property
    def session(self) -> int:
        return self._running.pid if self._running else 0

    def is_due(self) -> bool:
        return self._running is None and time.monotonic() >= self._due_at

    def has_ended(self) -> bool:
        return self._running is not None and self._running.poll() is not None

    def start(self, selector: selectors.BaseSelector) -> None:
        environment = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            **self.process.environment,
        }
        self._begun_at = time.monotonic()
        self._running = processes.launch(
            self.process.command,
            death_signal=signal.SIGTERM,
            output=subprocess.PIPE,
            environment=environment,
        )
        assert self._running.stdout is not None
        os.set_blocking(self._running.stdout.fileno(), False)
        selector.register(self._running.stdout, selectors.EVENT_READ, self)

    def ask_to_stop(self) -> None:
        if self._running is not None:
            self._running.terminate()

    def read(self) -> bool:
        """Print the lines that have come; say whether more may come."""
        if self._running is None or self._running.stdout is None:
            return False
        try:
            chunk = os.read(self._running.stdout.fileno(), MAX_LINE_BYTES)
        except BlockingIOError:
            return True
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._print_line(self.process.name, line)
        if self._rest and (not chunk or len(self._rest) > MAX_LINE_BYTES):
            self._print_line(self.process.name, self._rest)
            self._rest = b""
        return bool(chunk)

    def close(self, selector: selectors.BaseSelector) -> int:
        """Kill what is left of the process, print its last lines, return its exit code."""
        child = self._running
        assert child is not None
        assert child.stdout is not None
        processes.kill_session(child.pid)  # its own children too: they may hold the port
        code = child.wait()
        with contextlib.suppress(KeyError):
            selector.unregister(child.stdout)
            while self._more_to_read():
                pass
        child.stdout.close()
        self._running = None
        self._plan_restart()
        return code

    def _more_to_read(self) -> bool:
        """Read once; a process that left the session may keep the pipe open, so never wait."""
        assert self._running is not None
        assert self._running.stdout is not None
        with selectors.DefaultSelector() as now:
            now.register(self._running.stdout, selectors.EVENT_READ)
            return bool(now.select(0)) and self.read()

    def _plan_restart(self) -> None:
        now = time.monotonic()
        is_instant = now - self._begun_at < INSTANT_S
        self.instant_crashes = self.instant_crashes + 1 if is_instant else 0
        doublings = max(self.instant_crashes - 1, 0)
        self.delay_s = min(FIRST_DELAY_S * 2**doublings, LONGEST_DELAY_S)
        self._due_at = now + self.delay_s


def _ending(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def _write(text: str) -> None:
    # The terminal may be closed already; stopping in order matters more than saying so.
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text)
        sys.stdout.flush()
