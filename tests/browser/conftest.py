"""A real browser in front of a real demonstration: all processes, started as a person would."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

READY_S = 90


@dataclass(frozen=True)
class Demo:
    """A running demonstration: its address and its sample accounts' passwords."""

    url: str
    passwords: dict[str, str]
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run `coalition demo` with a new data folder, and stop it with SIGTERM."""
    data_dir = tmp_path_factory.mktemp("demo data")  # with a space, as people have them
    port = _free_port(os.environ.get("PYTEST_XDIST_WORKER", "gw0"))
    environment = {
        # The settings of other tests in this process are not a visitor's.
        **{name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
        "COALITION_DATA_DIR": str(data_dir),
        "COALITION_SIGNING_ATTEMPTS_PER_HOUR": "1000",
    }
    log = (data_dir / "demo.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "coalition", "demo", "--port", str(port)],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://localhost:{port}"
    try:
        _wait(url + "/readyz", process, data_dir / "demo.log")
        passwords = json.loads((data_dir / "sample-accounts.json").read_text())
        yield Demo(url, passwords, process)
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(40)
        process.kill()
        process.wait()
        log.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page of a new visitor; what the browser's console complains about fails the test."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, locale="en-US")
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    refused = [each for each in complaints if "status of 4" not in each]
    assert not refused, refused


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Give a function that keeps a picture of the page where COALITION_SCREENSHOTS says."""
    folder = os.environ.get("COALITION_SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=False)

    return take


_OURS = ("COALITION_", "DATABASE_URL", "REDIS_URL", "SECRET_KEY")


def _free_port(worker: str) -> int:
    """Find a port; each of several test processes looks in a range of its own."""
    first = 21_000 + 50 * int(worker.removeprefix("gw"))  # below outgoing connections' ports
    for port in range(first, first + 50):
        with socket.socket() as candidate, contextlib.suppress(OSError):
            candidate.bind(("127.0.0.1", port))
            return port
    raise RuntimeError(f"no free port between {first} and {first + 49}")


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + READY_S
    while time.monotonic() < ends and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url, timeout=2).close()
            return
        time.sleep(0.2)
    raise AssertionError(f"the demonstration does not start:\n{log.read_text()[-4000:]}")
